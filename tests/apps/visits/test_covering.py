"""A visitor is off: every visit of the day ends somewhere, and nobody else's day changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.visits import queries, services
from trialogue.visits.models import Suspension, Visit, VisitEvent
from trialogue.visits.queries import phones
from trialogue.visits.states import State


@pytest.fixture(autouse=True)
def on_that_day(monkeypatch):
    """The day of the fixtures."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def spare(one, minutes, cast):
    """Give a round so many spare minutes a day."""
    services.set_spare(
        one.public_id,
        minutes=dict.fromkeys(range(6), minutes),
        version=1,
        valid_from=TODAY,
        by=cast.desk,
        at=NOW,
    )


OFF = {"act": "off", "day_day": "2", "day_month": "3", "day_year": "2027", "cover": ""}


def test_each_visit_goes_to_another_round_and_the_page_says_where(client, cast, visits, rounds):
    spare(rounds["B"], 60, cast)
    client.force_login(cast.desk)
    page = reverse("visits:round_page", args=[rounds["A"].public_id])
    said = client.post(page, OFF, follow=True).content.decode()
    assert "Mrs Kent: round B on Tuesday." in said
    now = Visit.objects.filter(day=TODAY).order_by("resident__reference")
    assert {visit.round for visit in now} == {rounds["B"]}
    assert [visit.moved for visit in now] == ["round"] * 3 + [""] * 3
    assert {visit.visitor.person for visit in now} == {cast.anya}


def test_a_round_manager_hears_how_many_and_no_name(client, cast, visits, rounds, residents):
    client.force_login(cast.round_manager)
    page = reverse("visits:round_page", args=[rounds["A"].public_id])
    said = client.post(page, OFF, follow=True).content.decode()
    assert "The desk has 3 visits of that day to look at" in said
    assert not any(one.preferred_name in said for one in residents)


def test_without_room_the_desk_telephones_or_nobody_can(scheme, cast, visits, rounds, residents):
    residents[0].telephone = ""
    residents[0].save()
    spare(rounds["B"], 15, cast)
    ended = services.cover_day(rounds["A"].public_id, day=TODAY, by=cast.desk, at=NOW)
    assert [one.visit.moved for one in ended] == ["unplaced", "telephone", "telephone"]
    assert all("left" in one.words for one in ended)
    assert Visit.objects.filter(day=TODAY).count() == 6


def test_a_later_day_with_the_same_visitor_comes_first(scheme, cast, visits, rounds, residents):
    """The visit that is not made stays on its day, as moved, and is not due twice."""
    ada = residents[0]
    ada.days_ok = [[1, 4], [3, 4]]
    ada.save()
    ended = services.cover_day(rounds["A"].public_id, day=TODAY, by=cast.desk, at=NOW)
    assert ended[0].visit.moved == "day"
    thursday = TODAY + timedelta(days=2)
    again = Visit.objects.get(resident=ada, day=thursday)
    assert (again.round, again.visitor.person) == (rounds["A"], cast.sam)
    shown = {one.visit.resident: one.state for one in queries.of_day(scheme, TODAY, now=NOW)}
    assert shown[ada] == State.MOVED


def test_what_was_recorded_stays_and_who_is_paused_leaves_room(scheme, cast, visits, rounds):
    VisitEvent.objects.create(
        id=uuid4(),
        scheme=scheme,
        visit=visits[0],
        person=cast.desk,
        type="visit_recorded",
        at=NOW,
        about_at=NOW,
        quality="received",
        received_at=NOW,
        schema=1,
        body={},
        sha256="0" * 64,
    )
    Suspension.objects.create(resident=visits[1].resident, first=TODAY, why="away", at=NOW)
    ended = services.cover_day(rounds["A"].public_id, day=TODAY, by=cast.desk, at=NOW)
    assert [one.visit.pk for one in ended] == [visits[2].pk]
    visits[0].refresh_from_db()
    assert visits[0].round == rounds["A"]


def off(one, cast, day=TODAY):
    services.note_absence(one.public_id, day=day, by=cast.desk, at=NOW)
    return services.cover_day(one.public_id, day=day, by=cast.desk, at=NOW)


def test_who_covers_today_has_the_visits_that_are_listed_already(cast, visits, rounds):
    anya = rounds["B"].walks.first().visitor
    sam = rounds["A"].walks.first().visitor
    page = rounds["A"].public_id
    services.note_absence(page, day=TODAY, cover=str(anya.public_id), by=cast.desk, at=NOW)
    assert {visit.visitor for visit in rounds["A"].visits.all()} == {anya}
    assert len(phones.stops_of(anya, TODAY)) == 6
    assert phones.stops_of(sam, TODAY) == []
    services.end_absence(page, day=TODAY, by=cast.desk, at=NOW)
    assert len(phones.stops_of(sam, TODAY)) == 3


def test_a_visit_goes_to_no_round_whose_visitor_is_off_too(cast, visits, rounds):
    spare(rounds["A"], 60, cast)
    spare(rounds["B"], 60, cast)
    assert {one.visit.round for one in off(rounds["B"], cast)} == {rounds["A"]}
    ended = off(rounds["A"], cast)
    assert len(ended) == 6
    assert {(one.visit.moved, one.visit.visitor) for one in ended} == {("telephone", None)}
    assert all("to telephone" in one.words for one in ended)
    assert not Visit.objects.filter(day=TODAY).exclude(round=None).exists()


def test_no_visit_is_moved_to_a_day_on_which_the_visitor_is_off_as_well(
    cast, visits, rounds, residents
):
    for one in residents[:3]:
        one.days_ok = [[1, 4], [3, 4]]
        one.save()
    services.note_absence(
        rounds["A"].public_id, day=TODAY + timedelta(days=2), by=cast.desk, at=NOW
    )
    assert not any(one.visit.moved == "day" for one in off(rounds["A"], cast))


@pytest.mark.parametrize("gone", ["round", "area", "plan", "place"])
def test_a_visit_that_the_plan_has_no_longer_is_left_to_the_desk(
    cast, visits, rounds, plan, residents, gone
):
    if gone == "round":
        rounds["A"].ended_on = TODAY
        rounds["A"].save()
    elif gone == "area":
        rounds["A"].area.starts_on = None
        rounds["A"].area.save()
    elif gone == "plan":
        plan.state = "past"
        plan.save()
    else:
        plan.visits.filter(resident__in=residents[:3]).update(round=rounds["B"])
    ended = off(rounds["A"], cast)
    assert [one.visit.moved for one in ended] == ["telephone"] * 3
    assert {one.visit.resident for one in ended} == set(residents[:3])
