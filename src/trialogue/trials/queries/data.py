"""What the analysis reads. Called only once the data are locked, or for a registered look."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from trialogue.methods import effects
from trialogue.tables import write_csv
from trialogue.trials.models import (
    Assignment,
    Delivery,
    Enrolment,
    Measurement,
    Trial,
    Withdrawal,
)
from trialogue.trials.protocol import Covariate, Outcome, Protocol, Wave
from trialogue.trials.queries.repeated import Read, as_text
from trialogue.trials.stepped import PERIOD

_NEVER: tuple[None, str] = (None, "")


class Rows:
    """Every unit that was placed, in the order of the list, with what is known of it.

    Of a stepped start each unit is there once for every wave, in the arm it had by then, wave by
    wave; who joined late, from then on. With `until`, outcomes are as loaded by then.
    """

    def __init__(self, trial: Trial, protocol: Protocol, *, until: datetime | None = None) -> None:
        self.protocol = protocol
        self._trial = trial
        self._until = until
        rows = list(
            Assignment.objects.filter(trial=trial)
            .order_by("unit__order")
            .values_list(
                "unit_id",
                "unit__study_id",
                "arm",
                "unit__cluster",
                as_text("unit__strata"),
                "unit__block",
                as_text("unit__covariates"),
            )
        )
        self._waves: list[int] = []  # of each row of a stepped start
        if protocol.stepped:
            joined = _joined_late(trial)
            each = [
                (wave, row)
                for wave in protocol.dates.waves_analysed
                for row in rows
                if joined.get(row[0], wave.closes) <= wave.closes
            ]
            rows = [(*row[:2], protocol.arm_at(row[2], wave), *row[3:]) for wave, row in each]
            self._waves = [wave.number for wave, _ in each]
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * 7
        self.units, self.ids, self.arms, self.clusters, strata, self.blocks, known = columns
        self._read: dict[tuple[str, int], dict[int, tuple[float | None, str]]] = {}
        read = Read()
        self.strata = [read[text] for text in strata]
        self.known = [read[text] for text in known]
        # Who withdraws after the lock is in the figures already: they stay what they were.
        left = Withdrawal.objects.filter(unit__trial=trial)
        if trial.locked_at:
            left = left.filter(at__lte=trial.locked_at)
        self._left = {
            unit: (scope, reason)
            for unit, scope, reason in left.values_list("unit_id", "scope", "reason")
        }

    def values(self, outcome: Outcome, wave: Wave | None = None) -> NDArray[np.float64]:
        """Return an outcome at a wave, unless said at those of the verdict; NaN where missing.

        It is missing too where consent was withdrawn.
        """
        found = [
            None if self._withdrew(unit) else value
            for unit, (value, _) in zip(self.units, self._noted(outcome, wave), strict=True)
        ]
        return np.array([np.nan if value is None else value for value in found], dtype=float)

    @property
    def periods(self) -> NDArray[np.float64]:
        """The number of the wave of each row."""
        return np.array(self._waves, dtype=float)

    def why_missing(self, outcome: Outcome) -> dict[str, list[tuple[str, str]]]:
        """Return by group why an outcome is missing, once for each unit without a value.

        The reason for which a unit left, and what was noted in the place of a value; "" where
        there is none.
        """
        noted = self._noted(outcome)
        found: dict[str, list[tuple[str, str]]] = {arm: [] for arm in self.protocol.arms.codes}
        missing = np.isnan(self.values(outcome))
        for unit, arm, (_, said), gone in zip(self.units, self.arms, noted, missing, strict=True):
            if gone:
                _, reason = self._left.get(unit, ("", ""))
                found[arm].append((reason, said))
        return found

    def _noted(
        self, outcome: Outcome, wave: Wave | None = None
    ) -> Iterator[tuple[float | None, str]]:
        """Yield the newest value of each row and what was noted in its place."""
        said = (wave or self.protocol.dates.last_wave).number
        waves = self._waves or [said] * len(self.units)
        newest = {number: self._newest(outcome, number) for number in set(waves)}
        for unit, number in zip(self.units, waves, strict=True):
            yield newest[number].get(unit, _NEVER)

    def _newest(self, outcome: Outcome, number: int) -> dict[int, tuple[float | None, str]]:
        """Return by unit the newest value at a wave and what was noted in its place.

        Read once: the counts, the analysis, the data file and its hash all ask.
        """
        if (outcome.code, number) not in self._read:
            held = Measurement.objects.filter(
                trial=self._trial, outcome=outcome.code, wave=number
            ).order_by("version")
            if self._until:
                held = held.filter(at__lte=self._until)
            rows = held.values_list("unit_id", "value", "missing")
            self._read[outcome.code, number] = {
                unit: (value, noted) for unit, value, noted in rows
            }
        return self._read[outcome.code, number]

    def _withdrew(self, unit: int) -> bool:
        return unit in self._left and self._left[unit][0] == Withdrawal.Scope.CONSENT

    def data(self, outcome: Outcome) -> effects.Data:
        """Return one outcome with the registered design, as the analysis reads it."""
        protocol, strata = self.protocol, self.protocol.strata
        cost = None
        if outcome.role == "primary" and protocol.costed and not protocol.stepped:
            pence = {arm.code: arm.cost_pence or 0 for arm in protocol.arms.list}
            cost = np.array([pence[arm] / 100 for arm in self.arms])
        return effects.Data(
            outcome=self.values(outcome),
            arm=_text(self.arms),
            cluster=self._starting_together(),
            strata=tuple(
                _text([values[index] for values in self.strata]) for index in range(len(strata.by))
            ),
            blocks=_text(self.blocks) if strata.blocks else None,
            covariates={
                column.name: _known(column, [known.get(column.name, "") for known in self.known])
                for column in protocol.outcomes.covariates
            },
            cost=cost,
            names={
                "outcome": outcome.code,
                "arm": "arm",
                "cluster": protocol.unit.placed,
                "period": PERIOD,
            },
        )

    def _starting_together(self) -> NDArray[Any] | None:
        """Return what was placed; in a stepped start units placed one by one stand for it."""
        if self.protocol.unit.clustered:
            return _text(self.clusters)
        return _text(self.ids) if self.protocol.stepped else None

    def received(self) -> NDArray[np.float64]:
        """Return who got what was to be delivered: 1 or 0, NaN where nobody knows.

        One delivery that was done is enough. Who has the usual service and no delivery got none.
        What was noted once the data were locked, and effects could be seen, does not count.
        """
        noted: dict[int, set[str]] = {}
        for unit, state in deliveries_before_lock(self._trial).values_list("unit_id", "state"):
            noted.setdefault(unit, set()).add(state)
        control = self.protocol.arms.control.code
        return np.array(
            [
                _received(noted.get(unit, set()), usual=arm == control)
                for unit, arm in zip(self.units, self.arms, strict=True)
            ],
            dtype=float,
        )

    def known_before(self, column: str) -> NDArray[Any]:
        """Return a column of the list, a stratum or what was known before the start, as text."""
        if column in self.protocol.strata.by:
            index = self.protocol.strata.by.index(column)
            return _text([values[index] for values in self.strata])
        return _text([known.get(column, "") for known in self.known])

    def table(self) -> tuple[list[str], Iterable[Sequence[Any]]]:
        """Return the data file: what `trialogue analyse` needs to give the same figures.

        No identity and no label: study identifiers, groups and outcomes. Of a stepped start the
        group is the one they had at that wave.
        """
        protocol = self.protocol
        outcomes = {outcome.code: self.values(outcome) for outcome in protocol.outcomes.all}
        primary = protocol.outcomes.primary
        for wave in protocol.dates.waves_after_start:
            if wave != protocol.dates.last_wave:
                outcomes[f"{primary.code}-wave-{wave.number}"] = self.values(primary, wave)
        header = ["id", "arm"]
        columns: list[Sequence[Any]] = [self.ids, self.arms]
        if protocol.stepped:
            header.append(PERIOD)
            columns.append(self.periods.astype(int).tolist())
        if protocol.unit.clustered:
            header.append(protocol.unit.placed)
            columns.append(self.clusters)
        for index, name in enumerate(protocol.strata.by):
            header.append(name)
            columns.append([values[index] for values in self.strata])
        if protocol.strata.blocks:
            header.append(protocol.strata.blocks)
            columns.append(self.blocks)
        for column in protocol.outcomes.covariates:
            header.append(column.name)
            columns.append([known.get(column.name, "") for known in self.known])
        for code, values in outcomes.items():
            header.append(code)
            columns.append([_cell(value) for value in values])
        return header, zip(*columns, strict=True)

    def hash(self) -> str:
        """Return the SHA-256 of the data file."""
        written = io.StringIO()
        header, rows = self.table()
        write_csv(written, header, rows)
        return hashlib.sha256(written.getvalue().encode()).hexdigest()

    def counts(self, outcome: Outcome, wave: Wave | None = None) -> list[dict[str, Any]]:
        """Return the rows of the table of counts for one outcome at a wave, a row an arm."""
        values, arms = self.values(outcome, wave), np.array(self.arms, dtype=str)
        return [_counted(outcome, arm.code, values[arms == arm.code]) for arm in self._arms()]

    def people(self, outcome: Outcome) -> list[dict[str, Any]]:
        """Return whose the counts of a stepped start are, each person once, a row an arm.

        `events`: with one at any wave; `measured` less these: without one at any wave.
        """
        rows = list(zip(self.units, self.arms, self.values(outcome), strict=True))
        found = []
        for arm in self._arms():
            mine = [(unit, value) for unit, code, value in rows if code == arm.code]
            known = {unit for unit, value in mine if not np.isnan(value)}
            row = {
                "outcome": outcome.code,
                "arm": arm.code,
                "measured": len(known),
                "events": None,
            }
            if outcome.kind == "binary":
                yes = len({unit for unit, value in mine if value == 1})
                row |= {"events": yes, "measured": yes + len({u for u, v in mine if v == 0})}
            found.append(row)
        return found

    def share_in(self) -> float:
        """Return the share of all outcomes of harm that are in, over all groups together."""
        harms = [self.values(harm) for harm in self.protocol.outcomes.guardrails]
        return float(np.mean(~np.isnan(harms))) if harms and self.units else 0.0

    def _arms(self) -> Iterable[Any]:
        return self.protocol.arms.list


def _joined_late(trial: Trial) -> dict[int, date]:
    """Return by unit the day on which it joined, of those who came after the draw."""
    late = Enrolment.objects.filter(unit__trial=trial, unit__late=True)
    return dict(late.values_list("unit_id", "on"))


def deliveries_before_lock(trial: Trial) -> QuerySet[Delivery]:
    """Return what was noted of deliveries before anybody could see an effect."""
    held = Delivery.objects.filter(unit__trial=trial)
    return held.filter(at__lte=trial.locked_at) if trial.locked_at else held


def _received(states: set[str], *, usual: bool) -> float:
    if Delivery.State.DONE in states:
        return 1.0
    if Delivery.State.UNKNOWN in states or not (states or usual):
        return np.nan
    return 0.0


def _counted(outcome: Outcome, arm: str, values: NDArray[np.float64]) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    measured = int(known.size)
    binary = outcome.kind == "binary"
    return {
        "outcome": outcome.code,
        "name": outcome.name,
        "arm": arm,
        "units": int(values.size),
        "measured": measured,
        "missing": int(values.size) - measured,
        "events": int(known.sum()) if outcome.kind in ("binary", "count") else None,
        "mean": float(known.mean()) if measured else None,
        "sd": float(known.std(ddof=1)) if measured > 1 and not binary else None,
    }


def _cell(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def _known(column: Covariate, values: list[str]) -> Any:
    """Return numbers where every value is one; else categories."""
    if not column.category:
        try:
            return np.array([float(value) if value else np.nan for value in values])
        except ValueError:
            pass
    return _text(values)


def _text(values: Sequence[str]) -> NDArray[Any]:
    return np.array(values, dtype=str)
