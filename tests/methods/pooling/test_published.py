"""Against R's metafor (`published/make_expected.R`) and the published BCG trials."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.methods.pooling.trials import arm
from trialogue.methods import pooling
from trialogue.methods.pooling import Rule, Studies
from trialogue.tables import read_table

PUBLISHED = Path(__file__).parents[1] / "published"
EXPECTED = json.loads((PUBLISHED / "expected.json").read_text())
SIZE = 1e-8  # of estimates, ranges and p's once tau2 is known
TAU2 = 1e-6  # of tau2 and all that follows; ours is found to 1e-15


def read(name):
    table = read_table(PUBLISHED / f"{name}.csv")
    return {
        column: table.number_column(column, kind="continuous")
        for column in table.columns
        if not table.numbers(column, kind="continuous")[1]
    }


TWENTY = read("trials20")
ZEROS = read("trials18_zero")
BCG = read("bcg")


def twenty(**more):
    return Studies(TWENTY["yi"], TWENTY["vi"], **more)


def zeros(measure):
    return pooling.effect_sizes(
        measure,
        arm(ZEROS["events_new"], ZEROS["n_new"]),
        arm(ZEROS["events_usual"], ZEROS["n_usual"]),
    )


def bcg(**more):
    found = pooling.effect_sizes(
        "RR",
        arm(BCG["tb_vaccinated"], BCG["n_vaccinated"]),
        arm(BCG["tb_not"], BCG["n_not"]),
    )
    return Studies(found.estimate, found.variance, **more)


def check(document, expected, tolerance):
    for key, value in expected.items():
        assert document[key] == pytest.approx(value, rel=tolerance, abs=1e-12), key


@pytest.mark.parametrize("method", ["REML", "ML", "DL", "EB", "PM", "HE", "HS", "SJ"])
@pytest.mark.parametrize("test", ["z", "knha"])
def test_twenty_trials_by_every_method(method, test):
    """PM solves the same equation as EB."""
    pooled = pooling.pool(twenty(), Rule(method, test))

    same = "EB" if method == "PM" else method
    check(pooled.to_dict(), EXPECTED[f"trials20_{same}_{test}"], SIZE)


@pytest.mark.parametrize("test", ["z", "knha"])
def test_a_common_effect_is_always_normal_and_has_no_range_for_a_new_place(test):
    pooled = pooling.pool(twenty(), Rule("FE", test))

    check(pooled.to_dict(), EXPECTED["trials20_FE"], SIZE)
    assert (pooled.tau2, pooled.se_tau2, pooled.df) == (0, None, None)
    assert (pooled.pi_low, pooled.pi_method, pooled.tau2_low) == (None, None, None)


def test_range_of_tau2_is_where_q_meets_its_quantiles():
    pooled = pooling.pool(twenty())

    low, high = EXPECTED["trials20_tau2_ci"].values()
    assert (pooled.tau2_low, pooled.tau2_high) == pytest.approx((low, high), rel=TAU2)
    typical = pooled.tau2 * (100 / pooled.i2 - 1)
    assert pooled.i2_low == pytest.approx(100 * low / (low + typical), rel=TAU2)
    assert pooled.i2_high == pytest.approx(100 * high / (high + typical), rel=TAU2)


def test_prediction_with_two_degrees_of_freedom_less():
    pooled = pooling.pool(twenty(), Rule(test="z", prediction="k-2"))

    assert [pooled.pi_low, pooled.pi_high] == pytest.approx(EXPECTED["trials20_pi_k2"], rel=TAU2)
    assert pooled.pi_method == "k-2"


def test_dose_as_a_moderator():
    expected = EXPECTED["trials20_dose"]

    pooled = pooling.pool(twenty(moderators={"dose": TWENTY["dose"]}))

    assert [row.name for row in pooled.coefficients] == ["intercept", "dose"]
    for key in ("estimate", "se", "p"):
        found = [getattr(row, key) for row in pooled.coefficients]
        assert found == pytest.approx(expected[key], rel=SIZE), key
    found = pooled.moderator_test
    assert (found.df1, found.df2, found.usable) == (1, 18, True)
    assert (found.f, found.p) == pytest.approx((expected["F"], expected["F_p"]), rel=SIZE)
    assert (pooled.tau2, pooled.r2) == pytest.approx((expected["tau2"], expected["r2"]), rel=TAU2)


def test_with_a_moderator_the_estimate_is_the_prediction_at_its_mean():
    intercept, slope = EXPECTED["trials20_dose"]["estimate"]

    pooled = pooling.pool(twenty(moderators={"dose": TWENTY["dose"]}))

    assert pooled.estimate == pytest.approx(intercept + slope * TWENTY["dose"].mean(), rel=SIZE)


def test_small_trials_against_large_ones():
    found = pooling.pool(twenty()).egger

    for key, value in EXPECTED["trials20_egger"].items():
        assert getattr(found, key) == pytest.approx(value, rel=SIZE)
    assert found.usable


def test_each_trial_left_out():
    pooled = pooling.pool(twenty(), Rule(leave_one_out=True))

    for key, values in EXPECTED["trials20_leave_one_out"].items():
        found = [getattr(row, key) for row in pooled.leave_one_out]
        assert found == pytest.approx(values, rel=SIZE)


def test_trials_added_one_by_one():
    pooled = pooling.pool(twenty(order=np.arange(20.0)))

    assert [row.k for row in pooled.cumulative] == list(range(2, 21))
    for key, values in EXPECTED["trials20_cumulative"].items():
        found = [getattr(row, key) for row in pooled.cumulative]
        assert found == pytest.approx(values, rel=SIZE, abs=1e-12)


@pytest.mark.parametrize("measure", ["RD", "RR", "OR", "AS", "PETO"])
def test_effects_from_tables_with_empty_cells(measure):
    found = zeros(measure)

    expected = EXPECTED[f"trials18_{measure.lower()}"]
    for key, values in (("yi", found.estimate), ("vi", found.variance)):
        wanted = [np.nan if value is None else value for value in expected[key]]
        assert values == pytest.approx(np.array(wanted), rel=SIZE, abs=1e-14, nan_ok=True)


def test_a_trial_without_events_is_left_out_of_odds_ratios_and_counted():
    found = zeros("OR")

    pooled = pooling.pool(Studies(found.estimate, found.variance), Rule(measure="OR"))

    check(pooled.to_dict(), EXPECTED["trials18_or_REML_knha"], TAU2)
    assert pooled.left_out == ("15",)
    assert len(pooled.studies) == 17
    assert any(note.startswith("1 trial was left out") for note in pooled.notes)
    assert pooled.exp["ci_high"] == pytest.approx(np.exp(pooled.ci_high))


def test_odds_ratios_of_the_twenty_trials_come_from_their_tables():
    found = pooling.effect_sizes(
        "OR",
        arm(TWENTY["events_new"], TWENTY["n_new"]),
        arm(TWENTY["events_usual"], TWENTY["n_usual"]),
    )

    assert found.estimate == pytest.approx(TWENTY["yi"], rel=SIZE)
    assert found.variance == pytest.approx(TWENTY["vi"], rel=SIZE)


def test_standardised_differences():
    found = pooling.effect_sizes(
        "SMD", arm([10.2, 8], [3, 2.2], [24, 60]), arm([8.9, 8.6], [2.7, 2.5], [26, 55])
    )

    assert found.estimate == pytest.approx(EXPECTED["smd"]["yi"], rel=SIZE)
    assert found.variance == pytest.approx(EXPECTED["smd"]["vi"], rel=SIZE)


@pytest.mark.parametrize(
    ("key", "estimate", "variance"),
    [("two_trials", [0.1, 0.6], [0.03, 0.05]), ("two_trials_same", [0.2, 0.2], [0.04, 0.09])],
)
def test_two_trials_are_computed_but_give_no_range_for_a_new_place(key, estimate, variance):
    pooled = pooling.pool(Studies(np.array(estimate), np.array(variance)), Rule(test="z"))

    expected = {k: v for k, v in EXPECTED[key].items() if not k.startswith("pi")}
    check(pooled.to_dict(), expected, TAU2)
    assert (pooled.pi_low, pooled.pi_high) == (None, None)
    assert any(note.startswith("Two trials cannot show") for note in pooled.notes)


# BCG vaccine against tuberculosis, 13 trials: Colditz et al. (1994), JAMA 271(9), 698-702, as in
# most textbooks; values of metafor's documentation, with more digits.


def test_bcg_vaccine_by_reml():
    normal = pooling.pool(bcg(), Rule(test="z"))
    pooled = pooling.pool(bcg())

    assert pooled.tau2 == pytest.approx(0.31324326, rel=TAU2)
    assert pooled.estimate == pytest.approx(-0.7145323, abs=5e-8)
    assert (normal.se, pooled.se) == pytest.approx((0.1797815, 0.1807917), abs=5e-8)
    assert pooled.i2 == pytest.approx(92.22, abs=0.005)
    assert pooled.q == pytest.approx(152.233, abs=5e-4)


def test_bcg_vaccine_in_a_new_place():
    pooled = pooling.pool(bcg())
    older = pooling.pool(bcg(), Rule(test="z", prediction="k-2"))

    assert (pooled.pi_low, pooled.pi_high) == pytest.approx((-1.996, 0.567), abs=5e-4)
    assert (older.pi_low, older.pi_high) == pytest.approx((-2.008, 0.579), abs=5e-4)


@pytest.mark.parametrize(("method", "tau2"), [("DL", 0.30876), ("PM", 0.31807)])
def test_bcg_vaccine_by_moments(method, tau2):
    assert pooling.pool(bcg(), Rule(method)).tau2 == pytest.approx(tau2, abs=5e-6)


def test_bcg_vaccine_by_latitude():
    """metafor, rma(yi, vi, mods = ~ablat, data = dat.bcg), stopped at 1e-5: its help page."""
    pooled = pooling.pool(bcg(moderators={"latitude": BCG["latitude"]}), Rule(test="z"))

    intercept, slope = pooled.coefficients
    assert pooled.tau2 == pytest.approx(0.0764, abs=1e-4)
    assert pooled.r2 == pytest.approx(75.62, abs=0.01)
    assert (intercept.estimate, slope.estimate) == pytest.approx((0.2515, -0.0291), abs=5e-5)
    assert pooled.moderator_test.chi2 == pytest.approx(16.3571, abs=0.005)
