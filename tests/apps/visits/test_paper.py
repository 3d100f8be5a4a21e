"""A round on paper: the desk says that it is over; and who is told when nobody did."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.happening import event, phone
from trialogue.accounts.models import AuditEntry, Notification, Person
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.models import Suspension, Visit, VisitEvent, VisitList
from trialogue.visits.queries.board import board, scheme_of_board
from trialogue.visits.queries.day import day_of
from trialogue.visits.services import typing_in

MINUTE = timedelta(minutes=1)
ADDRESS = f"/visits/day/{TODAY}/"


@pytest.fixture
def desk(cast):
    return Person.objects.get(pk=cast.desk.pk)


@pytest.fixture
def anya(visits):
    """Who walks round B, with no phone."""
    return visits[-1].visitor


@pytest.fixture
def last(visits):
    """When the last visit of round B is expected."""
    return visits[-1].expected_at


def ends(visitor, scheme, by, at, **other):
    said = {"said_by": "Anya Kos", "how": "telephone", "time": localtime(at).time()} | other
    day = said.pop("day", TODAY)
    typing_in.type_end(visitor.public_id, scheme=scheme, day=day, by=by, at=at, **said)


def told():
    rows = Notification.objects.filter(key__startswith="not ended").select_related("person")
    return sorted(row.person.name for row in rows)


def on_board(scheme, person, now, code="B"):
    found = board(scheme_of_board(), person, today=TODAY, now=now)
    return next(one for one in found.rounds if one.code == code)


@pytest.mark.parametrize("how", ["printed", "typed in"])
def test_a_round_on_paper_that_nobody_ended_is_told_like_one_on_a_phone(
    how, visits, last, scheme, desk
):
    if how == "printed":
        typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)
        Visit.objects.filter(round__code="A").delete()
    else:
        code = visits[-1].code
        typing_in.type_messages(f"OK {code}", scheme=scheme, day=TODAY, by=desk, at=NOW)

    services.look_at_timers(last + 29 * MINUTE)
    assert told() == []
    services.look_at_timers(last + 31 * MINUTE)
    services.look_at_timers(last + 40 * MINUTE)
    assert told() == ["Lee Marsh"]
    services.look_at_timers(last + 46 * MINUTE)
    services.look_at_timers(last + 60 * MINUTE)

    assert told() == ["Ali Rahman", "Jo Petrie", "Lee Marsh"]
    assert on_board(scheme, desk, last + 60 * MINUTE).overdue
    (out,) = queries.not_ended(scheme, now=last + 60 * MINUTE)
    assert (out.visitor.person.name, out.round, out.on_paper) == ("Anya Kos", "B", True)


def test_a_round_that_went_on_no_paper_and_no_phone_troubles_nobody(visits, last, scheme):
    services.look_at_timers(last + 90 * MINUTE)

    assert told() == []


def test_nobody_asks_after_a_visitor_whose_every_visit_is_called_off(
    visits, anya, scheme, desk, residents
):
    for resident in residents[3:]:
        Suspension.objects.create(resident=resident, first=TODAY, why="asked", at=NOW)

    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)

    assert [one.visitor for one in VisitList.objects.all()] == [visits[0].visitor]


def test_the_desk_says_that_the_visitor_has_finished_and_nobody_is_told(
    visits, anya, last, scheme, desk
):
    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)
    Visit.objects.filter(round__code="A").delete()
    for minute in (5, 6):
        ends(anya, scheme, desk, last + minute * MINUTE)

    services.look_at_timers(last + 90 * MINUTE)

    assert told() == []
    made = VisitEvent.objects.get()
    assert (made.type, made.person, made.about_at) == ("shift_ended", desk, last + 5 * MINUTE)
    assert made.body == {"said_by": "Anya Kos", "how": "telephone"}
    assert on_board(scheme, desk, last + 90 * MINUTE).ended_at == last + 5 * MINUTE
    assert AuditEntry.objects.filter(action="type in the end of a round").count() == 1


def test_what_was_said_of_the_wrong_visitor_is_taken_back(visits, anya, last, scheme, desk):
    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)
    Visit.objects.filter(round__code="A").delete()
    ends(anya, scheme, desk, last)
    for _ in range(2):
        typing_in.take_end_back(
            anya.public_id, scheme=scheme, day=TODAY, by=desk, at=last + MINUTE
        )

    services.look_at_timers(last + 31 * MINUTE)

    assert told() == ["Lee Marsh"]
    assert on_board(scheme, desk, last + 31 * MINUTE).overdue
    assert VisitEvent.objects.count() == 2  # both stay on record
    ends(anya, scheme, desk, last + 32 * MINUTE)
    assert queries.not_ended(scheme, now=last + 40 * MINUTE) == []


def test_the_end_of_a_round_is_refused_with_every_reason(visits, anya, last, scheme, desk):
    with pytest.raises(InputError) as refused:
        ends(
            anya, scheme, desk, last, said_by=" ", how="a dream", time=last.time().replace(hour=23)
        )

    assert [one.what for one in refused.value.problems] == [
        "This time has not come yet",
        "Enter who said so",
        "Choose how you heard",
    ]
    assert not VisitEvent.objects.exists()


def test_nobody_has_finished_before_they_began(visits, last, scheme, desk, cast):
    sam = visits[0].visitor
    listed = VisitList.objects.create(device=phone(sam), day=TODAY, by=cast.sam, at=NOW)
    event(None, "shift_started", {}, at=last, scheme=scheme, visitor=sam, listed=listed)

    with pytest.raises(InputError, match="They began at 9:25am"):
        ends(sam, scheme, desk, last - MINUTE)


def test_a_round_past_midnight_ends_on_the_next_day(visits, anya, last, scheme, desk):
    after = last.replace(hour=0, minute=20) + timedelta(days=1)

    ends(anya, scheme, desk, after)

    assert VisitEvent.objects.get().about_at == after


def test_a_visitor_with_a_phone_that_fell_flat_is_ended_by_the_desk_too(
    visits, last, scheme, desk, cast
):
    sam = visits[0].visitor
    listed = VisitList.objects.create(device=phone(sam), day=TODAY, by=cast.sam, at=NOW)
    event(None, "shift_started", {}, scheme=scheme, visitor=sam, listed=listed)
    ends(sam, scheme, desk, last)

    services.look_at_timers(last + 90 * MINUTE)

    assert told() == []
    assert on_board(scheme, desk, last, "A").ended_at == last


def test_the_round_manager_may_say_it_of_a_round_on_paper(visits, last, scheme, desk, cast):
    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)
    for code in "AB":
        round_ = next(one.round for one in visits if one.round.code == code)
        do = {"words": "At the depot", "by": cast.round_manager, "at": last + 40 * MINUTE}
        services.end_round(round_.public_id, day=TODAY, **do)

    services.look_at_timers(last + 60 * MINUTE)

    assert told() == []
    found = day_of(scheme, TODAY, now=last + 60 * MINUTE).shifts
    assert [one.told.end.known for one in found] == ["At the depot"] * 2


def test_the_page_of_a_round_says_that_it_is_on_paper(
    client, visits, last, scheme, desk, cast, monkeypatch
):
    typing_in.print_sheets(scheme, day=TODAY, by=desk, at=NOW)
    monkeypatch.setattr("django.utils.timezone.now", lambda: last + 40 * MINUTE)
    client.force_login(cast.round_manager)

    page = client.get(f"/visits/rounds/{visits[-1].round.public_id}/").content.decode()

    assert "Anya Kos has the round on paper and nobody has said that" in page
    assert "It should have been over by 9:25am" in page


def test_the_page_of_a_day_says_who_has_finished(client, visits, anya, desk, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=4))
    client.force_login(desk)
    address = f"{ADDRESS}finished/{anya.public_id}/"
    said = {"time": "9.40", "said_by": "Anya Kos", "how": "in person"}

    def post(**typed):
        return client.post(address, typed, follow=True).content.decode()

    assert "that Anya Kos has finished" in client.get(ADDRESS).content.decode()
    assert 'value="Anya Kos"' in client.get(address).content.decode()
    assert "Enter the time, like 09:40 or 14:30" in post(**said | {"time": "soon"})
    assert "09:40 (Anya Kos, in person)" in post(**said)
    assert "It is not known that they have finished" in client.get(address).content.decode()
    assert "Taken back" in post(act="back")
    assert "09:40 (" not in client.get(ADDRESS).content.decode()
    assert client.get(f"/visits/day/2027-03-03/finished/{anya.public_id}/").status_code == 404


def test_the_sheet_says_to_ring_when_it_is_over_and_is_noted_once(client, visits, desk):
    client.force_login(desk)
    for _ in range(2):
        page = client.get(f"/round/print/?day={TODAY}").content.decode()

    assert "ring or text the desk and say so" in page
    assert VisitList.objects.filter(device=None, day=TODAY).count() == 2


@pytest.mark.parametrize("who", ["round_manager", "sam", "member"])
def test_others_do_not_say_it_for_the_desk(client, cast, visits, anya, scheme, who):
    by = Person.objects.get(pk=getattr(cast, who).pk)
    client.force_login(by)

    assert client.post(f"{ADDRESS}finished/{anya.public_id}/", {}).status_code == 403
    with pytest.raises(PermissionDenied):
        ends(anya, scheme, by, NOW)


def test_a_list_is_on_a_phone_or_on_paper_and_on_paper_once(visits, anya, desk):
    for wrong in ({}, {"visitor": anya, "device": phone(anya)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VisitList.objects.create(day=TODAY, by=desk, at=NOW, **wrong)
    VisitList.objects.create(visitor=anya, day=TODAY, by=desk, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitList.objects.create(visitor=anya, day=TODAY, by=desk, at=NOW)
