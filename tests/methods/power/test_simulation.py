from dataclasses import replace

import numpy as np
import pytest
from scipy.special import stdtrit

from trialogue.methods.power import Plan, simulate, simulated_curve
from trialogue.methods.power.drawing import cluster_sizes
from trialogue.methods.power.simulation import (
    DrawnTrials,
    _Arm,
    _found,
    _mean_and_variance,
    _satterthwaite,
)
from trialogue.methods.problems import InputError

STREETS = Plan(kind="continuous", effect=0.25, clusters_per_arm=(34,), cluster_size=20, icc=0.05)
SHARES = Plan(
    kind="binary", baseline=0.25, effect=0.1, clusters_per_arm=(15,), cluster_size=40, icc=0.02
)


def plain_cr2(totals, sizes, treated):
    """CR2 and Satterthwaite from whole matrices, a row a person at the cluster's mean."""
    cluster = np.repeat(np.arange(len(sizes)), sizes.astype(int))
    X = np.column_stack([np.ones(cluster.size), treated[cluster]]).astype(float)
    y = (totals / sizes)[cluster]
    M = np.linalg.inv(X.T @ X)
    H = X @ M @ X.T
    e = y - H @ y
    V, columns = np.zeros((2, 2)), []
    for g in range(len(sizes)):
        here = cluster == g
        values, vectors = np.linalg.eigh(np.eye(here.sum()) - H[np.ix_(here, here)])
        A = vectors @ np.diag(values**-0.5) @ vectors.T
        score = X[here].T @ A @ e[here]
        V += np.outer(score, score)
        columns.append((np.eye(cluster.size) - H)[:, here] @ A @ X[here] @ M[:, 1])
    P = np.array([[left @ right for right in columns] for left in columns])
    return (M @ V @ M)[1, 1] ** 0.5, np.trace(P) ** 2 / (P**2).sum()


def test_the_analysis_simulated_is_cr2_with_satterthwaites_degrees_of_freedom():
    rng = np.random.default_rng(5)
    control = _Arm(sizes=np.array([3.0, 7.0, 5.0, 9.0, 4.0]), mean=0.0)
    treated = _Arm(sizes=np.array([2.0, 6.0, 8.0, 5.0]), mean=0.3)
    plan = replace(STREETS, cluster_size=6)
    state = rng.bit_generator.state
    totals = [
        rng.standard_normal((1, arm.sizes.size)) * np.sqrt(arm.sizes**2 * 0.05 + arm.sizes * 0.95)
        + arm.sizes * arm.mean
        for arm in (control, treated)
    ]
    rng.bit_generator.state = state

    parts = [_mean_and_variance(plan, arm, rng, 1) for arm in (control, treated)]

    se, df = plain_cr2(
        np.concatenate([total[0] for total in totals]),
        np.concatenate([control.sizes, treated.sizes]),
        np.repeat([0, 1], [5, 4]),
    )
    assert (parts[0][1] + parts[1][1])[0] ** 0.5 == pytest.approx(se, rel=1e-9)
    assert _satterthwaite(control, treated) == pytest.approx(df, rel=1e-9)


@pytest.mark.parametrize(
    "plan",
    [
        STREETS,
        replace(STREETS, strata=4, r2=0.3),
        replace(STREETS, clusters_per_arm=(20, 40)),
        SHARES,
        replace(SHARES, icc=0.0),
        replace(SHARES, effect=-0.1),
        Plan(kind="binary", baseline=0.3, effect=-0.1, clusters_per_arm=(300,)),
    ],
    ids=["means", "strata", "unequal arms", "shares", "nobody alike", "fall", "people"],
)
def test_simulation_is_within_four_of_its_errors_of_the_closed_form(plan):
    answer = simulate(plan, draws=10_000, seed=20270203)

    assert answer.power == pytest.approx(answer.power_closed_form, abs=4 * answer.power_mcse)


@pytest.mark.parametrize(
    ("plan", "published"),
    [
        (replace(STREETS, cluster_size_cv=0.6), 0.848),
        (
            Plan(
                kind="count",
                baseline=0.5,
                effect=0.2,
                clusters_per_arm=(18,),
                cluster_size=30,
                between_cv=0.25,
            ),
            0.807,
        ),
    ],
    ids=["unequal clusters", "counts"],
)
def test_simulation_gives_what_other_simulations_of_the_planned_analysis_gave(plan, published):
    answer = simulate(plan, draws=20_000, seed=7)

    assert answer.power == pytest.approx(published, abs=4 * answer.power_mcse + 5e-4)


@pytest.mark.parametrize(
    "plan",
    [
        STREETS,
        replace(STREETS, arms=4),
        replace(STREETS, cluster_size_cv=0.6, clusters_per_arm=(8, 12, 16), arms=3, strata=3),
        replace(STREETS, arms=3, correction="dunnett", r2=0.2),
    ],
    ids=["two arms", "Holm", "unequal", "Dunnett"],
)
def test_one_run_gives_the_curve_that_many_would(plan):
    effects = np.array([-0.3, 0.0, 0.1, 0.25, 0.6])

    curve = simulated_curve(plan, effects, draws=6_000, seed=5)

    for effect, share, mcse in zip(effects, curve.power, curve.power_mcse, strict=True):
        alone = simulate(replace(plan, effect=effect), draws=6_000, seed=5)
        # The same trials: but for one whose p is alpha to the last digit.
        assert share == pytest.approx(alone.power, abs=1.1 / 6_000)
        assert mcse == pytest.approx(alone.power_mcse, abs=1e-4)


def test_a_curve_by_one_run_is_of_means_alone():
    with pytest.raises(InputError, match="--kind binary: one run gives a whole curve of means"):
        simulated_curve(SHARES, np.array([0.1]), draws=10, seed=1)


def test_without_an_effect_false_alarms_are_as_rare_as_allowed():
    null = replace(STREETS, effect=0.0, arms=4)

    for correction in ("holm", "dunnett"):
        answer = simulate(replace(null, correction=correction), draws=20_000, seed=11)
        assert answer.power_any <= 0.05 + 4 * (0.05 * 0.95 / 20_000) ** 0.5


def test_dunnett_finds_as_often_as_its_closed_form_says():
    plan = replace(STREETS, arms=4, correction="dunnett")

    answer = simulate(plan, draws=10_000, seed=3)

    assert answer.power == pytest.approx(answer.power_closed_form, abs=4 * answer.power_mcse)
    assert answer.power_all <= answer.power <= answer.power_any


def test_holm_goes_down_the_steps_and_stops_at_the_first_that_does_not_pass():
    plan = replace(STREETS, arms=4)
    p = np.array([[0.04, 0.001, 0.02], [0.02, 0.03, 0.04], [0.06, 0.001, 0.06]])

    t = -stdtrit(66, p / 2)
    trials = DrawnTrials(estimate=t, se=np.ones_like(t), df=np.full(3, 66.0))
    found = _found(plan, trials)

    assert found.tolist() == [[True, True, True], [False, False, False], [False, True, False]]


def test_the_same_seed_gives_the_same_trials_and_another_others():
    one = simulate(SHARES, draws=7_000, seed=2**100)
    two = simulate(SHARES, draws=7_000, seed=2**100)
    other = simulate(SHARES, draws=7_000, seed=1)

    assert one == two
    assert one.power != other.power


def test_trials_in_which_nothing_varies_find_nothing():
    certain = Plan(kind="binary", baseline=1e-9, effect=1e-9, clusters_per_arm=(5,))

    assert simulate(certain, draws=1_000, seed=1).power == 0


def test_progress_hears_of_every_batch_and_can_stop():
    heard = []

    simulate(
        STREETS, draws=12_000, seed=1, progress=lambda done, draws: heard.append((done, draws))
    )

    assert heard == [(5_000, 12_000), (10_000, 12_000), (12_000, 12_000)]

    def stop(done, draws):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(STREETS, draws=12_000, seed=1, progress=stop)


def test_a_large_trial_is_played_in_smaller_batches():
    heard = []
    homes = Plan(kind="binary", baseline=0.3, effect=-0.05, clusters_per_arm=(5_000,))

    simulate(homes, draws=1_200, seed=1, progress=lambda done, draws: heard.append(done))

    assert heard == [500, 1_000, 1_200]


def test_sizes_are_equal_without_spread_and_gamma_quantiles_with_it():
    assert cluster_sizes(4, 20.0, 0.0).tolist() == [20, 20, 20, 20]
    assert cluster_sizes(4, 2.5, 0.0).tolist() == [3, 3, 2, 2]

    sizes = cluster_sizes(200, 50.0, 0.6)

    assert sizes.sum() == 200 * 50
    assert (sizes == np.round(sizes)).all()
    assert (np.diff(sizes) >= -1).all()
    assert sizes.std() / sizes.mean() == pytest.approx(0.6, abs=0.02)
    assert cluster_sizes(10, 2.0, 2.0).min() == 1


@pytest.mark.parametrize(
    ("plan", "draws", "line"),
    [
        (replace(STREETS, clusters_per_arm=None), 10, "needs --clusters-per-arm"),
        (replace(STREETS, clusters_per_arm=(20.5,)), 10, "needs whole numbers of clusters"),
        (replace(SHARES, strata=3), 10, "need the closed form here"),
        (STREETS, 0, "must be a whole number, 1 or more"),
    ],
)
def test_what_cannot_be_simulated_is_said(plan, draws, line):
    with pytest.raises(InputError, match=line) as refused:
        simulate(plan, draws=draws, seed=1)

    assert str(refused.value).startswith(f"--simulate {draws}: ")
