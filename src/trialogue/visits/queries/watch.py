"""The timers of concerns: which rungs are due, when they were last looked at, whom they tell."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from trialogue.accounts import queries as councils
from trialogue.visits import deadlines
from trialogue.visits.deadlines import Rung
from trialogue.visits.models import Concern, DutyShift, Scheme, Watch
from trialogue.visits.queries.concerns import clock_of, desk_of, with_times

STALE = timedelta(seconds=60)


@dataclass(frozen=True, order=True)
class Due:
    """A rung that is due and not climbed. `early`: nobody of the one before could be told."""

    rung: Rung
    concern: int = field(compare=False)  # its key
    turn: int = field(compare=False)
    early: bool = field(default=False, compare=False)


def due_rungs(now: datetime) -> list[Due]:
    """Return what is due on every open concern, the most overdue first. Six queries at most."""
    rows = Concern.objects.exclude(state=Concern.State.CLOSED).filter(joined_to=None)
    council = councils.council()
    found: list[Due] = []
    unsure: list[tuple[str, Due]] = []
    for concern in with_times(rows).prefetch_related("escalations"):
        desk, settings = desk_of(concern.scheme, council), concern.scheme.settings
        clock = clock_of(concern)
        climbed = [one for one in concern.escalations.all() if one.turn == concern.turn]
        names = {one.rung for one in climbed}
        due = [
            Due(rung, concern.pk, concern.turn)
            for rung in deadlines.rungs(clock, desk, settings, now=now)
            if rung.name not in names
        ]
        found += due
        if due or clock.acknowledged or not climbed:
            continue
        ahead = [one for one in deadlines.ladder(clock, desk, settings) if one.name not in names]
        if ahead:
            newest = max(climbed, key=lambda one: one.done_at)
            early = Due(ahead[0], concern.pk, concern.turn, early=True)
            if newest.told:
                unsure.append((key_of(concern.pk, concern.turn, newest.rung), early))
            else:
                found.append(early)
    unreached = councils.none_went([key for key, _ in unsure])
    found += [due for key, due in unsure if key in unreached]
    return sorted(found)


def key_of(concern: int, turn: int, rung: str) -> str:
    """Return how the keys of a rung's notices begin."""
    return f"concern {concern}.{turn} {rung}"


def looked_at() -> datetime | None:
    """Return when every timer was last looked at; None: never."""
    return Watch.objects.values_list("looked_at", flat=True).first()


def not_looked_at(now: datetime) -> bool:
    """Whether nobody has looked at the timers for a minute, so that nothing goes by itself."""
    last = looked_at()
    return last is None or now - last > STALE


def troubles(now: datetime) -> list[str]:
    """Return what is wrong with the ladder, for a machine outside that watches it."""
    if not Scheme.objects.exists():
        return []
    found = []
    if not_looked_at(now):
        last = looked_at()
        since = f"since {last:%Y-%m-%dT%H:%M:%SZ}" if last else "yet"
        found.append(f"timers not looked at {since}")
    late = [due for due in due_rungs(now - STALE) if not due.early]
    if late:
        found.append(f"rungs overdue: {len(late)}, the first since {late[0].rung.due_at:%H:%M}Z")
    return found


def on_duty(scheme: Scheme, at: datetime) -> list[DutyShift]:
    """Return the shifts of a moment with their people, those who may still sign in."""
    rows = DutyShift.objects.filter(scheme=scheme, first__lte=at, last__gt=at)
    return list(rows.filter(person__is_active=True).select_related("person"))
