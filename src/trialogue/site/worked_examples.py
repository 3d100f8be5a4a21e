"""The examples of "How we decide", worked out by the rules that results go by."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import cast

import numpy as np

from trialogue.methods import effects, power, verdicts
from trialogue.methods.verdicts import Outcome, Share, StrengthFacts, Wording


@dataclass(frozen=True)
class Example:
    """A made-up trial with what the rules make of it."""

    tag: verdicts.Tag
    rule: str
    told: str
    sentence: str
    verdict_sentence: str


@dataclass(frozen=True)
class Grading:
    """What happened in a made-up trial, and how sure that leaves us."""

    told: str
    sentence: str


@dataclass(frozen=True)
class SmallCount:
    """Counts of a group, and what keeps them from being published, if anything does."""

    told: str
    found: tuple[str, ...]


@dataclass(frozen=True)
class _Trial:
    """Counts of a made-up trial of two groups, and the smallest change worth having in 100."""

    rule: str
    usual: Share
    new: Share
    worth: int
    better: verdicts.Direction
    wording: Wording
    validity: verdicts.Validity | None = None
    stopped: verdicts.Stopped | None = None


_TEXT = Wording("an evening text", "the text", "missed collections", "missed one")
_TRIALS = (
    _Trial(
        "The whole likely range is a gain, and it reaches the smallest change worth having.",
        Share(132, 400),
        Share(96, 400),
        5,
        "lower",
        _TEXT,
    ),
    _Trial(
        "The whole likely range is a gain, and all of it is smaller than what is worth having.",
        Share(2400, 4000),
        Share(2500, 4000),
        5,
        "higher",
        Wording("a renewal text", "the text", "library renewals", "renewed", "person", "people"),
    ),
    _Trial(
        "The whole likely range is too small to matter, whichever way it goes.",
        Share(450, 1500),
        Share(441, 1500),
        5,
        "lower",
        Wording("a sticker on the bin", "the sticker", "wrong items", "had wrong items"),
    ),
    _Trial(
        "The whole likely range is a loss.",
        Share(520, 1000),
        Share(455, 1000),
        5,
        "higher",
        Wording("a stern letter", "the letter", "bills paid in 14 days", "paid in 14 days"),
    ),
    _Trial(
        "Anything else: the likely range leaves it open.",
        Share(12, 40),
        Share(15, 40),
        10,
        "higher",
        Wording(
            "a morning without e-mail",
            "the quiet morning",
            "lists finished by noon",
            "finished the list",
            "team",
            "teams",
        ),
    ),
    _Trial(
        "More than 30% could not be measured, the groups were mixed, people were not in the "
        "groups that chance gave them, or fewer than 4 clusters were placed by chance.",
        Share(20, 60),
        Share(15, 60),
        5,
        "higher",
        Wording("school travel badges", "badges", "walks to school", "walked", "pupil", "pupils"),
        validity=verdicts.Validity(missing=Share(68, 200)),
    ),
    _Trial(
        "It stopped before its planned end, without a rule set beforehand. What was seen is "
        "shown. It is not a verdict.",
        Share(9, 19),
        Share(11, 19),
        10,
        "higher",
        Wording("a photo first", "the photo", "first-time repairs", "were mended first time"),
        validity=verdicts.Validity(stopped="without a rule"),
        stopped=verdicts.Stopped(
            date(2027, 5, 4),
            Share(38, 200),
            "the provider withdrew",
        ),
    ),
)


@cache
def verdict_examples() -> tuple[Example, ...]:
    """Return one example of each verdict."""
    return tuple(_worked(trial) for trial in _TRIALS)


def _worked(trial: _Trial) -> Example:
    evidence = _evidence(trial)
    found = verdicts.verdict(evidence)
    words = trial.wording
    return Example(
        tag=verdicts.tag(found),
        rule=trial.rule,
        told=(
            f"{words.happened[:1].upper()}{words.happened[1:]}: "
            f"{verdicts.share(trial.usual)} with usual service and "
            f"{verdicts.share(trial.new)} with {words.short}. Worth having: "
            f"{verdicts.smallest_change_words(evidence.outcome, words)}."
        ),
        sentence=verdicts.standard_sentence(
            evidence, words, usual=trial.usual.value, strength=verdicts.Level.HIGH
        ),
        verdict_sentence=verdicts.verdict_sentence(
            evidence, words, more_needed=_more_needed(trial), stopped=trial.stopped
        ),
    )


def _evidence(trial: _Trial) -> verdicts.Evidence:
    """Analyse the counts as a trial's rows are analysed."""
    measured = np.concatenate([_rows(trial.usual), _rows(trial.new)])
    arm = np.repeat(["usual", "new"], [trial.usual.whole, trial.new.whole])
    data = effects.Data(outcome=measured, arm=arm)
    rule = effects.Rule(control="usual", kind="binary", permutations=0)
    # Nothing asks it to stop, so there is an answer.
    analysis = cast(effects.Analysis, effects.analyse(data, rule, seed=1))
    outcome = Outcome("binary", trial.better, trial.worth / 100)
    ((_, evidence),) = verdicts.comparisons(analysis, outcome)
    return replace(evidence, validity=trial.validity or verdicts.Validity())


def _more_needed(trial: _Trial) -> int:
    """Say how many more a group needs, so that a change worth having would be found."""
    sign = 1 if trial.better == "higher" else -1
    plan = power.Plan(kind="binary", baseline=trial.usual.value, effect=sign * trial.worth / 100)
    return (power.power(plan).people_per_arm_needed or 0) - min(trial.usual.whole, trial.new.whole)


def _rows(count: Share) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.repeat([1.0, 0.0], [count.part, count.whole - count.part])


@cache
def strength_examples() -> tuple[Grading, ...]:
    """Return trials whose strength goes down for one thing after another."""
    told: tuple[tuple[str, StrengthFacts], ...] = (
        (
            "400 homes in each group, placed by chance, registered before the start, 5 of 400 "
            "and 8 of 400 lost.",
            StrengthFacts(0.05, lost=(Share(5, 400), Share(8, 400)), range_width=0.12),
        ),
        (
            "The same, but 48 of 200 in all could not be measured.",
            StrengthFacts(0.05, lost=(Share(24, 100), Share(24, 100)), range_width=0.12),
        ),
        (
            "6 streets in each group, and the people who counted the litter knew which was which.",
            StrengthFacts(0.05, clusters_per_arm=(6, 6), judged_by_people_who_knew=True),
        ),
        (
            "Chance did not place the groups: streets were matched. It was registered afterwards.",
            StrengthFacts(0.05, design="matched", registered_before_start=False),
        ),
        (
            "The numbers before and after, with nobody to compare with.",
            StrengthFacts(0.05, design="before-after"),
        ),
    )
    return tuple(
        Grading(words, verdicts.strength_sentence(verdicts.strength(facts)))
        for words, facts in told
    )


@cache
def small_count_examples() -> tuple[SmallCount, ...]:
    """Return counts with what the small-number rule makes of each."""
    counts = (Share(12, 40), Share(3, 40), Share(38, 40), Share(0, 40), Share(6, 9))
    return tuple(
        SmallCount(
            told=f"{count.part} of {count.whole}",
            found=tuple(
                f"{cell.count} {cell.what}" for cell in verdicts.protected_cells({"": count})
            ),
        )
        for count in counts
    )
