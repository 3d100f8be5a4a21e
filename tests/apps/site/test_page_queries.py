"""How often a page asks the database: twelve times at most, however much there is."""

import re
from copy import copy
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.apps.trials import loop
from tests.browser.test_every_page import kind_of
from trialogue.accounts.models import AuditEntry, Membership, Organisation, Person
from trialogue.evidence import record
from trialogue.evidence.models import TrialRecord
from trialogue.ideas.models import Idea
from trialogue.site.demonstration import acting, ideas, trials
from trialogue.site.demonstration.acting import Council
from trialogue.site.demonstration.people import make_people
from trialogue.site.demonstration.plans import copied
from trialogue.trials.models import Trial
from trialogue.trials.services import analysis

MOST = 12
OF_EACH = 2  # pages of one kind that are asked for
STAGES = (
    trials.pharmacy_bags,  # being planned
    trials.fostering_letters,  # registered
    trials.street_champions,  # running
    trials.photo_first,  # stopped
    trials.bus_pass,  # overdue
    trials.rent_letter,  # ended
)
LISTS = (
    "/",
    "/ideas/",
    "/ideas/?text=day",
    "/trials/",
    "/trials/?stage=reported",
    "/your-work/",
    "/evidence/?q=letter+in+plain+words",
    "/evidence/trials/",
    "/evidence/trials/?state=running",
    "/evidence/due/",
    "/evidence/due/feed.atom",
    "/settings/people/",
    "/settings/audit/",
    "/api/evidence/trials",
    "/api/evidence/search?q=letter+in+plain+words",
    "/api/evidence/due",
)


@pytest.fixture
def filled(db):
    """The made-up council, by the services that people use: a trial at each stage, and ideas."""
    at = datetime.now(UTC)  # noqa: TID251  pages ask the clock, so the site is filled by it
    council = Council(make_people(at), at)
    ideas.before_the_trials(council)
    for make in STAGES:
        make(council)
    published(council)
    ideas.after_the_trials(council)
    return council


def published(council):
    """A trial with its result; analysed here, since a worker closes the connection of a test."""
    plan = copied("evening-text", strata={"by": ["ward"], "method": "complete", "block": 0})
    trial, _ = trials.measured(
        council, plan, each=400, days=(-260, -250, -130), events={"usual": 132, "text": 96},
        code="B", further={"opted-out": {"usual": 0, "text": 6}},
    )  # fmt: skip
    helen, at = council.people["helen"], council.on(-65)
    analysis.lock_data(public_id=trial, by=helen, at=at, today=at.date())
    analysis.start_planned_analysis(public_id=trial, by=helen, at=at)
    loop.run_waiting_tasks()
    acting.publish(council, trial, trials.STORY, why=trials.NOT_MEASURED, at=council.on(-60))


# A file, not a page: it asks each table once for what it holds about one person.
EVERY_TABLE = re.compile(r"/settings/audit/person/[0-9a-f-]+\.json")


def queries(client, path):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    return answer, len(asked)


@pytest.mark.slow
def test_no_page_asks_more_than_twelve_times(client, filled):
    over, kinds = [], {}
    for who in (None, "priya", "tom", "helen", "ruth", "gareth", "carys"):
        client.logout()
        if who:
            client.force_login(filled.people[who])
            client.get("/about/")  # the first page of a session notes that the person was here
        waiting, known, seen = ["/", "/api/evidence/trials", "/api/evidence/due"], set(), {}
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path.partition("?")[0]) or re.sub("EC-[0-9A-Z]+", "…", path)
            if (
                path in known
                or seen.get(kind, 0) >= OF_EACH
                or "sign-out" in path
                or path.startswith("/static/")
            ):
                continue
            known.add(path)
            answer, asked = queries(client, path)
            if answer.status_code != 200:
                continue
            seen[kind] = seen.get(kind, 0) + 1
            kinds[kind] = max(asked, kinds.get(kind, 0))
            if asked > MOST and not EVERY_TABLE.fullmatch(path):
                over.append(f"{asked} for {path} as {who or 'anybody'}")
            if answer["Content-Type"].startswith("text/html"):
                found = re.findall(r'<a[^>]+href="([^"]+)"', answer.content.decode())
                links = (
                    urljoin(path, one.replace("&amp;", "&")).partition("#")[0] for one in found
                )
                # A script that a page shows is a file, and no page.
                waiting += [link for link in links if re.match("/(?!static/)", link)]

    assert not over, "\n".join(over)
    assert len(kinds) > 50


@pytest.mark.slow
def test_a_list_asks_as_often_for_fifty_rows_as_for_a_few(client, filled):
    client.force_login(filled.people["gareth"])
    for path in LISTS:  # the first of all fills what is kept for good
        client.get(path)
    few = {path: queries(client, path)[1] for path in LISTS}

    fifty_more(filled.now)

    many = {path: queries(client, path)[1] for path in LISTS}
    assert many == few


def fifty_more(now):
    """Rows: what is counted is what a list asks, not how its rows came."""
    council = Organisation.objects.get(kind="council")
    for number in range(50):
        for one in (TrialRecord.objects.first(), Trial.objects.filter(started_at=None).first()):
            again(one, number)
        again(Idea.objects.filter(status="open").first(), number)
        person = Person.objects.create(
            email=f"{number}@wrenmoor.example", name=f"Person {number}", created_at=now
        )
        Membership.objects.create(
            person=person, organisation=council, roles=["member"], created_at=now
        )
        AuditEntry.objects.create(
            at=now,
            by=person.public_id,
            action="look",
            thing_kind="trial",
            thing=uuid4(),
        )


def again(one, number):
    """Keep another row like this one."""
    row = copy(one)
    row.pk = None
    row._state.adding = True
    for name in ("trial", "public_id"):
        if str(getattr(row, name, "")).startswith("EC-"):
            setattr(row, name, record.random_identifier())
    if isinstance(getattr(row, "changed_at", None), datetime):
        row.changed_at += timedelta(minutes=number)
    row.save()
