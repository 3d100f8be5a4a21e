"""What a council sets: its clocks, its working days, how long things are kept, its keys."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from tests.apps.conftest import NOW
from tests.apps.evidence import bodies
from trialogue.accounts import queries, services
from trialogue.accounts.first_steps import first_steps
from trialogue.accounts.models import (
    ApiToken,
    AuditEntry,
    Membership,
    Notification,
    Organisation,
    Person,
)
from trialogue.accounts.periods import ANSWER, CLOCKS, MESSAGES, REMIND, RETENTION
from trialogue.accounts.working_days import Calendar
from trialogue.evidence import queries as evidence
from trialogue.evidence import record
from trialogue.evidence import services as register
from trialogue.evidence.models import Checkpoint, Event, PublisherKey
from trialogue.methods.problems import InputError

EASTER_MONDAY = date(2027, 3, 29)
SET = {"answer": 15, "remind": 4, "check": 1}


@pytest.fixture
def administrator(council, person):
    Membership.objects.filter(person=person).update(roles=["administrator"])
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def signed(council, tmp_path):
    """A register with an entry, and so with a key."""
    council.gss_code = "X99000001"
    council.save()
    identifier = register.new_identifier()
    register.append(identifier, "registration", bodies.registration(), at=bodies.NOW)
    return tmp_path


def test_clocks_are_set_once_with_before_and_after_in_the_trail(as_administrator):
    for _ in range(2):
        answer = as_administrator.post("/settings/clocks/", SET)

    assert answer["Location"] == "/settings/"
    assert queries.days(ANSWER) == 15
    entry = AuditEntry.objects.get(action="set how many days")
    assert (entry.before["answer"], entry.after["answer"]) == (20, 15)
    assert "Working days to answer an idea" in as_administrator.get("/settings/").content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"answer": 4}, "must be between 5 and 60"),
        ({"answer": 61}, "must be between 5 and 60"),
        ({"answer": 5, "remind": 5}, "The reminder must come after the idea was sent"),
        ({"check": ""}, "Enter the working days to check what comes from outside"),
        ({"check": "two"}, "must be a whole number"),
    ],
)
def test_a_clock_out_of_its_limits_changes_nothing(as_administrator, changed, words):
    answer = as_administrator.post("/settings/clocks/", SET | changed)

    assert words in answer.content.decode()
    assert queries.days(ANSWER) == 20
    assert queries.days(REMIND) == 5


def test_working_days_pass_over_weekends_bank_holidays_and_own_days():
    thursday = date(2027, 3, 25)
    own = Calendar({date(2027, 3, 30): "Moving"}, frozenset())
    hard = Calendar({}, frozenset({EASTER_MONDAY}))

    assert Calendar.of({}).after(thursday, 1) == date(2027, 3, 30)
    assert own.after(thursday, 1) == date(2027, 3, 31)
    assert hard.after(thursday, 1) == EASTER_MONDAY
    assert Calendar.of({}).between(thursday, date(2027, 3, 30)) == 1
    assert Calendar.of({}).between(thursday, thursday) == 0


@pytest.mark.parametrize(
    ("gss_code", "day", "closed_in_england"),
    [
        ("S12000036", date(2026, 1, 2), False),  # the day after New Year's Day
        ("S12000036", date(2026, 11, 30), False),  # St Andrew's Day
        ("N09000003", date(2026, 3, 17), False),  # St Patrick's Day
        ("N09000003", date(2027, 7, 12), False),  # Battle of the Boyne
        ("S12000036", date(2026, 8, 31), True),  # the summer one is at the start of August
        ("S12000036", date(2027, 3, 29), True),  # Easter Monday
    ],
)
def test_bank_holidays_are_those_of_the_councils_nation(gss_code, day, closed_in_england):
    theirs = Calendar.of({}, gss_code)

    assert theirs.is_working(day) is closed_in_england
    for code in ("", "E07000123", "W06000015"):
        assert Calendar.of({}, code).is_working(day) is not closed_in_england


def test_the_page_says_whose_bank_holidays_they_are(as_administrator):
    assert "bank holidays of England and Wales" in shown(as_administrator)
    Organisation.objects.update(gss_code="S12000036")

    assert "bank holidays of Scotland" in shown(as_administrator)


def shown(as_administrator):
    return as_administrator.get("/settings/working-days/").content.decode()


def test_a_day_off_is_added_and_taken_out(administrator):
    closed = date(2027, 12, 24)
    services.close_on(closed, why="Offices closed", by=administrator, at=NOW)
    assert not queries.calendar().is_working(closed)
    with pytest.raises(InputError, match="no working day already"):
        services.close_on(closed, why="Again", by=administrator, at=NOW)

    for _ in range(2):
        services.work_on(closed, by=administrator, at=NOW)

    assert queries.calendar().is_working(closed)
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["close on", "work on"]


def test_a_bank_holiday_is_worked_and_is_one_again(as_administrator):
    change = "/settings/working-days/change/"
    for _ in range(2):
        as_administrator.post(change, {"day": "2027-03-29", "do": "work"})
    assert queries.calendar().is_working(EASTER_MONDAY)

    for _ in range(2):
        as_administrator.post(change, {"day": "2027-03-29", "do": "close"})

    assert not queries.calendar().is_working(EASTER_MONDAY)
    assert AuditEntry.objects.filter(thing_kind="council").count() == 2
    assert as_administrator.post(change, {"day": "soon", "do": "work"}).status_code == 404


def test_the_page_of_working_days_adds_a_day_and_says_what_is_missing(as_administrator):
    page = "/settings/working-days/"
    typed = {"day_day": "24", "day_month": "12", "day_year": "2027"}

    assert "Enter why you are closed" in as_administrator.post(page, typed).content.decode()
    as_administrator.post(page, typed | {"why": "Offices closed"})

    assert queries.calendar().closed == {date(2027, 12, 24): "Offices closed"}
    assert as_administrator.get(page).status_code == 200


def test_what_is_kept_shorter_goes_tonight_and_the_page_says_so(as_administrator, administrator):
    at = NOW - timedelta(days=100)
    services.notify([administrator], letter="G", subject="R", body="B", link="", key="k", at=at)
    kept = {one.key: one.usual for one in RETENTION}
    assert services.count_past_their_time(NOW)["Messages"] == 0

    as_administrator.post("/settings/retention/", kept | {MESSAGES.key: 90})

    assert services.count_past_their_time(NOW)["Messages"] == 1
    refused = as_administrator.post("/settings/retention/", kept | {MESSAGES.key: 731})
    assert "must be between 30 and 730" in refused.content.decode()
    services.forget(NOW)
    assert not Notification.objects.exists()


def test_the_clocks_are_set_once_they_are_and_not_by_how_long_things_are_kept(
    council, administrator
):
    def is_set():
        council.refresh_from_db()
        steps = {step.page: step.done for step in first_steps(council)}
        return steps["accounts:clocks"]

    services.set_days(RETENTION, {r.key: r.usual for r in RETENTION}, by=administrator, at=NOW)
    assert not is_set()

    services.set_days(CLOCKS, SET, by=administrator, at=NOW)
    assert is_set()


@pytest.mark.parametrize("group", [CLOCKS, RETENTION])
def test_the_usual_is_within_the_limits(group):
    assert all(one.least <= one.usual <= one.most for one in group)


def test_nobody_else_sets_anything(person):
    for change in (
        lambda: services.set_days(CLOCKS, SET, by=person, at=NOW),
        lambda: services.close_on(date(2027, 12, 24), why="x", by=person, at=NOW),
        lambda: services.work_on(EASTER_MONDAY, by=person, at=NOW),
        lambda: register.change_key(instead_of="", by=person, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_a_changed_key_signs_from_then_on_and_never_comes_back(as_administrator, signed):
    old = PublisherKey.objects.get()
    before = (signed / "keys/record").read_bytes()
    asked = {"instead_of": old.key_id}

    for _ in range(2):
        as_administrator.post("/settings/keys/change/", asked)

    new = PublisherKey.objects.get(valid_until=None)
    old.refresh_from_db()
    assert old.valid_until == new.valid_from
    assert PublisherKey.objects.count() == 2
    assert (signed / "keys/record").read_bytes() != before
    assert AuditEntry.objects.filter(action="change the signing key").count() == 1
    page = as_administrator.get("/settings/keys/").content.decode()
    assert old.public_key in page
    assert new.public_key in page


def test_what_an_old_key_signed_holds_and_the_next_entry_has_the_new_one(administrator, signed):
    old = PublisherKey.objects.get()
    first = Event.objects.get()
    note = Checkpoint.objects.get().note

    register.change_key(instead_of=old.key_id, by=administrator, at=bodies.NOW)
    again = register.new_identifier()
    register.append(again, "registration", bodies.registration(), at=bodies.NOW)

    new = PublisherKey.objects.get(valid_until=None)
    assert record.parse(first.line)["key_id"] == old.key_id
    assert record.parse(Event.objects.latest("seq").line)["key_id"] == new.key_id
    assert Checkpoint.objects.get().note != note
    assert [one["id"] for one in evidence.published_keys()] == [old.key_id, new.key_id]


def test_no_page_shows_a_private_key(as_administrator, signed):
    private = (signed / "keys/record").read_bytes()

    for address in ("/settings/keys/", "/settings/keys/change/", "/settings/"):
        page = as_administrator.get(address).content
        assert private not in page
        assert private.hex().encode() not in page


def test_an_administrator_sees_and_revokes_everybodys_tokens(as_administrator, council):
    tom = Person.objects.create(email="tom@wrenmoor.example", name="Tom Okafor", created_at=NOW)
    Membership.objects.create(person=tom, organisation=council, roles=["member"], created_at=NOW)
    secret = services.make_token(label="Waste system", by=tom, at=NOW)
    page = as_administrator.get("/settings/tokens/").content.decode()
    assert "Waste system" in page
    assert secret not in page

    as_administrator.post(f"/settings/tokens/{ApiToken.objects.get().public_id}/revoke/")

    assert services.person_of_token(secret, NOW) is None
    assert "Waste system" not in as_administrator.get("/settings/tokens/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["", "clocks/", "working-days/", "retention/", "keys/", "keys/change/", "tokens/"],
)
def test_pages_of_settings_are_light(
    as_administrator, signed, address, django_assert_max_num_queries
):
    as_administrator.get("/account/")

    with django_assert_max_num_queries(12):
        assert as_administrator.get(f"/settings/{address}").status_code == 200
