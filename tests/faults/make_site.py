"""Fill an empty data folder with trials at the moments that matter; print where each is.

TRIALOGUE_DATA=/tmp/x python -m tests.faults.make_site
"""

import csv
import json
import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "trialogue.site.settings"

EACH = {"register": 8, "draw": 8, "import": 4}  # how many trials wait at each moment
PASSWORD = "a-long-enough-password"
UNITS = 3_000
MEASURED = 10_000
# Long enough for a file that is read in the worker.
WROTE = "Nobody was at home the first time; the second time there was nothing to add"


def main() -> None:
    """Make the site by the services that the pages call."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    made = fill(settings.DATA_DIR)
    sys.stdout.write(json.dumps(made))


def fill(folder: Path) -> dict[str, object]:
    """People, a plan being written, and trials ready to register, to draw and to import."""
    from django.utils import timezone

    from tests.apps.trials import loop, real
    from tests.apps.trials.test_own_draw import OWN
    from trialogue.trials.services import allocation

    now = timezone.now()  # noqa: TID251  a door
    day = timezone.localdate(now)
    soon = {
        **OWN["dates"],
        "start": f"{day + timedelta(days=5)}",
        "end": f"{day + timedelta(days=99)}",
    }
    soon["waves"] = [{"number": 1, "name": "Main", "opens": soon["start"], "closes": soon["end"]}]
    own = {**OWN, "dates": soon}
    people = council(now)
    made = {
        "plan": loop.begun(people, own, at=now).public_id,
        "register": [signed(people, own, now) for _ in range(EACH["register"])],
        "draw": [],
        "import": [],
    }
    listed = file(folder / "list.csv", ["family", "month"], UNITS, lambda n: [month(n)])
    placed = file(
        Path(tempfile.mkdtemp()) / "placed.csv", ["family", "month", "arm"], MEASURED, in_arm
    )
    for _ in range(EACH["draw"]):
        trial = loop.registered(people, own, at=now)
        loop.listed(people, trial, listed, at=now)
        allocation.fix_list(public_id=trial.public_id, by=people["lead"], at=now)
        made["draw"].append(trial.public_id)
    for _ in range(EACH["import"]):
        trial = loop.registered(people, real.LETTERS, at=now)
        loop.listed(people, trial, placed, at=now)
        made["import"].append(trial.public_id)
    header = ["family", "recertified", "measured", "what the field worker wrote"]
    file(
        folder / "outcomes.csv",
        header,
        MEASURED,
        lambda n: [n % 2, "2017-09-01", WROTE],
    )
    return made


def council(now) -> dict[str, object]:
    """The people who act, with their passwords."""
    from trialogue.accounts.models import Membership, Organisation, Person

    ours = Organisation.objects.create(
        name="Wrenmoor Borough Council", slug="wrenmoor", kind="council", created_at=now
    )
    people = {}
    for part in ("lead", "other", "analyst", "manager"):
        person = Person(email=f"{part}@wrenmoor.example", name=part.title(), created_at=now)
        person.set_password(PASSWORD)
        person.save()
        roles = ["manager"] if part == "manager" else ["member"]
        Membership.objects.create(person=person, organisation=ours, roles=roles, created_at=now)
        people[part] = person
    return people


def signed(people, plan, now) -> str:
    """A plan that a manager has signed off, not registered."""
    from tests.apps.trials import loop
    from trialogue.trials.services import planning

    trial = loop.begun(people, plan, at=now)
    planning.ask_for_sign_off(
        public_id=trial.public_id, by=people["lead"], at=now, today=now.date()
    )
    planning.sign_off_plan(
        public_id=trial.public_id,
        document_hash=planning.hash_to_sign(trial.public_id),
        agreed=True,
        note="",
        by=people["manager"],
        at=now,
    )
    return trial.public_id


def month(number: int) -> str:
    return ("July", "August", "September")[number % 3]


def in_arm(number: int) -> list[str]:
    return [month(number), ("usual", "open-letter", "dated-letter")[number // 3 % 3]]


def file(path: Path, header, rows: int, of) -> Path:
    """A CSV with an identifier a row."""
    with path.open("w", newline="") as to:
        writer = csv.writer(to)
        writer.writerow(header)
        writer.writerows([f"F{n:05d}", *of(n)] for n in range(rows))
    return path


if __name__ == "__main__":
    main()
