"""Is it run well? Joining, losses, starting points and delivery; never an outcome by group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from django.db.models import Count
from django.utils.timezone import localdate

from trialogue.charts.chart import Chart
from trialogue.charts.joining import Joining, joining_chart
from trialogue.charts.starting import ALIKE, StartingPoint, starting_chart
from trialogue.methods import effects
from trialogue.methods.verdicts import Share, share
from trialogue.trials.models import Delivery, Trial, Withdrawal
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.drawn import (
    clusters_by_arm,
    drawn_and_compared,
    late_arrivals,
    units_by_arm,
)

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
    """Return how a trial is run. Five queries, however many units."""
    listed, late = drawn_and_compared(trial, protocol), late_arrivals(trial)
    placed, balance = units_by_arm(listed, late), listed.balance
    gone = _losses(trial)
    lost = {code: sum(n for arm, _, n in gone if arm == code) for code in protocol.shares}
    arms = tuple(
        Arm(group.name, placed[group.code], lost[group.code]) for group in protocol.groups
    )
    things = clusters_by_arm(listed, late) if protocol.unit.clustered else placed
    ratio_p = _ratio_p(protocol, [things[code] for code in protocol.shares])
    planned = protocol.planned_rows
    dates = protocol.dates
    started = [(trial.started_at, listed.units.total())] if trial.started_at else []
    joining = Joining(
        joined=_by_day([*started, *((one.at, 1) for one in late)]),
        plan=((dates.start, 0), (dates.end, planned)),
        lost=_by_day([(at, n) for _, at, n in gone]),
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
        measured=_measured(trial, protocol, placed.total()),
        warnings=tuple(_warnings(arms, ratio_p, balance, protocol)),
    )


def _starting(
    protocol: Protocol, arms: tuple[Arm, ...], balance: tuple[effects.Balance, ...]
) -> Chart:
    codes = list(protocol.shares)[1:]
    found = {(row.covariate, row.arm): row.standardised_difference for row in balance}
    points = [
        StartingPoint(name, tuple(found.get((name, code)) for code in codes))
        for name in dict.fromkeys(row.covariate for row in balance)
    ]
    lost = [(arm.name, Share(arm.lost, arm.placed)) for arm in arms]
    names = [group.name for group in protocol.groups[1:]]
    return starting_chart(points, lost, arms=names, chart_id="starting")


def _ratio_p(protocol: Protocol, counts: Sequence[int]) -> float:
    """Return the chance of counts at least this uneven: of what was placed, clusters or units."""
    if not all(counts):
        return 1.0
    return effects.sample_ratio(counts, list(protocol.shares.values()))


def _losses(trial: Trial) -> list[tuple[str, datetime, int]]:
    """Count those lost, by group and moment, the first on top. One query."""
    rows = Withdrawal.objects.filter(unit__trial=trial)
    counts = rows.exclude(scope=Withdrawal.Scope.TREATMENT).values_list(
        "unit__assignment__arm", "at"
    )
    return list(counts.annotate(n=Count("pk")).order_by("at"))


def _by_day(moments: Iterable[tuple[datetime, int]]) -> tuple[tuple[date, int], ...]:
    """Return the running total day by day, all arms together."""
    days: dict[date, int] = {}
    for at, n in moments:
        day = localdate(at)
        days[day] = days.get(day, 0) + n
    return tuple(zip(days, accumulate(days.values()), strict=True))


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
