"""The power of a stepped start: against its planned analysis, played, and a published formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialogue.methods import effects, power
from trialogue.methods.power.stepped import Steps, stepped_power, stepped_sentences
from trialogue.methods.problems import InputError

WORDS = power.Words("area", "areas", "resident", "residents", "residents in one area")


def steps(number, clusters):
    """One period before the first step, and one after each."""
    return Steps(started=np.arange(number + 1) > np.arange(number)[:, None], clusters=clusters)


def plan(**changes):
    return power.Plan(
        **{"kind": "continuous", "effect": -0.4, "cluster_size": 20, "icc": 0.05, **changes}
    )


def played(steps_, *, kappa, effect, seed, sims=1, rho=0.05, people=(20,)):
    """The planned analysis of trials drawn as the formula takes them to be.

    `people`: of each area, dealt out anew in each trial.
    """
    random = np.random.default_rng(seed)
    start = np.repeat(steps_.started, steps_.clusters, axis=0)
    sizes = np.resize(people, len(start))
    for _ in range(sims):
        cells = random.permutation(sizes).repeat(start.shape[1])
        area, period = np.divmod(np.arange(start.size).repeat(cells), start.shape[1])
        z = start[area, period]
        names = np.char.add("area ", area.astype(str))
        own = np.sqrt(rho * kappa) * random.normal(size=len(start))
        now = np.sqrt(rho * (1 - kappa)) * random.normal(size=start.shape)
        y = own[area] + now[area, period] + 0.1 * period + effect * z
        y = y + np.sqrt(1 - rho) * random.normal(size=y.size)
        data = effects.Data(outcome=y, arm=np.where(z, "b", "a"), cluster=names)
        rule = effects.Rule(control="a", permutations=0)
        yield effects.analyse_stepped(data, period.astype(float), rule, seed=1).effects[0].effect


@pytest.mark.parametrize(("number", "clusters"), [(4, 1), (3, 2), (4, 3)])
def test_degrees_of_freedom_are_those_of_the_planned_analysis(number, clusters):
    there = steps(number, clusters)

    (found,) = played(there, kappa=0.8, effect=0.0, seed=1)

    assert stepped_power(plan(), there).df == pytest.approx(found.df, rel=1e-8)


@pytest.mark.parametrize("kappa", [1.0, 0.8])
def test_the_promise_is_kept_by_trials_played(kappa):
    there, sims = steps(4, 2), 600

    promised = stepped_power(plan(), there, autocorrelation=kappa)

    effects_ = list(played(there, kappa=kappa, effect=-0.4, seed=3, sims=sims))
    found = np.mean([each.p < 0.05 for each in effects_])
    assert found == pytest.approx(promised.power, abs=4 * np.sqrt(0.25 / sims))
    spread = np.std([each.estimate for each in effects_])
    assert spread == pytest.approx(promised.se, rel=0.12)


def test_the_promise_is_kept_where_sizes_are_uneven():
    people, sims = np.array([4, 6, 8, 12, 16, 22, 32, 60]), 600
    uneven = people.std() / people.mean()

    promised = stepped_power(plan(cluster_size_cv=uneven), steps(4, 2))

    effects_ = played(steps(4, 2), kappa=0.8, effect=-0.4, seed=4, sims=sims, people=people)
    found = np.mean([each.p < 0.05 for each in effects_])
    assert found == pytest.approx(promised.power, abs=3 * np.sqrt(0.25 / sims))
    assert promised.power < stepped_power(plan(), steps(4, 2)).power - 0.1


@given(st.integers(2, 6), st.integers(1, 5), st.floats(0.0, 0.5))
def test_clusters_without_change_are_hussey_and_hughes(number, clusters, icc):
    """Their formula (8), as what clusters have of their own grows without end."""
    there = steps(number, clusters)
    X = np.repeat(there.started, clusters, axis=0).astype(float)
    (areas, periods), U = X.shape, X.sum()
    W, V = (X.sum(axis=0) ** 2).sum(), (X.sum(axis=1) ** 2).sum()
    cell = (1 - icc) / 20
    expected = areas * periods * cell / (U**2 + areas * periods * U - periods * W - areas * V)

    found = stepped_power(plan(icc=icc), there, autocorrelation=1.0)

    assert found.se**2 == pytest.approx(expected)


@pytest.mark.parametrize(
    "changes",
    [{}, {"kind": "binary", "baseline": 0.3, "effect": -0.1}, {"kind": "count", "baseline": 0.5}],
)
def test_what_it_says_is_needed_is_enough_and_no_less_is(changes):
    asked, there = plan(**changes), steps(4, 2)

    found = stepped_power(asked, there)

    sign = np.sign(asked.effect)
    here = plan(**{**changes, "effect": sign * found.detectable_effect})
    assert stepped_power(here, there).power == pytest.approx(0.8, abs=1e-6)
    assert stepped_power(asked, steps(4, found.clusters_needed)).power >= 0.8
    if found.clusters_needed > 1:
        assert stepped_power(asked, steps(4, found.clusters_needed - 1)).power < 0.8


def test_no_more_are_asked_for_than_the_analysis_takes():
    asked = plan(effect=-0.06)

    assert (
        stepped_power(asked, steps(4, 75)).power < 0.8 < stepped_power(asked, steps(4, 99)).power
    )
    assert stepped_power(asked, steps(4, 2)).clusters_needed is None


def test_the_sentences_say_what_is_missed_what_mends_it_and_the_guesses():
    there = steps(4, 1)

    said = stepped_sentences(plan(), there, stepped_power(plan(), there), WORDS)

    assert said == (
        "With 4 areas that start in 4 steps, and 20 residents measured in each, 5 times, you "
        "would miss a real fall of 0.4 about 7 times in 10.",
        "What would fix it: 3 areas at each step · or settle for finding a fall to -0.86 or less.",
        "With fewer than 8 areas the strength of the result goes one step down.",
        "This rests on your guess of a spread of 1 and on how alike residents in one area are "
        "(0.05), and on a fifth of what areas have in common changing from time to time.",
    )


def test_a_start_that_all_have_at_once_finds_nothing():
    there = Steps(started=np.array([[False, True], [False, True]]), clusters=4)

    found = stepped_power(plan(), there)

    assert (found.power, found.detectable_effect) == (0.0, None)


@pytest.mark.parametrize(
    "started", [[[False, True, False], [False, False, True]], [[True], [True]]]
)
def test_what_is_no_stepped_start_is_refused(started):
    with pytest.raises(InputError):
        Steps(started=np.array(started), clusters=1)


def test_so_few_orders_that_drawing_again_finds_nothing_are_said():
    few, enough = steps(2, 2), steps(4, 1)

    said = stepped_sentences(plan(), few, stepped_power(plan(), few), WORDS)

    assert (few.orders, enough.orders) == (6, 24)
    assert any("in 6 orders only" in one and "1 in 6" in one for one in said)
