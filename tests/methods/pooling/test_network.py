"""Networks: against published and plain answers, by properties, and what is refused."""

import csv
import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from tests.methods.pooling.networks import Arms, Dense, as_comparisons, networks
from trialogue.methods.pooling.network import (
    Places,
    pool_network,
    trials_from_comparisons,
    trials_from_counts,
    trials_from_means,
)
from trialogue.methods.problems import InputError

PUBLISHED = Path(__file__).parents[1] / "published"
EXPECTED = json.loads((PUBLISHED / "expected.json").read_text())["network"]
QUICK = settings(max_examples=40, deadline=None)


def inhalers():
    with (PUBLISHED / "network.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {
        "trial": np.array([row["trial"] for row in rows]),
        "arm": np.array([row["arm"] for row in rows]),
        "events": np.array([float(row["events"]) for row in rows]),
        "n": np.array([float(row["n"]) for row in rows]),
    }


def inhaler_arms():
    table = inhalers()
    trials = []
    for name in dict.fromkeys(table["trial"].tolist()):
        rows = table["trial"] == name
        a, b = table["events"][rows], table["n"][rows] - table["events"][rows]
        trials.append(Arms(tuple(table["arm"][rows]), tuple(np.log(a / b)), tuple(1 / a + 1 / b)))
    return trials


def league(network):
    return np.array(network.league), np.array(network.league_se)


@pytest.mark.parametrize(("method", "key"), [("FE", "common"), ("REML", "reml")])
def test_inhaled_medicines_as_an_independent_program_has_them(method, key):
    """metafor's rma.mv on the contrasts: README of the published values."""
    network = pool_network(
        trials_from_counts(**inhalers(), measure="OR"), method=method, reference="Placebo"
    )

    rows = [network.arms.index(arm) for arm in EXPECTED["arms"]]
    column = network.arms.index("Placebo")
    estimates, errors = (table[rows, column] for table in league(network))
    np.testing.assert_allclose(estimates, EXPECTED[key]["estimate"], rtol=1e-5)
    np.testing.assert_allclose(errors, EXPECTED[key]["se"], rtol=1e-5)
    assert network.trials == EXPECTED["trials"]
    assert network.q == pytest.approx(EXPECTED["common"]["q"], rel=1e-10)
    assert network.q_df == EXPECTED["common"]["df"]
    if method == "REML":
        assert network.tau == pytest.approx(EXPECTED["reml"]["tau"], rel=1e-5)


def test_drugs_against_diabetes_as_published():
    """26 trials of 10 arms, one of three: Senn et al. (2013), Statistical Methods in Medical
    Research 22, 169-189. tau, I squared, Q and its parts as netmeta prints them (DL); REML where
    the likelihood has its top."""
    with (PUBLISHED / "senn2013.csv").open() as file:
        rows = list(csv.DictReader(file))
    column = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    trials = trials_from_comparisons(
        trial=column["trial"],
        arm=column["arm"],
        against=column["against"],
        estimate=column["estimate"].astype(float),
        variance=column["se"].astype(float) ** 2,
    )

    network = pool_network(trials, method="DL", reference="plac")

    assert (network.trials, network.comparisons, len(network.arms)) == (26, 28, 10)
    assert network.tau2 == pytest.approx(0.1087, abs=5e-5)
    assert network.i2 == pytest.approx(81.4, abs=0.05)
    assert (network.q, network.q_het, network.q_inc) == pytest.approx(
        (96.99, 74.46, 22.53), abs=0.006
    )
    assert (network.q_df, network.q_het_df, network.q_inc_df) == (18, 11, 7)
    # A well-known program leaves out S's off-diagonals here and stops at 0.3179.
    assert pool_network(trials).tau == pytest.approx(0.3161, abs=5e-5)


@given(networks())
@QUICK
def test_reml_is_the_top_of_the_plain_likelihood(trials):
    plain = Dense(trials)
    assume(plain.df > 0)

    network = pool_network(as_comparisons(trials))

    best = plain.reml()
    assert network.tau2 == pytest.approx(best, rel=1e-5, abs=1e-6)
    # Two tops may be as high as one another, but ours is never the lower one.
    assert plain.minus_likelihood(network.tau2) <= plain.minus_likelihood(best) + 1e-10
    estimate, covariance, _ = plain.at(network.tau2)
    found, se = league(network)
    np.testing.assert_allclose(found[1:, 0], estimate, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(se[1:, 0], np.sqrt(np.diag(covariance)), rtol=1e-8)


@pytest.mark.parametrize(
    ("y", "v"),
    [
        ([-0.02, 0.0, -6.88], [0.003, 0.125, 2.655]),  # falls from 0, and rises higher later
        ([-6.0, 0.08, -0.13, -0.16], [1.742, 0.023, 0.15, 0.006]),  # the higher of two tops
        ([0.0, -0.17, 0.13, 4.41], [0.002, 0.012, 0.202, 1.666]),  # the lower of two tops
        ([-0.01, -3.73, 0.06, 0.08], [0.174, 1.647, 0.413, 0.275]),  # 0, above a later top
    ],
)
def test_of_several_tops_the_highest_is_taken(y, v):
    trials = [Arms(("A", "B"), (0.0, a), (b / 2, b / 2)) for a, b in zip(y, v, strict=True)]

    network = pool_network(as_comparisons(trials))

    assert network.tau2 == pytest.approx(Dense(trials).reml(), rel=1e-6)


@given(networks())
@QUICK
def test_dl_and_q_are_those_of_whole_matrices(trials):
    plain = Dense(trials)
    assume(plain.df > 0)

    network = pool_network(as_comparisons(trials), method="DL")

    q = plain.y @ plain.at(0.0)[2] @ plain.y
    assert network.tau2 == pytest.approx(plain.dl(), rel=1e-8, abs=1e-10)
    assert network.q == pytest.approx(q, rel=1e-8, abs=1e-9)
    assert network.i2 == pytest.approx(100 * max(0, (q - plain.df) / q), rel=1e-7, abs=1e-6)


def test_leaving_out_the_halves_or_the_shared_arm_gives_another_answer():
    trials = inhaler_arms()

    found = pool_network(as_comparisons(trials)).tau

    assert found == pytest.approx(np.sqrt(Dense(trials).reml()), rel=1e-6)
    assert abs(found - np.sqrt(Dense(trials, half=False).reml())) > 1e-3
    assert abs(found - np.sqrt(Dense(trials, shared=False).reml())) > 1e-3


@given(networks(), st.data())
@QUICK
def test_neither_the_order_of_rows_nor_the_way_round_of_a_pair_matters(trials, data):
    pairs = sum(len(trial.names) * (len(trial.names) - 1) // 2 for trial in trials)
    order = data.draw(st.permutations(range(pairs)))
    turn = data.draw(st.sets(st.integers(0, pairs - 1)))

    here = pool_network(as_comparisons(trials))
    there = pool_network(as_comparisons(trials, order=order, turn=turn))

    assert (here.tau2 is None) == (there.tau2 is None)
    if here.tau2 is not None:
        assert there.tau2 == pytest.approx(here.tau2, rel=1e-8, abs=1e-12)
    np.testing.assert_allclose(league(there), league(here), rtol=1e-8, atol=1e-9)


@given(networks(), st.data())
@QUICK
def test_neither_the_first_arm_of_a_trial_nor_its_name_matters(trials, data):
    turned = []
    for trial in trials:
        order = data.draw(st.permutations(range(len(trial.names))))
        values = (trial.names, trial.effect, trial.variance)
        turned.append(Arms(*(tuple(each[i] for i in order) for each in values)))
    names = sorted({name for trial in trials for name in trial.names})
    swapped = dict(zip(names, data.draw(st.permutations(names)), strict=True))
    renamed = [replace(t, names=tuple(swapped[name] for name in t.names)) for t in turned]

    here, there = pool_network(as_comparisons(trials)), pool_network(as_comparisons(renamed))

    place = [there.arms.index(swapped[name]) for name in here.arms]
    for one, other in zip(league(here), league(there), strict=True):
        np.testing.assert_allclose(other[np.ix_(place, place)], one, rtol=1e-8, atol=1e-9)
    assert there.q == pytest.approx(here.q, rel=1e-8, abs=1e-9)
    for name in here.arms:
        assert there.p_scores[swapped[name]] == pytest.approx(here.p_scores[name], abs=1e-8)


@given(networks())
@QUICK
def test_the_league_is_antisymmetric_and_consistent_whatever_the_reference(trials):
    network = pool_network(as_comparisons(trials), reference="arm 1")

    found, se = league(network)
    np.testing.assert_allclose(found, -found.T, atol=0)
    np.testing.assert_allclose(se, se.T, atol=0)
    for i, j, k in combinations(range(len(network.arms)), 3):
        assert found[i, j] + found[j, k] == pytest.approx(found[i, k], abs=1e-9)
        assert se[i, k] <= se[i, j] + se[j, k] + 1e-12
    assert replace(network, reference="arm 0") == pool_network(as_comparisons(trials))


@given(networks(most_arms=2))
@QUICK
def test_two_arms_are_ordinary_pooling(trials):
    y = np.array([t.effect[1] - t.effect[0] for t in trials])
    y = np.where([t.names[0] == "arm 0" for t in trials], y, -y)
    v = np.array([sum(t.variance) for t in trials])

    network = pool_network(as_comparisons(trials))

    def score(tau2):
        w = 1 / (v + tau2)
        mean = (w * y).sum() / w.sum()
        return (w**2 * (y - mean) ** 2).sum() - w.sum() + (w**2).sum() / w.sum()

    if network.tau2 == 0:
        assert score(0.0) <= 1e-9
    else:
        near = brentq(score, network.tau2 * 0.999, network.tau2 * 1.001, xtol=1e-15)
        assert network.tau2 == pytest.approx(near, rel=1e-9)
    w = 1 / (v + network.tau2)
    assert network.league[1][0] == pytest.approx((w * y).sum() / w.sum(), rel=1e-9, abs=1e-10)
    assert network.league_se[1][0] == pytest.approx(w.sum() ** -0.5, rel=1e-10)
    assert (network.q_inc, network.q_inc_df) == (0.0, 0)
    z = network.league[1][0] / network.league_se[1][0]
    assert network.p_scores["arm 1"] == pytest.approx(norm.cdf(z), abs=1e-10)


@given(networks(), st.floats(0.01, 100))
@QUICK
def test_another_unit_scales_everything(trials, unit):
    here = as_comparisons(trials)
    there = replace(here, effect=here.effect * unit, variance=here.variance * unit**2)

    one, other = pool_network(here), pool_network(there)

    np.testing.assert_allclose(league(other), unit * np.array(league(one)), rtol=1e-7, atol=1e-9)
    if one.tau2 is not None:
        assert other.tau2 == pytest.approx(one.tau2 * unit**2, rel=1e-7, abs=1e-10)
        assert other.i2 == pytest.approx(one.i2, rel=1e-7, abs=1e-7)


@given(networks())
@QUICK
def test_q_within_is_that_of_each_set_of_arms_by_itself(trials):
    network = pool_network(as_comparisons(trials))

    within, df = 0.0, 0
    for arms in {frozenset(trial.names) for trial in trials}:
        alone = Dense([trial for trial in trials if set(trial.names) == arms])
        within += alone.y @ alone.at(0.0)[2] @ alone.y
        df += alone.df
    assert network.q_het == pytest.approx(within, rel=1e-8, abs=1e-9)
    assert network.q_het_df == df
    assert network.q_het + network.q_inc == pytest.approx(network.q, rel=1e-8, abs=1e-9)


@given(networks(most_in_trial=2))
@QUICK
def test_indirect_evidence_is_that_of_the_network_without_the_direct_trials(trials):
    """With two-arm trials and one common effect, leaving trials out is the plain way to it."""
    network = pool_network(as_comparisons(trials), method="FE")

    for row in network.direct_indirect:
        others = [trial for trial in trials if set(trial.names) != {row.arm, row.against}]
        try:
            without = pool_network(as_comparisons(others), method="FE")
            i, j = without.arms.index(row.arm), without.arms.index(row.against)
        except (InputError, ValueError):
            # The others fall apart, or lack an arm: whatever they hold, this pair is not in it.
            continue
        assert row.indirect == pytest.approx(without.league[i][j], rel=1e-7, abs=1e-8)
        assert row.indirect_se == pytest.approx(without.league_se[i][j], rel=1e-7)
        assert (row.direct is None) == (len(others) == len(trials))


def test_a_loop_of_three_trials_by_hand():
    trials = [
        Arms(("A", "B"), (0.0, 1.0), (0.5, 0.5)),
        Arms(("B", "C"), (0.0, 1.0), (0.5, 0.5)),
        Arms(("A", "C"), (0.0, 5.0), (1.0, 1.0)),
    ]

    network = pool_network(as_comparisons(trials), method="FE", good="low")

    # C against A: directly 5 with variance 2, through B 2 with variance 2.
    c_a = network.league[2][0], network.league_se[2][0]
    assert c_a == pytest.approx((3.5, 1.0))
    row = next(r for r in network.direct_indirect if (r.arm, r.against) == ("A", "C"))
    assert (row.direct, row.indirect, row.difference) == pytest.approx((-5, -2, -3))
    assert (row.z, row.p) == pytest.approx((-1.5, 2 * norm.cdf(-1.5)))
    assert (network.q, network.q_inc, network.q_df) == pytest.approx((9 / 4, 9 / 4, 1))
    assert max(network.p_scores, key=network.p_scores.get) == "A"


def test_what_is_good_turns_the_scores_round():
    trials = as_comparisons(inhaler_arms())

    high, low = pool_network(trials), pool_network(trials, good="low")

    for arm in high.arms:
        assert high.p_scores[arm] + low.p_scores[arm] == pytest.approx(1)


def test_trials_of_one_star_have_no_indirect_evidence_for_what_they_compare():
    trials = [
        Arms(("usual", "letter"), (0.0, 0.3), (0.1, 0.1)),
        Arms(("usual", "visit"), (0.0, 0.5), (0.1, 0.1)),
    ]

    network = pool_network(as_comparisons(trials))

    rows = {(row.arm, row.against): row for row in network.direct_indirect}
    assert rows["letter", "usual"].direct == pytest.approx(0.3)
    assert rows["letter", "usual"].indirect is None
    assert rows["letter", "visit"].direct is None
    assert rows["letter", "visit"].indirect == pytest.approx(-0.2)
    assert (network.tau, network.tau2, network.i2) == (None, None, None)
    assert "cannot be told" in network.notes[0]


def counts(*rows, measure):
    trial, arm, events, n = zip(*rows, strict=True)
    return trials_from_counts(
        trial=np.array(trial),
        arm=np.array(arm),
        events=np.array(events, dtype=float),
        n=np.array(n, dtype=float),
        measure=measure,
    )


@pytest.mark.parametrize(
    ("measure", "y", "v"),
    [
        ("OR", np.log(9 / 1) - np.log(2 / 8), 1 / 9 + 1 / 1 + 1 / 2 + 1 / 8),
        ("RR", np.log(9 / 10) - np.log(2 / 10), 1 / 9 - 1 / 10 + 1 / 2 - 1 / 10),
        ("RD", 0.9 - 0.2, 9 / 1000 + 16 / 1000),
    ],
)
def test_counts_become_effects_by_the_measure(measure, y, v):
    network = pool_network(
        counts(("1", "A", 2, 10), ("1", "B", 9, 10), measure=measure), method="FE"
    )

    assert network.league[1][0] == pytest.approx(y)
    assert network.league_se[1][0] ** 2 == pytest.approx(v)


def test_means_become_a_difference_of_means():
    trials = trials_from_means(
        trial=np.array(["1", "1"]),
        arm=np.array(["A", "B"]),
        mean=np.array([1e6, 1e6 + 3]),
        sd=np.array([2.0, 4.0]),
        n=np.array([10.0, 20.0]),
    )

    network = pool_network(trials)

    assert network.league[1][0] == pytest.approx(3.0, rel=1e-9)
    assert network.league_se[1][0] ** 2 == pytest.approx(4 / 10 + 16 / 20)


def test_a_zero_adds_a_half_to_every_arm_of_its_trial_and_to_no_other():
    network = pool_network(
        counts(
            ("1", "A", 0, 10),
            ("1", "B", 4, 10),
            ("1", "C", 5, 10),
            ("2", "D", 3, 10),
            ("2", "C", 6, 10),
            measure="OR",
        ),
        method="FE",
    )

    found, se = league(network)
    place = network.arms.index
    odds = {"A": 0.5 / 10.5, "B": 4.5 / 6.5, "C": 5.5 / 5.5}
    assert found[place("B"), place("A")] == pytest.approx(np.log(odds["B"] / odds["A"]))
    assert found[place("C"), place("B")] == pytest.approx(np.log(odds["C"] / odds["B"]))
    assert found[place("D"), place("C")] == pytest.approx(np.log(3 / 7) - np.log(6 / 4))
    assert se[place("D"), place("C")] ** 2 == pytest.approx(1 / 3 + 1 / 7 + 1 / 6 + 1 / 4)


@pytest.mark.parametrize("events", [(0, 0), (10, 10)])
def test_a_trial_of_no_event_or_of_nothing_else_tells_nothing_of_a_ratio(events):
    rows = [("1", "A", 2, 10), ("1", "B", 9, 10), ("2", "A", events[0], 10)]
    rows.append(("2", "B", events[1], 10))

    ratio = pool_network(counts(*rows, measure="OR"), method="FE")
    difference = pool_network(counts(*rows, measure="RD"), method="FE")

    assert (ratio.trials, difference.trials) == (1, 2)
    assert ratio.notes == ("Left out, since nobody or everybody had the event: 2.",)
    assert ratio.league == pool_network(counts(*rows[:2], measure="OR"), method="FE").league


@given(networks())
@QUICK
def test_the_document_is_json_and_the_network_can_be_read(trials):
    network = pool_network(as_comparisons(trials))

    document = json.loads(json.dumps(network.to_dict(), allow_nan=False))

    assert document["league"][1][0] == network.league[1][0]
    assert document["direct_indirect"][0]["arm"] == "arm 0"
    assert repr(network).startswith(f"Network of {len(network.arms)} arms")
    assert f"arm 1 against arm 0: {network.league[1][0]:.4g}" in repr(network)


def test_differences_that_add_up_but_for_rounding_are_evened_out_and_said():
    trials = [Arms(("A", "B", "C"), (0.0, 0.1, 0.3), (0.1, 0.1, 0.1))]
    exact = as_comparisons(trials)
    rounded = trials_from_comparisons(
        trial=np.array(["1"] * 3),
        arm=np.array(["B", "C", "C"]),
        against=np.array(["A", "A", "B"]),
        estimate=np.array([0.1, 0.3, 0.203]),
        variance=np.array([0.2, 0.2, 0.2]),
    )

    assert rounded.notes == ("Differences do not add up exactly and were evened out in: 1.",)
    assert rounded.effect == pytest.approx(exact.effect, abs=0.002)


def refused(make, *args, **kwargs):
    with pytest.raises(InputError) as caught:
        make(*args, **kwargs)
    return [str(problem) for problem in caught.value.problems]


def pairs(*rows):
    trial, arm, against, estimate, variance = zip(*rows, strict=True)
    return {
        "trial": np.array(trial),
        "arm": np.array(arm),
        "against": np.array(against),
        "estimate": np.array(estimate, dtype=float),
        "variance": np.array(variance, dtype=float),
        "places": Places({"variance": "vi", "estimate": "yi"}),
    }


def test_a_network_in_pieces_is_refused_with_its_parts():
    trials = trials_from_comparisons(**pairs(("1", "A", "B", 1, 1), ("2", "C", "D", 1, 1)))

    assert refused(pool_network, trials) == [
        "the trials fall apart into {A, B} and {C, D}: no trial links them"
    ]


def test_options_that_are_none_are_refused_together():
    trials = trials_from_comparisons(**pairs(("1", "A", "B", 1, 1)))

    assert refused(pool_network, trials, method="PM", reference="Z", good="best") == [
        "--method PM: a network takes REML, DL or FE",
        "--reference Z: the arms are A, B",
        "--good best: use high or low",
    ]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([("1", "A", "B", 1, 0)], "row 2, column vi: 0; a variance must be above 0"),
        ([("1", "A", "B", np.nan, 1)], "row 2, column yi: empty; give the difference"),
        ([("1", "A", "", 1, 1)], "row 2, column against: empty; every row needs its arm"),
        ([("", "A", "B", 1, 1)], "row 2, column trial: empty; every row needs its trial"),
        ([("1", "A", "A", 1, 1)], 'row 2: "A" is compared with itself'),
        (
            [("1", "A", "B", 1, 1), ("1", "B", "A", 1, 1)],
            'row 3: trial "1" compares A and B in row 2 too',
        ),
        (
            [("1", "A", "B", 1, 1), ("1", "A", "C", 1, 1)],
            'trial "1" has no row for B against C; give every pair of its arms',
        ),
        (
            [("1", "A", "B", 1, 1), ("1", "A", "C", 1, 1), ("1", "B", "C", 0, 9)],
            'the variances of trial "1" leave none for A: its differences from two arms vary no '
            "more than theirs from each other; look for standard errors in the place of variances",
        ),
        (
            [("1", "A", "B", 3, 0.01), ("1", "A", "C", 1, 0.01), ("1", "B", "C", 2, 0.01)],
            'row 2: the differences of trial "1" do not add up; look for a wrong sign',
        ),
        (
            [("1", "A", "B", 1, 1e-9), ("2", "A", "B", 1, 1e9)],
            "the numbers are too far apart to be added up; "
            "look for a slip in an estimate or a variance",
        ),
    ],
)
def test_comparisons_that_cannot_be_are_refused(rows, problem):
    assert problem in refused(lambda: pool_network(trials_from_comparisons(**pairs(*rows))))


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (
            [("1", "A", 11, 10), ("1", "B", 1, 10)],
            "row 2, column events: 11; events are 0 or more, and no more than people",
        ),
        ([("1", "A", 1, 0), ("1", "B", 1, 10)], "row 2, column n: 0; must be above 0"),
        (
            [("1", "A", 1, 10)],
            'row 2: trial "1" has one arm: nothing to compare it with; leave it out',
        ),
        (
            [("1", "A", 1, 10), ("1", "A", 2, 10)],
            'row 3: trial "1" has A in row 2 too; put them together',
        ),
        ([("1", "A", 0, 10), ("1", "B", 0, 10)], "no trial tells anything of a ratio; use RD"),
    ],
)
def test_counts_that_cannot_be_are_refused(rows, problem):
    assert problem in refused(lambda: pool_network(counts(*rows, measure="OR")))


def test_other_measures_and_empty_tables_are_refused():
    rows = [("1", "A", 1, 10), ("1", "B", 2, 10)]
    none = np.array([])

    assert refused(counts, *rows, measure="AS") == ["--measure AS: use OR, RR, RD or MD"]
    assert refused(trials_from_means, trial=none, arm=none, mean=none, sd=none, n=none) == [
        "there are no trials; give a row for each"
    ]
    assert refused(
        trials_from_means,
        trial=np.array(["1"]),
        arm=np.array(["A"]),
        mean=np.array([np.nan]),
        sd=np.array([0.0]),
        n=np.array([-1.0]),
    ) == [
        "row 2, column mean: empty; give the mean",
        "row 2, column sd: 0; must be above 0",
        "row 2, column n: -1; must be above 0",
    ]
