from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.apps.visits.conftest import NOW, TODAY
from tests.apps.visits.handset import Handset
from trialogue.accounts.models import AuditEntry, Person
from trialogue.methods.problems import InputError
from trialogue.visits import queries
from trialogue.visits.models import Answer, HeldEvent, Visit, VisitEvent, Visitor
from trialogue.visits.queries.day import accounts_of, day_of, sheets_of
from trialogue.visits.services import phones, recording, settling, typing_in

LATER = NOW + timedelta(hours=3)
ADDRESS = f"/visits/day/{TODAY}/"


@pytest.fixture
def desk(cast):
    return Person.objects.get(pk=cast.desk.pk)


@pytest.fixture
def handset(visits, cast):
    return Handset(Visitor.objects.get(person=cast.sam), cast.desk, at=NOW)


def send(handset, kind, visit, body=None):
    event_id, raw = handset.record(kind, visit, body, at=NOW)
    recording.take_event(event_id=event_id, raw=raw, at=LATER)
    return event_id


def type_in(text, scheme, by, at=LATER):
    return typing_in.type_messages(text, scheme=scheme, day=TODAY, by=by, at=at)


def state(visit):
    rows = Visit.objects.filter(pk=visit.pk).select_related("resident")
    [shown] = queries.show(rows, scheme=visit.scheme, now=LATER)
    return shown.words, shown.conflict


def test_messages_make_events_like_any_other_and_twice_is_once(visits, scheme, desk):
    text = f"OK {visits[0].code}\n\n na-{visits[1].code} "

    assert [type_in(text, scheme, desk) for _ in range(2)] == [2, 2]

    assert [state(visit) for visit in visits[:2]] == [("Done", False), ("No answer", False)]
    events = VisitEvent.objects.all()
    assert {(one.person, one.device, one.quality) for one in events} == {(desk, None, "received")}
    assert events.count() == AuditEntry.objects.filter(action="type in a visit").count() == 2


def test_every_wrong_message_is_named_and_nothing_is_kept(visits, scheme, desk):
    code = visits[0].code
    text = f"OK {code}\nOK 0000\nhello\nNA {code}"

    with pytest.raises(InputError) as refused:
        type_in(text, scheme, desk)

    said = [problem.what for problem in refused.value.problems]
    assert [line[:7] for line in said] == ["Line 2:", "Line 3:", "Line 4:"]
    assert not VisitEvent.objects.exists()
    with pytest.raises(InputError, match="Enter what was texted"):
        type_in(" \n", scheme, desk)


def test_typed_in_again_in_other_words_is_a_correction(visits, scheme, desk):
    visit = visits[0]
    type_in(f"OK {visit.code}", scheme, desk)
    body = {"answers": {"self": {"answer": "no", "note": "a cough"}}, "noticed": "dark"}

    for minute in range(4):
        at = LATER + timedelta(minutes=minute + 1)
        if minute == 2:
            type_in(f"NA {visit.code}", scheme, desk, at=at)
        else:
            typing_in.type_sheet(
                visit, kind="visit_recorded", body=body, by=desk, at=at, about=NOW
            )

    assert [one.type for one in VisitEvent.objects.order_by("received_at")] == [
        "visit_recorded",
        *["correction"] * 3,
    ]
    assert state(visit) == ("Done", False)
    assert Answer.objects.get().note == "a cough"


def test_two_phones_count_once_and_a_person_chooses_which_is_shown(
    handset, visits, scheme, desk, cast
):
    visit = visits[0]
    other = Handset(Visitor.objects.get(person=cast.anya), cast.desk, at=NOW)
    send(handset, "declined", visit)
    send(other, "visit_recorded", visit, {"answers": {"self": {"answer": "yes"}}})

    assert state(visit) == ("Done", True)
    found = day_of(scheme, TODAY, now=LATER)
    [(which, told)] = found.conflicts
    assert which == visit
    assert {one.who for one in told} == {
        f"{device.visitor.person.name}, {device.label}"
        for device in (handset.device, other.device)
    }
    for _ in range(2):
        settling.settle(visit.public_id, account=handset.device.public_id, by=desk, at=LATER)

    visit.refresh_from_db()
    assert state(visit) == ("Declined", False)
    assert VisitEvent.objects.count() == 2
    assert AuditEntry.objects.filter(action="settle a visit").count() == 1
    with pytest.raises(InputError):
        settling.settle(visit.public_id, account=visits[1].public_id, by=desk, at=LATER)


def test_what_a_revoked_phone_sent_is_taken_or_left_out_by_a_person(handset, visits, desk):
    phones.revoke(handset.device.public_id, by=desk, at=NOW)
    for visit in visits[:2]:
        send(handset, "declined", visit)
    first, second = HeldEvent.objects.order_by("pk")
    assert '"declined"' in settling.look_into(first, by=desk, at=LATER)

    for held, take in ((first, True), (first, True), (second, False)):
        settling.judge(held.pk, take=take, by=desk, at=LATER)

    assert [state(visit)[0] for visit in visits[:2]] == ["Declined", "Due"]
    assert VisitEvent.objects.get().received_at == LATER
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.taken, first.sealed) == (True, None)
    assert (second.taken, bytes(second.sealed or b"") != b"") == (False, True)


def test_what_cannot_be_taken_says_why_and_stays(handset, visits, desk):
    event_id, raw = handset.record("declined", visits[0], at=NOW, changed={"schema": 99})
    recording.take_event(event_id=event_id, raw=raw, at=LATER)
    held = HeldEvent.objects.get()

    with pytest.raises(InputError, match="version 99"):
        settling.judge(held.pk, take=True, by=desk, at=LATER)

    held.refresh_from_db()
    assert held.settled_at is None


def test_missing_records_are_known_from_what_the_phone_says(handset, visits, scheme, cast):
    phones.fetch_list(handset.word("list", at=NOW), by=Person.objects.get(pk=cast.sam.pk), at=NOW)
    send(handset, "declined", visits[0])
    handset.record("declined", visits[1], at=NOW)
    handset.record("declined", visits[2], at=NOW)
    phones.hear(handset.word("contact", at=LATER), at=LATER)

    [phone] = day_of(scheme, TODAY, now=LATER).phones

    assert (phone.recorded, phone.received, phone.missing) == (3, 1, 2)


def test_a_phone_never_recorded_less_than_came(handset, visits, scheme, cast):
    phones.fetch_list(handset.word("list", at=NOW), by=Person.objects.get(pk=cast.sam.pk), at=NOW)
    for visit in visits[:3]:
        send(handset, "declined", visit)

    [phone] = day_of(scheme, TODAY, now=LATER).phones

    assert (phone.recorded, phone.received, phone.missing) == (3, 3, 0)


def test_paper_holds_no_word_no_telephone_and_no_notes_of_the_door(
    client, visits, scheme, desk, residents
):
    residents[0].agreed_word = "bramble"
    residents[0].at_the_address = "a dog"
    residents[0].save()
    client.force_login(desk)

    page = client.get(f"/round/print/?day={TODAY}").content.decode()

    for there in ("Mrs Kent", "1 Mill Lane", "a dog", visits[0].code, visits[0].asks[0]["words"]):
        assert there in page
    for never in ("bramble", residents[0].telephone, "Wait two minutes"):
        assert never not in page
    assert [sheet.round for sheet in sheets_of(scheme, TODAY)] == ["A", "B"]
    assert AuditEntry.objects.filter(action="look at round sheets").count() == 1


def test_the_pages_of_a_day(client, handset, visits, desk, cast):
    other = Handset(Visitor.objects.get(person=cast.anya), cast.desk, at=NOW)
    send(handset, "declined", visits[0])
    send(other, "visit_recorded", visits[0], {"answers": {"self": {"answer": "yes"}}})
    phones.revoke(other.device.public_id, by=desk, at=NOW)
    send(other, "declined", visits[1])
    held = HeldEvent.objects.get()
    client.force_login(desk)

    def post(path, **typed):
        return client.post(ADDRESS + path, typed, follow=True).content.decode()

    assert "Held for you to look at" in client.get(ADDRESS).content.decode()
    assert "is not like OK 0412" in post("", messages="hello")
    assert "1 visit typed in" in post("", messages=f"OK {visits[2].code}")
    path = f"settle/{visits[0].public_id}/"
    assert "Choose which account to show" in post(path)
    assert "Both are kept" in post(path, account=str(handset.device.public_id))
    assert "declined" in client.get(f"{ADDRESS}held/{held.pk}/").content.decode()
    assert "Left out" in post(f"held/{held.pk}/", act="leave")
    path = f"sheet/{visits[3].public_id}/"
    assert "Choose what came of the visit" in post(path)
    assert client.get("/visits/day/yesterday/").status_code == 404
    assert client.get(f"/visits/day/2027-03-03/{path}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "noticed", "said"),
    [
        ("visit_recorded", "", "is typed in</"),
        ("visit_recorded", "A cold house", "is typed in. If somebody should act on it, write"),
        ("no_answer_step", "Post on the mat", "is typed in</"),  # it opened a concern
    ],
)
def test_words_of_a_sheet_are_told_to_nobody_and_the_page_says_so(
    client, visits, desk, monkeypatch, kind, noticed, said
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    client.force_login(desk)
    typed = {"kind": kind, "time": "08:40", "noticed": noticed}

    page = client.post(f"{ADDRESS}sheet/{visits[3].public_id}/", typed, follow=True)

    assert said in " ".join(page.content.decode().split()).replace(" </", "</")


@pytest.mark.parametrize("who", ["round_manager", "sam", "member", "safeguarding"])
def test_others_do_not_settle_a_day(client, cast, visits, scheme, who):
    by = Person.objects.get(pk=getattr(cast, who).pk)
    client.force_login(by)

    assert client.get(ADDRESS).status_code == 403
    with pytest.raises(PermissionDenied):
        type_in(f"OK {visits[0].code}", scheme, by)


def test_more_visits_and_conflicts_ask_no_more_of_the_database(
    handset, visits, scheme, desk, cast, django_assert_num_queries
):
    other = Handset(Visitor.objects.get(person=cast.anya), desk, at=NOW)
    for visit in visits[:3]:
        with django_assert_num_queries(4):
            day_of(scheme, TODAY, now=LATER)
        send(handset, "declined", visit)
        send(other, "visit_recorded", visit, {"answers": {"self": {"answer": "yes"}}})
    with django_assert_num_queries(4):
        found = day_of(scheme, TODAY, now=LATER)
    assert [told for _, told in found.conflicts] == [accounts_of(visit) for visit in visits[:3]]
