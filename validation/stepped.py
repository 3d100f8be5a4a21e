"""A stepped start, against R: `tests/methods/published/make_stepped.R`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from trialogue.methods import effects
from trialogue.tables import read_table
from validation.figures import Comparison, Figure
from validation.published import answers

EXAMPLE = Path(__file__).parents[1] / "docs/examples/steps.csv"
RANGE = ("estimate", "se", "df", "p", "ci_low", "ci_high")


def steps(covariates: tuple[str, ...] = ()) -> tuple[effects.Data, Any]:
    """Return the example, and the wave of each row."""
    table = read_table(EXAMPLE)

    def text(column: str) -> Any:
        return np.array(table.text(column), dtype=str)

    data = effects.Data(
        outcome=table.number_column("loneliness", kind="auto"),
        arm=text("arm"),
        cluster=text("area"),
        covariates={name: table.number_column(name, kind="continuous") for name in covariates},
        names={"cluster": "area", "period": "wave"},
    )
    return data, table.number_column("wave", kind="continuous")


def figures() -> Iterator[Figure]:
    """CR2 and Satterthwaite with terms of areas and waves, and p over every order of the areas."""
    expected = answers("stepped")
    compare = Comparison("stepped start: CR2, Satterthwaite", "R clubSandwich 0.5.8")
    for key, covariates in (("plain", ()), ("age", ("age",))):
        row = _analyse(covariates, "t").to_dict()["effects"][0]
        theirs = [expected[key][name] for name in RANGE]
        yield from compare.of(f"steps {key}", [row[name] for name in RANGE], theirs)
    order = Comparison("stepped start: every order", "base R")
    for statistic in ("t", "difference"):
        found = _analyse((), statistic)
        theirs = [expected["order"]["orders"], expected["order"][f"p_{statistic}"]]
        assert found.permutation is not None  # noqa: S101  10,000 draws are the rule's own
        ours = [float(found.permutation.draws), found.effects[0].p_permutation]
        yield from order.of(f"steps {statistic}", ours, theirs)


def _analyse(covariates: tuple[str, ...], statistic: Any) -> effects.Analysis:
    rule = effects.Rule(control="not yet", statistic=statistic)
    found = effects.analyse_stepped(*steps(covariates), rule, seed=1)
    assert found is not None  # noqa: S101  nothing stops it
    return found
