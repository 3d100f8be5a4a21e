"""Lists of residents and rounds: what they would do, what is wrong in them, and taking them in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.apps.trials.loop import run_waiting_tasks
from tests.apps.visits.conftest import NOW
from trialogue.accounts.models import Work
from trialogue.methods.problems import InputError
from trialogue.visits import services
from trialogue.visits.models import (
    Agreement,
    ListFile,
    PartnerAgreement,
    Resident,
    Round,
    RoundVersion,
)
from trialogue.visits.packing import unpack

HEAD = "reference,full_name,address_1,postcode,uprn,x,y,telephone,visits_per_week,days_ok,minutes,"
HEAD += "contact_1_name,contact_1_email,contact_1_may_see,agreed_on\n"
IVY = "A1,Ivy Rowe,4 Mill Lane,WM1 1AA,100000009001,400150,300020,01632 960555,2,"
IVY += '"Mon,Thu",5,Lou Rowe,lou@home.example,visited,2027-03-01\n'


def kept(scheme, cast, text, *, kind="residents", second=None):
    def upload(name, words):
        return SimpleUploadedFile(name, words.encode())

    return services.keep_list(
        scheme,
        kind,
        file=upload("residents.csv", text),
        second=upload("rounds.csv", second) if second else None,
        by=cast.desk,
        at=NOW,
    )


def test_a_list_is_looked_at_then_taken_in_once(scheme, cast):
    one = kept(scheme, cast, HEAD + IVY)
    look = services.look_at_list(one)
    assert (len(look.new), look.changed, look.unchanged, look.problems) == (1, [], 0, ())
    assert not Resident.objects.exists()
    services.take_list(one.public_id, by=cast.desk, at=NOW)
    ivy = Resident.objects.get()
    assert (ivy.state, ivy.days_ok, ivy.contacts.get().agreements.get().may_see) == (
        "agreed",
        [[0, 3]],
        ["visited"],
    )
    again = services.look_at_list(kept(scheme, cast, HEAD + IVY))
    assert (again.does_something, again.unchanged) == (False, 1)
    changed = services.look_at_list(kept(scheme, cast, HEAD + IVY.replace("555", "556")))
    assert [one.fields for one in changed.changed] == [("telephone",)]


def test_the_bytes_of_a_list_go_once_it_is_taken_in(
    scheme, cast, settings, django_capture_on_commit_callbacks
):
    one = kept(scheme, cast, HEAD + IVY)
    with django_capture_on_commit_callbacks(execute=True):
        services.take_list(one.public_id, by=cast.desk, at=NOW)
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    given_up = kept(scheme, cast, HEAD + IVY)
    services.give_up_list(given_up.public_id, by=cast.desk, at=NOW)
    assert not ListFile.objects.filter(pk=given_up.pk).exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_without_a_day_of_agreement_residents_are_only_proposed(scheme, cast):
    one = kept(scheme, cast, HEAD + IVY.replace("2027-03-01", ""))
    assert services.look_at_list(one).proposed == 1
    services.take_list(one.public_id, by=cast.desk, at=NOW)
    assert Resident.objects.get().state == "proposed"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("400150,300020", "49.21,-2.13", "x: x 49.21, y -2.13 look like degrees"),
        ("400150,300020", "300020,4001500", "lies outside the British National Grid"),
        ("400150,300020", "650000,1250", ""),
        ("400150", "here", 'x: "here" is not a number; write it like 12 or 7.5'),
        ("100000009001", "1.00E+11", "uprn: 1.00E+11 lost its digits in the spreadsheet"),
        ("01632 960555", "ring me", 'telephone: "ring me" is not a telephone number'),
        ("WM1 1AA", "nowhere", 'postcode: "nowhere" is not a postcode; write it like SW1A 1AA'),
        ("lou@home.example", "lou", 'contact_1_email: "lou" is not an e-mail address'),
        (",visited,", ",everything,", "contact_1_may_see: A contact cannot see “everything”"),
        ('"Mon,Thu"', '"Mon,Sun"', '"Sun" is not a day of the round'),
        ('"Mon,Thu"', "Mon", "days_ok: Mon: 1 days for 2 visits a week"),
        ("2027-03-01", "March", '"March" is not a date; write it like 2027-03-02'),
        ("Ivy Rowe", "", "full_name: Enter the full name"),
    ],
)
def test_each_faulty_row_is_named_and_nothing_is_stored(scheme, cast, old, new, said):
    one = kept(scheme, cast, HEAD + IVY.replace(old, new))
    look = services.look_at_list(one)
    words = "\n".join(map(str, look.problems))
    if not said:
        assert words == ""
        return
    assert said.partition(": ")[2] in words or said in words
    assert "row 2" in words
    with pytest.raises(InputError):
        services.take_list(one.public_id, by=cast.desk, at=NOW)
    assert not Resident.objects.exists()


def test_the_good_rows_are_taken_only_when_somebody_says_so(scheme, cast):
    text = HEAD + IVY + IVY.replace("A1", "A2").replace("Ivy", "Jo").replace("400150", "x")
    one = kept(scheme, cast, text)
    with pytest.raises(InputError, match="row 3"):
        services.take_list(one.public_id, by=cast.desk, at=NOW)
    services.take_list(one.public_id, leave_out=True, by=cast.desk, at=NOW)
    assert [resident.full_name for resident in Resident.objects.all()] == ["Ivy Rowe"]


def test_rows_that_look_like_somebody_are_shown_and_never_merged(scheme, cast, residents):
    text = HEAD + IVY.replace("Ivy Rowe", "Ada Kennt").replace("100000009001", "")
    look = services.look_at_list(kept(scheme, cast, text))
    assert look.alike[0].alike == ("Ada Kent, 1 Mill Lane, Linney",)


def test_who_lives_far_from_every_round_is_a_mistake(scheme, cast, rounds):
    far = IVY.replace("400150,300020", "300020,400150")
    (problem,) = services.look_at_list(kept(scheme, cast, HEAD + far)).problems
    assert "row 2, column x: 141 km from the nearest stop" in str(problem)
    assert "are x and y swapped" in str(problem).lower()
    assert not services.look_at_list(kept(scheme, cast, HEAD + IVY)).problems


def test_a_row_that_repeats_a_faulty_one_is_no_good_row(scheme, cast):
    faulty = IVY.replace("01632 960555", "ring me")
    look = services.look_at_list(kept(scheme, cast, HEAD + faulty + IVY))
    assert look.faulty == 2
    assert any("the same resident as row 2" in one.what for one in look.problems)


def test_the_same_resident_twice_in_a_list_names_both_rows(scheme, cast):
    look = services.look_at_list(kept(scheme, cast, HEAD + IVY + IVY))
    assert "the same resident as row 2" in str(look.problems[0])
    assert look.problems[0].row == 3


STOPS = "round,sequence,x,y\nC,1,400100,300100\nC,2,400200,300100\nC,3,400300,300100\n"
ROUNDS = "round,partner,depot_x,depot_y,start,weekdays,seconds_per_stop,spare_Mon,spare_Tue,"
ROUNDS += 'duration_minutes\nC,Moorland Mail,400000,300100,09:00,"Mon,Tue",30,10,12,5\n'


@pytest.fixture
def agreed(scheme, cast):
    return PartnerAgreement.objects.create(scheme=scheme, partner=cast.mail)


def test_rounds_come_as_two_lists_and_calibrate_their_speed(scheme, cast, agreed):
    one = kept(scheme, cast, STOPS, kind="rounds", second=ROUNDS)
    assert services.look_at_list(one).problems == ()
    services.take_list(one.public_id, by=cast.desk, at=NOW)
    version = RoundVersion.objects.get()
    assert unpack(version.points) == [
        (400_000, 300_100),
        (400_100, 300_100),
        (400_200, 300_100),
        (400_300, 300_100),
    ]
    assert version.spare == [600, 720, 0, 0, 0, 0]
    # 5 minutes, less 3 stops of 30 seconds, over 600 metres there and back.
    assert version.seconds_per_metre == pytest.approx((300 - 90) / 600)
    again = kept(scheme, cast, STOPS, kind="rounds", second=ROUNDS)
    assert services.look_at_list(again).unchanged == 1
    services.take_list(again.public_id, by=cast.desk, at=NOW)
    assert RoundVersion.objects.count() == 1
    changed = kept(scheme, cast, STOPS, kind="rounds", second=ROUNDS.replace(",10,", ",15,"))
    services.take_list(changed.public_id, by=cast.desk, at=NOW)
    assert [version.number for version in Round.objects.get().versions.all()] == [2, 1]


@pytest.mark.parametrize(
    ("stops", "rounds", "said"),
    [
        ("C,2,", "", "stop 1 of C is already row 2"),
        ("", ",10,", "-5: spare minutes cannot be below 0"),
        ("", "09:00", '"nine" is not a time'),
        ("", "Moorland Mail", '"Nobody" is no partner of yours in this scheme'),
        ("", ",5\n", "its stops alone take longer than its 1 minutes"),
    ],
)
def test_faulty_rounds_change_nothing(scheme, cast, agreed, stops, rounds, said):
    swap = {"C,2,": "C,1,", ",10,": ",-5,", "09:00": "nine", "Moorland Mail": "Nobody"}
    swap |= {",5\n": ",1\n"}
    one = kept(
        scheme,
        cast,
        STOPS.replace(stops, swap[stops]) if stops else STOPS,
        kind="rounds",
        second=ROUNDS.replace(rounds, swap[rounds]) if rounds else ROUNDS,
    )
    with pytest.raises(InputError) as refused:
        services.take_list(one.public_id, by=cast.desk, at=NOW)
    assert said in str(refused.value)
    assert not Round.objects.exists()


def taken(scheme, cast, text, at=NOW):
    services.take_list(kept(scheme, cast, text).public_id, by=cast.desk, at=at)
    return Resident.objects.get()


def test_a_list_never_undoes_a_withdrawal(scheme, cast):
    ivy = taken(scheme, cast, HEAD + IVY)
    services.withdraw(ivy.public_id, who="Ivy Rowe", how="in person", by=None, at=NOW)
    assert not services.look_at_list(kept(scheme, cast, HEAD + IVY)).does_something
    assert taken(scheme, cast, HEAD + IVY, NOW + timedelta(days=1)).state == "ended"
    later = HEAD + IVY.replace("2027-03-01", "2027-03-05")
    (change,) = services.look_at_list(kept(scheme, cast, later)).changed
    assert change.fields == ("agreement",)
    assert taken(scheme, cast, later, NOW + timedelta(days=4)).state == "agreed"


def test_a_list_never_brings_back_a_contact_who_was_taken_out(scheme, cast):
    ivy = taken(scheme, cast, HEAD + IVY)
    services.remove_contact(ivy.contacts.get().public_id, by=cast.desk, at=NOW)
    taken(scheme, cast, HEAD + IVY)
    assert ivy.contacts.get().removed_at == NOW


def test_a_new_agreement_or_contact_in_a_list_is_a_change(scheme, cast):
    taken(scheme, cast, HEAD + IVY.replace("2027-03-01", ""))
    (change,) = services.look_at_list(kept(scheme, cast, HEAD + IVY)).changed
    assert change.fields == ("agreement",)
    assert taken(scheme, cast, HEAD + IVY).state == "agreed"
    another = HEAD + IVY.replace("Lou Rowe", "Max Rowe")
    (change,) = services.look_at_list(kept(scheme, cast, another)).changed
    assert change.fields == ("contact Max Rowe",)


@pytest.mark.parametrize(("old", "new"), [("WM1 1AA", "wm1 1aa"), ("2027-03-01", "2027-04-01")])
def test_the_same_list_twice_changes_nothing_however_it_is_written(scheme, cast, old, new):
    text = HEAD + IVY.replace(old, new)
    taken(scheme, cast, text)
    assert services.look_at_list(kept(scheme, cast, text)).unchanged == 1
    taken(scheme, cast, text)
    assert Agreement.objects.filter(contact=None).count() == 1


def test_what_a_list_has_no_column_for_stays(scheme, cast):
    ivy = taken(scheme, cast, HEAD + IVY)
    Resident.objects.update(priority="high", door_notes="Deaf in the left ear")
    narrow = "reference,full_name,address_1,x,y\nA1,Ivy Rowe,5 Mill Lane,400150,300020\n"
    (change,) = services.look_at_list(kept(scheme, cast, narrow)).changed
    assert change.fields == ("address",)
    ivy = taken(scheme, cast, narrow)
    assert (ivy.address, ivy.priority, ivy.door_notes, ivy.days_ok, ivy.telephone) == (
        "5 Mill Lane",
        "high",
        "Deaf in the left ear",
        [[0, 3]],
        "01632 960555",
    )


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        *(
            (name, "x" * 500, f"{name}: 500 characters; use")
            for name in ("reference", "full_name")
        ),
        *((name, "x" * 500, f"{name}: 500 characters; use") for name in ("area", "agreed_by")),
        ("address_1", "x" * 500, "address_1: 500 characters; use 200 at most"),
        ("contact_1_name", "x" * 500, "contact_1_name: 500 characters; use 120 at most"),
        ("contact_1_relation", "x" * 500, "contact_1_relation: 500 characters; use 60 at most"),
        ("full_name", "x" * 100, "preferred_name: 100 characters; use 80 at most"),
        ("language", "English", '"English" is not a language; write one of: en'),
    ],
)
def test_what_is_too_long_to_keep_is_named(scheme, cast, column, written, said):
    row = {"full_name": "Ivy Rowe", "address_1": "4 Mill Lane", "x": "400150", "y": "300020"}
    row |= {"agreed_on": "2027-03-01", "contact_1_name": "Lou Rowe", column: written}
    one = kept(scheme, cast, f"{','.join(row)}\n{','.join(row.values())}\n")
    problems = [str(problem) for problem in services.look_at_list(one).problems]
    assert any(said in problem for problem in problems), problems
    with pytest.raises(InputError):
        services.take_list(one.public_id, by=cast.desk, at=NOW)
    assert not Resident.objects.exists()


def test_a_long_list_is_looked_at_in_few_queries(scheme, cast, django_assert_max_num_queries):
    rows = [IVY.replace("A1", f"A{n}").replace("Ivy", f"Ivy{n}") for n in range(30)]
    services.take_list(kept(scheme, cast, HEAD + rows[0]).public_id, by=cast.desk, at=NOW)
    one = kept(scheme, cast, HEAD + "".join(rows))
    with django_assert_max_num_queries(8):
        look = services.look_at_list(one)
    assert (len(look.new), look.unchanged) == (29, 1)


def test_the_second_list_is_not_too_large_either(scheme, cast):
    large = SimpleUploadedFile("rounds.csv", b"round\n")
    large.size = 300_000_000
    with pytest.raises(InputError, match="The most we can read is 20 MB"):
        services.keep_list(
            scheme,
            "rounds",
            file=SimpleUploadedFile("stops.csv", b"round\n"),
            second=large,
            by=cast.desk,
            at=NOW,
        )


def test_a_round_of_nobody_can_be_left_out_and_the_others_taken(
    scheme, cast, agreed, django_assert_max_num_queries
):
    second = ROUNDS + 'D,Nobody,400000,300100,09:00,"Mon,Tue",30,10,12,5\n'
    stops = STOPS + STOPS.split("\n", 1)[1].replace("C,", "D,")
    one = kept(scheme, cast, stops, kind="rounds", second=second)
    with django_assert_max_num_queries(8):
        look = services.look_at_list(one)
    assert [(change.row, change.name) for change in look.new] == [(2, "C, 3 stops")]
    assert [(problem.row, problem.column) for problem in look.problems] == [(3, "partner")]
    services.take_list(one.public_id, leave_out=True, by=cast.desk, at=NOW)
    assert [found.code for found in Round.objects.all()] == ["C"]


def test_a_day_has_no_more_spare_minutes_than_it_is_long(scheme, cast, agreed):
    for old, new in ((",10,", ",1e307,"), (",30,", ",1e307,"), (",5\n", ",1e307\n")):
        one = kept(scheme, cast, STOPS, kind="rounds", second=ROUNDS.replace(old, new))
        (problem,) = services.look_at_list(one).problems
        assert "are more than a day" in problem.what


def test_a_list_of_more_than_a_county_is_not_looked_at(scheme, cast):
    text = "full_name,address_1,x,y\n" + "Ivy Rowe,4 Mill Lane,400150,300020\n" * 20_001
    (problem,) = services.look_at_list(kept(scheme, cast, text)).problems
    assert problem.what == "The list has 20,001 rows. The most we can take at once is 20,000"


def test_a_page_shows_the_first_of_very_many_problems(client, scheme, cast):
    client.force_login(cast.desk)
    one = kept(scheme, cast, HEAD + IVY * 300)
    page = client.get(f"/visits/lists/{one.public_id}/").content.decode()
    assert "These are the first 200 of 299 problems" in page
    assert page.count("the same resident as row 2") == 200


def many(count):
    return HEAD + "".join(
        IVY.replace("A1,Ivy Rowe,4 ", f"L{n},Ivy Rowe {n},{n} ").replace("100000009001", "")
        for n in range(count)
    )


@pytest.fixture
def long(scheme, cast):
    """A list of 120 rows, asked to be taken in."""
    one = kept(scheme, cast, many(120))
    return one, services.take_list(one.public_id, by=cast.desk, at=NOW)


def test_a_long_list_is_taken_in_by_the_worker_and_its_page_shows_how_far(client, cast, long):
    one, work = long
    client.force_login(cast.desk)
    page = reverse("visits:list", args=[one.public_id])
    assert not Resident.objects.exists()
    assert services.take_list(one.public_id, by=cast.desk, at=NOW) == work  # pressed twice
    assert client.get(page).url == reverse("site:work", args=[work.public_id])

    run_waiting_tasks()
    run_waiting_tasks()

    work.refresh_from_db()
    assert (Resident.objects.count(), work.problems) == (120, [])
    done = client.get(page, follow=True).content.decode()
    assert "120 new, 0 changed, 0 as before" in done


def test_a_long_list_that_was_stopped_goes_on_where_it_was(cast, long):
    one, work = long
    Work.objects.filter(pk=work.pk).update(stop_asked_at=NOW)
    run_waiting_tasks()
    work.refresh_from_db()
    one.refresh_from_db()
    assert work.problems[0]["what"] == "Stopped: 0 of 120 rows are in"
    assert one.taken_at is None

    again = services.take_list(one.public_id, by=cast.desk, at=NOW)
    run_waiting_tasks()

    assert again != work
    assert Resident.objects.count() == 120


def test_a_worker_killed_half_way_takes_nobody_in_twice(scheme, cast, long):
    one, _ = long
    half = kept(scheme, cast, many(60))
    services.take_list(half.public_id, by=cast.desk, at=NOW)  # what the killed one had done
    assert Resident.objects.count() == 60

    run_waiting_tasks()

    assert Resident.objects.count() == 120
    one.refresh_from_db()
    assert one.taken_at is not None
