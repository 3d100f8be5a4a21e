"""A council's own travel times, and the boundaries its maps show."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """The day of the fixtures."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def times(*rows):
    text = "\n".join(["from,to,seconds", *rows]) + "\n"
    return SimpleUploadedFile("times.csv", text.encode())


def test_own_travel_times_count_and_all_others_go_straight(scheme, cast, plan, rounds, residents):
    before = queries.this_week(scheme, day=TODAY)
    straight = before.stand(queries.as_planned(plan, before))
    services.save_travel_times(
        scheme.pk, file=times("A/1,R1,500", "R1,A/2,500"), by=cast.duty_manager, at=NOW
    )
    week = queries.this_week(scheme, day=TODAY)
    ada, moss = str(residents[0].public_id), str(residents[1].public_id)
    a = str(rounds["A"].public_id)
    assert week.travel.known == {(f"{a}/1", ada): 500.0, (ada, f"{a}/2"): 500.0}
    own = week.stand(queries.as_planned(plan, week))
    cells = own.at(own.places[ada])
    assert (own.spots(cells).travel_s > straight.spots(cells).travel_s + 900).all()
    assert moss in own.places
    services.drop_travel_times(scheme.pk, by=cast.duty_manager, at=NOW)
    assert queries.this_week(scheme, day=TODAY).travel.known == {}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["A/1,R9,5"], 'times.csv, row 2, column to: There is no place "R9"'),
        (["A/99,R1,5"], 'row 2, column from: There is no place "A/99"'),
        (["A/1,R1,-5"], 'row 2, column seconds: "-5" is not a number of seconds'),
        (["A/1,R1,5", "A/1,R1,6"], "row 3, column to: from A/1 to R1 is already in row 2"),
    ],
)
def test_a_faulty_file_of_times_names_the_row_and_changes_nothing(scheme, cast, plan, rows, said):
    with pytest.raises(InputError) as refused:
        services.save_travel_times(scheme.pk, file=times(*rows), by=cast.duty_manager, at=NOW)
    assert said in str(refused.value)
    assert not scheme.travel_times.exists()


def test_maps_show_boundaries_and_names_inside_them_alone(client, cast, scheme, plan):
    feature = {"type": "Feature", "properties": {"name": "Linney"}}
    document = {
        "type": "FeatureCollection",
        "features": [
            feature | {"geometry": {"type": "Point", "coordinates": [400_200, 300_500]}},
            feature | {"geometry": {"type": "Point", "coordinates": [-3.5, 55.1]}},
            feature
            | {
                "geometry": {
                    "type": "LineString",
                    "coordinates": [[400_000, 300_100], [400_400, 300_900], [500_000, 400_000]],
                }
            },
        ],
    }
    client.force_login(cast.duty_manager)
    page = reverse("visits:maps")
    sent = {
        "act": "boundaries",
        "boundaries": SimpleUploadedFile("map.geojson", json.dumps(document).encode()),
    }
    assert client.post(page, sent).status_code == 302
    shown = client.get(reverse("visits:plan") + "?day=1").content.decode()
    assert shown.count(">Linney<") == 1
    wrong = SimpleUploadedFile("map.geojson", b'{"features": [{}]}')
    refused = client.post(page, {"act": "boundaries", "boundaries": wrong}).content.decode()
    assert "feature 1 has no geometry that can be drawn" in refused
    assert scheme.backdrops.count() == 1


def test_own_times_of_stops_that_a_round_no_longer_has_are_left_out(
    scheme, cast, plan, rounds, residents
):
    rows = ("A/5,R1,500", "R1,A/5,500", "A/1,R1,400")
    services.save_travel_times(scheme.pk, file=times(*rows), by=cast.duty_manager, at=NOW)
    shorter = rounds["A"].versions.get()
    shorter.pk, shorter.number, shorter.points = None, 2, bytes(shorter.points)[: 16 * 3]
    shorter.save(force_insert=True)
    offers, week = services.offers(residents[0], at=NOW)
    assert offers
    assert list(week.travel.known.values()) == [400.0]


POINT = '{"features": [{"geometry": {"type": "Point", "coordinates": %s}, "properties": %s}]}'
LINE = '{"features": [{"geometry": {"type": "LineString", "coordinates": [%s, [2, 3]]}}]}'


@pytest.mark.parametrize(
    "text",
    [
        *(
            LINE % place
            for place in ("[NaN, 1]", "[1e999, 1]", "[1e300, 1]", "[1%s, 1]" % ("0" * 400))
        ),
        LINE % '{"x": 1}',
        LINE % "null",
        POINT % ("[400000, 300000]", '["Linney"]'),
        POINT % ("[NaN, 300000]", '{"name": "Linney"}'),
        "[" * 100_000,
        '{"features": [7]}',
    ],
    ids=range(10),
)
def test_boundaries_that_cannot_be_drawn_change_nothing(scheme, cast, text):
    file = SimpleUploadedFile("map.geojson", text.encode())
    with pytest.raises(InputError):
        services.save_backdrop(scheme.pk, file=file, by=cast.duty_manager, at=NOW)
    assert not scheme.backdrops.exists()


def test_a_name_of_a_place_is_kept_as_far_as_it_can_be(scheme, cast):
    name = '{"name": "Lin\\u0000ney \\ud800 <b>"}'
    file = SimpleUploadedFile("map.geojson", (POINT % ("[400000, 300000]", name)).encode())
    kept = services.save_backdrop(scheme.pk, file=file, by=cast.duty_manager, at=NOW)
    kept.refresh_from_db()
    assert kept.names == [["Linney  <b>", [400_000.0, 300_000.0]]]
