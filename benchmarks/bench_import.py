"""100,000 rows of a list and of its outcomes, from the file into a trial, while somebody writes.

The services that the page and the worker call, on an embedded database as it is served. The peer
loads the same rows of the same files into one bare table of the same kind of database, with no
check, no preview and no history. Another process saves answers all the while: the longest of its
waits is the longest transaction.

    python benchmarks/bench_import.py
"""

import csv
import os
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

ROOT = Path(__file__).parents[1]
UNITS = 100_000
WARDS = ("Linney", "Hallow", "Brook", "Castle", "Moor")
NOW = datetime(2027, 2, 3, 9, 0, tzinfo=UTC)
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
MINUTE, LONGEST, MEGABYTES = 60.0, 2.0, 1_000


def main() -> None:
    """Import, and say how it went; with arguments, be the other person."""
    if len(sys.argv) > 1:
        print(longest_wait(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIALOGUE_DATA"] = folder
        start_django()
        measure(Path(folder))


def start_django() -> None:
    """Set up the site on the folder of the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialogue.site.settings"
    os.environ.pop("DATABASE_URL", None)
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def measure(folder: Path) -> None:
    """Load the list and the outcomes, each beside its peer."""
    from django.core.management import call_command
    from results import row

    call_command("migrate", verbosity=0)
    people, trial = registered()
    files = {"units": written(folder, "units"), "outcomes": written(folder, "outcomes")}
    with somebody(trial.public_id) as other:
        seconds = {kind: loaded(people, trial, kind, file) for kind, file in files.items()}
    waited = float(other.stdout.read())
    assert trial.assignments.count() == trial.measurements.count() == UNITS

    for kind, file in files.items():
        wall, cpu, stopped = seconds[kind]
        bare = bare_load(folder, file)
        what, name = f"import of {UNITS:,} {kind}", "under a minute"
        row(what, name, f"{wall:.1f} s", f"at most {MINUTE:.0f} s", wall <= MINUTE)
        row(
            what,
            "the same rows into a bare SQLite table",
            f"{cpu / bare:.0f} times its CPU ({cpu:.1f} s, {bare:.2f} s)",
            "said",
            True,
        )
        row(what, "asked to stop", f"{stopped:.1f} s until it has", "at most 5 s", stopped <= 5)
    waits = f"{waited:.2f} s the longest wait"
    row("both", "somebody saving answers", waits, f"{LONGEST:.0f} s", waited <= LONGEST)
    held = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    row("both", "memory", f"{held:.0f} MB", f"at most {MEGABYTES} MB", held <= MEGABYTES)


def registered():
    """A council, its people, and a trial that was placed elsewhere."""
    from tests.apps.trials import loop, real
    from trialogue.accounts.models import Membership, Organisation, Person

    council = Organisation.objects.create(
        name="Wrenmoor Borough Council", slug="wrenmoor", kind="council", created_at=NOW
    )
    people = {}
    for part in ("lead", "analyst", "manager"):
        person = Person.objects.create(email=f"{part}@x.example", name=part, created_at=NOW)
        roles = ["manager"] if part == "manager" else ["member"]
        Membership.objects.create(person=person, organisation=council, roles=roles, created_at=NOW)
        people[part] = person
    loop.begun(people, real.LETTERS)  # the plan that the other person writes at
    return people, loop.registered(people, real.LETTERS)


def written(folder: Path, kind: str) -> Path:
    """A file as a council has it."""
    file = folder / f"{kind}.csv"
    with file.open("w", newline="") as to:
        rows = csv.writer(to)
        if kind == "units":
            rows.writerow(["family", "month", "arm"])
            arms = ("usual", "open-letter", "dated-letter")
            rows.writerows([f"F{n:06d}", WARDS[n % 5], arms[n % 3]] for n in range(UNITS))
        else:
            rows.writerow(["family", "recertified", "measured"])
            rows.writerows([f"F{n:06d}", n % 2, "2017-09-01"] for n in range(UNITS))
    return file


def loaded(people, trial, kind: str, file: Path) -> tuple[float, float, float]:
    """Read, preview and load a file: wall and CPU seconds, and how long a stop takes."""
    from django.core.files.base import File

    from trialogue.trials.services import loading, measurement, units, uploads

    def read(go_on):
        with file.open("rb") as content:
            upload = uploads.keep_upload(
                public_id=trial.public_id, kind=kind, file=File(content, name=file.name),
                options={}, by=people["lead"], at=NOW,
            )  # fmt: skip
        loading.read_upload(upload, progress=go_on)
        upload.refresh_from_db()
        return upload

    asked = []
    read(lambda done, total: asked.append(perf_counter()) or False)
    stopped = perf_counter() - asked[0]
    wall, cpu = perf_counter(), process_time()
    upload = read(lambda done, total: True)
    assert upload.report["problems"] == []
    load = {"upload_id": str(upload.public_id), "leave_out": frozenset(), "by": people["lead"]}
    if kind == "units":
        units.load_units(**load, at=NOW)
    else:
        measurement.load_outcomes(**load, reason="", at=NOW + timedelta(days=1))
    return perf_counter() - wall, process_time() - cpu, stopped


def bare_load(folder: Path, file: Path) -> float:
    """CPU seconds of the same rows into one table, in one transaction."""
    start = process_time()
    with file.open(newline="") as content, sqlite3.connect(folder / f"{file.stem}.db") as base:
        base.executescript(PRAGMAS)
        base.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, b TEXT, c TEXT)")
        rows = csv.reader(content)
        next(rows)
        base.executemany("INSERT INTO bare VALUES (?, ?, ?)", rows)
    return process_time() - start


class somebody:  # noqa: N801  reads as what it is
    """Another person in another process, who saves answers until this one is done."""

    def __init__(self, busy_with: str) -> None:
        self.busy_with = busy_with

    def __enter__(self) -> "subprocess.Popen[str]":
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.busy_with],
            stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()


def longest_wait(not_this: str) -> float:
    """Save the answer to one question again and again until nobody listens; the longest took."""
    start_django()
    import select

    from tests.apps.trials import real
    from trialogue.accounts.models import Person
    from trialogue.trials.models import Trial
    from trialogue.trials.services import planning

    lead = Person.objects.get(email__startswith="lead")
    trial = Trial.objects.exclude(public_id=not_this).get()
    version, longest = 1, 0.0
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        body = {**real.LETTERS["team"], "contact": f"n{version}@wrenmoor.example"}
        start = perf_counter()
        planning.save_answer(
            public_id=trial.public_id, question="team", body=body, based_on=version,
            by=lead, at=NOW + timedelta(seconds=version),
        )  # fmt: skip
        longest = max(longest, perf_counter() - start)
        version += 1
    return longest


if __name__ == "__main__":
    main()
