"""What another step of the loop may ask of a trial: which clusters have which arm, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trialogue.trials.models import Assignment, Trial
from trialogue.trials.protocol import Outcome, Wave
from trialogue.trials.queries.trials import protocol_of


@dataclass(frozen=True)
class Begun:
    """How far a trial is, and what starts when: nothing before the draw.

    `first_days`: of what was placed, a cluster or a unit, the day on which it starts; None where
    not within the trial.
    """

    public_id: str
    title: str
    registered: bool
    drawn: bool
    start: date | None
    end: date | None
    units: Mapping[str, str]  # study identifier -> what was placed
    first_days: Mapping[str, date | None]
    outcomes: tuple[Outcome, ...] = ()
    waves: tuple[Wave, ...] = ()  # when they are measured


def begun(public_id: str) -> Begun | None:
    """Return how far a trial is; None when there is none. Three queries."""
    trial = Trial.objects.filter(public_id=public_id).first()
    if trial is None:
        return None
    if trial.registered_at is None:
        return Begun(public_id, trial.title, False, False, None, None, {}, {})
    protocol = protocol_of(trial)
    rows = Assignment.objects.filter(trial=trial).values_list(
        "unit__cluster", "unit__study_id", "arm"
    )
    listed = list(rows.order_by("unit__order"))
    groups = {cluster or unit: group for cluster, unit, group in listed}
    return Begun(
        public_id,
        trial.title,
        registered=True,
        drawn=bool(listed),
        start=protocol.dates.start,
        end=protocol.dates.end,
        units={unit: cluster or unit for cluster, unit, _ in listed},
        first_days={placed: protocol.first_day(group) for placed, group in groups.items()},
        outcomes=protocol.outcomes.all,
        waves=protocol.dates.waves,
    )
