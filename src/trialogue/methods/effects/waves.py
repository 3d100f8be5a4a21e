"""Did it last? Each wave as registered, then how far each unit moved from first to last."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from trialogue.methods import arrays
from trialogue.methods.effects.analysis import analyse
from trialogue.methods.effects.data import Data, FloatArray, Rule
from trialogue.methods.effects.planned import ArmEffect
from trialogue.methods.effects.randomisation import Progress
from trialogue.methods.effects.results import Analysis
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.results import Result

Answer = Literal["lasted", "grew", "faded", "gone", "turned", "not known"]


@dataclass(frozen=True, repr=False)
class Lasting(Result):
    """Whether an arm's difference lasted, by ranges: at both ends, and of the change between."""

    arm: str
    answer: Answer
    sentence: str


@dataclass(frozen=True, repr=False)
class Waves(Result):
    """Every wave's planned analysis, by name, and that of last − first.

    `change` has an effect for each arm: how much more its units moved than control's, of those
    measured in both waves.
    """

    waves: Mapping[str, Analysis]
    change: Analysis
    lasting: tuple[Lasting, ...]


def analyse_waves(
    data: Data,
    rule: Rule,
    waves: Mapping[str, arrays.Column],
    *,
    seed: int,
    progress: Progress | None = None,
) -> Waves | None:
    """Analyse each wave by the registered rule, then last − first as a continuous outcome.

    Parameters
    ----------
    data, rule
        As in `analyse`; the outcome of `data` is not looked at.
    waves : mapping of name to (n,)
        Two or more, the first first: the same outcome of the same rows, NaN where missing.
    seed, progress
        As in `analyse`; None when `progress` stopped it.

    Raises
    ------
    InputError
        As `analyse`, and when there are fewer than two waves or one has another length.
    """
    names = list(waves)
    waves = {name: arrays.numbers(values, name=name) for name, values in waves.items()}
    if len(names) < 2:
        raise InputError(Problem(f"{len(names)} waves", "Give two or more"))
    for name, values in waves.items():
        if values.shape != data.outcome.shape:
            raise InputError(Problem("not a value for each row", "Give NaN", column=name))
    change = waves[names[-1]] - waves[names[0]]
    found: dict[str, Analysis] = {}
    for name, values in waves.items():
        analysis = _of(data, rule, name, values, seed, progress)
        if analysis is None:
            return None
        found[name] = analysis
    moved = _of(
        data, replace(rule, kind="continuous"), f"{names[-1]} − {names[0]}", change, seed, progress
    )
    if moved is None:
        return None
    ends = found[names[0]], found[names[-1]], moved
    return Waves(
        waves=found,
        change=moved,
        lasting=tuple(
            _lasting(first.arm, first.effect, last.effect, by.effect, (names[0], names[-1]))
            for first, last, by in zip(*(analysis.effects for analysis in ends), strict=True)
        ),
    )


def _of(
    data: Data,
    rule: Rule,
    name: str,
    values: FloatArray,
    seed: int,
    progress: Progress | None,
) -> Analysis | None:
    named = replace(data, outcome=values, names={**data.names, "outcome": name})
    return analyse(named, rule, seed=seed, progress=progress)


def _lasting(
    arm: str, first: ArmEffect, last: ArmEffect, change: ArmEffect, waves: tuple[str, str]
) -> Lasting:
    answer = _answer(_side(first), _side(last), _side(change), change.ci_low is not None)
    return Lasting(arm, answer, _sentence(answer, _side(first) != 0, *waves))


def _side(effect: ArmEffect) -> int:
    """1 or −1 where the whole range is on that side of 0; else 0."""
    if effect.ci_low is None or effect.ci_high is None:
        return 0
    return int(effect.ci_low > 0) - int(effect.ci_high < 0)


def _answer(first: int, last: int, change: int, known: bool) -> Answer:
    if first == 0 or not known:
        return "not known"
    if change == first:
        return "grew"
    if change == 0:
        return "lasted" if last == first else "not known"
    if last == 0:
        return "gone"
    return "faded" if last == first else "turned"


def _sentence(answer: Answer, was_there: bool, first: str, last: str) -> str:
    match answer:
        case "lasted":
            return f"It lasted: at {last} the difference of {first} was still there."
        case "grew":
            return f"It grew: the difference was larger at {last} than at {first}."
        case "faded":
            return (
                f"It faded: the difference was smaller at {last} than at {first}, but still there."
            )
        case "gone":
            return f"It did not last: the difference shrank after {first}, and may be gone."
        case "turned":
            return f"It turned round: at {last} the difference was the other way than at {first}."
    if was_there:
        return f"We cannot say whether it lasted: at {last} the likely range is too wide."
    return f"We cannot say whether it lasted, as we cannot say that it was there at {first}."
