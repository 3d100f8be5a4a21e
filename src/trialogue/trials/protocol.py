"""The plan as one frozen value: parsed from the record, read by everything after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, TypeVar

from trialogue.evidence.groups import Group, design_of, groups_of
from trialogue.methods import design as designs
from trialogue.methods import effects

Plan = Mapping[str, Mapping[str, Any]]
Kind = Literal["binary", "count", "continuous"]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Arm:
    """One group. The first has the usual service."""

    code: str
    name: str
    description: str
    control: bool
    share: int
    cost_pence: int | None
    set_up_pence: int | None = None
    hours: float | None = None
    council_pence: int | None = None
    nhs_pence: int | None = None
    partner_pence: int | None = None
    residents_pence: int | None = None


@dataclass(frozen=True)
class Arms:
    """The groups, which of them count, and the allowance for several."""

    usual_practice: str
    cost_per: str
    list: tuple[Arm, ...]
    comparisons: tuple[str, ...]
    correction: Literal["holm", "maxt", "none"]
    a_month: int | None = None

    @property
    def control(self) -> Arm:
        """The group that has the usual service."""
        return self.list[0]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all groups, in the plan's order."""
        return tuple(arm.code for arm in self.list)

    def name(self, code: str) -> str:
        """The name of a group."""
        return next(arm.name for arm in self.list if arm.code == code)


@dataclass(frozen=True)
class Units:
    """What is placed, and what is measured in it."""

    placed: str
    placed_plural: str
    measured: str
    measured_plural: str
    clustered: bool
    eligibility: str
    setting: str
    service: str
    gss_code: str

    @property
    def row(self) -> str:
        """What one row of a list is."""
        return self.measured if self.clustered else self.placed

    @property
    def rows(self) -> str:
        """What the rows of a list are."""
        return self.measured_plural if self.clustered else self.placed_plural


@dataclass(frozen=True)
class Strata:
    """How groups are made alike, and how units are placed."""

    by: tuple[str, ...]
    method: Literal["complete", "blocked", "simple", "elsewhere"]
    block: int
    drawn_by: str
    drawn_how: str
    blocks: str

    @property
    def elsewhere(self) -> bool:
        """Whether somebody else placed the units."""
        return self.method == "elsewhere"


@dataclass(frozen=True)
class Outcome:
    """Something measured. `role`: primary, secondary or guardrail."""

    code: str
    name: str
    kind: Kind
    unit: str
    direction: Literal["higher", "lower"]
    role: str
    when: str = ""
    source: str = ""
    smallest_change: float = 0.0
    judged_blind: bool = False
    limit: float = 0.0
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class Covariate:
    """A column known before the start."""

    name: str
    category: bool


@dataclass(frozen=True)
class Subgroup:
    """A column that parts those it may work differently for, and why it may."""

    column: str
    why: str


@dataclass(frozen=True)
class Outcomes:
    """What is measured."""

    primary: Outcome
    secondary: tuple[Outcome, ...]
    guardrails: tuple[Outcome, ...]
    covariates: tuple[Covariate, ...]
    subgroups: tuple[Subgroup, ...]

    @property
    def all(self) -> tuple[Outcome, ...]:
        """Every outcome once, the main one first; a harm may also be a secondary outcome."""
        found = {o.code: o for o in (*self.guardrails[::-1], *self.secondary[::-1], self.primary)}
        return tuple(found.values())[::-1]


@dataclass(frozen=True)
class Wave:
    """A time of measuring."""

    number: int
    name: str
    opens: date
    closes: date


@dataclass(frozen=True)
class Dates:
    """When it is registered, starts, ends and is measured.

    `steps`: first days of a stepped start, in which units begin one after another; else empty.
    """

    afterwards: bool
    start: date
    end: date
    waves: tuple[Wave, ...]
    registered_elsewhere: str
    steps: tuple[date, ...] = ()

    @property
    def last_wave(self) -> Wave:
        """The wave of the verdict."""
        return max(self.waves, key=lambda wave: wave.number)

    @property
    def waves_after_start(self) -> tuple[Wave, ...]:
        """The waves that show a difference by themselves, in their order: after anybody began.

        None of a stepped start, whose waves only tell something together.
        """
        if self.steps:
            return ()
        last = self.last_wave
        after = (wave for wave in self.waves if wave.opens > self.start or wave == last)
        return tuple(sorted(after, key=lambda wave: wave.number))

    @property
    def waves_analysed(self) -> tuple[Wave, ...]:
        """The waves that the verdict rests on: the last, or of a stepped start every one."""
        if not self.steps:
            return (self.last_wave,)
        return tuple(sorted(self.waves, key=lambda wave: wave.opens))


@dataclass(frozen=True)
class Protocol:
    """A plan with all its answers. `plan` is the document it was read from."""

    title: str
    arms: Arms
    unit: Units
    strata: Strata
    outcomes: Outcomes
    dates: Dates
    plan: Plan

    @property
    def stepped(self) -> bool:
        """Whether units start one after another, and each is compared with itself before."""
        return bool(self.dates.steps)

    @property
    def groups(self) -> tuple[Group, ...]:
        """What units are placed in: the arms, or of a stepped start its steps."""
        return groups_of(self.plan)

    def first_day(self, group: str) -> date | None:
        """The day on which a group gets something new; None of usual service."""
        if self.stepped:
            return date.fromisoformat(group)
        return None if group == self.arms.control.code else self.dates.start

    def arm_at(self, group: str, wave: Wave) -> str:
        """The arm that a group is in when it is measured: its own, or by its first day."""
        if not self.stepped:
            return group
        began = date.fromisoformat(group) < wave.opens
        return self.arms.comparisons[0] if began else self.arms.control.code

    @property
    def design(self) -> designs.Design:
        """The design object that the draw reads. Not of a trial placed elsewhere."""
        return design_of(self.plan)

    @property
    def shares(self) -> dict[str, int]:
        """The share of each group that units are placed in."""
        return {group.code: group.share for group in self.groups}

    @property
    def planned_placed(self) -> int:
        """How many are planned to be placed, all groups together."""
        return in_all(self.plan["size"]["clusters_per_arm"], list(self.shares.values()))

    @property
    def planned_rows(self) -> int:
        """How many are planned to be measured, all groups together."""
        size = self.plan["size"]
        return in_all(size["clusters_per_arm"] * size["cluster_size"], list(self.shares.values()))

    def planned_in(self, arm: str) -> float:
        """How many measurements of the main outcome are planned in an arm."""
        size = self.plan["size"]
        each: float = size["clusters_per_arm"] * size["cluster_size"] / self.groups[0].share
        return each * sum(
            group.share
            for group in self.groups
            for wave in self.dates.waves_analysed
            if self.arm_at(group.code, wave) == arm
        )

    @property
    def statistic(self) -> Literal["t", "difference"]:
        """What a re-draw compares: with the few areas of a stepped start, plain differences."""
        return "difference" if self.stepped else "t"

    def rule(self, outcome: Outcome) -> effects.Rule:
        """The registered rule of analysis, for one outcome."""
        return effects.Rule(
            control=self.arms.control.code,
            kind=outcome.kind,
            correction=self.arms.correction if len(self.arms.list) > 2 else "none",
            adjust="additive",
            statistic=self.statistic,
            shares=None if self.stepped else self.shares,
        )

    @property
    def costed(self) -> bool:
        """Whether the cost of every group is known."""
        return all(arm.cost_pence is not None for arm in self.arms.list)


def in_all(control: float, shares: Sequence[int]) -> int:
    """Return how many there are in all groups, of so many in the first of these shares."""
    return round(control * sum(shares) / shares[0])


def parse(plan: Plan) -> Protocol:
    """Read a plan whose thirteen answers the record's schema accepts."""
    arms, outcomes, dates = plan["arms"], plan["outcomes"], plan["dates"]
    return Protocol(
        title=plan["question"]["title"],
        arms=Arms(
            usual_practice=arms["usual_practice"],
            cost_per=arms["cost_per"],
            list=tuple(_made(Arm, arm) for arm in arms["list"]),
            comparisons=tuple(arms["comparisons"]),
            correction=arms["correction"],
            a_month=arms.get("a_month"),
        ),
        unit=_made(Units, plan["unit"]),
        strata=_made(Strata, {**plan["strata"], "by": tuple(plan["strata"]["by"])}),
        outcomes=Outcomes(
            primary=_made(Outcome, {**outcomes["primary"], "role": "primary"}),
            secondary=_outcomes(outcomes["secondary"], "secondary"),
            guardrails=_outcomes(outcomes["guardrails"], "guardrail"),
            covariates=tuple(_made(Covariate, column) for column in outcomes["covariates"]),
            subgroups=tuple(_made(Subgroup, one) for one in outcomes.get("subgroups", ())),
        ),
        dates=Dates(
            afterwards=dates["recorded"] == "afterwards",
            start=date.fromisoformat(dates["start"]),
            end=date.fromisoformat(dates["end"]),
            waves=tuple(
                Wave(
                    wave["number"],
                    wave["name"],
                    date.fromisoformat(wave["opens"]),
                    date.fromisoformat(wave["closes"]),
                )
                for wave in dates["waves"]
            ),
            registered_elsewhere=dates["registered_elsewhere"],
            steps=tuple(date.fromisoformat(step["starts"]) for step in dates.get("steps", ())),
        ),
        plan=plan,
    )


def _outcomes(rows: list[dict[str, Any]], role: str) -> tuple[Outcome, ...]:
    return tuple(_made(Outcome, {**row, "role": role}) for row in rows)


def _made(kind: type[Made], values: Mapping[str, Any]) -> Made:
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in values.items() if name in names})
