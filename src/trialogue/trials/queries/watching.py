"""Is it run well? Joining, losses, starting points and delivery; never an outcome by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.functions import TruncDate

from trialogue.charts.chart import Chart
from trialogue.charts.joining import Joining, joining_chart
from trialogue.charts.starting import ALIKE, StartingPoint, starting_chart
from trialogue.methods import effects
from trialogue.methods.verdicts import Share, share
from trialogue.trials.models import Delivery, Trial, Withdrawal
from trialogue.trials.protocol import Protocol

ALPHA = 0.01  # a warning that cries wolf is not read


@dataclass(frozen=True)
class Arm:
    """What is shown of one group while the trial runs."""

    name: str
    placed: int
    lost: int

    @property
    def lost_words(self) -> str:
        """The share lost, with its counts."""
        return share(Share(self.lost, self.placed))


@dataclass(frozen=True)
class Watch:
    """All that the page shows."""

    arms: tuple[Arm, ...]
    planned: int
    joining: Chart
    starting: Chart
    delivery: tuple[tuple[str, int], ...]
    measured: tuple[tuple[str, str, int, int], ...]  # outcome, wave, measured, units
    warnings: tuple[str, ...]


def watch(trial: Trial, protocol: Protocol, *, today: date) -> Watch:
    """Return how a trial is run. Six queries, however many units."""
    placed = _by_arm_and_day(trial.assignments, "arm", "at")
    withdrawn = Withdrawal.objects.filter(unit__trial=trial)
    gone = _by_arm_and_day(
        withdrawn.exclude(scope=Withdrawal.Scope.TREATMENT), "unit__assignment__arm", "at"
    )
    counts, lost = _by_arm(placed), _by_arm(gone)
    arms = tuple(
        Arm(arm.name, counts.get(arm.code, 0), lost.get(arm.code, 0)) for arm in protocol.arms.list
    )
    ratio_p = _ratio_p(trial, protocol, counts)
    size = protocol.plan["size"]
    shares = sum(arm.share for arm in protocol.arms.list) / protocol.arms.control.share
    balance = _balance(trial, protocol)
    planned = round(size["clusters_per_arm"] * shares * size["cluster_size"])
    dates = protocol.dates
    joining = Joining(
        joined=_by_day(placed),
        plan=((dates.start, 0), (dates.end, planned)),
        lost=_by_day(gone),
        target=planned,
        today=today,
        ends_on=dates.end,
    )
    return Watch(
        arms=arms,
        planned=planned,
        joining=joining_chart(joining, chart_id="joining"),
        starting=_starting(protocol, arms, balance),
        delivery=_delivery(trial),
        measured=_measured(trial, protocol, sum(counts.values())),
        warnings=tuple(_warnings(arms, ratio_p, balance, protocol)),
    )


def _starting(
    protocol: Protocol, arms: tuple[Arm, ...], balance: tuple[effects.Balance, ...]
) -> Chart:
    codes = protocol.arms.codes[1:]
    found = {(row.covariate, row.arm): row.standardised_difference for row in balance}
    points = [
        StartingPoint(name, tuple(found.get((name, code)) for code in codes))
        for name in dict.fromkeys(row.covariate for row in balance)
    ]
    lost = [(arm.name, Share(arm.lost, arm.placed)) for arm in arms]
    names = [protocol.arms.name(code) for code in codes]
    return starting_chart(points, lost, arms=names, chart_id="starting")


def _ratio_p(trial: Trial, protocol: Protocol, counts: dict[str, int]) -> float:
    """Return the chance of counts at least this uneven: of what was placed, clusters or units."""
    if protocol.unit.clustered:
        counts = dict(
            trial.assignments.values_list("arm")
            .annotate(n=Count("unit__cluster", distinct=True))
            .order_by("arm")
        )
    codes = protocol.arms.codes
    if not all(counts.get(code) for code in codes):
        return 1.0
    return effects.sample_ratio(
        [counts[code] for code in codes], [protocol.shares[code] for code in codes]
    )


def _by_arm_and_day(rows: Any, arm: str, moment: str) -> list[tuple[str, date, int]]:
    """Count rows by arm and day. One query, however many rows."""
    days = rows.annotate(day=TruncDate(moment)).values_list(arm, "day").annotate(n=Count("pk"))
    return list(days.order_by("day"))


def _by_arm(rows: list[tuple[str, date, int]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for arm, _, n in rows:
        counts[arm] = counts.get(arm, 0) + n
    return counts


def _by_day(rows: list[tuple[str, date, int]]) -> tuple[tuple[date, int], ...]:
    """Return the running total day by day, all arms together."""
    days: dict[date, int] = {}
    for _, day, n in rows:
        days[day] = days.get(day, 0) + n
    return tuple(zip(days, accumulate(days.values()), strict=True))


def _balance(trial: Trial, protocol: Protocol) -> tuple[effects.Balance, ...]:
    """Compare what was known before the start; no outcome is read."""
    names = [column.name for column in protocol.outcomes.covariates if not column.category]
    if not names:
        return ()
    rows = list(trial.assignments.order_by("unit__order").values_list("arm", "unit__covariates"))
    arm = np.array([row[0] for row in rows], dtype=str)
    covariates = {}
    for name in names:
        values = _numbers([known.get(name, "") for _, known in rows])
        if values is not None:
            covariates[name] = values
    return tuple(effects.balance(covariates, arm, protocol.arms.control.code))


def _numbers(cells: Sequence[str]) -> Any:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return None


def _delivery(trial: Trial) -> tuple[tuple[str, int], ...]:
    counts = dict(
        Delivery.objects.filter(unit__trial=trial)
        .values_list("state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return tuple((state.label, counts.get(state.value, 0)) for state in Delivery.State)


def _measured(
    trial: Trial, protocol: Protocol, units: int
) -> tuple[tuple[str, str, int, int], ...]:
    rows = (
        trial.measurements.filter(value__isnull=False)
        .values_list("outcome", "wave")
        .annotate(n=Count("unit", distinct=True))
        .order_by()
    )
    counts = {(outcome, wave): n for outcome, wave, n in rows}
    return tuple(
        (outcome.name, wave.name, counts.get((outcome.code, wave.number), 0), units)
        for wave in protocol.dates.waves
        for outcome in protocol.outcomes.all
    )


def _warnings(
    arms: tuple[Arm, ...],
    ratio_p: float,
    balance: tuple[effects.Balance, ...],
    protocol: Protocol,
) -> list[str]:
    warnings = []
    if ratio_p < ALPHA:
        total, shares = sum(arm.placed for arm in arms), protocol.shares
        whole = sum(shares.values())
        expected = [round(total * share / whole) for share in shares.values()]
        found = " and ".join(f"{arm.placed:,}" for arm in arms)
        wanted = (
            f"about {expected[0]:,} in each group"
            if len(set(expected)) == 1
            else " and ".join(f"{each:,}" for each in expected)
        )
        warnings.append(
            f"We expected {wanted} and have {found}. That is unlikely to be chance. Check how "
            "people were enrolled before you go on."
        )
    rates = [arm.lost / arm.placed for arm in arms if arm.placed]
    if rates and max(rates) - min(rates) > 0.1:
        said = ", ".join(f"{arm.lost_words} with {arm.name}" for arm in arms)
        warnings.append(f"Lost so far: {said}. A gap this wide can hide or invent an effect.")
    apart = {row.covariate for row in balance if abs(row.standardised_difference or 0.0) > ALIKE}
    warnings += [f"The groups did not start alike in {name}." for name in sorted(apart)]
    return warnings
