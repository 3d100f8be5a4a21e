"""What is to be planned: rounds that run anyway, and residents to be visited on them.

Coordinates are metres on a flat grid, times seconds after midnight, durations seconds, days their
index in `Instance.days`. A *gap* of a round lies after one of its points: gap 0 after the depot,
gap k after stop k, the last gap is the way home.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """What each thing costs, in seconds of extra travel."""

    unfamiliar_visit_s: float
    nonpreferred_day_s: float
    over80_per_s: float
    unserved_visit_s: float


@dataclass(frozen=True, eq=False)
class Round:
    """A round: its points in walking order, and what it has to spare on each day."""

    id: str
    partner: str
    points: FloatArray  # (stops + 2, 2): the depot, the stops, the depot again
    start_s: float
    stop_service_s: float
    spare_s: tuple[float, ...]  # one a day; 0: no visits that day
    skills: frozenset[int]

    @property
    def gaps(self) -> int:
        """How many gaps it has: one more than stops."""
        return len(self.points) - 1


@dataclass(frozen=True, eq=False)
class Resident:
    """Somebody to be visited: `visits_per_week` times, on the days of one of the `patterns`."""

    id: str
    xy: tuple[float, float]
    visits_per_week: int
    patterns: tuple[tuple[int, ...], ...]
    service_s: float
    window: tuple[float, float]  # of arrival
    preferred_days: frozenset[int]  # none: no preference
    familiar: frozenset[str]  # ids of rounds; none: knows nobody
    skills: frozenset[int]  # needed


@dataclass(frozen=True, eq=False)
class Instance:
    """A week to plan."""

    name: str
    days: tuple[str, ...]
    seconds_per_metre: float
    weights: Weights
    rounds: tuple[Round, ...]
    residents: tuple[Resident, ...]

    @cached_property
    def round_index(self) -> dict[str, int]:
        """Where each round stands, by its id."""
        return {one.id: i for i, one in enumerate(self.rounds)}

    @cached_property
    def resident_index(self) -> dict[str, int]:
        """Where each resident stands, by their id."""
        return {one.id: i for i, one in enumerate(self.residents)}

    def fixed_cost(self, resident: Resident, one: Round, pattern: Sequence[int]) -> float:
        """Seconds a week for an unfamiliar face and for days that are not preferred."""
        strange = bool(resident.familiar) and one.id not in resident.familiar
        unwanted = sum(
            day not in resident.preferred_days for day in pattern if resident.preferred_days
        )
        return (
            self.weights.unfamiliar_visit_s * strange * len(pattern)
            + self.weights.nonpreferred_day_s * unwanted
        )
