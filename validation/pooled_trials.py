"""What do all trials say? Against R metafor."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from trialogue.methods import pooling
from trialogue.methods.pooling import network
from trialogue.tables import Table, read_table
from validation.figures import Comparison, Figure
from validation.published import PUBLISHED, answers

METAFOR = "R metafor 3.8-1"
POOLED = (
    *("estimate", "se", "ci_low", "ci_high", "p", "tau2", "se_tau2", "i2", "h2", "q", "q_p"),
    *("k", "pi_low", "pi_high"),
)


def figures() -> Iterator[Figure]:
    """Every figure of pooling: estimators, what varies, tables of trials, a network."""
    yield from estimators()
    yield from what_varies()
    yield from tables_of_trials()
    yield from several_services()


def estimators() -> Iterator[Figure]:
    """Twenty trials by every estimator of τ², with both tests; trials in twos."""
    expected, twenty = answers("expected"), _twenty()
    compare = Comparison("pooling: τ², estimate, heterogeneity", METAFOR, 1e-6)
    for method in pooling.METHODS:
        for test in ("z", "knha"):
            key = f"trials20_{method}_{test}"
            if key not in expected:
                continue
            ours = pooling.pool(twenty, pooling.Rule(method=method, test=test))
            yield from compare.of(key, _columns(ours), _shown(expected[key]))
    common = pooling.pool(twenty, pooling.Rule(method="FE")).to_dict()
    yield from compare.of("trials20_FE", common, expected["trials20_FE"])
    for key, estimate, variance in (
        ("two_trials", (0.10, 0.60), (0.03, 0.05)),
        ("two_trials_same", (0.2, 0.2), (0.04, 0.09)),
    ):
        two = pooling.Studies(np.array(estimate), np.array(variance))
        theirs = {k: v for k, v in expected[key].items() if not k.startswith("pi_")}
        yield from compare.of(key, pooling.pool(two, pooling.Rule(test="z")).to_dict(), theirs)


def what_varies() -> Iterator[Figure]:
    """The range of τ², prediction, a moderator, Egger, one left out, one added at a time."""
    expected, twenty = answers("expected"), _twenty()
    compare = Comparison("pooling: ranges of τ², prediction, moderators, Egger", METAFOR, 1e-6)
    plain = pooling.pool(twenty, pooling.Rule(leave_one_out=True))
    profile = expected["trials20_tau2_ci"]
    ours = [plain.tau2_low, plain.tau2_high]
    yield from compare.of("trials20_tau2_ci", ours, [profile["low"], profile["high"]])
    wide = pooling.pool(twenty, pooling.Rule(test="z", prediction="k-2"))
    yield from compare.of(
        "trials20_pi_k2", [wide.pi_low, wide.pi_high], expected["trials20_pi_k2"]
    )
    dose = pooling.pool(_twenty(moderator="dose")).to_dict()
    theirs = expected["trials20_dose"]
    for key in ("estimate", "se", "p"):
        yield from compare.of(
            f"trials20_dose {key}", [row[key] for row in dose["coefficients"]], theirs[key]
        )
    test = dose["moderator_test"]
    ours = [test["f"], test["p"], test["df2"], dose["tau2"], dose["r2"]]
    keys = ("F", "F_p", "df2", "tau2", "r2")
    yield from compare.of("trials20_dose test", ours, [theirs[key] for key in keys])
    yield from compare.of("egger", plain.to_dict()["egger"], expected["trials20_egger"])
    left = plain.to_dict()["leave_one_out"]
    grown = pooling.pool(_twenty(ordered=True)).to_dict()["cumulative"]
    for name, rows in (("leave_one_out", left), ("cumulative", grown)):
        for key in ("estimate", "tau2"):
            ours = [row[key] for row in rows]
            yield from compare.of(f"{name} {key}", ours, expected[f"trials20_{name}"][key])


def tables_of_trials() -> Iterator[Figure]:
    """Effects from two-by-two tables, some with empty cells; from means."""
    expected = answers("expected")
    compare = Comparison("effects from tables", "R metafor 3.8-1, escalc")
    table = read_table(PUBLISHED / "trials18_zero.csv")
    arms = [
        pooling.ArmTable((_numbers(table, f"events_{arm}"), _numbers(table, f"n_{arm}")))
        for arm in ("new", "usual")
    ]
    measures: tuple[pooling.Measure, ...] = ("OR", "RR", "RD", "AS", "PETO")
    for measure in measures:
        ours = pooling.effect_sizes(measure, *arms)
        key = f"trials18_{measure.lower()}"
        known = ~np.isnan(ours.estimate)
        theirs = {name: [x for x in expected[key][name] if x is not None] for name in ("yi", "vi")}
        found = {"yi": ours.estimate[known].tolist(), "vi": ours.variance[known].tolist()}
        yield from compare.of(key, found, theirs)
    new = pooling.ArmTable(tuple(map(np.array, ([10.2, 8.0], [3.0, 2.2], [24.0, 60.0]))))
    usual = pooling.ArmTable(tuple(map(np.array, ([8.9, 8.6], [2.7, 2.5], [26.0, 55.0]))))
    ours = pooling.effect_sizes("SMD", new, usual)
    found = {"yi": ours.estimate.tolist(), "vi": ours.variance.tolist()}
    yield from compare.of("smd", found, expected["smd"])


def several_services() -> Iterator[Figure]:
    """A network whose trials have two to four arms."""
    theirs = answers("expected")["network"]
    table = read_table(PUBLISHED / "network.csv")
    trials = network.trials_from_counts(
        trial=np.array(table.text("trial"), dtype=str),
        arm=np.array(table.text("arm"), dtype=str),
        events=_numbers(table, "events"),
        n=_numbers(table, "n"),
        measure="OR",
    )
    compare = Comparison("network of trials", "R metafor 3.8-1, rma.mv", 1e-5)
    for method, key in (("REML", "reml"), ("FE", "common")):
        ours = network.pool_network(trials, method=method, reference=theirs["reference"])
        place = ours.arms.index(theirs["reference"])
        rows = [ours.arms.index(arm) for arm in theirs["arms"]]
        estimates = [ours.league[row][place] for row in rows]
        errors = [ours.league_se[row][place] for row in rows]
        yield from compare.of(f"{key} estimate", estimates, theirs[key]["estimate"])
        yield from compare.of(f"{key} se", errors, theirs[key]["se"])
        other, value = ("tau", ours.tau) if key == "reml" else ("q", ours.q)
        yield from compare.of(f"{key} {other}", value, theirs[key][other])


def _twenty(*, moderator: str = "", ordered: bool = False) -> pooling.Studies:
    table = read_table(PUBLISHED / "trials20.csv")
    return pooling.Studies(
        estimate=_numbers(table, "yi"),
        variance=_numbers(table, "vi"),
        moderators={moderator: _numbers(table, moderator)} if moderator else {},
        order=np.arange(float(table.rows)) if ordered else None,
    )


def _numbers(table: Table, column: str) -> Any:
    return table.number_column(column, kind="continuous")


def _columns(pooled: pooling.Pooled) -> dict[str, float | None]:
    return {key: getattr(pooled, key) for key in POOLED}


def _shown(answer: dict[str, float]) -> dict[str, float]:
    return {key: answer[key] for key in POOLED}
