"""Several comparisons: R's p.adjust and multcomp, and closed testing by hand."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods.effects.test_published import EXPECTED, read
from tests.methods.effects.test_subgroups import FURTHER
from tests.methods.effects.trials import data
from trialogue.methods import effects
from trialogue.methods.effects import correction
from trialogue.methods.problems import InputError

METHODS = {
    "bonferroni": correction.bonferroni,
    "holm": correction.holm,
    "hochberg": correction.hochberg,
    "hommel": correction.hommel,
    "BH": correction.benjamini_hochberg,
    "BY": correction.benjamini_yekutieli,
}
many = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("case", FURTHER["adjusted"])
def test_corrected_ps_are_those_of_r(method, case):
    expected = FURTHER["adjusted"][case]

    assert METHODS[method](list(np.atleast_1d(expected["p"]))) == pytest.approx(
        list(np.atleast_1d(expected[method])), rel=1e-12
    )


def closed(p, local):
    """The largest local p among all sets of hypotheses that hold each one."""
    every = [s for k in range(1, len(p) + 1) for s in combinations(range(len(p)), k)]
    return [max(local([p[i] for i in s]) for s in every if one in s) for one in range(len(p))]


@given(many)
def test_holm_is_closed_bonferroni_and_hommel_closed_simes(p):
    def smallest(some):
        return min(1.0, len(some) * min(some))

    def simes(some):
        return min(len(some) * each / k for k, each in enumerate(sorted(some), 1))

    assert correction.holm(p) == pytest.approx(closed(p, smallest), abs=1e-12)
    assert correction.hommel(p) == pytest.approx(closed(p, simes), abs=1e-12)


@given(many)
def test_a_stricter_correction_never_gives_a_smaller_p(p):
    b, hl, hc, hm, bh, by = (np.array(method(p)) for method in METHODS.values())
    close = 1e-12

    assert (b >= hl - close).all()
    assert (hl >= hc - close).all()
    assert (hc >= hm - close).all()
    assert (hm >= bh - close).all()
    assert (by >= bh - close).all()
    for adjusted in (b, hl, hc, hm, bh, by):
        assert ((adjusted >= np.array(p) - close) & (adjusted <= 1)).all()


def test_no_ps_are_corrected_to_none():
    assert [method([]) for method in METHODS.values()] == [[]] * 6


def test_dunnetts_ps_of_anorexia_are_those_of_multcomp():
    found = effects.dunnett(read("anorexia", "after"), effects.Rule(control="Cont"))

    expected = EXPECTED["anorexia_dunnett"]
    assert [each.t for each in found] == pytest.approx(expected["t"], rel=1e-8)
    assert [each.p for each in found] == pytest.approx(expected["p"], abs=5e-4)
    stepped = FURTHER["anorexia_dunnett"]["free"]
    assert [each.p_stepped for each in found] == pytest.approx(stepped, abs=5e-4)


def test_six_feeds_step_down_as_in_multcomp():
    """R's chickwts. multcomp's order: the arms as R names them, by the alphabet."""
    expected = FURTHER["chickwts_dunnett"]

    found = effects.dunnett(
        data(expected["outcome"], expected["arm"]), effects.Rule(control="linseed")
    )

    assert [each.t for each in found] == pytest.approx(expected["t"], rel=1e-8)
    assert [each.p for each in found] == pytest.approx(expected["single"], abs=5e-4)
    assert [each.p_stepped for each in found] == pytest.approx(expected["free"], abs=5e-4)
    assert {each.df for each in found} == {65}


def test_two_arms_have_students_p():
    y, arm = [3.0, 5, 4, 8, 9, 7, 6, 10], ["control"] * 4 + ["letter"] * 4

    (found,) = effects.dunnett(data(y, arm), effects.Rule(control="control"))

    from scipy.stats import ttest_ind

    student = ttest_ind(y[4:], y[:4])
    assert found.t == pytest.approx(student.statistic)
    assert (found.p, found.p_stepped) == pytest.approx((student.pvalue, student.pvalue), abs=1e-7)


def test_dunnett_is_for_people_allocated_one_by_one():
    rule = effects.Rule(control="control")
    arm = ["control"] * 2 + ["letter"] * 2

    with pytest.raises(InputError, match="cluster: clusters were allocated; use analyse"):
        effects.dunnett(data([1, 2, 3, 4], arm, cluster=list("abcd")), rule)
    with pytest.raises(InputError, match="nothing varies"):
        effects.dunnett(data([1, 1, 3, 3], arm), rule)
