"""The duty desk's pages: who may open what, what they show, and what they never do."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.apps.visits.happening import concern, event, phone
from trialogue.accounts.models import AuditEntry, Membership, Notification, Person
from trialogue.site.handing_over import hand_over, owned_by
from trialogue.visits import queries, services
from trialogue.visits.models import (
    Agreement,
    Concern,
    DutyShift,
    HandOver,
    QuestionSet,
    Scheme,
    Visit,
    VisitList,
    Watch,
)
from trialogue.visits.queries import board as boards

MINUTE = timedelta(minutes=1)
EVERYBODY = (
    *("desk", "deputy", "duty_manager", "safeguarding", "round_manager"),
    *("other_round_manager", "sam", "member", "commissioner", "nobody"),
)


@pytest.fixture
def now():
    """Pages ask the real clock."""
    return datetime.now(UTC)  # noqa: TID251  a door


@pytest.fixture
def today(scheme, residents, rounds, now):
    """Visits of the real day, one to each resident, an hour ago."""
    Scheme.objects.update(starts_on=timezone.localdate() - timedelta(days=1))
    Agreement.objects.all()
    DutyShift.objects.update(first=now - timedelta(days=1), last=now + timedelta(days=20))
    Watch.objects.create(pk=1, looked_at=now)
    return [
        Visit.objects.create(
            scheme=Scheme.objects.get(),
            resident=resident,
            day=timezone.localdate(),
            round=rounds["AB"[number // 3]],
            visitor=rounds["AB"[number // 3]].walks.first().visitor,
            place=number,
            expected_at=now - timedelta(hours=1),
            code=f"{1000 + number}",
            created_at=now,
        )
        for number, resident in enumerate(residents)
    ]


@pytest.fixture
def signed_in(client, cast):
    def be(who):
        client.logout()
        if who != "nobody":
            client.force_login(getattr(cast, who))
            client.get("/about/")
        return client

    return be


@pytest.fixture
def concerns(today, now):
    """One for the desk, one for the safeguarding lead."""
    return concern(today[0], at=now), concern(today[1], kind="safeguarding", at=now)


DESK = {"desk", "deputy", "duty_manager"}
PAGES = {
    "/visits/": DESK,
    "/visits/newest/": DESK,
    "/visits/today/due/": DESK,
    "/visits/today/not-asked/": DESK,
    "/visits/concerns/": DESK | {"safeguarding"},
    "/visits/concerns/?state=closed": DESK | {"safeguarding"},
    "/visits/concerns/new/": DESK | {"safeguarding"},
    "/visits/hand-over/": DESK | {"safeguarding"},
    "/visits/setup/rota/": {"duty_manager"},
    "ours": DESK,
    "ours/acknowledge/": DESK,
    "safeguarding": {"safeguarding"},
    "safeguarding/acknowledge/": {"safeguarding"},
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_page_opens_to_those_who_may_and_to_no_other(signed_in, concerns, who):
    client, (ours, safeguarding) = signed_in(who), concerns
    wrong = []
    for page, may in PAGES.items():
        name, _, rest = page.partition("/")
        one = {"ours": ours, "safeguarding": safeguarding}.get(name)
        address = f"/visits/concerns/{one.number}/{rest}" if one else page
        for method in ("get", "post"):
            if who in may and method == "post":
                continue
            status = getattr(client, method)(address).status_code
            if who in may:
                right = status == 200
            elif who == "nobody":
                right = status == 302  # to sign in
            elif one:
                right = status == 404  # they do not learn that it exists
            else:
                right = status in (302, 403) if page == "/visits/" else status == 403
            if not right:
                wrong.append(f"{method} {address}: {status}")

    assert wrong == []
    assert set(Concern.objects.values_list("state", flat=True)) == {"raised"}


def test_each_role_begins_on_the_page_that_is_theirs(signed_in, today):
    assert signed_in("round_manager").get("/visits/").url == "/visits/rounds/"
    assert signed_in("safeguarding").get("/visits/").url == "/visits/concerns/"
    assert signed_in("desk").get("/visits/").status_code == 200


def test_opening_a_link_never_acknowledges(signed_in, concerns):
    """Mail scanners open links."""
    ours, _ = concerns
    for page in ("", "acknowledge/", "close/"):
        signed_in("desk").get(f"/visits/concerns/{ours.number}/{page}")

    ours.refresh_from_db()
    assert ours.state == "raised"


def test_a_concern_from_the_board_to_its_end_by_forms_alone(signed_in, concerns, cast):
    ours, safeguarding = concerns
    client, page = signed_in("desk"), f"/visits/concerns/{ours.number}/"
    board = client.get("/visits/").content.decode()
    assert ours.code in board
    assert safeguarding.code not in board
    assert ours.words not in board  # no full notes on the board

    refused = client.post(f"{page}acknowledge/", {"will_do": ""}).content.decode()
    assert "Enter what you will do" in refused
    assert "Choose when to look at it again" in refused
    done = {"will_do": "Ring her", "look_again_at": "60"}
    kept = client.post(f"{page}acknowledge/", done, follow=True).content.decode()
    assert "Jo Petrie has it; next step by" in kept

    second = signed_in("deputy").post(f"{page}acknowledge/", done).content.decode()
    assert "Jo Petrie acknowledged" in second
    closing = {"outcome": "advice given", "words": "She is well"}
    closed = signed_in("desk").post(f"{page}close/", closing, follow=True).content.decode()
    assert "It is closed" in closed
    assert ours.code not in client.get("/visits/").content.decode()


def test_every_look_at_a_resident_is_written_down(signed_in, concerns, cast):
    ours, _ = concerns
    client = signed_in("desk")
    client.get(f"/visits/concerns/{ours.number}/")
    client.get("/visits/")
    client.get("/visits/", headers={"X-Renew": "1"})  # the same look goes on

    looks = AuditEntry.objects.filter(action__startswith="look ", by=cast.desk.public_id)
    found = list(looks.order_by("pk").values_list("action", "thing"))
    resident = str(ours.resident.public_id)
    assert found == [
        (f"look at {ours.code}", resident),
        ("look at the board of visits", str(ours.scheme_id)),
    ]


def test_the_board_works_out_lateness_by_itself_and_warns_when_the_worker_stands_still(
    signed_in, today, now
):
    one = concern(today[0], at=now - 17 * MINUTE)
    Watch.objects.update(looked_at=now - 61 * timedelta(seconds=1))

    page = signed_in("desk").get("/visits/").content.decode()

    assert "Concerns do not go up by themselves now" in page
    assert "2 minutes late" in page
    news = signed_in("desk").get("/visits/newest/").json()
    assert news == {"reds": [one.code], "stale": True}


def test_the_board_counts_each_visit_and_opens_its_list(signed_in, today, now, scheme, cast):
    event(today[0], "visit_recorded", at=now)
    event(today[1], "declined", at=now)
    event(today[2], "no_answer_step", {"step": "card"}, at=now)
    Visit.objects.filter(pk=today[3].pk).update(expected_at=now - timedelta(hours=3))

    board = boards.board(boards.scheme_of_board(), cast.desk, today=timezone.localdate(), now=now)

    assert board.totals.counts == {
        "due": 6,
        "done": 1,
        "declined": 1,
        "no-answer": 1,
        "could-not-reach": 0,
        "paused": 0,
        "moved": 0,
        "not-heard": 1,
    }
    assert [one.code for one in board.rounds] == ["A", "B"]
    listed = signed_in("desk").get("/visits/today/not-heard/?round=B").content.decode()
    assert "Mrs Oakes" in listed
    assert "Mrs Kent" not in listed


def test_the_board_shows_rounds_begun_ended_and_overdue(today, now, scheme, rounds, cast):
    listed = VisitList.objects.create(
        device=phone(today[0].visitor), day=timezone.localdate(), by=cast.sam, at=now
    )
    walking = {"scheme": scheme, "visitor": today[0].visitor, "listed": listed}
    event(None, "shift_started", at=now - 90 * MINUTE, **walking)
    event(None, "shift_ended", at=now, **walking)

    board = boards.board(boards.scheme_of_board(), cast.desk, today=timezone.localdate(), now=now)

    first, second = board.rounds
    assert (first.begun_at, first.ended_at) == (now - 90 * MINUTE, now)
    assert not first.overdue
    assert second.overdue  # its last visit was an hour ago


def test_silent_phones_and_questions_not_asked_are_on_the_board(today, now, scheme, cast):
    Visit.objects.filter(round__code="A").update(expected_at=now - timedelta(hours=3))
    event(today[5], "visit_recorded", at=now)  # sets up a phone of round B, heard of in 2027
    silent = phone(today[0].visitor)
    silent.seen_at = now - timedelta(hours=5)
    silent.save()
    old = today[0]
    Visit.objects.create(
        scheme=scheme, resident=old.resident, day=old.day - timedelta(days=15),
        expected_at=now - timedelta(days=15), code="9000", created_at=now,
    )  # fmt: skip

    board = boards.board(boards.scheme_of_board(), cast.desk, today=timezone.localdate(), now=now)

    assert [one.visitor for one in board.silent] == ["Sam Whitlock"]
    assert board.not_asked == len(QuestionSet.objects.get().questions)
    assert board.not_asked == len(boards.not_asked(scheme, today=timezone.localdate()))


def test_a_notice_that_did_not_go_is_on_the_board_and_tells_no_safeguarding_number(
    signed_in, concerns
):
    ours, safeguarding = concerns
    Notification.objects.update(problem="Connection refused")

    page = signed_in("desk").get("/visits/").content.decode()

    assert "Notices that did not arrive" in page
    assert f"E-mail to Jo Petrie ({ours.code})" in page
    assert "E-mail to Nell Fox," in page
    assert safeguarding.code not in page


def test_a_page_asks_as_often_for_fifty_concerns_as_for_one(signed_in, today, now):
    concern(today[0], at=now)
    client = signed_in("desk")

    def asked():
        with CaptureQueriesContext(connection) as queries_:
            assert client.get("/visits/").status_code == 200
        return len(queries_)

    few = asked()
    for number in range(50):
        concern(today[number % 6], level="amber", at=now)

    assert asked() == few
    assert few <= 12


def test_no_page_of_the_desk_asks_more_than_twelve_times(
    signed_in, today, now, cast, rounds, plan
):
    """With all that makes a page ask: a plan, a concern, silent phones, lists, lost notices."""
    Visit.objects.filter(round__code="A").update(expected_at=now - timedelta(hours=3))
    walking = today[0]
    listed = VisitList.objects.create(
        device=phone(walking.visitor), day=walking.day, by=cast.sam, at=now
    )
    started = {"scheme": walking.scheme, "visitor": walking.visitor, "listed": listed}
    event(None, "shift_started", at=now - timedelta(hours=4), **started)
    one = concern(walking, at=now)
    services.acknowledge(
        one.number, will_do="Ring", look_again_at=now + MINUTE, by=cast.desk, at=now
    )
    Notification.objects.update(problem="Connection refused")
    resident = f"/visits/residents/{walking.resident.public_id}/"
    pages = (
        *("/visits/", "/visits/concerns/", f"/visits/concerns/{one.number}/", "/visits/rounds/"),
        *(f"/visits/rounds/{rounds['A'].public_id}/", "/visits/residents/", resident),
        *(f"{resident}contacts/", "/visits/phones/", f"/visits/day/{walking.day}/"),
        *("/visits/hand-over/", "/visits/today/due/", "/visits/rounds/visitors/"),
        *(f"/visits/report/{walking.day:%Y-%m}/", "/visits/setup/", "/visits/setup/rota/"),
        *("/visits/plan/", f"{resident}places/", "/visits/setup/trial/"),
    )
    partners = ("/visits/rounds/", f"/visits/rounds/{rounds['A'].public_id}/", "/visits/phones/")
    for who, theirs in (("duty_manager", pages), ("round_manager", partners)):
        client = signed_in(who)
        asked = {}
        for page in theirs:
            with CaptureQueriesContext(connection) as queries_:
                assert client.get(page).status_code == 200
            asked[page] = len(queries_)

        assert {page: many for page, many in asked.items() if many > 12} == {}


def test_the_desk_hands_over_by_name_and_both_sign(signed_in, concerns, cast, now):
    ours, _ = concerns
    services.acknowledge(
        ours.number, will_do="Ring", look_again_at=now + MINUTE, by=cast.desk, at=now
    )
    said = {"to": str(cast.deputy.public_id), "words": "Her son rings at 4pm"}
    signed_in("desk").post("/visits/hand-over/", said)
    ours.refresh_from_db()
    assert ours.owner == cast.desk  # not before the other has signed
    given = HandOver.objects.get()
    assert given.concerns == [ours.code]
    assert (
        signed_in("duty_manager").post("/visits/hand-over/", {"take": given.pk}).status_code == 404
    )

    page = signed_in("deputy").get("/visits/hand-over/").content.decode()
    assert "Her son rings at 4pm" in page
    signed_in("deputy").post("/visits/hand-over/", {"take": given.pk})

    ours.refresh_from_db()
    given.refresh_from_db()
    assert ours.owner == cast.deputy
    assert given.taken_at is not None


def test_what_is_the_safeguarding_leads_is_never_handed_to_the_desk(concerns, cast, now):
    _, safeguarding = concerns
    services.acknowledge(
        safeguarding.number, will_do="Ring", look_again_at=now + MINUTE, by=cast.safeguarding,
        at=now,
    )  # fmt: skip

    assert services.takers(cast.safeguarding) == []


def test_who_leaves_hands_over_what_they_had_in_hand(concerns, cast, council, now):
    ours, safeguarding = concerns
    for one, by in ((ours, cast.desk), (safeguarding, cast.safeguarding)):
        services.acknowledge(one.number, will_do="Ring", look_again_at=now + MINUTE, by=by, at=now)
    assert [one.title for one in owned_by(cast.desk)] == [ours.code]
    assert owned_by(cast.safeguarding) == ()

    administrator = Person.objects.create(
        email="g@wrenmoor.example", name="Gareth", created_at=now
    )
    Membership.objects.create(
        person=administrator, organisation=council, roles=["administrator"], created_at=now
    )
    said = {"to_id": str(cast.deputy.public_id), "by": administrator, "at": now}
    assert hand_over(from_id=cast.desk.public_id, **said) == 1
    assert hand_over(from_id=cast.safeguarding.public_id, **said) == 0

    ours.refresh_from_db()
    assert ours.owner == cast.deputy


def test_the_rota_names_its_gaps_and_refuses_who_could_not_open_a_concern(
    signed_in, scheme, cast, now
):
    DutyShift.objects.all().delete()
    client = signed_in("duty_manager")
    day = timezone.localdate()
    said = {
        "role": "duty",
        "telephone": "07700 900123",
        "person": str(cast.desk.public_id),
        "first_day": day.day,
        "first_month": day.month,
        "first_year": day.year,
        "first_time": "00:00",
        "last_day": day.day,
        "last_month": day.month,
        "last_year": day.year + 1,
        "last_time": "08:30",
    }
    wrong = client.post("/visits/setup/rota/", said | {"role": "safeguarding"})
    assert "They do not have the role for this" in wrong.content.decode()
    assert (
        "must be a time, like 08:30"
        in client.post("/visits/setup/rota/", said | {"last_time": "late"}).content.decode()
    )
    assert not DutyShift.objects.exists()

    client.post("/visits/setup/rota/", said)

    shift = DutyShift.objects.get()
    assert (shift.person, shift.telephone) == (cast.desk, "07700 900123")
    page = client.get("/visits/setup/rota/").content.decode()
    gaps = re.findall(r"<li>(Deputy|Duty manager|Duty person|Safeguarding lead): ", page)
    assert sorted(gaps) == ["Deputy", "Duty manager", "Safeguarding lead"]
    client.post("/visits/setup/rota/", {"take_off": shift.pk})
    assert not queries.rota.shifts(scheme, now=now + MINUTE)


def test_a_gap_between_two_shifts_is_found_to_the_minute(scheme, cast, now):
    DutyShift.objects.filter(role="duty").delete()
    for first, last in ((-1, 2), (3, 30), (4, 5)):
        DutyShift.objects.create(
            scheme=scheme, role="duty", person=cast.desk,
            first=now + timedelta(days=first), last=now + timedelta(days=last),
        )  # fmt: skip

    (gap,) = [
        one
        for one in queries.rota.gaps(queries.rota.shifts(scheme, now=now), now=now)
        if one.role == "Duty person"
    ]

    assert (gap.first, gap.last) == (now + timedelta(days=2), now + timedelta(days=3))


def test_the_list_says_how_many_reds_needed_nothing(signed_in, concerns, cast, now):
    ours, _ = concerns
    services.acknowledge(
        ours.number, will_do="Ring", look_again_at=now + MINUTE, by=cast.desk, at=now
    )
    said = {"outcome": "no action needed", "words": "Well", "whereabouts": ""}
    services.close(ours.number, **said, by=cast.desk, at=now)

    page = signed_in("duty_manager").get("/visits/concerns/").content.decode()

    assert "Reds closed in the last 7 days: 1. No action was needed for 1 of them." in page


def test_the_desk_writes_down_a_concern_by_form(signed_in, today):
    client = signed_in("desk")
    found = client.get("/visits/concerns/new/?q=Mill+Lane").content.decode()
    address = re.search(r'href="(\?resident=[0-9a-f-]+)">Ada Kent', found)[1]
    said = {"level": "amber", "kind": "home", "words": "No heating", "origin": "telephone"}
    assert (
        "Enter what was said"
        in client.post(f"/visits/concerns/new/{address}", said | {"words": ""}).content.decode()
    )

    client.post(f"/visits/concerns/new/{address}", said)

    made = Concern.objects.get()
    assert (made.resident, made.visit, made.words) == (today[0].resident, today[0], "No heating")
