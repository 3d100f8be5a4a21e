"""A stepped start: against R, with every order; what changes nothing; what is refused."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialogue.methods import effects
from trialogue.methods.problems import InputError
from validation.published import answers
from validation.stepped import steps

SHOWN = ("estimate", "se", "df", "p", "ci_low", "ci_high")


def made(seed, *, areas=5, waves=4, effect=-1.0, people=(1, 6)):
    """A small trial: an area starts at each wave after the first, those left at the last."""
    random = np.random.default_rng(seed)
    start = dict(zip(random.permutation(areas), range(1, areas + 1), strict=True))
    cells = [(a, w) for a in range(areas) for w in range(waves)]
    cells = [cell for cell in cells for _ in range(random.integers(*people))]
    area, wave = np.array(cells).T
    started = wave >= np.minimum([start[a] for a in area], waves - 1)
    level = random.normal(size=areas)[area] + 0.3 * wave
    outcome = level + effect * started + random.normal(size=area.size)
    data = effects.Data(
        outcome=outcome,
        arm=np.where(started, "visits", "not yet"),
        cluster=np.char.add("area ", area.astype(str)),
        names={"cluster": "area", "period": "wave"},
    )
    return data, wave.astype(float)


def run(data, wave, **rule):
    rule = effects.Rule(control="not yet", **{"permutations": 0, **rule})
    return effects.analyse_stepped(data, wave, rule, seed=1)


@pytest.mark.parametrize(("key", "covariates"), [("plain", ()), ("age", ("age",))])
def test_the_example_is_as_clubsandwich_has_it(key, covariates):
    data, wave = steps(covariates)

    shown = run(data, wave).to_dict()["effects"][0]

    expected = answers("stepped")[key]
    assert [shown[name] for name in SHOWN] == pytest.approx(
        [expected[name] for name in SHOWN], rel=1e-8
    )


@pytest.mark.parametrize("statistic", ["t", "difference"])
def test_the_second_p_counts_every_order_the_areas_could_have_had(statistic):
    data, wave = steps()

    found = run(data, wave, permutations=10_000, statistic=statistic)

    expected = answers("stepped")["order"]
    assert found.permutation.exact
    assert found.permutation.draws == expected["orders"]
    assert found.effects[0].p_permutation == pytest.approx(expected[f"p_{statistic}"], abs=1e-12)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_what_an_area_or_a_wave_has_of_its_own_is_no_effect(seed):
    data, wave = made(seed)
    own = (
        5
        * np.random.default_rng(seed).normal(size=5)[np.unique(data.cluster, return_inverse=1)[1]]
    )
    moved = effects.Data(
        outcome=data.outcome + own + 7 * wave**2, arm=data.arm, cluster=data.cluster
    )

    here, there = (run(each, wave, permutations=200) for each in (data, moved))

    for name in SHOWN:
        values = [getattr(each.effects[0].effect, name) for each in (here, there)]
        assert values[1] == pytest.approx(values[0], rel=1e-6, abs=1e-9), name
    assert there.effects[0].p_permutation == here.effects[0].p_permutation


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_does_not_matter(seed):
    data, wave = made(seed, areas=10, waves=11)  # 10! orders: they are drawn
    turned = np.random.default_rng(seed).permutation(wave.size)
    mixed = effects.Data(
        outcome=data.outcome[turned],
        arm=data.arm[turned],
        cluster=data.cluster[turned],
        names=data.names,
    )

    here, there = run(data, wave, permutations=300), run(mixed, wave[turned], permutations=300)

    assert not here.permutation.exact
    assert there.effects[0].p_permutation == here.effects[0].p_permutation
    assert there.effects[0].effect.estimate == pytest.approx(here.effects[0].effect.estimate)


def test_drawn_orders_come_near_to_all_of_them():
    data, wave = made(3, areas=9, waves=10, effect=-0.4)  # 9! = 362,880 orders: they are drawn

    found = run(data, wave, permutations=20_000, statistic="difference")

    areas = np.unique(data.cluster, return_inverse=True)[1]
    start = np.array([wave[(areas == a) & (data.arm == "visits")].min() for a in range(9)])
    terms = np.column_stack([areas[:, None] == np.arange(9), wave[:, None] == np.arange(1, 10)])
    left = np.linalg.qr(terms.astype(float))[0]
    y = data.outcome - left @ (left.T @ data.outcome)

    def effect(order):
        z = (wave >= order[areas]).astype(float)
        z -= left @ (left.T @ z)
        return abs(z @ y / (z @ z))

    random = np.random.default_rng(8)
    orders = [random.permutation(start) for _ in range(4_000)]
    share = np.mean([effect(order) >= effect(start) - 1e-12 for order in orders])
    assert not found.permutation.exact
    assert found.effects[0].p_permutation == pytest.approx(share, abs=0.03)


def test_within_strata_only_their_own_areas_change_places():
    data, wave = made(1, areas=4, waves=5)
    town = np.where(np.isin(data.cluster, ("area 0", "area 1")), "north", "south")
    parted = effects.Data(outcome=data.outcome, arm=data.arm, cluster=data.cluster, strata=(town,))

    assert run(data, wave, permutations=100).permutation.draws == len(list(permutations(range(4))))
    assert run(parted, wave, permutations=100).permutation.draws == 4
    assert run(parted, wave).effects[0].effect == run(data, wave).effects[0].effect


def test_nobody_can_tell_time_from_a_start_that_all_had_at_once():
    data, wave = made(1)
    at_once = effects.Data(
        outcome=data.outcome,
        arm=np.where(wave >= 2, "visits", "not yet"),
        cluster=data.cluster,
        names=data.names,
    )

    found = run(at_once, wave, permutations=100)

    assert found.effects[0].effect.estimate is None
    assert found.permutation is None
    assert "visits: all areas started at once, so time alone could explain it" in found.notes


def test_missing_outcomes_are_left_out_and_counted_by_before_and_after():
    data, wave = made(2, people=(3, 6))
    outcome = data.outcome.copy()
    outcome[::4] = np.nan
    known = ~np.isnan(outcome)
    gaps = effects.Data(outcome=outcome, arm=data.arm, cluster=data.cluster)
    whole = effects.Data(outcome=outcome[known], arm=data.arm[known], cluster=data.cluster[known])

    found, expected = run(gaps, wave, permutations=50), run(whole, wave[known], permutations=50)

    assert found.effects == expected.effects
    assert found.missing == {
        arm: int((data.arm[~known] == arm).sum()) for arm in ("not yet", "visits")
    }


def refused(data, wave, **rule):
    with pytest.raises(InputError) as error:
        run(data, wave, **rule)
    return [str(problem) for problem in error.value.problems]


def test_what_has_started_stays_started():
    data, wave = made(1)
    arm = data.arm.copy()
    row = int(np.flatnonzero(arm == "visits")[-1])
    area = data.cluster[row]
    arm[(data.cluster == area) & (wave == 2)] = "visits"
    arm[(data.cluster == area) & (wave == 3)] = "not yet"
    arm[(data.cluster == area) & (wave < 2)] = "not yet"
    turned = effects.Data(outcome=data.outcome, arm=arm, cluster=data.cluster, names=data.names)

    (problem,) = refused(turned, wave)

    assert f'{area} is "visits" in 2, and "not yet" in 3' in problem
    assert "what has started stays started" in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cluster": None}, "a stepped start needs what starts together"),
        ({"arm": "third"}, "3 arms: not yet, third, visits"),
        ({"cluster": ""}, "empty; every row needs its cluster"),
        ({"wave": np.nan}, "empty; every row needs its period"),
    ],
)
def test_what_is_no_stepped_start_is_refused(change, said):
    data, wave = made(1)
    columns = {"outcome": data.outcome, "arm": data.arm, "cluster": data.cluster}
    for name, value in change.items():
        if name == "wave":
            wave[3] = value
        elif value is None:
            columns[name] = None
        else:
            columns[name] = columns[name].astype(object)
            columns[name][0] = value
            columns[name] = columns[name].astype(str)

    assert said in refused(effects.Data(**columns), wave)[0]


@pytest.mark.parametrize("name", ["area", "wave"])
def test_no_covariate_takes_the_place_of_a_term_of_the_model(name):
    data, wave = made(3)
    covariates = {name: np.linspace(0, 1, wave.size)}

    with pytest.raises(InputError, match=f"{name}: a term of the model already"):
        run(replace(data, covariates=covariates), wave)


def test_two_areas_have_an_effect_and_no_range():
    """Each is the other's only comparison: what is left of one is left of the other."""
    data, wave = made(3, areas=2, waves=3, people=(4, 5))

    (found,) = run(data, wave).effects

    assert found.effect.estimate is not None
    assert (found.effect.se, found.effect.ci_low, found.effect.p) == (None, None, None)
    assert any("too few areas for a range" in note for note in run(data, wave).notes)


def test_slopes_of_each_arm_are_refused():
    data, wave = made(1)

    assert "a stepped start has additive terms" in refused(data, wave, adjust="lin")[0]


def test_waves_may_have_names_in_the_order_of_their_letters():
    data, wave = made(4)
    named = np.array([f"2027-0{int(w) + 1}" for w in wave])

    assert run(data, named).effects == run(data, wave).effects


def test_the_two_answers_hold_their_size_when_nothing_happened():
    """300 trials of 6 areas, three steps: 5% expected; the limits are of 1 in 1,000."""
    random = np.random.default_rng(2)
    waves, areas, each = 4, 6, 10
    area, wave = np.divmod(np.repeat(np.arange(areas * waves), each), waves)
    names = np.char.add("area ", area.astype(str))
    ranges = redraws = 0
    for _ in range(300):
        start = random.permutation(np.repeat([1, 2, 3], 2))
        level = 0.3 * random.normal(size=(areas, waves)) + 0.5 * random.normal(size=(areas, 1))
        data = effects.Data(
            outcome=level[area, wave] + random.normal(size=area.size),
            arm=np.where(wave >= start[area], "visits", "not yet"),
            cluster=names,
        )
        found = run(data, wave.astype(float), permutations=90, statistic="difference").effects[0]
        ranges += found.effect.p < 0.05
        redraws += found.p_permutation <= 0.05

    assert ranges < 30
    assert redraws < 28
