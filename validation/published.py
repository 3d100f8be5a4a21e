"""The recorded answers of other software, and the data they are of: `tests/methods/published`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from trialogue.methods import effects
from trialogue.tables import read_table
from trialogue.tables.table import Table

PUBLISHED = Path(__file__).parents[1] / "tests/methods/published"


def answers(name: str) -> dict[str, Any]:
    """Return what was recorded in a file of that name."""
    found: dict[str, Any] = json.loads((PUBLISHED / f"{name}.json").read_text())
    return found


def trial(
    name: str,
    outcome: str,
    *,
    cluster: str | None = None,
    strata: tuple[str, ...] = (),
    covariates: tuple[str, ...] = (),
    blocks: str | None = None,
    cost: str | None = None,
    where: Callable[[Table], Any] | None = None,
) -> effects.Data:
    """Read a trial from its file, by the names of its columns; `where` says which rows."""
    table = read_table(PUBLISHED / f"{name}.csv")
    keep = np.ones(table.rows, dtype=bool) if where is None else where(table)

    def text(column: str) -> Any:
        return np.array(table.text(column), dtype=str)[keep]

    def covariate(column: str) -> Any:
        values, problems = table.numbers(column, kind="continuous")
        return text(column) if problems else values[keep]

    return effects.Data(
        outcome=table.number_column(outcome, kind="auto")[keep],
        arm=text("arm"),
        cluster=text(cluster) if cluster else None,
        strata=tuple(text(column) for column in strata),
        covariates={column: covariate(column) for column in covariates},
        blocks=text(blocks) if blocks else None,
        cost=table.number_column(cost, kind="continuous")[keep] if cost else None,
    )


def random_trial(columns: dict[str, list[Any]], *, clustered: bool = True) -> effects.Data:
    """Return a trial of `random.json`: its outcome, arms and clusters."""
    return effects.Data(
        outcome=np.array(columns["y"], dtype=float),
        arm=np.array(columns["arm"], dtype=str),
        cluster=np.array(columns["cluster"], dtype=str) if clustered else None,
    )
