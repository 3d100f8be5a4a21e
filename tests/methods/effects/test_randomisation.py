"""Re-randomisation: exact where it can be, the same whoever asks, and never too sure."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods.effects.trials import data, run
from trialogue.methods import allocation, effects
from trialogue.methods.problems import InputError

QUICK = settings(max_examples=25, deadline=None)


def redraw(sums, arm, *, sizes=None, group=None, draws=2000, seed=1, **more):
    arm = np.array(arm)
    return effects.rerandomise(
        sums=np.array(sums, dtype=float),
        sizes=np.ones(arm.size) if sizes is None else np.array(sizes, dtype=float),
        arm=arm,
        group=np.zeros(arm.size, dtype=np.int64) if group is None else np.array(group),
        arms=int(arm.max()) + 1,
        draws=draws,
        seed=seed,
        **{"statistic": "t", **more},
    )


def obvious_statistic(sums, sizes, arm, studentised):
    """|t| or |difference| of every arm against control, by the formulas, a unit at a time."""
    mean, variance = {}, {}
    for a in set(arm):
        here = [g for g in range(len(arm)) if arm[g] == a]
        n = sum(sizes[g] for g in here)
        mean[a] = sum(sums[g] for g in here) / n
        variance[a] = sum(
            (sums[g] - sizes[g] * mean[a]) ** 2 / (1 - sizes[g] / n) / n**2 for g in here
        )
    return [
        abs(mean[a] - mean[0]) / (np.sqrt(variance[a] + variance[0]) if studentised else 1.0)
        for a in sorted(set(arm) - {0})
    ]


@pytest.mark.parametrize("statistic", ["t", "difference"])
def test_every_allocation_is_looked_at_when_there_are_few(statistic):
    sums, sizes, arm = (
        [3.1, 9.2, 4.4, 8.0, 13.5, 2.7, 6.1],
        [2, 3, 1, 2, 3, 1, 2],
        [0, 0, 0, 1, 1, 2, 2],
    )

    answer = redraw(sums, arm, sizes=sizes, statistic=statistic)

    every = set(permutations(arm))
    seen = np.array([obvious_statistic(sums, sizes, a, statistic == "t") for a in every])
    real = np.array(obvious_statistic(sums, sizes, arm, statistic == "t"))
    assert answer.draws == len(every) == 210
    assert answer.exact
    assert answer.p == pytest.approx((seen >= real - 1e-9).mean(axis=0))
    assert max(answer.p_stepped) >= max(answer.p)
    assert answer.p_stepped[int(real.argmax())] == pytest.approx(
        (seen.max(axis=1) >= real.max() - 1e-9).mean()
    )


def test_groups_are_redrawn_apart():
    answer = redraw([1, 5, 2, 9, 3, 8], [0, 1, 0, 1, 0, 1], group=[0, 0, 1, 1, 2, 2])

    assert (answer.draws, answer.exact) == (8, True)
    assert answer.p == (pytest.approx(2 / 8),)


def test_arms_are_never_drawn_with_replacement():
    """5 of 30: another package draws labels with replacement, and 30 arms come out unequal."""
    answer = redraw(range(30), [0] * 25 + [1] * 5, statistic="difference")

    assert answer.draws == 142_506
    assert answer.p[0] == pytest.approx(2 / 142_506, rel=1e-12)  # the five highest, or lowest


@given(st.lists(st.integers(0, 3), min_size=6, max_size=12), st.data())
@QUICK
def test_an_exact_p_counts_allocations(outcome, choose):
    treated = choose.draw(st.integers(2, len(outcome) - 2))
    arm = [1] * treated + [0] * (len(outcome) - treated)

    answer = redraw(outcome, arm)

    times = answer.p[0] * answer.draws
    assert times == pytest.approx(round(times), abs=1e-6)
    assert times >= 1 - 1e-6


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
def test_outcomes_all_alike_give_one(value):
    arm = ["control", "letter"] * 30
    few = run(data([value] * 10, arm[:10]), permutations=100)
    many = run(data([value] * 60, arm), permutations=100)

    assert (few.permutation.exact, many.permutation.exact) == (True, False)
    assert few.effects[0].p_permutation == many.effects[0].p_permutation == 1.0


def test_exact_and_drawn_agree():
    random = np.random.default_rng(3)
    sums, arm = random.normal(size=18) + np.repeat([0.0, 0.9], 9), np.repeat([0, 1], 9)
    draws = 40_000

    exact = redraw(sums, arm).p[0]
    sizes = np.ones(18)
    from trialogue.methods.effects.redraw import drawn_statistics

    drawn = np.abs(
        drawn_statistics(
            seed=5, first=0, draws=draws, labels=arm, starts=np.array([0, 18]),
            sums=sums, sizes=sizes, arms=2, studentised=True,
        )
    )  # fmt: skip

    observed = obvious_statistic(list(sums), [1] * 18, list(arm), True)[0]
    share = (drawn >= observed - 1e-9).mean()
    assert abs(share - exact) <= 4 * np.sqrt(exact * (1 - exact) / draws)


@given(st.integers(0, 10**30), st.booleans(), st.booleans())
@QUICK
def test_drawn_p_stays_in_its_bounds(seed, studentised, unequal):
    random = np.random.default_rng(seed % 2**32)
    sizes = random.integers(1, 9, 60) if unequal else np.ones(60)
    how = "t" if studentised else "difference"
    answer = redraw(
        random.normal(size=60) * sizes, np.arange(60) % 3, sizes=sizes,
        draws=99, seed=seed, statistic=how,
    )  # fmt: skip

    assert not answer.exact
    assert all(0.01 <= p <= 1 for p in (*answer.p, *answer.p_stepped))
    assert all(s >= p for s, p in zip(answer.p_stepped, answer.p, strict=True))


def test_draw_b_depends_on_the_seed_and_b_alone():
    from trialogue.methods.effects.redraw import drawn_statistics

    random = np.random.default_rng(1)
    same = {
        "labels": np.arange(40) % 4, "starts": np.array([0, 20, 40]), "arms": 4,
        "sums": random.normal(size=40), "sizes": random.integers(1, 5, 40).astype(float),
        "studentised": True,
    }  # fmt: skip
    at_once = drawn_statistics(seed=9, first=0, draws=50, **same)

    late = drawn_statistics(seed=9, first=30, draws=20, **same)
    other = drawn_statistics(seed=10, first=0, draws=50, **same)

    assert (late == at_once[30:]).all()
    assert (other != at_once).any()


def test_each_unit_is_drawn_into_each_arm_as_often_as_its_share():
    """By the mean difference alone: unit 0 has 1, the others nothing."""
    from trialogue.methods.effects.redraw import drawn_statistics

    draws = 40_000
    for unit in range(7):
        sums = np.zeros(7)
        sums[unit] = 1.0
        stats = drawn_statistics(
            seed=unit, first=0, draws=draws, labels=np.array([0, 0, 0, 0, 1, 1, 2]),
            starts=np.array([0, 7]), sums=sums, sizes=np.ones(7), arms=3, studentised=False,
        )  # fmt: skip
        share = np.array([(stats[:, 0] > 0).mean(), (stats[:, 1] > 0).mean()])
        expected = np.array([2 / 7, 1 / 7])
        assert (np.abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / draws)).all()


def test_max_t_is_stepped_down_from_the_largest():
    random = np.random.default_rng(8)
    arm = np.arange(80) % 4
    sums = random.normal(size=80) + np.array([0.0, 0.2, 1.2, 0.5])[arm]

    answer = redraw(sums, arm, draws=4000)

    stat = obvious_statistic(list(sums), [1] * 80, list(arm), True)
    order = np.argsort(stat)[::-1]
    stepped = np.array(answer.p_stepped)[order]
    assert (np.diff(stepped) >= 0).all()
    assert answer.p_stepped[order[-1]] >= answer.p[order[-1]]


def test_one_sided_alternatives_share_out_the_two_sided_one():
    sums, arm = [1, 2, 3, 4, 5, 9, 8, 12], [0, 0, 0, 0, 1, 1, 1, 1]
    greater = redraw(sums, arm, statistic="difference", alternative="greater").p[0]
    less = redraw(sums, arm, statistic="difference", alternative="less").p[0]

    assert greater == pytest.approx(1 / 70)
    assert less == pytest.approx(1.0)


def test_an_arm_of_one_unit_is_compared_by_plain_difference_and_said():
    analysis = run(data([1, 2, 3, 9], ["control"] * 3 + ["letter"]), permutations=100)

    assert analysis.permutation.statistic == "difference"
    assert analysis.effects[0].p_permutation == pytest.approx(1 / 4)
    assert any("plain differences" in note for note in analysis.notes)


def test_a_stopped_redraw_gives_no_analysis():
    random = np.random.default_rng(1)
    trial = data(random.normal(size=60), ["control", "letter"] * 30)
    asked = []

    def stop(done, total):
        asked.append((done, total))
        return False

    rule = effects.Rule(control="control", permutations=500)
    assert effects.analyse(trial, rule, seed=1, progress=stop) is None
    assert asked == [(500, 500)]


@pytest.mark.slow
def test_no_effect_is_called_one_at_most_as_often_as_said():
    """30 streets of unequal size, 2,000 trials without effect."""
    random = np.random.default_rng(11)
    arm, found, trials = np.arange(30) % 2, 0, 2000
    for seed in range(trials):
        sizes = random.integers(5, 30, 30)
        sums = sizes * random.normal(size=30)
        found += redraw(sums, arm, sizes=sizes, draws=199, seed=seed).p[0] <= 0.05

    assert found / trials <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / trials)


def accepted_by(covariates, share):
    return allocation.Balanced.share(np.asarray(covariates, dtype=float), share)


def test_labels_and_statistics_are_of_the_same_draws():
    from trialogue.methods.effects.labels import drawn_labels
    from trialogue.methods.effects.redraw import drawn_statistics

    random = np.random.default_rng(2)
    same = {"seed": 3, "first": 7, "draws": 20, "arms": 3}
    design = {"labels": np.arange(30) % 3, "starts": np.array([0, 12, 30])}
    sums, sizes = random.normal(size=30), random.integers(1, 5, 30).astype(float)

    labels = drawn_labels(**same, **design)
    stats = drawn_statistics(**same, **design, sums=sums, sizes=sizes, studentised=True)

    for row, found in zip(labels, stats, strict=True):
        assert np.abs(found) == pytest.approx(obvious_statistic(sums, sizes, list(row), True))
        assert (np.bincount(row[:12]) == 4).all()


@pytest.mark.parametrize("statistic", ["t", "difference"])
def test_of_a_balanced_design_only_balanced_allocations_are_looked_at(statistic):
    """Morgan and Rubin (2012): every allocation written out, and kept if its M is small."""
    random = np.random.default_rng(3)
    age, sums = random.normal(size=(10, 2)), random.normal(size=10)
    rule = accepted_by(age, 0.3)
    every = sorted(set(permutations([0] * 5 + [1] * 5)))
    near = [
        row
        for row in every
        if allocation.mahalanobis_balance(np.array(row) == 1, age) <= rule.limit
    ]

    answer = redraw(sums, near[0], statistic=statistic, accepted=rule)

    real = obvious_statistic(sums, [1] * 10, near[0], statistic == "t")[0]
    seen = np.array([obvious_statistic(sums, [1] * 10, row, statistic == "t") for row in near])
    assert 0 < len(near) < len(every) / 2
    assert (answer.draws, answer.exact) == (len(near), True)
    assert answer.p[0] == pytest.approx((seen[:, 0] >= real - 1e-9).mean())


def test_units_stand_before_the_rule_in_the_order_they_were_given():
    """Groups out of order: what is accepted is counted by hand, a group's halves at a time."""
    random = np.random.default_rng(4)
    sums, group = random.normal(size=12), np.array([1, 0] * 6)
    rule = accepted_by(sums[:, None], 0.2)
    halves = sorted(set(permutations([0, 0, 0, 1, 1, 1])))
    every = np.empty((400, 12), dtype=np.int64)
    every[:, group == 0] = np.repeat(halves, 20, axis=0)
    every[:, group == 1] = np.tile(halves, (20, 1))
    near = every[rule(every)]

    answer = redraw(sums, near[0], group=group, accepted=rule)

    seen = np.array([obvious_statistic(sums, [1] * 12, list(row), True)[0] for row in near])
    assert 0 < answer.draws == len(near) < 200
    assert answer.p[0] == pytest.approx((seen >= seen[0] - 1e-9).mean())


def test_draws_of_a_balanced_design_agree_with_all_of_them():
    random = np.random.default_rng(6)
    age = random.normal(size=(18, 1))
    sums = age[:, 0] + random.normal(size=18) / 2
    rule, draws = accepted_by(age, 0.2), 20_000
    arms = (random.permutation(np.repeat([0, 1], 9)) for _ in range(500))
    arm = next(row for row in arms if rule(row[None])[0])

    exact = redraw(sums, arm, accepted=rule)
    from trialogue.methods.effects import randomisation

    units = randomisation._Units(arm, np.array([0, 18]), sums, np.ones(18), 2, True)
    drawn = np.concatenate(list(randomisation._drawn(units, rule, draws, 5)))
    observed = obvious_statistic(sums, [1] * 18, list(arm), True)[0]
    share = (np.abs(drawn[:, 0]) >= observed - 1e-9).mean()
    assert exact.exact
    assert len(drawn) == draws
    assert abs(share - exact.p[0]) <= 4 * np.sqrt(exact.p[0] * (1 - exact.p[0]) / draws)


def test_a_rule_that_refuses_the_real_draw_or_nearly_all_is_refused():
    sums = np.arange(40.0)
    apart = np.repeat([0, 1], 20)

    with pytest.raises(InputError, match="does not accept the real draw; give the rule it had"):
        redraw(sums, apart, accepted=accepted_by(sums[:, None], 0.5))
    with pytest.raises(InputError, match=r"accepts 0 of .* draws; accept a larger share"):
        redraw(sums, apart, draws=20, accepted=lambda rows: (rows == apart).all(axis=1))


@pytest.mark.slow
def test_drawing_again_from_all_would_hardly_ever_find_and_by_the_rule_as_often_as_said():
    """400 trials without effect, balanced on what decides the outcome."""
    random = np.random.default_rng(12)
    found = {"rule": 0, "all": 0}
    for seed in range(400):
        age = random.normal(size=(24, 1))
        sums = 3 * age[:, 0] + random.normal(size=24)
        rule = accepted_by(age, 0.05)
        arms = (random.permutation(np.repeat([0, 1], 12)) for _ in range(5_000))
        arm = next(row for row in arms if rule(row[None])[0])
        for name, accepted in (("rule", rule), ("all", None)):
            p = redraw(sums, arm, draws=199, seed=seed, accepted=accepted).p[0]
            found[name] += p <= 0.05

    assert found["all"] == 0
    assert abs(found["rule"] / 400 - 0.05) <= 4 * np.sqrt(0.05 * 0.95 / 400)
