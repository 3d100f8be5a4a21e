"""What methods give back: short at a prompt, ready for JSON."""

import inspect
import json
import typing
from dataclasses import dataclass, is_dataclass
from importlib import import_module
from math import inf, nan
from pkgutil import iter_modules

import numpy as np
import pytest

from tests.methods.effects.trials import data, run
from tests.methods.verdicts.trials import evidence
from trialogue import methods
from trialogue.methods import allocation, costs, effects, power, verdicts
from trialogue.methods.results import Result

PACKAGES = [
    import_module(f"trialogue.methods.{each.name}")
    for each in iter_modules(methods.__path__)
    if each.ispkg
]
ROOMS = [room for room in PACKAGES if "__all__" in vars(room)]  # not scipy's functions
FUNCTIONS = [
    (f"{room.__name__.rpartition('.')[2]}.{name}", getattr(room, name))
    for room in ROOMS
    for name in room.__all__
    if inspect.isfunction(getattr(room, name))
]
# What one method takes from another and nobody reads: sums, and a week with its plan in it.
PASSED_ON = {"ClusterSums", "Instance", "Travel", "Standing", "Cover", "Unit", "Share", "Trials"}


def given_back(hint):
    """The classes that a return annotation names."""
    inside = [part for each in typing.get_args(hint) for part in given_back(each)]
    return [*inside, hint] if inspect.isclass(hint) else inside


@pytest.mark.parametrize(("name", "function"), FUNCTIONS, ids=[name for name, _ in FUNCTIONS])
def test_what_a_public_function_gives_back_is_a_result(name, function):
    hint = function.__annotations__["return"]
    hint = eval(hint, function.__globals__) if isinstance(hint, str) else hint
    kinds = {each for each in given_back(hint) if is_dataclass(each)}

    plain = {each.__name__ for each in kinds if not issubclass(each, Result)}
    assert plain <= PASSED_ON


Y = [1.0, 2, 3, 5, 6, 7, 8, np.nan, 3, 4, 5, 6]
ARMS = ["control"] * 4 + ["letter"] * 4 + ["visit"] * 4
PLAN = power.Plan(kind="binary", baseline=0.33, effect=-0.09, clusters_per_arm=(400,))


def analysis():
    trial = data(Y, ARMS, cost=np.array([1.0] * 4 + [2, 2, 3, 3] + [1, 2, 1, 2]))
    rule = effects.Rule("control", values=(1.0, 2.0))
    return costs.with_costs(effects.analyse(trial, rule, seed=1), trial, rule)


RESULTS = {
    "power": power.power(PLAN),
    "fixes": power.fixes(PLAN),
    "drawn": next(power.drawn_trials(PLAN, draws=20, seed=1)),
    "analysis": analysis(),
    "comparison": analysis().effects[0],
    "effect": analysis().effects[0].effect,
    "summary": analysis().arms[0],
    "sensitivity": analysis().sensitivity[0],
    "cost": analysis().costs[0],
    "ratio": costs.fieller(3.0, 5.0, var_bottom=1.0, var_top=1.0, covariance=0.0, q=1.96),
    "bounds": effects.lee_bounds(Y[:8], [True] * 4 + [False] * 4, [False] * 4 + [True] * 4),
    "verdict": verdicts.verdict(evidence(0.07, 0.06, 0.09)),
    "decision": verdicts.decide([("letter", evidence(0.07, 0.06, 0.09))])[0],
    "amounts": verdicts.amounts(evidence(0.07, 0.06, 0.09), usual=0.3),
    "strength": verdicts.strength(verdicts.StrengthFacts(0.05)),
    "difference": allocation.Difference("p01", "letter", None),
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_a_result_is_short_at_a_prompt_and_whole_in_json(result):
    lines = repr(result).splitlines()
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))

    assert max(map(len, lines)) <= 300
    assert len(lines) <= 12
    assert "None" not in repr(result).replace("Difference(id='p01', expected='letter'", "")
    assert document
    assert not any(key.startswith("_") for key in document)


def test_a_result_reads_as_it_is_said():
    assert repr(RESULTS["power"]) == (
        "Power(power=0.8079, detectable_effect=0.08914, clusters_needed=(392, 392), "
        "people_per_arm_needed=392)"
    )
    assert repr(RESULTS["drawn"]) == (
        "DrawnTrials(estimate=array(20, 1), se=array(20, 1), df=array(1,))"
    )
    assert repr(RESULTS["verdict"]) == (
        "Verdict(code='worked', reasons=('the whole likely range is a gain and reaches what is "
        "worth having'), clearly_worthwhile=True, doubted=False)"
    )
    assert repr(run(data([1.0, 2, 3, 4, 6, 9], ["control"] * 3 + ["letter"] * 3))) == (
        "Analysis of 6 continuous outcomes in 2 arms\n"
        "  letter: 4.333 (-0.007561 to 8.674), p 0.05\n"
        "  note: No re-randomisation of 6 units"
    )


@dataclass(frozen=True, repr=False)
class Odd(Result):
    infinite: float
    absent: float
    numbers: np.ndarray
    many: tuple[int, ...]
    words: str
    nothing: tuple[int, ...] = ()


def test_json_holds_no_number_that_it_cannot():
    odd = Odd(inf, nan, np.array([1.0, nan]), tuple(range(100)), "words " * 30)

    assert odd.to_dict() == {
        "infinite": None, "absent": None, "numbers": [1.0, None], "many": list(range(100)),
        "words": "words " * 30, "nothing": [],
    }  # fmt: skip
    assert repr(odd) == "Odd(infinite=inf, absent=nan, numbers=array(2,), many=(100 of them))"
