"""Other variances, for comparison with other software: clubSandwich and estimatr."""

import numpy as np
import pytest

from tests.methods.effects.test_published import EXPECTED, read
from trialogue.methods.effects.data import Rule, code
from trialogue.methods.effects.model import fit_model
from trialogue.methods.effects.planned import plan_model
from trialogue.methods.special import tails


def fit(trial, control, variance):
    rule = Rule(control=control)
    planned = plan_model(trial, code(trial, rule), rule, ~np.isnan(trial.outcome))
    outcome = trial.outcome[planned.keep, None]
    return fit_model(
        planned.columns, outcome, planned.cluster, tested=planned.tested, variance=variance
    )


@pytest.mark.parametrize("variance", ["CR0", "CR1", "CR1S", "CR2", "CR3"])
@pytest.mark.parametrize(
    ("key", "strata", "covariates"),
    [("streets_score", (), ()), ("streets_score_adj", ("ward",), ("baseline", "tenure"))],
)
def test_every_variance_has_its_own_degrees_of_freedom(key, strata, covariates, variance):
    trial = read("streets", "score", cluster="street", strata=strata, covariates=covariates)
    expected = EXPECTED[key][variance]

    answer = fit(trial, "control", variance)

    columns = (1, 2)
    assert [answer.estimate(c) for c in columns] == pytest.approx(expected["estimate"], rel=1e-8)
    assert [answer.se(c) for c in columns] == pytest.approx(expected["se"], rel=1e-8)
    assert [answer.df[c] for c in columns] == pytest.approx(expected["df"], rel=1e-8)
    p = [tails.two_sided(answer.estimate(c) / answer.se(c), answer.df[c]) for c in columns]
    assert p == pytest.approx(expected["p"], rel=1e-8)


def test_clusters_of_one_give_hc3_and_residual_degrees_of_freedom():
    answer = fit(read("homes", "after", covariates=("before",)), "usual", "CR3")
    expected = EXPECTED["homes_hc3"]

    assert answer.estimate(1) == pytest.approx(expected["estimate"], rel=1e-8)
    assert answer.se(1) == pytest.approx(expected["se"], rel=1e-8)
    assert answer.residual_df == expected["df_residual"]


def test_our_degrees_of_freedom_are_not_welchs():
    ours = fit(read("homes", "after"), "usual", "CR2").df[1]

    assert ours == pytest.approx(EXPECTED["homes"]["df"], rel=1e-8)
    assert abs(ours - EXPECTED["homes_welch_df"]) > 20
