"""Whether it works stays hidden from everybody until the end, and until the data are locked."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pytest
from django_tasks_db.models import DBTaskResult

from tests.apps.site.test_every_address import EVERY, filled
from tests.apps.trials import loop, real
from trialogue.accounts.models import Membership, Person
from trialogue.accounts.services.tokens import make_token

# The means of the two groups, their difference and their sums, not inside a longer word such as
# a hash: nobody may read one of them.
HIDDEN = re.compile(r"(?<![\w.])(?<!\w-)(7,?391|1,?846|5,?544|147,?825|36,?930)(?!\w)")
PARTS = ("lead", "analyst", "safety", "manager", "member", "administrator", "officer", "")


def plan(today):
    """A trial of two groups and a score, that runs now."""
    made = real.plan(
        title="A look-in, so that people are less lonely",
        arms=[real.arm("usual", "Usual service", control=True), real.arm("visit", "Look-in")],
        unit=("person", "people", "person", "people"),
        outcome=("score", "Score"),
        kind="continuous",
        smallest_change=50.0,
        baseline=1800.0,
        effect=100.0,
        sd=200.0,
        clusters_per_arm=20,
        correction="none",
    )
    start, end = today, today + timedelta(days=60)
    return made | {
        "strata": {
            "by": [],
            "method": "complete",
            "block": 0,
            "drawn_by": "",
            "drawn_how": "",
            "blocks": "",
        },
        "dates": {
            "recorded": "before",
            "start": start.isoformat(),
            "end": end.isoformat(),
            "waves": [
                {
                    "number": 1,
                    "name": "Main",
                    "opens": start.isoformat(),
                    "closes": end.isoformat(),
                }
            ],
            "registered_elsewhere": "",
        },
    }


@pytest.fixture
def running(people, council, tmp_path):
    """A trial in the middle, half of its outcomes loaded, each group about a mean of its own."""
    at = datetime.now(UTC)  # noqa: TID251  the pages ask the clock, so this does
    for part, role in (("administrator", "administrator"), ("officer", "data protection officer")):
        person = Person.objects.create(email=f"{part}@wrenmoor.example", name=part, created_at=at)
        Membership.objects.create(person=person, organisation=council, roles=[role], created_at=at)
        people[part] = person
    trial = loop.registered(people, plan(at.date()), at=at)
    loop.planning.add_member(
        public_id=trial.public_id,
        email=people["safety"].email,
        role="safety person",
        by=people["lead"],
        at=at,
    )
    path = tmp_path / "people.csv"
    path.write_text("person\n" + "\n".join(f"P{n:02d}" for n in range(40)) + "\n")
    loop.listed(people, trial, path, at=at)
    loop.placed(people, trial, at=at)
    means = {"usual": 1846.5, "visit": 7391.25}
    seen = {"usual": 0, "visit": 0}
    with (tmp_path / "scores.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["person", "score"])
        for study_id, arm in trial.assignments.values_list("unit__study_id", "arm"):
            # In pairs about the mean, so that no value is the mean itself.
            away = 100 + 10 * (seen[arm] // 2)
            rows.writerow([study_id, means[arm] + (away if seen[arm] % 2 else -away)])
            seen[arm] += 1
    loop.measured(people, trial, tmp_path / "scores.csv", at=at)
    return trial


def everything_said(client, person, trial):
    """Ask for every address there is, about this trial where it names one."""
    headers = None
    if person:
        client.force_login(person)
        token = make_token(label="walk", by=person, at=datetime.now(UTC))  # noqa: TID251
        headers = {"Authorization": f"Bearer {token}"}
    paths = [
        "/evidence/?q=look-in+lonely",
        "/trials/?format=csv",
        "/settings/audit/?format=csv",
        *(
            f"/trials/{trial.public_id}/measure/unit/{study_id}/"
            for study_id in trial.units.values_list("study_id", flat=True)[:4]
        ),
    ]
    for address, entry in EVERY:
        for name in ("<public_id>", "<trial>", "<str:public_id>", "<str:trial>"):
            address = address.replace(name, trial.public_id)
        paths.append(filled(address, entry))
    for path in paths:
        answer = client.get(path, headers=headers if path.startswith("/api/") else None)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield path, content.decode(errors="replace")
    client.logout()


@pytest.mark.slow
def test_no_page_file_or_operation_says_how_the_groups_do_while_it_runs(client, people, running):
    told, asked = [], 0
    for part in PARTS:
        for path, words in everything_said(client, people.get(part), running):
            asked += 1
            told += [(part, path, found) for found in HIDDEN.findall(words)]
            if "/measure/unit/" in path and "Look-in</" in words:
                told.append((part, path, "the group beside an outcome"))

    assert told == []
    assert asked > 80 * len(PARTS)
    results = str(list(DBTaskResult.objects.values_list("return_value", flat=True)))
    assert not HIDDEN.search(results)
