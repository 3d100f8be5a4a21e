"""What the power of a plan means, in words: made here and nowhere else."""

from dataclasses import dataclass
from math import ceil, floor, log10

from trialogue.methods.power.closed_form import Power, power_at_iccs
from trialogue.methods.power.plan import Plan
from trialogue.methods.power.solving import (
    Fixes,
    fixes,
    people_to_recruit,
    power_of_endless_clusters,
)

FEW = 4  # below this many clusters an arm, one unusual cluster decides


@dataclass(frozen=True)
class Words:
    """Nouns of a trial: what is placed, what is measured in it, who is alike in it."""

    cluster: str = "cluster"
    clusters: str = "clusters"
    person: str = "person"
    people: str = "people"
    neighbours: str = "people in one cluster"
    control: str = "usual service"


def sentences(plan: Plan, power: Power, words: Words) -> tuple[str, ...]:
    """Say what the plan can find, what would mend it, and what that rests on, in this order."""
    said = [_main(plan, power, words)]
    if power.power is not None and plan.effect != 0 and power.power < plan.target_power:
        said += _what_would_help(plan, words)
    if plan.clusters and min(plan.clusters) < FEW:
        said.append(
            f"With so few {words.clusters} one unusual {words.cluster} decides the result. "
            "Use something smaller or find more."
        )
    if plan.losses > 0 and (clusters := plan.clusters or power.clusters_needed):
        said.append(_losses(plan, clusters, words))
    if plan.arms > 2:
        said.append(_several_arms(plan, words))
    if basis := _basis(plan, words):
        said.append(basis)
    if plan.cluster_spread_unknown and plan.clusters:
        said.append(_side_by_side(plan, words))
    return tuple(said)


def _main(plan: Plan, power: Power, words: Words) -> str:
    if plan.effect == 0 and power.power is not None:
        return (
            "If nothing really changes, chance alone would show a change about "
            f"{100 * power.power:.2g} times in 100."
        )
    if power.power is None:
        return _needed(plan, power, words)
    groups = _groups(plan, plan.clusters, words)
    if power.power >= plan.target_power:
        return f"{groups}, you would find a real {change_words(plan)} {times_in_10(power.power)}."
    return f"{groups}, you would miss a real {change_words(plan)} {times_in_10(1 - power.power)}."


def _needed(plan: Plan, power: Power, words: Words) -> str:
    if plan.effect == 0:
        return "Give the change worth finding, to see how many are needed."
    often = times_in_10(plan.target_power)
    if power.clusters_needed is None:
        return (
            f"It would take more than a million {words.clusters} in each group to find a real "
            f"{change_words(plan)} {often}."
        )
    groups = _groups(plan, power.clusters_needed, words)
    return f"{groups}, you would find a real {change_words(plan)} {often}."


def _groups(plan: Plan, clusters: tuple[float, ...], words: Words) -> str:
    groups = f"With {_placed(clusters, words)}"
    if plan.cluster_size > 1:
        groups = f"{groups} and {count_words(plan.cluster_size)} {words.people} measured in each"
    return groups


def _placed(clusters: tuple[float, ...], words: Words) -> str:
    where = "in each group" if len(set(clusters)) == 1 else "in the groups"
    return f"{_list(clusters)} {words.clusters} {where}"


def _what_would_help(plan: Plan, words: Words) -> list[str]:
    found = fixes(plan)
    said = []
    if plan.cluster_size > 1 and found.cluster_size is None:
        missed = times_in_10(1 - power_of_endless_clusters(plan))
        said.append(
            f"However many {words.people} you measure, {_placed(plan.clusters, words)} would miss "
            f"this change {missed}. Only more {words.clusters} help."
        )
    if ways := _ways(plan, found, words):
        said.append(f"What would fix it: {' · '.join(ways)}.")
    return said


def _ways(plan: Plan, found: Fixes, words: Words) -> list[str]:
    ways = []
    if found.clusters_per_arm:
        ways.append(_placed(found.clusters_per_arm, words))
    if found.cluster_size:
        ways.append(f"{found.cluster_size:,} {words.people} in each {words.cluster}")
    if found.effect is not None:
        ways.append(f"{'or ' if ways else ''}{settle_words(plan, found.effect)}")
    return ways


def settle_words(plan: Plan, effect: float) -> str:
    """Say to settle for what can be found, with its sign."""
    to = _level(plan, plan.control + _outward(plan, effect))
    bound = "more" if effect > 0 else "less"
    return f"settle for finding a {_verb(plan)} to {to} or {bound}"


def _losses(plan: Plan, clusters: tuple[float, ...], words: Words) -> str:
    """Say how many to begin with. Where people leave, their cluster stays."""
    lost = f"If {100 * plan.losses:.3g}% are lost, begin with"
    if plan.cluster_size > 1:
        begin = people_to_recruit(plan.cluster_size, share_lost=plan.losses)
        left = f"so that {count_words(plan.cluster_size)} are left"
        return f"{lost} {begin:,} {words.people} in each {words.cluster}, {left}."
    begin_each = tuple(people_to_recruit(each, share_lost=plan.losses) for each in clusters)
    return f"{lost} {_placed(begin_each, words)}, so that {_list(clusters)} are left."


def _several_arms(plan: Plan, words: Words) -> str:
    compared = f"You compare {plan.arms - 1} groups with {words.control}, so a chance finding is"
    if plan.corrected_by == "none":
        return f"{compared} likelier. The plan does not allow for that."
    return f"{compared} likelier. The plan allows for that ({plan.corrected_by.title()})."


def _basis(plan: Plan, words: Words) -> str:
    guesses = guesses_of(plan, words)
    them = "it" if len(guesses) == 1 else "them"
    return f"This rests on your guess {' and '.join(guesses)}. Change {them}."


def guesses_of(plan: Plan, words: Words) -> list[str]:
    """Say what somebody guessed, each as a clause that follows "your guess"."""
    guesses = []
    if plan.kind == "continuous":
        guesses.append(f"of a spread of {count_words(plan.sd)}")
    else:
        guesses.append(f"of {_level(plan, plan.control)} today")
    if plan.between_cv is not None:
        guesses.append(f"on how much {words.clusters} differ ({plan.between_cv:g})")
    elif plan.cluster_size > 1:
        guesses.append(f"on how alike {words.neighbours} are ({plan.correlation:g})")
    return guesses


def _side_by_side(plan: Plan, words: Words) -> str:
    pairs = power_at_iccs(plan)
    iccs = _list([f"{icc:.2f}" for icc, _ in pairs], last="or")
    powers = _list([times_in_10(each).removeprefix("about ") for _, each in pairs], last="or")
    return (
        f"Nobody said how alike {words.neighbours} are. At {iccs} you would find the change "
        f"{powers}. This plan says {plan.correlation:g}."
    )


def times_in_10(share: float) -> str:
    """Say a share as times in 10, rounded to whole ones."""
    if share > 0.95:
        return "almost always"
    times = min(max(1, floor(10 * share + 0.5)), 9)
    return f"about {times} time{'' if times == 1 else 's'} in 10"


def _verb(plan: Plan) -> str:
    return "fall" if plan.effect < 0 else "rise"


def change_words(plan: Plan) -> str:
    """Say the change worth finding."""
    if plan.baseline is None:
        return f"{_verb(plan)} of {count_words(abs(plan.effect))}"
    before, after = _level(plan, plan.control), _level(plan, plan.control + plan.effect)
    return f"{_verb(plan)} from {before} to {after}"


def _level(plan: Plan, value: float) -> str:
    return f"{100 * value:.3g}%" if plan.kind == "binary" else count_words(value)


def _outward(plan: Plan, effect: float) -> float:
    """Round an effect away from 0, so that what is said can be found: whole points, if large."""
    size = abs(effect)
    if plan.kind == "binary":
        step = 0.01 if size >= 0.02 else 0.001
        room = 1 - plan.control if effect > 0 else plan.control
    else:
        step = 10.0 ** (floor(log10(size)) - 1)
        room = plan.control if plan.kind == "count" and effect < 0 else float("inf")
    rounded = step * ceil(size / step - 1e-9)
    return (size if rounded >= room else rounded) * (1 if effect > 0 else -1)


def _list(values: tuple[float, ...] | list[str], last: str = "and") -> str:
    """Say numbers one after another; only once when all are the same."""
    texts = [value if isinstance(value, str) else count_words(value) for value in values]
    if len(set(texts)) == 1 and last == "and":
        return texts[0]
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def count_words(value: float) -> str:
    """Say a number without digits that nobody needs."""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4g}"
