"""What the made-up people do, by the same services as the pages."""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.utils import timezone

from trialogue.accounts.models import Person
from trialogue.site.demonstration.plans import Plan
from trialogue.site.worker import run_waiting
from trialogue.trials.services import (
    allocation,
    amending,
    analysis,
    drafts,
    loading,
    losses,
    measurement,
    planning,
    publishing,
    registration,
    stopping,
    units,
    uploads,
)

WARDS = ("Quarry Bank", "Staithe", "Old Wharf", "Linney", "Highfold")


@dataclass
class Council:
    """The people who act, and the day on which it all is shown."""

    people: Mapping[str, Person]
    now: datetime
    ideas: dict[str, int] = field(default_factory=dict)  # the numbers of its ideas, by their keys
    chance: random.Random = field(default_factory=lambda: random.Random(2027))  # noqa: S311

    @property
    def today(self) -> date:
        """The day the demonstration is made."""
        return timezone.localtime(self.now).date()

    def on(self, days: int, hour: int = 10) -> datetime:
        """Return a moment so many days from today; those ahead count from now."""
        if days == 0:
            return self.now
        return datetime.combine(self.today + timedelta(days=days), time(hour), tzinfo=UTC)

    def day(self, days: int) -> date:
        """Return a day so many days from today."""
        return self.today + timedelta(days=days)


def plan_trial(
    council: Council,
    plan: Plan,
    *,
    at: datetime,
    query: str = "",
    idea: str = "",
    made_up: bool = True,
    credit: str = "",
    only: Sequence[str] = (),
) -> str:
    """Begin a plan with its team; return its identifier.

    `only` names the answers given so far; `idea` is the key of the idea that it tries.
    """
    people = council.people
    answers = {name: body for name, body in plan.items() if not only or name in only}
    trial = planning.begin_trial(
        title=plan["question"]["title"],
        query=query or plan["question"]["other_names"][0],
        going_ahead="nobody close",
        why="",
        idea=council.ideas[idea] if idea else None,
        answers=answers,
        made_up=made_up,
        credit=credit,
        by=people["tom"],
        at=at,
    )
    for who, role in (("helen", "analyst"), ("carys", "safety person"), ("priya", "team")):
        planning.add_member(
            public_id=trial.public_id,
            email=people[who].email,
            role=role,
            by=people["tom"],
            at=at,
        )
    return trial.public_id


def ask_about_draft(
    council: Council, trial: str, *, until: date, asked: str, at: datetime
) -> None:
    """Open a draft for comments, and have somebody from another service ask a question."""
    today = timezone.localtime(at).date()
    drafts.open_for_comments(
        public_id=trial, until=until, by=council.people["tom"], at=at, today=today
    )
    drafts.comment(
        public_id=trial,
        kind="question",
        text=asked,
        by=council.people["mina"],
        at=at,
        today=today,
    )


def register_trial(council: Council, trial: str, *, at: datetime) -> None:
    """Have a plan signed off and registered on a day."""
    people, today = council.people, timezone.localtime(at).date()
    planning.ask_for_sign_off(public_id=trial, by=people["tom"], at=at, today=today)
    planning.sign_off_plan(
        public_id=trial,
        document_hash=planning.hash_to_sign(trial),
        agreed=True,
        note="",
        by=people["ruth"],
        at=at,
    )
    registration.register_trial(public_id=trial, by=people["tom"], at=at, today=today)


def load_list(
    council: Council,
    trial: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    at: datetime,
) -> None:
    """Load a list of units."""
    _load(council, trial, "units", _file("list.csv", header, rows), {}, at)


def place(council: Council, trial: str, *, at: datetime) -> None:
    """Fix the list and place it by chance."""
    allocation.fix_list(public_id=trial, by=council.people["tom"], at=at)
    allocation.allocate(public_id=trial, by=council.people["tom"], at=at + timedelta(minutes=5))


def measure(
    council: Council,
    trial: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    at: datetime,
    wave: int = 1,
) -> None:
    """Load outcomes of a wave."""
    file = _file("outcomes.csv", header, rows)
    _load(council, trial, "outcomes", file, {"wave": wave}, at)


def load_path(council: Council, trial: str, kind: str, path: Path, *, at: datetime) -> None:
    """Load a file of the package."""
    with path.open("rb") as content:
        _load(council, trial, kind, File(content, name=path.name), {}, at)


def _load(
    council: Council,
    trial: str,
    kind: str,
    file: File[bytes],
    options: dict[str, object],
    at: datetime,
) -> None:
    by = council.people["tom"]
    upload = uploads.keep_upload(
        public_id=trial, kind=kind, file=file, options=options, by=by, at=at
    )
    loading.read_upload(upload, progress=lambda done, total: True)
    key = str(upload.public_id)
    if kind == "units":
        units.load_units(upload_id=key, leave_out=frozenset(), by=by, at=at)
    else:
        measurement.load_outcomes(upload_id=key, leave_out=frozenset(), reason="", by=by, at=at)


def _file(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> ContentFile[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return ContentFile(text.getvalue().encode(), name=name)


def some_events(
    council: Council, placed: Mapping[str, str], events: Mapping[str, int]
) -> dict[str, int]:
    """Return 0 or 1 for each unit: `events` of each group, whichever units chance takes."""
    values: dict[str, int] = {}
    for arm, count in events.items():
        ids = [unit for unit, code in placed.items() if code == arm]
        council.chance.shuffle(ids)
        values |= {unit: int(index < count) for index, unit in enumerate(ids)}
    return values


def lose(council: Council, trial: str, ids: Iterable[str], *, reason: str, at: datetime) -> None:
    """Record that some were lost."""
    for study_id in ids:
        losses.withdraw(
            public_id=trial,
            study_id=study_id,
            scope="lost",
            reason=reason,
            words="",
            on=timezone.localtime(at).date(),
            by=council.people["tom"],
            at=at,
        )


def deliver(council: Council, trial: str, states: Mapping[str, str], *, at: datetime) -> None:
    """Record what was delivered to some units."""
    for study_id, state in states.items():
        losses.record_delivery(
            public_id=trial,
            study_id=study_id,
            on=timezone.localtime(at).date(),
            state=state,
            words="",
            by=council.people["priya"],
            at=at,
        )


def analyse(council: Council, trial: str, *, at: datetime) -> None:
    """Lock the data, ask for the registered analysis and run it."""
    helen = council.people["helen"]
    analysis.lock_data(public_id=trial, by=helen, at=at, today=timezone.localtime(at).date())
    analysis.start_planned_analysis(public_id=trial, by=helen, at=at)
    run_waiting()


def publish(
    council: Council, trial: str, story: Mapping[str, Any], *, why: str, at: datetime
) -> None:
    """Answer what went differently, tell the story, have it signed off and publish it."""
    people = council.people
    for found in publishing.found_deviations(trial):
        amending.record_deviation(
            public_id=trial,
            reason=why,
            effect="none",
            found_by="software",
            by=people["tom"],
            at=at,
            **found,
        )
    publishing.save_story(public_id=trial, body=story, based_on=0, by=people["tom"], at=at)
    publishing.ask_for_result_sign_off(public_id=trial, by=people["tom"], at=at)
    publishing.sign_off_result(
        public_id=trial,
        document_hash=publishing.hash_to_sign(trial),
        agreed=True,
        note="",
        by=people["ruth"],
        at=at,
    )
    publishing.publish_result(public_id=trial, by=people["tom"], at=at)


def stop(council: Council, trial: str, body: Mapping[str, Any], *, at: datetime) -> None:
    """Ask to stop, and have a manager agree."""
    stopping.ask_to_stop(public_id=trial, body=body, by=council.people["tom"], at=at)
    stopping.decide_stop(public_id=trial, agreed=True, note="", by=council.people["ruth"], at=at)
