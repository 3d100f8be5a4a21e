"""What looking early for harm costs, said when a trial is planned."""

from trialogue.methods.effects.looking import MOST_LOOKS, THIRDS, crossing
from trialogue.methods.problems import InputError, Problem

TIMES = {1: "once", 2: "twice"}


def stopped_by_chance(looks: int, *, watched: int = 1) -> float:
    """Return how often, at most, a trial that harms nobody is stopped at a look.

    `looks`: at a third and two thirds of the outcomes; one alone is at half. `watched`: harms
    watched times arms but control, each with a boundary of its own.
    """
    if not 1 <= looks <= MOST_LOOKS or watched < 1:
        raise InputError(
            Problem(f"{looks} looks at {watched} harms", f"Plan 1 to {MOST_LOOKS}, at 1 or more")
        )
    fractions = THIRDS if looks == MOST_LOOKS else (0.5,)
    return min(1.0, watched * crossing(fractions).crossed)


def power_with_looks(power: float, looks: int, *, watched: int = 1) -> float:
    """Return what is left, at least, of a trial's power where it is looked at for harm.

    A trial that helps as planned and is stopped by chance over a harm finds nothing. The harm
    watched is taken to have nothing to do with the main outcome; where it is the main outcome's
    own loss, a trial that helps loses less.
    """
    return power * (1 - stopped_by_chance(looks, watched=watched))


def looks_sentence(power: float, looks: int, *, watched: int = 1) -> str:
    """Say what the looks cost in power."""
    before, after = 100 * power, 100 * power_with_looks(power, looks, watched=watched)
    chance = 1000 * stopped_by_chance(looks, watched=watched)
    return (
        f"Looking for harm {TIMES[looks]} lowers the chance of finding the change from "
        f"{before:.1f}% to {after:.1f}%: a trial that harms nobody is stopped by chance in "
        f"{max(1, round(chance))} of 1,000."
    )
