"""Who was placed where, counted: the list as it was drawn, and those who came late."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform

from trialogue.methods import effects
from trialogue.trials.models import Assignment, Trial
from trialogue.trials.protocol import Protocol


@dataclass(frozen=True)
class Drawn:
    """The list: units and clusters in each group, and how alike the groups began."""

    units: Counter[str]
    clusters: Mapping[str, frozenset[str]]
    balance: tuple[effects.Balance, ...]


@dataclass(frozen=True)
class Late:
    """Somebody who came after the draw."""

    arm: str
    at: datetime
    cluster: str


def drawn(trial: Trial) -> Drawn:
    """Return the list of a started trial, counted. One query, the first time somebody asks."""
    return _drawn(trial.public_id, (), "")


def drawn_and_compared(trial: Trial, protocol: Protocol) -> Drawn:
    """Return the same with how alike the groups began, by what was known of each before."""
    columns = protocol.outcomes.covariates
    names = tuple(column.name for column in columns if not column.category)
    return _drawn(trial.public_id, names, protocol.groups[0].code)


@lru_cache(maxsize=32)
def _drawn(public_id: str, names: tuple[str, ...], control: str) -> Drawn:
    """Count once: a list that was placed never changes. No outcome is read.

    The database counts who is alike, so that few rows come of a long list.
    """
    known = (KeyTextTransform(name, "unit__covariates") for name in names)
    rows = Assignment.objects.filter(trial__public_id=public_id, unit__late=False).order_by()
    alike = list(rows.values_list("arm", "unit__cluster", *known).annotate(n=Count("pk")))
    if not alike:  # everybody came late, one by one
        return Drawn(Counter(), {}, ())
    arms, clusters, *columns, counts = zip(*alike, strict=True)
    numbers = {name: _numbers(cells) for name, cells in zip(names, columns, strict=True)}
    covariates = {
        name: np.repeat(values, counts) for name, values in numbers.items() if values is not None
    }
    units: Counter[str] = Counter()
    together: dict[str, set[str]] = {}
    for arm, cluster, count in zip(arms, clusters, counts, strict=True):
        units[arm] += count
        together.setdefault(arm, set()).add(cluster)
    return Drawn(
        units=units,
        clusters={arm: frozenset(names) for arm, names in together.items()},
        balance=tuple(
            effects.balance(covariates, np.repeat(np.array(arms, dtype=str), counts), control)
        ),
    )


def late_arrivals(trial: Trial) -> list[Late]:
    """Return who came after the draw, in the order they came. One query."""
    rows = Assignment.objects.filter(unit__trial=trial, unit__late=True).order_by("sequence")
    return [Late(*row) for row in rows.values_list("arm", "at", "unit__cluster")]


def units_by_arm(listed: Drawn, late: Sequence[Late]) -> Counter[str]:
    """Count the units of each group."""
    return listed.units + Counter(one.arm for one in late)


def clusters_by_arm(listed: Drawn, late: Sequence[Late]) -> Counter[str]:
    """Count the clusters of each group: a late unit may join one that is there."""
    found = {arm: set(names) for arm, names in listed.clusters.items()}
    for one in late:
        found.setdefault(one.arm, set()).add(one.cluster)
    return Counter({arm: len(names) for arm, names in found.items()})


def _numbers(cells: Sequence[str | None]) -> Any:
    try:
        return np.array([np.nan if cell in (None, "") else float(cell) for cell in cells])
    except ValueError:
        return None
