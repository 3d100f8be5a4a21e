"""What a resident and a contact see by their link: field by field, once, and no more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.apps.visits.conftest import NOW, TODAY
from trialogue.accounts.models import Notification
from trialogue.accounts.services import send_messages
from trialogue.visits import queries, services
from trialogue.visits.models import Answer, Concern, Suspension, VisitEvent, VisitLink


@pytest.fixture
def at(monkeypatch):
    """A clock that a test moves."""
    clock = {"now": NOW + timedelta(hours=4)}
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock["now"])
    return clock


def record(visit, type_="visit_recorded", minute=0, **body):
    moment = NOW + timedelta(hours=2, minutes=minute)
    return VisitEvent.objects.create(
        id=uuid4(),
        scheme=visit.scheme,
        visit=visit,
        type=type_,
        at=moment,
        about_at=moment,
        quality="clock",
        received_at=moment,
        schema=1,
        body=body,
        sha256="0" * 64,
    )


@pytest.fixture
def told(visits):
    """Ada's visit of today: one answer is no, with a note; a request; a safeguarding concern."""
    visit = visits[0]
    event = record(visit, minute=6)
    for key, answer, note in (("self", "yes", ""), ("home", "no", "The boiler is cold")):
        Answer.objects.create(
            visit=visit,
            event=event,
            question=key,
            set_number=1,
            variant=0,
            language="en",
            answer=answer,
            note=note,
        )
    for level, kind, words in (
        ("request", "home", "Somebody to look at the boiler"),
        ("red", "safeguarding", "Afraid of a nephew"),
        ("amber", "health", "Very tired"),
    ):
        Concern.objects.create(
            scheme=visit.scheme,
            resident=visit.resident,
            visit=visit,
            level=level,
            kind=kind,
            words=words,
            origin="doorstep",
            raised_at=NOW,
            received_at=NOW,
            clock_from=NOW,
            deadline=NOW,
        )
    return visit.resident


def opened(client, address):
    client.post(address, {"act": "open"})
    return client.get(address).content.decode()


def contact_page(client, cast, resident, may_see):
    contact = resident.contacts.get()
    services.allow_contact(
        contact.public_id,
        may_see=may_see,
        who="Ada",
        how="in person",
        by=cast.desk,
        at=NOW,
    )
    services.send_contact_link(contact.public_id, by=cast.desk, at=NOW)
    message = Notification.objects.get(letter="M")
    assert resident.preferred_name not in message.body + message.subject
    client.logout()
    return opened(client, message.link.removeprefix("http://testserver"))


FIELDS = {
    "visited": "Visited at about 10am",
    "well": "something was asked for",
    "request": "Somebody to look at the boiler",
}
NEVER = ("boiler is cold", "nephew", "Very tired", "Whitlock", "Kin of Bill", "Clara")


@pytest.mark.parametrize("field", FIELDS)
def test_a_contact_sees_each_field_agreed_and_no_other(client, cast, at, told, field):
    page = contact_page(client, cast, told, (field,)).lower()
    for name, words in FIELDS.items():
        assert (words.lower() in page) == (name == field), name
    assert not any(words.lower() in page for words in NEVER)


def test_a_concern_is_told_only_when_agreed_and_released_and_never_safeguarding(
    client, cast, at, told
):
    Concern.objects.filter(kind="health").update(released_at=NOW)
    page = contact_page(client, cast, told, ("concern",))
    assert page.count("passed on a concern") == 1
    assert not any(words in page for words in NEVER)


@pytest.mark.parametrize("whose", ["resident", "contact"])
def test_two_weeks_of_visits_ask_no_more_than_one(client, cast, at, told, whose):
    if whose == "resident":
        address = services.link_for_resident(told.public_id, by=cast.desk, at=NOW).address
        opened(client, address)
    else:
        contact_page(client, cast, told, ("visited", "well", "request", "concern"))
        address = Notification.objects.get(letter="M").link.removeprefix("http://testserver")

    def asked():
        with CaptureQueriesContext(connection) as queries_:
            page = client.get(address).content.decode()
        return len(queries_), page

    one, _ = asked()
    visit = told.visits.get()
    for days in range(1, 8):
        visit.pk, visit.public_id, visit.code = None, uuid4(), f"{2000 + days}"
        visit.day = TODAY - timedelta(days=days)
        visit.save(force_insert=True)
        record(visit)
    eight, page = asked()

    assert page.lower().count("sam" if whose == "resident" else "visited at about") == 8
    assert eight == one <= 12


def test_an_empty_day_has_its_reason(client, cast, at, visits):
    Suspension.objects.create(resident=visits[0].resident, first=TODAY, why="hospital", at=NOW)
    page = contact_page(client, cast, visits[0].resident, ("visited",))
    assert "paused" in page
    assert "hospital" not in page


def test_a_link_opens_once_by_a_press_and_for_a_quarter_of_an_hour(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    scanner = client.get(made.address)
    assert "Show the visits" in scanner.content.decode()
    assert "Ada" not in scanner.content.decode()
    page = opened(client, made.address)
    assert "Your visits, Mrs Kent" in page
    assert "Passed on: The boiler is cold" in page
    other = client.__class__()
    assert "This link was used" in other.post(made.address, {"act": "open"}).content.decode()
    at["now"] += timedelta(minutes=16)
    late = client.get(made.address)
    assert "This link was used" in late.content.decode()
    assert late["Cache-Control"] == "no-store"
    assert client.get("/visits/with/nothing-like-it/").status_code == 404


def test_a_resident_pauses_stops_a_contact_and_stops_the_visits(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    opened(client, made.address)
    days = {
        f"{which}_{part}": n
        for which in ("first", "last")
        for part, n in zip(("day", "month", "year"), ("5", "3", "2027"), strict=True)
    }
    client.post(made.address, {"act": "pause", **days})
    assert told.suspensions.get().told_by == "Ada Kent"
    contact = told.contacts.get()
    client.post(made.address, {"act": "stop contact", "contact": str(contact.public_id)})
    assert contact.agreements.order_by("-pk").first().may_see == []
    client.post(made.address, {"act": "stop visits"})
    told.refresh_from_db()
    assert (told.state, told.ended_why) == ("ended", "asked")
    assert services.list_day(told.scheme, TODAY + timedelta(days=3), at=NOW) == 5


def test_a_resident_asks_for_other_days_and_nothing_changes_by_itself(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    opened(client, made.address)
    before = list(told.planned.values_list("round", "weekday"))

    page = client.post(made.address, {"act": "days"}).content.decode()
    assert "Choose the days that suit you" in page
    page = client.post(made.address, {"act": "days", "days": ["1"]}).content.decode()
    assert "Choose at least as many days" in page
    wanted = {"act": "days", "days": ["0", "3"], "words": "I swim on Tuesdays"}
    for _ in range(2):
        client.post(made.address, wanted)

    request = Concern.objects.get(origin="link")
    assert (request.level, request.state) == ("request", "raised")
    assert request.words == (
        "Asked for other days. These suit: Monday, Thursday. “I swim on Tuesdays”"
    )
    assert list(told.planned.values_list("round", "weekday")) == before
    page = client.get(made.address).content.decode()
    assert "The desk looks at it by 3 March 2027" in page
    board = queries.open_concerns(cast.desk, now=at["now"])
    assert request.code in [one.concern.code for one in board]


def test_a_resident_asks_for_a_copy_and_hears_what_became_of_it(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    opened(client, made.address)
    client.post(made.address, {"act": "copy"})
    number = Concern.objects.get(origin="link").number
    do = {"by": cast.desk, "at": at["now"]}
    services.acknowledge(
        number, will_do="Post it", look_again_at=at["now"] + timedelta(days=1), **do
    )
    assert "The desk has it in hand" in client.get(made.address).content.decode()
    services.close(number, outcome="advice given", words="Posted", whereabouts="", **do)

    assert "The desk has dealt with it" in client.get(made.address).content.decode()


def test_the_desk_is_told_of_a_pause_and_a_stop_by_link_without_a_name(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    opened(client, made.address)
    when = {
        f"{which}_{part}": n
        for which in ("first", "last")
        for part, n in zip(("day", "month", "year"), ("1", "3", "2027"), strict=True)
    }
    page = client.post(made.address, {"act": "pause", **when}).content.decode()
    assert "The first day is past" in page
    client.post(made.address, {"act": "pause", **when, "first_day": "5", "last_day": "9"})
    client.post(made.address, {"act": "stop visits"})

    said = Notification.objects.filter(person=cast.desk, letter="S")
    assert [one.subject for one in said.order_by("pk")] == [
        "A resident paused their visits",
        "A resident stopped their visits",
    ]
    assert "from 5 March 2027 to 9 March 2027" in said.earliest("pk").body
    assert not any("Kent" in one.subject + one.body for one in said)


def test_a_pause_of_one_day_is_said_as_one_day(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=NOW)
    opened(client, made.address)
    when = {
        f"{which}_{part}": n
        for which in ("first", "last")
        for part, n in zip(("day", "month", "year"), ("5", "3", "2027"), strict=True)
    }

    page = client.post(made.address, {"act": "pause", **when}, follow=True).content.decode()

    assert "Paused on 5 March 2027." in page
    said = Notification.objects.filter(person=cast.desk, letter="S").get()
    assert "paused their visits, on 5 March 2027." in said.body


def test_a_contact_cannot_stop_somebody_else_or_the_visits(client, cast, at, told, residents):
    contact_page(client, cast, told, ("visited",))
    link = VisitLink.objects.get()
    services.stop_contact(link, residents[1].contacts.get().public_id, at=NOW)
    assert residents[1].contacts.get().agreements.order_by("-pk").first().may_see
    address = Notification.objects.get(letter="M").link.removeprefix("http://testserver")
    for act in ("stop visits", "days", "copy", "pause"):
        client.post(address, {"act": act, "days": ["0", "3"]})
    told.refresh_from_db()
    assert told.state == "active"
    assert not Concern.objects.filter(origin="link").exists()


def test_a_contact_stops_what_they_hear_and_has_no_settings_to_look_for(
    client, cast, at, told, mailoutbox
):
    contact_page(client, cast, told, ("visited",))
    send_messages(at["now"])
    (letter,) = [one for one in mailoutbox if one.to == ["kin0@home.example"]]
    assert "sends this through Trialogue." in letter.body
    assert "Choose what you are sent" not in letter.body
    address = Notification.objects.get(letter="M").link.removeprefix("http://testserver")
    contact = str(told.contacts.get().public_id)

    done = {"act": "stop contact", "contact": contact}
    page = client.post(address, done, follow=True).content.decode()

    assert "You are told nothing more" in page
    assert "There is nothing that you may see now" in page


def test_a_visit_that_was_called_off_was_made_by_nobody(client, cast, at, visits):
    resident = visits[0].resident
    Suspension.objects.create(resident=resident, first=TODAY, why="hospital", at=NOW)
    made = services.link_for_resident(resident.public_id, by=cast.desk, at=NOW)

    opened(client, made.address)

    page = client.get(made.address).content.decode()
    assert "Tuesday 2 March: paused</h3>" in page


def test_nobody_is_written_to_who_may_see_nothing(client, cast, at, told):
    contact = told.contacts.get()
    services.never_tell(
        contact.public_id, never=True, why="Named by Ada", by=cast.safeguarding, at=NOW
    )
    client.force_login(cast.desk)
    page = reverse("visits:send_link", args=[told.public_id, contact.public_id])
    said = client.post(page, follow=True).content.decode()
    assert "did not agree that this contact is told anything" in said
    assert not Notification.objects.filter(letter="M").exists()


def test_the_report_counts_and_tells_nothing_of_a_few(client, cast, at, visits):
    for visit in visits[:4]:
        record(visit, "visit_started")
        record(visit, minute=5)
    at["now"] = NOW + timedelta(days=1)
    client.force_login(cast.commissioner)
    page = client.get(reverse("visits:newest_report"), follow=True).content.decode()
    assert "Of 6; the count is not told" in page
    assert "£" not in page
    assert not any(visit.resident.preferred_name in page for visit in visits)
    for visit in visits[4:]:
        record(visit, "visit_started")
        record(visit, minute=8)
    page = client.get(reverse("visits:report", args=["2027-03"])).content.decode()
    assert "6 of 6 (100%)" in page
    assert "half under 5 minutes, nine in ten under 8" in page
    csv = client.get(reverse("visits:report", args=["2027-03"]) + "?format=csv")
    assert "Visits kept,6 of 6" in csv.content.decode()
    client.force_login(cast.member)
    assert client.get(reverse("visits:report", args=["2027-03"])).status_code == 403


def test_what_a_resident_asks_by_their_own_link_is_told_to_no_contact(client, cast, at, told):
    made = services.link_for_resident(told.public_id, by=cast.desk, at=at["now"])
    opened(client, made.address)
    client.post(made.address, {"act": "copy"})
    client.post(made.address, {"act": "days", "words": "Not when my son is here"})
    assert Concern.objects.filter(origin="link").count() == 2
    page = contact_page(client, cast, told, ("request",))
    assert "Somebody to look at the boiler" in page
    assert not any(words in page for words in ("copy of all", "my son"))


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"self": "yes", "safe": "yes"}, "all well"),
        ({"self": "no", "safe": "yes"}, "something was asked for"),
        ({"self": "yes", "safe": "no"}, ""),
        ({"self": "yes", "help": "not asked"}, ""),
        ({"self": "no", "safe": "no"}, "something was asked for"),
    ],
)
def test_a_contact_cannot_tell_not_feeling_safe_from_not_asked(visits, answers, says):
    event = record(visits[0], minute=6)
    for key, answer in answers.items():
        Answer.objects.create(
            visit=visits[0],
            event=event,
            question=key,
            set_number=1,
            variant=0,
            language="en",
            answer=answer,
        )
    contact = visits[0].resident.contacts.get()

    (day,) = queries.for_contact(contact, now=NOW + timedelta(hours=3)).days

    assert day.words.partition(", ")[2] == says
