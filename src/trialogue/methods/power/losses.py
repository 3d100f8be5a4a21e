"""People who will be lost: how many more to enrol, so that enough are measured."""

from fractions import Fraction
from math import ceil

from trialogue.methods.power.sentences import Words
from trialogue.methods.problems import InputError, Problem


def people_to_enrol(people: int, lost: float) -> int:
    """Return how many to enrol so that `people` are left when a share `lost` of them is gone.

    In whole numbers, since 90 / (1 − 0.1) in floating point is above 100. Raises InputError when
    the share is not at least 0 and below 1.
    """
    if not 0 <= lost < 1:
        raise InputError(Problem(f"{lost:g} of the people lost", "Use a share of 0 up to under 1"))
    return ceil(people / (1 - Fraction(str(lost))))


def losses_sentence(people: int, lost: float, words: Words, *, clustered: bool) -> str:
    """Say how many to enrol for each `people` that must be measured.

    `people`: in each group; of a trial of clusters in each of them, since people who leave take
    no cluster with them.
    """
    where = f"each {words.cluster}" if clustered else "each group"
    return (
        f"If {100 * lost:.3g}% of the {words.people} are lost, enrol "
        f"{people_to_enrol(people, lost):,} in {where} to have {people:,} measured."
    )
