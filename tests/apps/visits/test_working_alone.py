"""A visitor who works alone and has not ended the round: who is told, when, and when no more."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from tests.apps.visits.happening import event, phone
from trialogue.accounts.models import AuditEntry, Membership, Notification
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.models import DutyShift, Visit, VisitEvent, VisitList
from trialogue.visits.services import phones, recording

MINUTE = timedelta(minutes=1)


@pytest.fixture
def last(visits):
    """When the last visit of round A is expected."""
    return max(one.expected_at for one in visits if one.round.code == "A")


@pytest.fixture
def listed(visits, rounds, cast):
    """The day's list of round A, on Sam's phone."""
    return VisitList.objects.create(
        device=phone(visits[0].visitor), day=TODAY, by=cast.sam, at=NOW
    )


def tells(kind, listed, scheme, *, by=None, at=NOW, **body):
    visitor = by or listed.device.visitor
    event(None, f"shift_{kind}", body, at=at, scheme=scheme, visitor=visitor, listed=listed)


def told():
    rows = Notification.objects.filter(key__startswith="not ended").select_related("person")
    return sorted(row.person.name for row in rows)


def test_the_round_manager_is_told_half_an_hour_after_and_then_the_desk(listed, last, scheme):
    tells("started", listed, scheme)

    services.look_at_timers(last + 29 * MINUTE)
    assert told() == []
    services.look_at_timers(last + 31 * MINUTE)
    services.look_at_timers(last + 40 * MINUTE)  # told once
    assert told() == ["Lee Marsh"]  # not the manager of another partner
    services.look_at_timers(last + 46 * MINUTE)
    services.look_at_timers(last + 60 * MINUTE)

    assert told() == ["Ali Rahman", "Jo Petrie", "Lee Marsh"]


def test_the_notice_says_what_to_do_and_names_nobody(listed, last, scheme, rounds):
    services.look_at_timers(last + 31 * MINUTE)

    notice = Notification.objects.get(key__startswith="not ended")
    assert notice.subject == "Round A was not ended"
    assert "call 999" in notice.body
    assert "Sam" not in notice.subject + notice.body
    assert str(rounds["A"].public_id) in notice.link


def test_a_round_that_was_ended_or_has_no_phone_out_troubles_nobody(listed, last, scheme):
    tells("started", listed, scheme)
    tells("ended", listed, scheme, at=last)
    # Round B goes by paper.

    services.look_at_timers(last + 90 * MINUTE)

    assert told() == []


def test_the_visitors_own_expected_end_counts(listed, last, scheme):
    tells("started", listed, scheme, ends="13:00")

    services.look_at_timers(last + 31 * MINUTE)
    assert told() == []
    services.look_at_timers(NOW.replace(hour=13) + 31 * MINUTE)

    assert told() == ["Lee Marsh"]


def test_nobody_is_done_because_another_visitor_of_the_round_is(
    listed, last, scheme, visits, rounds, cast
):
    anya = visits[-1].visitor
    hers = VisitList.objects.create(device=phone(anya), day=TODAY, by=cast.anya, at=NOW)
    Visit.objects.filter(pk=visits[1].pk).update(visitor=anya)
    tells("started", listed, scheme)
    tells("started", hers, scheme, at=NOW + MINUTE)
    tells("ended", hers, scheme, at=last)

    services.look_at_timers(last + 31 * MINUTE)

    assert told() == ["Lee Marsh"]
    (out,) = queries.not_ended(scheme, now=last + 31 * MINUTE)
    assert (out.visitor.person.name, out.round) == ("Sam Whitlock", "A")


def test_without_a_round_manager_the_desk_is_told_at_once_by_text_too(
    listed, last, scheme, settings
):
    Membership.objects.filter(person__name="Lee Marsh").delete()
    DutyShift.objects.filter(role="duty").update(telephone="07700900123")

    services.look_at_timers(last + 31 * MINUTE)

    rows = Notification.objects.filter(key__startswith="not ended")
    assert sorted((row.person.name, row.channel) for row in rows) == [
        ("Ali Rahman", "email"),
        ("Jo Petrie", "email"),
        ("Jo Petrie", "text"),
    ]


def test_a_notice_that_did_not_go_tells_the_desk_at_once(listed, last, scheme):
    services.look_at_timers(last + 31 * MINUTE)
    Notification.objects.update(problem="Connection refused")

    services.look_at_timers(last + 32 * MINUTE)

    assert told() == ["Ali Rahman", "Jo Petrie", "Lee Marsh"]


def test_after_a_night_without_a_worker_nobody_is_told_of_yesterday_morning(listed, last, scheme):
    services.look_at_timers(last + timedelta(hours=20))

    assert told() == []


def test_who_knows_that_the_visitor_is_safe_ends_the_round(listed, last, scheme, cast, rounds):
    tells("started", listed, scheme)
    at = last + 40 * MINUTE
    with pytest.raises(InputError, match="Enter where the visitor is"):
        services.end_round(
            rounds["A"].public_id, day=TODAY, words=" ", by=cast.round_manager, at=at
        )
    for _ in range(2):
        services.end_round(
            rounds["A"].public_id, day=TODAY, words="At the depot", by=cast.round_manager, at=at
        )

    services.look_at_timers(last + 60 * MINUTE)

    assert told() == []
    assert VisitEvent.objects.filter(type="shift_ended", person=cast.round_manager).count() == 1
    assert AuditEntry.objects.filter(action="end a round for its visitor").count() == 1


def test_the_round_manager_finds_it_on_their_page_and_says_it_is_over(
    client, scheme, residents, rounds, cast
):
    now = datetime.now(UTC)  # noqa: TID251  pages ask the real clock
    visitor = rounds["A"].walks.first().visitor
    Visit.objects.create(
        scheme=scheme, resident=residents[0], day=timezone.localdate(now), round=rounds["A"],
        visitor=visitor, expected_at=now - 50 * MINUTE, code="1000", created_at=now,
    )  # fmt: skip
    listed = VisitList.objects.create(
        device=phone(visitor), day=timezone.localdate(now), by=cast.sam, at=now
    )
    tells("started", listed, scheme, at=now - 90 * MINUTE)
    client.force_login(cast.round_manager)
    address = f"/visits/rounds/{rounds['A'].public_id}/"

    assert "Not ended" in client.get("/visits/rounds/").content.decode()
    page = client.get(address).content.decode()
    assert "Sam Whitlock began" in page
    assert "Mrs Kent" not in page
    said = {"act": "over", "day": timezone.localdate(now).isoformat(), "words": ""}
    assert "Enter where the visitor is" in client.post(address, said).content.decode()
    client.post(address, said | {"words": "Back at the depot, I spoke to him"})

    assert "Not ended" not in client.get("/visits/rounds/").content.decode()
    client.force_login(cast.other_round_manager)
    assert client.get(address).status_code == 404


def test_a_phone_that_fetched_its_list_and_falls_silent_is_missed(visits, last, scheme, cast):
    """By the same doors that a real phone uses: nothing is set up by hand."""
    handset = Handset(visits[0].visitor, cast.desk, at=NOW)
    given = phones.fetch_list(handset.word("list", at=NOW), by=cast.sam, at=NOW)
    handset.list = given["list"]["id"]
    event_id, raw = handset.record("shift_started", None, {"ends": "10:00"}, at=NOW)
    recording.take_event(event_id=event_id, raw=raw, at=NOW)
    ten = NOW.replace(hour=10)

    services.look_at_timers(ten + 29 * MINUTE)
    assert told() == []
    services.look_at_timers(ten + 31 * MINUTE)
    assert told() == ["Lee Marsh"]

    event_id, raw = handset.record("shift_ended", None, {"recorded": 2}, at=ten + 40 * MINUTE)
    recording.take_event(event_id=event_id, raw=raw, at=ten + 40 * MINUTE)
    services.look_at_timers(ten + 60 * MINUTE)
    assert told() == ["Lee Marsh"]


@pytest.mark.parametrize(("ends", "counts"), [("07:30", False), ("23:30", True), ("00:30", False)])
def test_an_end_that_no_round_lasts_to_counts_for_nothing(listed, last, scheme, ends, counts):
    """08:30 typed for 18:30 by somebody who began at nine would else be of the next day."""
    tells("started", listed, scheme, ends=ends)
    services.look_at_timers(last + 31 * MINUTE)
    assert bool(told()) != counts
