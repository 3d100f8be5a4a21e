"""What happens to trials at a time. Each is asked often, and does a thing once."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from trialogue.accounts import queries as council
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import queries as register
from trialogue.evidence import services as evidence
from trialogue.methods.verdicts import long_date
from trialogue.trials.models import Trial
from trialogue.trials.queries.tasks import still_to_do
from trialogue.trials.queries.trials import protocol_of, team_of
from trialogue.trials.services.planning import managers
from trialogue.trials.services.stopping import numbers_so_far

REMIND = (-30, 0, 14, 30)  # days from the day a result is due
NOT_REPORTED_DAYS = 90  # days late, pauses before elections not counted


def remind_of_results(now: datetime) -> int:
    """Write of each result that is nearly due or late, to its lead and head of service.

    Four times: 30 days before, on the day, 14 and 30 days after. After the worker has stood still
    only the newest of them is sent. Returns how many trials were written of.
    """
    today = timezone.localtime(now).date()
    sent = council.keys_of_messages("result due ")
    written = 0
    for trial, due in _owing(today + timedelta(days=-REMIND[0])):
        days = (today - due).days
        step = max(each for each in REMIND if each <= days)
        key = f"result due {trial.public_id} {due} {step}"
        if key not in sent:
            _remind(trial, due, today, key=key, at=now)
            written += 1
    return written


@transaction.atomic
def _remind(trial: Trial, due: date, today: date, *, key: str, at: datetime) -> None:
    overdue = due + timedelta(days=register.OVERDUE_DAYS)
    says = "says" if overdue <= today else f"says from {long_date(overdue)}"
    ended = trial.ends_on or due
    accounts.notify(
        _answering(trial),
        letter="H",
        subject=f"Result due {_when(due, today)}: {trial.title}",
        body=(
            f"{trial.title} ended on {long_date(ended)}. "
            f"Still to do: {', '.join(still_to_do(trial, today=today))}. "
            "If it did not work out, that is a result too. "
            f'The public page {says} "overdue".{_delay(due, today)}'
        ),
        link=f"/trials/{trial.public_id}/",
        key=key,
        at=at,
    )


def publish_not_reported(now: datetime) -> int:
    """Publish of each result that is 90 days late that it was not reported, with what is held.

    Once a trial; during a pause before an election none, and its days are not counted. The lead
    and the head of service are told. Returns how many were published.
    """
    today = timezone.localtime(now).date()
    if council.paused_on(today):
        return 0
    pauses = council.pauses()
    published = 0
    for trial, due in _owing(today - timedelta(days=NOT_REPORTED_DAYS)):
        late = (today - due).days
        if late - council.days_paused(due, today, pauses) >= NOT_REPORTED_DAYS:
            published += _publish_not_reported(trial.pk, due, late, at=now)
    return published


@transaction.atomic
def _publish_not_reported(pk: int, due: date, late: int, *, at: datetime) -> bool:
    trial = Trial.objects.select_for_update().get(pk=pk)
    known = register.record(trial.public_id)
    if trial.reported_at or trial.stopped_at or known is None or known.state == "not-reported":
        return False  # another worker was first, or its team was
    numbers = numbers_so_far(trial)
    evidence.append(
        trial.public_id,
        "not-reported",
        {"due": due.isoformat(), "days_late": late, **numbers},
        at=at,
    )
    accounts.record(
        by=None,
        action="publish that nothing was reported",
        on="trial",
        thing=trial.public_id,
        at=at,
    )
    held = ", ".join(f"{_number(numbers[name])} {name}" for name in numbers)
    accounts.notify(
        _answering(trial),
        letter="I",
        subject=f'The public page now says "not reported": {trial.title}',
        body=(
            f"The record of {trial.title} shows what we hold: {held}. "
            "You can still report; the record will be corrected, not erased."
        ),
        link=f"/trials/{trial.public_id}/",
        key=f"not reported {trial.public_id}",
        at=at,
    )
    return True


def tell_teams(now: datetime) -> int:
    """Tell each team that a time of measuring opens, and that the trial has ended. Once each.

    Returns how many trials were written of.
    """
    today = timezone.localtime(now).date()
    told = council.keys_of_messages("measuring opens ") | council.keys_of_messages("ended ")
    running = Trial.objects.filter(
        started_at__isnull=False, stopped_at=None, reported_at=None, locked_at=None
    )
    return sum(_tell_team(trial, today, told, at=now) for trial in running.order_by("pk"))


@transaction.atomic
def _tell_team(trial: Trial, today: date, told: set[str], *, at: datetime) -> bool:
    said: list[tuple[str, str, str, str]] = []
    protocol = protocol_of(trial)
    if protocol.dates.afterwards:
        return False  # it was over when it came here: its team is at work on it
    path = f"/trials/{trial.public_id}"
    for wave in protocol.dates.waves:
        if wave.opens <= today <= wave.closes:
            body = f"Measure each {protocol.unit.row} by {long_date(wave.closes)}."
            key = f"measuring opens {trial.public_id} {wave.number} {wave.opens}"
            said.append((key, f"Time to measure ({wave.name})", body, f"{path}/measure/"))
    if trial.ends_on and trial.ends_on < today:
        left = ", ".join(still_to_do(trial, today=today))
        body = f"It ended on {long_date(trial.ends_on)}. Next: {left}."
        said.append((f"ended {trial.public_id} {trial.ends_on}", "Ended", body, f"{path}/"))
    new = [each for each in said if each[0] not in told]
    for key, subject, body, link in new:
        accounts.notify(
            team_of(trial, "lead", "analyst", "team"),
            letter="H",
            subject=f"{subject}: {trial.title}",
            body=body,
            link=link,
            key=key,
            at=at,
        )
    return bool(new)


def _owing(until: date) -> list[tuple[Trial, date]]:
    """Return the trials that owe a result due by a day, with that day. Two queries."""
    due = register.owed(until)
    rows = Trial.objects.filter(public_id__in=due, stopped_at=None, reported_at=None)
    return [(trial, due[trial.public_id]) for trial in rows.order_by("pk")]


def _answering(trial: Trial) -> list[Person]:
    """Return who answers for a result: its lead, and who heads its service."""
    service = protocol_of(trial).unit.service.casefold()
    heads = [area.manager for area in council.service_areas() if area.name.casefold() == service]
    known = [head for head in heads if head] or managers()
    return list(dict.fromkeys([*team_of(trial, "lead"), *known]))


def _when(due: date, today: date) -> str:
    days = (today - due).days
    if days == 0:
        return "today"
    counted = f"{abs(days)} {'day' if abs(days) == 1 else 'days'}"
    return f"{counted} ago" if days > 0 else f"in {counted}"


def _delay(due: date, today: date) -> str:
    """Say by how many days pauses before elections have delayed it, if they have."""
    days = council.days_paused(due, today, council.pauses())
    if not days:
        return ""
    return f" Pauses before elections have delayed it by {days} {'day' if days == 1 else 'days'}."


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
