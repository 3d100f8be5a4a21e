"""The task list of a trial: what is done, what comes next, and what cannot start yet and why."""

from dataclasses import dataclass
from datetime import date

from trialogue.evidence import schema
from trialogue.methods.verdicts import long_date
from trialogue.trials.models import Draw, Measurement, Trial
from trialogue.trials.queries.trials import answers_of, protocol_of


@dataclass(frozen=True)
class Task:
    """A line of the task list. `address` is the name of its page, empty when it cannot start."""

    name: str
    status: str
    address: str
    done: bool = False

    @property
    def colour(self) -> str:
        """The colour of the status, empty for plain text."""
        return {"Not started": "blue", "In progress": "light-blue", "Needs attention": "red"}.get(
            self.status, ""
        )


def tasks_of(trial: Trial, *, today: date) -> list[Task]:
    """Return the seven tasks of a trial with their state. Four queries at most."""
    registered, started = trial.registered_at is not None, trial.started_at is not None
    of = len(schema.QUESTIONS)
    answered = of if registered else len(answers_of(trial))
    ended = bool(trial.ends_on and trial.ends_on < today)
    over = trial.stopped_at is not None
    tasks = [
        Task(
            "Plan",
            "Completed" if registered else f"{answered} of {of} questions answered",
            "plan_check",
            registered,
        )
    ]
    if registered:
        tasks.append(Task("Register", "Completed", "register", True))
    elif answered < of:
        tasks.append(Task("Register", "Cannot start yet: answer every question", ""))
    else:
        asked = trial.sign_off_asked_at is not None
        tasks.append(Task("Register", "In progress" if asked else "Not started", "register"))
    if over:
        return [*tasks, Task("Stop", "Completed", "stop", True)]
    tasks.append(_allocate(trial, registered, started))
    not_placed = "Cannot start yet: place the list first"
    locked = trial.locked_at is not None
    if not started:
        tasks += [Task("Measure", not_placed, ""), Task("Watch", not_placed, "")]
    else:
        measured = "Completed" if locked else _measured(trial, today)
        tasks.append(Task("Measure", measured, "measure", locked))
        tasks.append(Task("Watch", "Completed" if locked else "In progress", "watch", locked))
    analysed = started and trial.analyses.filter(planned=True).exists()
    tasks.append(_analyse(trial, started, ended, analysed))
    if trial.reported_at:
        tasks.append(Task("Publish", "Completed", "publish", True))
    elif analysed:
        tasks.append(Task("Publish", "Not started", "publish"))
    else:
        tasks.append(Task("Publish", "Cannot start yet: analyse first", ""))
    return tasks


def still_to_do(trial: Trial, *, today: date) -> list[str]:
    """Return what a trial's team has still to do until its result is published, in order."""
    left = [task.name.lower() for task in tasks_of(trial, today=today) if not task.done]
    return [name for name in left if name != "watch"]


def _allocate(trial: Trial, registered: bool, started: bool) -> Task:
    if started:
        return Task("Allocate", "Completed", "allocation", True)
    draw = Draw.objects.filter(trial=trial).first()
    if not registered or draw is None:
        return Task("Allocate", "Cannot start yet: register first", "")
    if draw.list_hash:
        return Task("Allocate", "In progress", "allocation")
    return Task("Allocate", "Not started", "units")


def _measured(trial: Trial, today: date) -> str:
    """Say how far the newest open wave is, by the main outcome, all groups together."""
    protocol = protocol_of(trial)
    waves = protocol.dates.waves
    wave = next((wave for wave in reversed(waves) if wave.opens <= today), None)
    if wave is None:
        return f"Wave {waves[0].number} opens on {long_date(waves[0].opens)}"
    held = Measurement.objects.filter(
        trial=trial,
        outcome=protocol.outcomes.primary.code,
        wave=wave.number,
        value__isnull=False,
    )
    measured = held.values("unit").distinct().count()
    return f"Wave {wave.number}: {measured:,} of {trial.assignments.count():,} measured"


def _analyse(trial: Trial, started: bool, ended: bool, analysed: bool) -> Task:
    if not started:
        return Task("Analyse", "Cannot start yet: place the list first", "")
    if not ended and trial.ends_on:
        return Task("Analyse", f"Cannot start yet: opens after {long_date(trial.ends_on)}", "")
    if analysed:
        return Task("Analyse", "Completed", "analyse", True)
    return Task("Analyse", "In progress" if trial.locked_at else "Not started", "analyse")
