"""A visit of today that is called off after its visitor had the list: who is told of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from tests.apps.visits.happening import event
from trialogue.accounts.models import Notification, Person
from trialogue.visits import services
from trialogue.visits.models import DutyShift, Visit, VisitLink, VisitList, Visitor
from trialogue.visits.queries.board import board, scheme_of_board
from trialogue.visits.queries.day import sheets_of
from trialogue.visits.services import phones, typing_in

MINUTE = timedelta(minutes=1)
SET_OUT = NOW + 10 * MINUTE
STOPPED = NOW + 20 * MINUTE


@pytest.fixture
def desk(cast):
    return Person.objects.get(pk=cast.desk.pk)


@pytest.fixture
def ada(residents, visits):
    """Who is called on today, by round A."""
    return residents[0]


@pytest.fixture
def link(ada, desk):
    made = services.link_for_resident(ada.public_id, by=desk, at=NOW)
    return VisitLink.objects.get(pk=made.link.pk)


@pytest.fixture
def handset(visits, cast):
    return Handset(Visitor.objects.get(person=cast.sam), cast.desk, at=NOW)


def fetch(handset, cast, at=SET_OUT):
    return phones.fetch_list(handset.word("list", at=at), by=cast.sam, at=at)


def on_board(scheme, desk, now=STOPPED + MINUTE):
    found = board(scheme_of_board(), desk, today=TODAY, now=now)
    return [(one.visit.resident.preferred_name, one.at) for one in found.called_off]


def notices(letter):
    return Notification.objects.filter(letter=letter, key__contains="by link")


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_a_visit_of_today_that_is_called_off_presses(how, link, handset, cast, scheme, desk):
    DutyShift.objects.filter(role="duty").update(telephone="07700900123")
    fetch(handset, cast)

    if how == "stop":
        touched = services.stop_own(link, at=STOPPED)
    else:
        touched = services.pause_own(link, first=TODAY, last=TODAY, at=STOPPED)

    assert touched
    assert on_board(scheme, desk) == [("Mrs Kent", STOPPED)]
    rows = notices("L")
    assert sorted((one.person.name, one.channel) for one in rows) == [
        ("Ali Rahman", "email"),
        ("Jo Petrie", "email"),
        ("Jo Petrie", "text"),
    ]
    assert {one.link for one in rows} == {reverse("visits:start")}
    assert not any("Kent" in one.subject + one.body for one in rows)
    assert not notices("S").exists()


def test_a_pause_of_other_days_waits_its_turn(link, handset, cast, scheme, desk):
    fetch(handset, cast)
    week = TODAY + timedelta(days=3)

    assert not services.pause_own(link, first=week, last=week, at=STOPPED)

    assert on_board(scheme, desk) == []
    assert notices("S").exists()
    assert not notices("L").exists()


def test_what_was_recorded_before_it_was_stopped_is_no_call_to_make(
    link, visits, handset, cast, scheme, desk
):
    fetch(handset, cast)
    event(visits[0], "visit_recorded", {"answers": {}}, at=SET_OUT)

    assert not services.stop_own(link, at=STOPPED)

    assert on_board(scheme, desk) == []


def test_who_gets_the_list_afterwards_finds_it_there(link, handset, cast, scheme, desk):
    services.stop_own(link, at=STOPPED)
    assert on_board(scheme, desk) == []  # nobody set out

    given = fetch(handset, cast, at=STOPPED + MINUTE)

    assert [stop["paused"] for stop in given["list"]["stops"]] == [True, False, False]
    assert on_board(scheme, desk, now=STOPPED + 2 * MINUTE) == []


def test_the_phone_hears_of_it_and_then_nobody_has_to_ring(
    link, visits, handset, cast, scheme, desk
):
    given = fetch(handset, cast)
    assert given["off"] == []
    services.stop_own(link, at=STOPPED)

    heard = phones.hear(handset.word("contact", at=STOPPED + MINUTE), at=STOPPED + MINUTE)

    assert heard["off"] == [str(visits[0].public_id)]
    assert on_board(scheme, desk, now=STOPPED + 2 * MINUTE) == []


def test_on_paper_it_stays_until_the_visitor_has_finished(link, visits, scheme, desk, residents):
    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=SET_OUT)
    services.stop_own(link, at=STOPPED)
    assert on_board(scheme, desk) == [("Mrs Kent", STOPPED)]
    marked = [stop["off"] for stop in sheets_of(scheme, TODAY)[0].stops]
    assert marked == [True, False, False]

    done = STOPPED + 30 * MINUTE
    said = {"said_by": "Sam", "how": "text", "time": done.time()}
    typing_in.type_end(
        visits[0].visitor.public_id, scheme=scheme, day=TODAY, by=desk, at=done, **said
    )

    assert on_board(scheme, desk, now=done + MINUTE) == []


def test_a_sheet_printed_afterwards_tells_nothing_to_who_walks_with_a_phone(
    link, handset, cast, scheme, desk
):
    fetch(handset, cast)
    services.stop_own(link, at=STOPPED)

    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=STOPPED + MINUTE)

    assert on_board(scheme, desk, now=STOPPED + 2 * MINUTE) == [("Mrs Kent", STOPPED)]


def test_a_pause_that_the_desk_entered_is_on_the_board_too(
    ada, handset, cast, scheme, desk, django_assert_max_num_queries
):
    fetch(handset, cast)
    services.pause(ada.public_id, first=TODAY, last=None, why="hospital", by=desk, at=STOPPED)

    with django_assert_max_num_queries(9):
        assert on_board(scheme, desk) == [("Mrs Kent", STOPPED)]


def test_a_visit_that_goes_another_way_today_is_nobodys_to_call_off(
    link, visits, handset, cast, scheme, desk
):
    fetch(handset, cast)
    Visit.objects.filter(pk=visits[0].pk).update(moved="telephone")

    assert not services.stop_own(link, at=STOPPED)

    assert on_board(scheme, desk) == []


def test_the_pages_say_so(client, ada, link, handset, cast, scheme, desk, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: STOPPED)
    fetch(handset, cast)
    made = services.link_for_resident(ada.public_id, by=desk, at=NOW)
    client.post(made.address, {"act": "open"})

    page = client.post(made.address, {"act": "stop visits"}, follow=True).content.decode()

    assert "Your visits have stopped. The desk tells today’s visitor." in page
    client.force_login(desk)
    page = client.get(reverse("visits:start")).content.decode()
    assert "Called off since the visitor had the list" in page
    assert "Mrs Kent, round A, Sam Whitlock, expected at 9:05am: called off at" in page
    assert VisitList.objects.count() == 1
    page = client.get(f"/round/print/?day={TODAY}").content.decode()
    assert "Do not call today." in page
