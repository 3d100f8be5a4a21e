"""Many problems at once give what one by one gives, also where the likelihood has two tops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.pooling.trials import pool
from trialogue.methods.pooling import batch, reml_batch
from trialogue.methods.pooling.likelihood import Likelihood

QUICK = settings(max_examples=30, deadline=None)

# Found by search: from 0 the slope falls, and it crosses 0 again from above further out.
TWO_TOPS = [
    ([0.34, 0.01, 0.04, -1.39, 1.54], [0.353, 0.023, 0.003, 0.24, 2.267], 0.22648028544891374),
    ([1.89, 1.80, 0.28], [0.03, 0.01, 0.344], 0.4216682909632529),
    ([-0.02, 0.03, -0.22, 0.65, -0.79], [0.003, 0.02, 0.275, 0.252, 0.1], 0.0),
]


def log_likelihood(y, v, tau2):
    """Twice the restricted log-likelihood, written out."""
    w = 1 / (v + tau2)
    mean = (w * y).sum() / w.sum()
    return np.log(w).sum() - np.log(w.sum()) - (w * (y - mean) ** 2).sum()


@QUICK
@given(st.integers(2, 9), st.integers(0, 2**32 - 1), st.sampled_from([0.02, 0.3, 3.0]))
def test_batch_is_one_by_one(k, seed, tau2):
    rng = np.random.default_rng(seed)
    v = np.exp(rng.uniform(np.log(0.003), np.log(3), (20, k)))
    y = rng.normal(0.3, np.sqrt(v + tau2))

    found = reml_batch(y, v)

    for i in range(20):
        alone = pool(y[i], v[i], test="z")
        assert found.tau2[i] == pytest.approx(alone.tau2, rel=1e-9, abs=1e-12)
        assert found.estimate[i] == pytest.approx(alone.estimate, rel=1e-9, abs=1e-12)
        assert found.variance[i] == pytest.approx(alone.se**2, rel=1e-9)
        student = pool(y[i], v[i])
        assert found.variance[i] * found.s2[i] == pytest.approx(student.se**2, rel=1e-9)


@QUICK
@given(st.integers(3, 7), st.integers(0, 2**32 - 1))
def test_no_other_tau2_is_likelier(k, seed):
    rng = np.random.default_rng(seed)
    v = np.exp(rng.uniform(np.log(0.001), np.log(4), (30, k)))
    y = rng.normal(0, np.sqrt(v + rng.choice([0, 0.5, 3], (30, 1))))

    found = reml_batch(y, v).tau2

    for i in range(30):
        others = [0.0, *np.geomspace(1e-5, 50, 200)]
        best = max(log_likelihood(y[i], v[i], tau2) for tau2 in others)
        assert log_likelihood(y[i], v[i], found[i]) >= best - 1e-9


@pytest.mark.parametrize(("y", "v", "tau2"), TWO_TOPS)
def test_the_higher_of_two_tops_is_taken(y, v, tau2):
    one = Likelihood(np.array(y), np.array(v), np.ones((len(y), 1)), restricted=True)

    assert one.slope(0.0)[0] < 0
    assert pool(y, v).tau2 == pytest.approx(tau2, rel=1e-9)
    assert reml_batch(np.array([y]), np.array([v])).tau2[0] == pytest.approx(tau2, rel=1e-9)


def test_problems_with_two_tops_are_not_taken_for_ones_with_one():
    for y, v, _ in TWO_TOPS:
        y, v = np.array([y]) - np.mean(y), np.array([v])

        _, alone = batch._crossings(y, v, start=np.array([1.0]))

        assert not alone.any()


def test_nearly_every_ordinary_problem_is_shown_to_have_one_top():
    rng = np.random.default_rng(4)
    v = np.exp(rng.uniform(np.log(0.02), np.log(2), (500, 30)))
    y = rng.normal(0, np.sqrt(v + 0.1))
    y -= y.mean(axis=1, keepdims=True)

    _, alone = batch._crossings(y, v, start=np.full(500, 0.1))

    assert alone.mean() > 0.99


def test_a_trial_with_an_infinite_variance_is_not_there():
    y, v = np.array([0.1, 0.9, 0.4, 7.0]), np.array([0.1, 0.1, 0.2, np.inf])

    found = reml_batch(y[None], v[None])

    alone = pool(y[:3], v[:3])
    assert found.tau2[0] == pytest.approx(alone.tau2, rel=1e-9)
    assert found.estimate[0] == pytest.approx(alone.estimate, rel=1e-9)


def test_trials_that_found_the_same_are_solved_without_a_warning():
    found = reml_batch(np.full((3, 4), 0.7), np.full((3, 4), 0.2))

    assert found.tau2.tolist() == [0, 0, 0]
    assert found.s2.tolist() == [0, 0, 0]
    assert found.estimate == pytest.approx([0.7] * 3)


def test_blocks_do_not_show():
    rng = np.random.default_rng(5)
    v = rng.uniform(0.05, 0.4, (1300, 40))
    y = rng.normal(0.3, np.sqrt(v + 0.1))

    whole = reml_batch(y, v).tau2

    assert whole.shape == (1300,)
    assert (whole[777], whole[1299]) == pytest.approx(
        [reml_batch(y[[i]], v[[i]]).tau2[0] for i in (777, 1299)], rel=1e-12
    )
