"""The seed: read, or drawn and said. The one place of the command line where chance comes in."""

import secrets

from trialogue.cli.output import say
from trialogue.methods.problems import InputError, Problem

LARGEST_SEED = 2**256
MOST_DIGITS = 100


def parse_seed(seed: str | None) -> int:
    """Read the seed, or draw one and say which."""
    if seed is None:
        drawn = secrets.randbits(128)
        say(f"Seed: {drawn}")
        return drawn
    if not is_whole(seed) or int(seed) >= LARGEST_SEED:
        raise InputError(Problem("give whole digits", column=f"--seed {seed}"))
    return int(seed)


def is_whole(text: str) -> bool:
    """Whether text is a whole number of 0 or more, in digits a computer can read."""
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
