"""What holds for every trial, whatever its numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.trials import clustered_trials, data, numbers, rows, run
from trialogue.methods import effects
from trialogue.methods.effects.data import code
from trialogue.methods.effects.planned import plan_model
from trialogue.methods.effects.sums import RowSums, merge
from trialogue.methods.problems import InputError

MAIN = ("estimate", "se", "df", "p", "ci_low", "ci_high")
QUICK = settings(max_examples=25, deadline=None)
SAME = {"rtol": 1e-9, "atol": 1e-10}


def close(one, other, **more):
    np.testing.assert_allclose(one, other, **{**SAME, **more})


@given(clustered_trials(), st.randoms(use_true_random=False))
@QUICK
def test_rows_in_any_order_give_the_same_numbers(trial, random):
    order = list(range(trial.outcome.size))
    random.shuffle(order)

    shuffled = run(rows(trial, order), permutations=300)

    close(
        numbers(shuffled, *MAIN, "p_permutation"),
        numbers(run(trial, permutations=300), *MAIN, "p_permutation"),
        rtol=1e-10,
    )


@given(clustered_trials(), st.randoms(use_true_random=False))
@QUICK
def test_people_allocated_one_by_one_are_redrawn_alike_in_any_order(trial, random):
    trial = replace(trial, cluster=None, covariates={})
    order = list(range(trial.outcome.size))
    random.shuffle(order)

    shuffled = run(rows(trial, order), permutations=200)

    close(
        numbers(shuffled, "p_permutation"), numbers(run(trial, permutations=200), "p_permutation")
    )


@given(clustered_trials(arms=("control", "letter")))
@QUICK
def test_names_do_not_matter(trial):
    renamed = replace(
        trial,
        arm=np.where(trial.arm == "control", "usual", "zzz"),
        cluster=np.array([f"{99 - int(name[1:])}" for name in trial.cluster]),
        strata=(np.where(trial.strata[0] == "W0", "south", "north"),),
    )

    close(numbers(run(renamed, "usual"), *MAIN), numbers(run(trial), *MAIN), rtol=1e-8)


@given(
    clustered_trials(), st.floats(-1e6, 1e6), st.floats(1e-3, 1e3), st.sampled_from([-1.0, 1.0])
)
@QUICK
def test_another_unit_of_the_outcome_changes_the_unit_alone(trial, a, b, sign):
    b *= sign
    moved = run(replace(trial, outcome=a + b * trial.outcome), permutations=200)
    first = run(trial, permutations=200)

    close(numbers(moved, "estimate"), b * numbers(first, "estimate"), rtol=1e-5, atol=1e-6)
    close(numbers(moved, "se"), abs(b) * numbers(first, "se"), rtol=1e-5)
    close(numbers(moved, "df", "p"), numbers(first, "df", "p"), rtol=1e-5)
    close(numbers(moved, "p_permutation"), numbers(first, "p_permutation"))


@given(clustered_trials(arms=("control", "letter")))
@QUICK
def test_control_and_arm_swapped_flip_the_sign_alone(trial):
    here, there = run(trial), run(trial, "letter")

    close(numbers(there, "estimate", "ci_low"), -numbers(here, "estimate", "ci_high"))
    close(numbers(there, "se", "df", "p"), numbers(here, "se", "df", "p"))


@given(clustered_trials(), st.floats(-100, 100), st.floats(0.01, 100))
@QUICK
def test_another_unit_of_a_covariate_changes_nothing(trial, a, b):
    moved = replace(trial, covariates={"before": a - b * trial.covariates["before"]})

    close(numbers(run(moved), *MAIN), numbers(run(trial), *MAIN), rtol=1e-7, atol=1e-8)


@given(clustered_trials())
@QUICK
def test_every_row_twice_in_its_cluster_says_no_more(trial):
    twice = rows(trial, np.tile(np.arange(trial.outcome.size), 2))

    close(numbers(run(twice), "estimate", "se"), numbers(run(trial), "estimate", "se"), rtol=1e-8)


@given(clustered_trials(strata=False))
@QUICK
def test_every_cluster_twice_says_more(trial):
    trial = replace(trial, covariates={})
    copy = rows(trial, np.tile(np.arange(trial.outcome.size), 2))
    names = np.concatenate([trial.cluster, np.char.add(trial.cluster, "'")])

    first, twice = run(trial), run(replace(copy, cluster=names))

    close(numbers(twice, "estimate"), numbers(first, "estimate"))
    assert (numbers(twice, "se") < numbers(first, "se")).all()
    assert (numbers(twice, "df") > numbers(first, "df")).all()


@given(clustered_trials(), st.sampled_from(["constant", "repeated"]))
@QUICK
def test_a_covariate_that_says_nothing_new_moves_nothing_and_is_named(trial, what):
    before = trial.covariates["before"]
    idle = np.full(before.size, 7.3) if what == "constant" else 2 * before - 5

    analysis = run(replace(trial, covariates={"before": before, "idle": idle}))

    close(numbers(analysis, *MAIN), numbers(run(trial), *MAIN), rtol=1e-8)
    assert any(note.startswith("idle ") for note in analysis.notes)
    assert analysis.covariates == ("before",)


@given(clustered_trials())
@QUICK
def test_clusters_of_one_are_no_clusters(trial):
    alone = replace(trial, cluster=np.array([f"{i:04}" for i in range(trial.outcome.size)]))

    close(numbers(run(alone), *MAIN), numbers(run(replace(trial, cluster=None)), *MAIN))


@given(clustered_trials(), st.sampled_from([1, 2, 7]))
@QUICK
def test_sums_of_partitions_merge_into_the_same_answer(trial, parts):
    n = trial.outcome.size
    letter = (trial.arm == "letter").astype(float)
    X = np.column_stack([np.ones(n), letter, trial.covariates["before"] - 20])
    y = (trial.outcome - 50)[:, None]
    cluster = np.unique(trial.cluster, return_inverse=True)[1]
    pieces = [
        some
        for part in np.array_split(np.arange(n), parts)
        for some in RowSums(X[part], y[part], cluster[part])
    ]

    whole = effects.fit_sums(RowSums(X, y, cluster), tested=(1,))
    merged = effects.fit_sums([merge(pieces)], tested=(1,))

    assert merged.estimate(1) == pytest.approx(whole.estimate(1), rel=1e-11, abs=1e-12)
    assert merged.se(1) == pytest.approx(whole.se(1), rel=1e-10)
    assert merged.df[1] == pytest.approx(whole.df[1], rel=1e-10)
    assert (merged.people, merged.clusters) == (whole.people, whole.clusters)


@given(clustered_trials(arms=("control", "letter"), strata=False))
@QUICK
def test_equal_clusters_give_welchs_standard_error_on_their_means(trial):
    names = np.unique(trial.cluster)
    mean = np.array([trial.outcome[trial.cluster == name].mean() for name in names])
    arm = np.array([trial.arm[trial.cluster == name][0] for name in names])
    even = effects.Data(
        outcome=np.repeat(mean, 3) + np.tile([-1.0, 0.0, 1.0], mean.size),
        arm=np.repeat(arm, 3),
        cluster=np.repeat(names, 3),
    )

    effect = run(even).effects[0].effect

    letter, control = mean[arm == "letter"], mean[arm == "control"]
    welch = letter.var(ddof=1) / letter.size + control.var(ddof=1) / control.size
    assert effect.estimate == pytest.approx(letter.mean() - control.mean(), rel=1e-9, abs=1e-9)
    assert effect.se == pytest.approx(np.sqrt(welch), rel=1e-9)


@given(st.integers(2, 12), st.integers(1, 5), st.integers(0, 99))
@QUICK
def test_equal_clusters_have_a_whole_number_of_degrees_of_freedom(each, people, seed):
    """Rules ask whether there are fewer than 4, or than 10: the last digit must not answer."""
    street = np.repeat(np.arange(2 * each), people)
    y = np.random.default_rng(seed).normal(size=street.size)

    effect = run(data(y, np.array(["control", "letter"])[street % 2], cluster=street))

    assert effect.effects[0].effect.df == 2 * each - 2


@given(clustered_trials())
@QUICK
def test_an_end_of_the_range_as_null_has_p_alpha(trial):
    for row in run(trial).effects:
        effect = row.effect
        shifted = replace(trial, outcome=trial.outcome - effect.ci_low * (trial.arm == row.arm))
        p = next(r.effect.p for r in run(shifted).effects if r.arm == row.arm)
        assert p == pytest.approx(0.05, rel=1e-7)


@given(clustered_trials())
@QUICK
def test_the_large_dense_matrices_say_the_same(trial):
    """CR2 and ν from the definition, n × n: Bell and McCaffrey (2002)."""
    n = trial.outcome.size
    arms = sorted(set(trial.arm))
    ward = (trial.strata[0] == "W1").astype(float)
    dummies = [(trial.arm == a).astype(float) for a in arms[1:]]
    X = np.column_stack([np.ones(n), *dummies, ward, trial.covariates["before"]])
    M = np.linalg.inv(X.T @ X)
    residual = trial.outcome - X @ (M @ X.T @ trial.outcome)
    away = np.eye(n) - X @ M @ X.T
    P, variance = np.zeros((n, n)), 0.0
    for name in np.unique(trial.cluster):
        here = trial.cluster == name
        values, vectors = np.linalg.eigh(away[np.ix_(here, here)])
        power = np.where(values > 1e-10, np.maximum(values, 1e-10) ** -0.5, 0.0)
        g = (vectors * power) @ vectors.T @ (X[here] @ M[:, 1])
        variance += (g @ residual[here]) ** 2
        P += np.outer(away[:, here] @ g, away[:, here] @ g)

    effect = run(trial).effects[0].effect

    assert effect.se == pytest.approx(np.sqrt(variance), rel=1e-7)
    assert effect.df == pytest.approx(np.trace(P) ** 2 / (P * P).sum(), rel=1e-6)


@pytest.mark.parametrize("seed", [906, 2676, 1981])
def test_a_leverage_just_below_one_leaves_the_degrees_of_freedom_their_digits(seed):
    """27 columns of 18 streets: of h_g near 10¹² the difference of sums would keep no digit."""
    random = np.random.default_rng(seed)
    street = np.repeat(np.arange(18), random.integers(2, 6, 18))
    known = {f"x{i}": row for i, row in enumerate(random.normal(size=(10, street.size)))}
    trial = data(
        random.normal(size=street.size), np.array(["control", "letter", "visit"])[street % 3],
        cluster=street, covariates=known,
    )  # fmt: skip
    rule = effects.Rule(control="control", adjust="lin", kind="continuous")
    planned = plan_model(trial, code(trial, rule), rule, np.isfinite(trial.outcome))

    fit = planned.fit(trial.outcome)

    C = np.eye(planned.columns.matrix.shape[1])[1:3]
    assert [fit.df[1], fit.df[2]] == pytest.approx(
        [np.trace(P) ** 2 / (P * P).sum() for P in _own(_by_pairs(planned, C))], rel=1e-6
    )
    M = np.linalg.inv(planned.columns.matrix.T @ planned.columns.matrix)
    values, vectors = np.linalg.eigh(C @ M @ C.T)
    P = _by_pairs(planned, (vectors / np.sqrt(values)) @ vectors.T @ C)
    S = sum((P[i, i] * P[j, j]).sum() + (P[i, j] * P[i, j].T).sum() for i, j in np.ndindex(2, 2))
    assert fit.joint.df2 == pytest.approx(2 * 3 / S - 1, rel=1e-6)


def _own(pairs):
    return [pairs[i, i] for i in range(len(pairs))]


def _by_pairs(planned, contrasts):
    """P^ij of every pair of clusters, (q, q) of (G, G): Pustejovsky and Tipton (2018)."""
    X = planned.columns.matrix
    M = np.linalg.inv(X.T @ X)
    away = np.eye(len(X)) - X @ M @ X.T
    parts = []
    for name in np.unique(planned.cluster):
        here = planned.cluster == name
        values, vectors = np.linalg.eigh(away[np.ix_(here, here)])
        root = (vectors * np.where(values > 1e-10, np.abs(values), np.inf) ** -0.5) @ vectors.T
        parts.append(away[:, here] @ root @ X[here] @ M @ contrasts.T)
    stacked = np.array(parts)
    return np.einsum("gni,hnj->ijgh", stacked, stacked)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(float("nan")), st.floats(-1e300, 1e300)),
            st.sampled_from(["control", "letter", "visit"]),
            st.sampled_from(["a", "b"]),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["none", "holm", "maxt"]),
)
@settings(max_examples=150, deadline=None)
def test_nothing_is_ever_nan_or_infinite_in_json(people, correction):
    outcome, arm, ward = (np.array(column) for column in zip(*people, strict=True))
    trial = effects.Data(outcome=outcome, arm=arm, strata=(ward,), cost=outcome)
    rule = effects.Rule(control="control", correction=correction, permutations=20)
    with np.errstate(all="ignore"):
        try:
            analysis = effects.analyse(trial, rule, seed=1)
        except InputError:
            return

    json.dumps(analysis.to_dict(), allow_nan=False)
