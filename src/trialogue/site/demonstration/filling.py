"""Filling an empty site with the demonstration, or starting it again. Never a real one."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.methods.problems import InputError, Problem
from trialogue.site.clock import JOBS, sweep
from trialogue.site.demonstration import ideas, other_registers, trials, visits
from trialogue.site.demonstration.acting import Council
from trialogue.site.demonstration.people import make_people

READY, FILLING = "ready\n", "filling\n"
FOLDERS = ("uploads", "keys")  # of the data folder, beside the database


def marker() -> Path:
    """Return the file that says that this site is the demonstration."""
    path: Path = settings.DATA_DIR / "demonstration"
    return path


def mark(state: str) -> None:
    """Say how far it is: whole, as a file that is half written would say nothing."""
    draft = marker().with_suffix(".new")
    draft.write_text(state)
    draft.replace(marker())


def is_ready() -> bool:
    """Whether this site is the demonstration, filled to its end."""
    return marker().exists() and marker().read_text() == READY


def prepare(*, reset: bool) -> bool:
    """Make the database ready to be filled; return whether there is something to fill.

    Raises InputError for a site that holds anything that is not the demonstration's. One that was
    left half filled is emptied first.
    """
    state = marker().read_text() if marker().exists() else ""
    if not state:
        call_command("migrate", verbosity=0)
        if Person.objects.exists() or Organisation.objects.exists():
            what = "This site holds records that are not the demonstration's"
            raise InputError(
                Problem(what, "Give another folder: TRIALOGUE_DATA=demo-data", column="demo")
            )
        return True
    if state == READY and not reset:
        call_command("migrate", verbosity=0)
        return False
    mark(FILLING)  # killed from here on, the next start fills it from nothing
    _empty()
    call_command("migrate", verbosity=0)
    return True


def fill(*, at: datetime, say: Callable[[str], None]) -> None:
    """Fill the empty site, by the services that people use, saying what it does."""
    mark(FILLING)
    say("demonstration: what other councils tried")
    logs = other_registers.copies(at, folders=FOLDERS)
    council = Council(make_people(at), at)
    say("demonstration: ideas")
    ideas.before_the_trials(council)
    of = len(trials.ALL)
    made: dict[str, str] = {}
    for number, make in enumerate(trials.ALL, start=1):
        name = make.__name__.replace("_", " ")
        say(f"demonstration: {number} of {of} trials, {name}")
        made[make.__name__] = make(council)
    say("demonstration: visits")
    visits.begin(council, trial=made[trials.postal_round.__name__])
    visits.happen(council)
    other_registers.receive(council, logs)
    ideas.after_the_trials(council)
    mail = {accounts.send_messages, accounts.send_daily}
    sweep(at, tuple(job for job in JOBS if job.service not in mail))
    accounts.keep_in_outbox()
    mark(READY)


def _empty() -> None:
    """Take everything away that the demonstration made."""
    for folder in FOLDERS:
        shutil.rmtree(settings.DATA_DIR / folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        connection.close()
        name = Path(str(settings.DATABASES["default"]["NAME"]))
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
    else:
        # Truncates, which the append-only triggers leave to the owner of the database.
        call_command("flush", interactive=False, verbosity=0)
