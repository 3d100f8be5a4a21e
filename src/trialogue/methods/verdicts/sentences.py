"""What a result page says. Made here and nowhere else: no page writes its own."""

from dataclasses import dataclass
from datetime import date

from trialogue.methods.verdicts.amounts import (
    POUNDS,
    Amounts,
    amount,
    amounts,
    difference_words,
    range_words,
    scale,
)
from trialogue.methods.verdicts.certainty import Level, Strength
from trialogue.methods.verdicts.evidence import Direction, Evidence, Outcome
from trialogue.methods.verdicts.numbers import Share, figures, long_date, money, rounded
from trialogue.methods.verdicts.rule import Verdict, VerdictCode, verdict


@dataclass(frozen=True)
class Wording:
    """The words of one comparison.

    `happened` is what people did, of a binary outcome ("missed one"), or the things counted
    ("fly-tips"). `unit` is that of an average: "minutes", "points", "£".
    """

    intervention: str = "a reminder text"
    short: str = "the text"
    outcome: str = "missed collections"
    happened: str = "missed one"
    person: str = "household"
    people: str = "households"
    control: str = "usual service"
    unit: str = ""


@dataclass(frozen=True)
class Stopped:
    """A trial stopped before its end: when, after how many of those planned, and why."""

    on: date
    after: Share
    reason: str


_CERTAINTY = {Level.HIGH: "", Level.MODERATE: "probably ", Level.LOW: "may have "}


def standard_sentence(
    evidence: Evidence, wording: Wording, *, usual: float, strength: Level
) -> str:
    """Say what the trial found, in people out of 100, with as much certainty as it earned.

    `usual` is the outcome's level with usual service. Where there is no valid comparison no
    numbers are said; where the trial stopped early what was seen, without the difference.
    """
    found = verdict(evidence).code
    opening = _opening(found, evidence, wording, strength)
    seen = amounts(evidence, usual=usual, unit=wording.unit)
    if seen is None or found == VerdictCode.NOT_TESTED:
        return opening
    levels = _levels(seen, evidence.outcome, wording)
    if found == VerdictCode.STOPPED:
        return f"{opening} {levels}."
    likely = range_words(seen)
    likely = f" (likely {likely})" if likely else ""
    return f"{opening} {levels}: a difference of {difference_words(seen)}{likely}."


def _opening(found: VerdictCode, evidence: Evidence, wording: Wording, strength: Level) -> str:
    what, outcome = wording.intervention, wording.outcome
    if found == VerdictCode.STOPPED:
        return f"The trial stopped before it could say whether {what} changed {outcome}."
    if found == VerdictCode.NOT_TESTED:
        return f"This trial could not test whether {what} changed {outcome}."
    if found == VerdictCode.TOO_SMALL:
        return f"We do not know yet whether {what} changed {outcome}."
    if strength == Level.VERY_LOW:
        return f"We do not know whether {what} changed {outcome}."
    verb = _CERTAINTY[strength]
    if found == VerdictCode.NO_DIFFERENCE:
        return _capital(f"{what} {verb}made no real difference to {outcome}.")
    fell = evidence.estimate is not None and evidence.estimate < 0
    return _capital(f"{what} {verb}{'reduced' if fell else 'increased'} {outcome}.")


def _levels(seen: Amounts, outcome: Outcome, wording: Wording) -> str:
    usual, new = amount(seen.usual, seen.unit), amount(seen.new, seen.unit)
    if outcome.kind == "continuous":
        first = f"The average was about {usual}"
    elif outcome.kind == "count":
        where = f"each {wording.person}" if seen.per == 1 else f"{seen.per:,} {wording.people}"
        first = f"For {where}, there were about {usual} {wording.happened}"
    else:
        first = f"Out of {seen.per:,} {wording.people}, about {usual} {wording.happened}"
    return f"{first} with {wording.control} and about {new} with {wording.short}"


def verdict_sentence(
    evidence: Evidence,
    wording: Wording,
    *,
    more_needed: int | None = None,
    pooled: str = "",
    other_trials: int = 0,
    stopped: Stopped | None = None,
    reason: str = "",
) -> str:
    """Say what the verdict means.

    `more_needed` is how many more people an arm needs to settle it; None when not known.
    `pooled` is the sentence of all trials together, with `other_trials` besides this one.
    `reason` says in the authors' words why the comparison broke.
    """
    found = verdict(evidence)
    worth = smallest_change_words(evidence.outcome, wording)
    better = "It did better than usual service"
    match found.code:
        case VerdictCode.WORKED if found.clearly_worthwhile:
            said = f"{better}. Even the smallest likely gain is worth having."
        case VerdictCode.WORKED:
            said = (
                f"{better}. The gain may be as big as the {worth} the council said would be "
                "worth having."
            )
        case VerdictCode.HELPED:
            said = f"{better}, but by less than the {worth} that would be worth having."
        case VerdictCode.NO_DIFFERENCE:
            said = (
                f"Any difference is smaller than the {worth} that would be worth having, either "
                "way. This is a clear answer, and it saves the next council the cost."
            )
        case VerdictCode.WORSE:
            said = "It did worse than usual service. Knowing this protects other places."
        case VerdictCode.TOO_SMALL:
            said = _too_small(found, evidence, wording)
            said += " " + _settle(more_needed, wording)
            if pooled and other_trials:
                trials = "trial" if other_trials == 1 else "trials"
                said += f" With {other_trials} other {trials}: {pooled}"
        case VerdictCode.NOT_TESTED:
            said = (
                f"The comparison broke: {reason or _and(found.reasons)}. It tells us nothing "
                "about whether the idea works."
            )
        case VerdictCode.STOPPED:
            said = _stopped(stopped)
    return f"{said} {found.note}" if found.note else said


def _too_small(found: Verdict, evidence: Evidence, wording: Wording) -> str:
    opening = "This trial could not settle it"
    if evidence.benefit is None:
        return f"{opening}: {_and(found.reasons)}."
    low, high = evidence.benefit
    outcome = evidence.outcome
    if low < 0 < high:
        ends = (
            f"help by up to {_end_words(high, outcome, wording)} "
            f"or harm by up to {_end_figure(-low, outcome, wording)}"
        )
    elif high > 0:
        ends = f"help by up to {_end_words(high, outcome, wording)} or do nothing"
    elif low < 0:
        ends = f"harm by up to {_end_words(-low, outcome, wording)} or do nothing"
    else:
        ends = "do nothing"
    said = f"{opening}: it may {ends}."
    return f"{said} {_capital(_and(found.reasons))}." if found.doubted else said


def _settle(more_needed: int | None, wording: Wording) -> str:
    if more_needed is None:
        return "How many more would settle it is not known."
    if more_needed <= 0:
        return f"It had as many {wording.people} as it should take: only a second trial can tell."
    people = wording.person if more_needed == 1 else wording.people
    return f"About {more_needed:,} more {people} in each group would settle it."


def _stopped(stopped: Stopped | None) -> str:
    seen = "What was seen is below. It is not a verdict."
    if stopped is None:
        return f"Stopped before its planned end. {seen}"
    after = f"{stopped.after.part:,} of {stopped.after.whole:,}"
    return f"Stopped on {long_date(stopped.on)} after {after}, because {stopped.reason}. {seen}"


def smallest_change_words(outcome: Outcome, wording: Wording) -> str:
    """Say the smallest change worth having: 5 in 100; 8 for each street; £5; 10 minutes."""
    size = outcome.smallest_change
    if outcome.kind == "continuous":
        return _average(size, wording)
    figure = f"{round(size * scale(outcome.kind, size), 2):,g}"
    return f"{figure} {_out_of(outcome, wording)}"


def _end_words(size: float, outcome: Outcome, wording: Wording) -> str:
    figure = _end_figure(size, outcome, wording)
    return figure if outcome.kind == "continuous" else f"{figure} {_out_of(outcome, wording)}"


def _end_figure(size: float, outcome: Outcome, wording: Wording) -> str:
    """Say the size of one end of the range, out of as many as the smallest change is said."""
    if outcome.kind == "continuous":
        return _average(size, wording)
    scaled = size * scale(outcome.kind, outcome.smallest_change)
    return f"{rounded(scaled):,}" if scaled >= 1 else figures(scaled, 1)


def _average(size: float, wording: Wording) -> str:
    if wording.unit == POUNDS:
        return money(size)
    figure = figures(size, 2) if size < 100 else f"{size:,.0f}"
    return f"{figure} {wording.unit}".strip()


def _out_of(outcome: Outcome, wording: Wording) -> str:
    per = scale(outcome.kind, outcome.smallest_change)
    if outcome.kind == "binary":
        return f"in {per:,}"
    return f"for each {wording.person}" if per == 1 else f"for {per:,} {wording.people}"


def strength_sentence(strength: Strength) -> str:
    """Say how sure we are, and why not surer."""
    reasons = list(strength.steps)
    sure = f"How sure we are: {strength.level}."
    start = _STARTS.get(strength.start, "")
    if not reasons:
        return f"{sure} {start}".strip()
    why = ", and because ".join(reasons)
    down = f"{_STEPS[len(reasons)]} down because {why}."
    return " ".join(part for part in (sure, start, down) if part)


_STARTS = {
    Level.MODERATE: "It starts at Moderate because chance did not place the groups.",
    Level.LOW: "It starts at Low because the groups were compared before and after.",
    Level.VERY_LOW: "It starts at Very low because nobody was compared with usual service.",
}
_STEPS = (
    "",
    "One step",
    *(f"{n} steps" for n in ("Two", "Three", "Four", "Five", "Six", "Seven")),
)


def guardrail_banner(harm: str, *, rose: bool = True) -> str:
    """Say that an outcome watched for harm went beyond its limit."""
    return f"Watch out: {harm} {'rose' if rose else 'fell'} beyond the limit set before the start."


def guardrail_broken(estimate: float, *, limit: float, worse: Direction) -> bool:
    """Whether a guardrail outcome moved beyond its registered limit, towards harm."""
    return (estimate if worse == "higher" else -estimate) > limit


def _and(reasons: tuple[str, ...]) -> str:
    return " and ".join(reasons)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
