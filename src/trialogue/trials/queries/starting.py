"""What another step of the loop may ask of a trial: which clusters have which arm, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from trialogue.trials.models import Assignment, Trial
from trialogue.trials.protocol import Outcome, Wave
from trialogue.trials.queries.trials import protocol_of


@dataclass(frozen=True)
class Begun:
    """How far a trial is, and who got what. `arms` is empty before the draw."""

    public_id: str
    title: str
    registered: bool
    drawn: bool
    start: date | None
    end: date | None
    control: str
    arms: Mapping[str, str]  # what was placed, a cluster or a unit -> its group
    units: Mapping[str, str]  # study identifier -> what was placed
    outcomes: tuple[Outcome, ...] = ()
    waves: tuple[Wave, ...] = ()  # when they are measured
    # What was placed -> the day on which it starts; None: not within the trial.
    first_days: Mapping[str, date | None] = field(default_factory=dict)


def begun(public_id: str) -> Begun | None:
    """Return how far a trial is; None when there is none. Three queries."""
    trial = Trial.objects.filter(public_id=public_id).first()
    if trial is None:
        return None
    if trial.registered_at is None:
        return Begun(public_id, trial.title, False, False, None, None, "", {}, {})
    protocol = protocol_of(trial)
    rows = Assignment.objects.filter(trial=trial).values_list(
        "unit__cluster", "unit__study_id", "arm"
    )
    listed = list(rows.order_by("unit__order"))
    arms = {cluster or unit: arm for cluster, unit, arm in listed}
    return Begun(
        public_id,
        trial.title,
        registered=True,
        drawn=bool(listed),
        start=protocol.dates.start,
        end=protocol.dates.end,
        control=protocol.arms.control.code,
        arms=arms,
        units={unit: cluster or unit for cluster, unit, _ in listed},
        outcomes=protocol.outcomes.all,
        waves=protocol.dates.waves,
        first_days={placed: protocol.first_day(group) for placed, group in arms.items()},
    )
