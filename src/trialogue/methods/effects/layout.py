"""The columns of the model of a trial that was added up: sums of what is known of its cells."""

from collections.abc import Iterator
from copy import copy

import numpy as np

from trialogue.methods.effects.cells import ROUNDING, Cells
from trialogue.methods.effects.columns import (
    Choice,
    choose_columns,
    refuse_width,
    slope_candidates,
)
from trialogue.methods.effects.data import (
    SEPARATOR,
    BoolArray,
    Coded,
    FloatArray,
    IntArray,
    Rule,
)
from trialogue.methods.effects.sums import HELD


class Layout:
    """The candidate columns of the model as sums of w, for the cells in `keep`, and those chosen.

    `index`: (m,) the cells. Raises InputError when the model would have over 400 columns.
    """

    def __init__(self, cells: Cells, coded: Coded, rule: Rule, keep: BoolArray) -> None:
        """Name the candidates as `extra_columns` does, standardise them and choose."""
        self._cells = cells
        self.index = np.flatnonzero(keep)
        self.arm = coded.arm[keep]
        self._arms = coded.arms
        self.present = tuple(int(a) for a in np.unique(self.arm) if a)
        self._lin = rule.adjust == "lin"
        self._constants: list[BoolArray | None] = []  # of each extra: its value in a cell …
        self._places: list[int] = []  # … or its place in w
        self._fills: list[tuple[int, float]] = []  # where a number is missing: its flag, its value
        self.names: list[str] = []
        self.covariates: list[bool] = []
        self._refuse_width(coded, keep)
        self._name_strata(coded, keep)
        self._name_covariates(keep)
        self._centre, self._spread = self._standards()
        self.choice = self._choose()

    def _name_strata(self, coded: Coded, keep: BoolArray) -> None:
        groups = self._cells.groups
        name = ", ".join(groups.name(f"stratum {i}") for i in range(len(groups.strata)))
        stratum = coded.stratum[keep]
        for level in np.unique(stratum)[1:]:
            label = coded.strata[level].replace(SEPARATOR, " / ")
            self._add(f"{name}={label}", stratum == level, covariate=False)

    def _name_covariates(self, keep: BoolArray) -> None:
        for name, values in self._cells.groups.covariates.items():
            for place in self._places_of(name, keep):
                flag = self._cells.numbers[place - 1][1]
                fill = (0, 0.0) if flag else self._fill(name, place, keep)
                self._add(f"{name} missing" if flag else name, place, covariate=True, fill=fill)
            if values.dtype.kind != "f":
                here = np.where(values[keep] == "", "missing", values[keep])
                for label in np.unique(here)[1:]:
                    self._add(f"{name}={label}", here == label, covariate=True)

    def _fill(self, name: str, place: int, keep: BoolArray) -> tuple[int, float]:
        """Return the place of a number's flag, and the mean of those of it that are measured.

        Of the rows analysed, as in memory: with slopes of its own an arm that misses none has no
        slope of the flag, and what stands in the place of a missing number is then seen.
        """
        cells = self._cells
        if (name, True) not in cells.numbers:
            return 0, 0.0
        flag = 1 + cells.numbers.index((name, True))
        known = cells.people[keep].sum() - cells.ww[keep, flag, 0].sum()
        return flag, float(cells.ww[keep, place, 0].sum() / known) if known else 0.0

    def _places_of(self, name: str, keep: BoolArray) -> list[int]:
        """Return the places in w of a covariate's number, and of its flag if any is missing."""
        cells = self._cells
        return [
            place
            for place, (number, flag) in enumerate(cells.numbers, start=1)
            if number == name and (not flag or cells.ww[keep, place, 0].any())
        ]

    def _refuse_width(self, coded: Coded, keep: BoolArray) -> None:
        groups = self._cells.groups
        strata = ", ".join(groups.name(f"stratum {i}") for i in range(len(groups.strata)))
        refuse_width(
            {strata: np.unique(coded.stratum[keep]).size - 1},
            {
                name: len(self._places_of(name, keep))
                if values.dtype.kind == "f"
                else np.unique(values[keep]).size - 1
                for name, values in groups.covariates.items()
            },
            arms=len(coded.arms),
            lin=self._lin,
        )

    def _add(
        self,
        name: str,
        value: BoolArray | int,
        *,
        covariate: bool,
        fill: tuple[int, float] = (0, 0.0),
    ) -> None:
        self.names.append(name)
        self._fills.append(fill)
        self.covariates.append(covariate)
        self._constants.append(None if isinstance(value, int) else value)
        self._places.append(value if isinstance(value, int) else 0)

    def _standards(self) -> tuple[FloatArray, FloatArray]:
        """Return the mean and the spread over all people of each extra; spread 0: constant."""
        ww = self._cells.ww[self.index]
        people = ww[:, 0, 0].sum()
        total = np.zeros(len(self.names))
        square = np.zeros(len(self.names))
        for j, (constant, place) in enumerate(zip(self._constants, self._places, strict=True)):
            if constant is not None:
                total[j] = square[j] = ww[constant, 0, 0].sum()
            else:
                flag, value = self._fills[j]
                filled = ww[:, flag, 0].sum() if flag else 0.0
                total[j] = ww[:, 0, place].sum() + value * filled
                square[j] = ww[:, place, place].sum() + value**2 * filled
        mean, mean_square = total / people, square / people
        variance = mean_square - mean**2
        return mean, np.where(
            variance > ROUNDING * mean_square, np.sqrt(np.maximum(variance, 0)), 0
        )

    def _choose(self) -> Choice:
        width = 1 + len(self.present) + len(self.names)
        width += len(slope_candidates(self.present, self.covariates, lin=self._lin))
        products = np.zeros((width, width))
        for some in self._pieces(width):
            L = self._candidates(some)
            products += sandwich(L, self._cells.ww[self.index[some]])
        return choose_columns(
            products,
            self.present,
            self.names,
            self.covariates,
            arms=self._arms,
            lin=self._lin,
        )

    def _candidates(self, some: slice | IntArray) -> FloatArray:
        """Return L of some of the cells and every candidate, (m, P, k)."""
        arm = self.arm[some]
        first = 1 + len(self.present)
        L = np.zeros((arm.size, first + len(self.names), self._cells.ww.shape[1]))
        L[:, 0, 0] = 1
        for i, a in enumerate(self.present, start=1):
            L[:, i, 0] = arm == a
        for j, (constant, place) in enumerate(zip(self._constants, self._places, strict=True)):
            if not self._spread[j]:
                continue
            column = L[:, first + j]
            if constant is not None:
                column[:, 0] = constant[some]
            else:
                flag, value = self._fills[j]
                column[:, place] = 1
                column[:, flag] += value
            column[:, 0] -= self._centre[j]
            column /= self._spread[j]
        slopes = slope_candidates(self.present, self.covariates, lin=self._lin)
        own = [L[:, 1 + i, :1] * L[:, first + j] for i, j in slopes]
        return np.concatenate([L, np.stack(own, axis=1)], axis=1) if own else L

    def columns(self, some: slice | IntArray) -> FloatArray:
        """Return L of some of the cells and the columns of the model, (m, p, k)."""
        return self._candidates(some)[:, self.choice.kept]

    def pieces(self) -> Iterator[slice]:
        """Cut the cells into pieces whose L may be held."""
        return self._pieces(len(self.choice.kept))

    def _pieces(self, width: int) -> Iterator[slice]:
        step = max(1, HELD // (width * max(width, self._cells.ww.shape[1])))
        starts = range(0, self.index.size, step)
        return (slice(start, min(start + step, self.index.size)) for start in starts)

    def without_arms(self) -> "Layout":
        """Return the same with strata and covariates alone: what re-randomisation takes out."""
        bare = copy(self)
        bare.present = ()
        bare._lin = False
        bare.choice = bare._choose()
        return bare

    def totals(self, wy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return Σ x x′ and Σ x y over everybody; `wy`: (m, k, o)."""
        p = len(self.choice.kept)
        xx, xy = np.zeros((p, p)), np.zeros((p, wy.shape[2]))
        for some in self.pieces():
            L = self.columns(some)
            xx += sandwich(L, self._cells.ww[self.index[some]])
            xy += np.einsum("gpk,gko->po", L, wy[some])
        return xx, xy


def sandwich(L: FloatArray, ww: FloatArray) -> FloatArray:
    """Σ L W L′, (P, P)."""
    P = L.shape[1]
    left = (L @ ww).transpose(1, 0, 2).reshape(P, -1)
    product: FloatArray = left @ L.transpose(1, 0, 2).reshape(P, -1).T
    return product
