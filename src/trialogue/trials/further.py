"""What the plan asks of the main outcome besides the verdict: did it last, and for whom?"""

from collections.abc import Callable
from typing import Any

from trialogue.methods import effects
from trialogue.methods.problems import InputError
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.data import Rows

Document = dict[str, Any]
ALPHA = 0.05
HOW_MUCH_IT_SEES = "A trial of this size sees only large differences of that kind."


def lasting(
    rows: Rows, protocol: Protocol, *, seed: int, progress: Callable[[int, int], bool]
) -> Document | None:
    """Analyse the main outcome at each wave by the registered rule, and say whether it lasted.

    The last wave is the one of the verdict. Empty where there is one wave, or one was not
    measured enough; then `note` says why. None when somebody stopped it.
    """
    primary, rule = protocol.outcomes.primary, protocol.rule(protocol.outcomes.primary)
    waves = {wave.name: wave for wave in protocol.dates.waves_after_start}
    values = {name: rows.values(primary, wave) for name, wave in waves.items()}
    if len(values) < 2:
        return {}
    try:
        found = effects.analyse_waves(
            rows.data(primary), rule, values, seed=seed, progress=progress
        )
    except InputError as error:
        return {"note": f"Whether it lasted is not known: {'; '.join(map(str, error.problems))}."}
    if found is None:
        return None
    return {
        "waves": [
            {
                "number": waves[name].number,
                "name": name,
                "document": document.to_dict(),
                "counts": rows.counts(primary, waves[name]),
            }
            for name, document in found.waves.items()
        ],
        "change": found.change.to_dict(),
        "lasting": [
            each.to_dict() for each in found.lasting if each.arm in protocol.arms.comparisons
        ],
    }


def subgroups(rows: Rows, protocol: Protocol) -> list[Document]:
    """Ask of each registered subgroup whether it did more for some than for others."""
    primary, registered = protocol.outcomes.primary, protocol.outcomes.subgroups
    columns = {each.column: rows.known_before(each.column) for each in registered}
    try:
        found = effects.subgroup_effects(rows.data(primary), protocol.rule(primary), columns)
    except InputError as error:
        why = "; ".join(map(str, error.problems))
        found = tuple(effects.Subgroup(each.column, (), None, None, (why,)) for each in registered)
    return [
        {
            "column": each.column,
            "why": each.why,
            "p": subgroup.p,
            "p_adjusted": subgroup.p_adjusted,
            "interactions": [one.to_dict() for one in subgroup.interactions],
            "notes": list(subgroup.notes),
            "sentence": subgroup_sentence(each.column, subgroup.p_adjusted),
        }
        for each, subgroup in zip(registered, found, strict=True)
    ]


def subgroup_sentence(column: str, p: float | None) -> str:
    """Say what the test of a registered subgroup found. `p`: Holm's over all of them."""
    if p is None:
        return f"Too few were measured to say whether it worked differently by {column}."
    if p < ALPHA:
        return (
            f"It seems to have worked differently by {column}. That was asked beforehand, and "
            "still needs another trial before anybody acts on it."
        )
    return f"There is no sign that it worked differently by {column}. {HOW_MUCH_IT_SEES}"
