"""The design of a trial, which power, allocation, re-randomisation and analysis all read."""

from dataclasses import dataclass
from functools import reduce
from math import gcd

from trialogue.methods.problems import Problem, refuse

METHODS = ("complete", "blocked", "simple")
# Larger ones are slips of the finger, and would fill the memory.
LARGEST_SHARE = 10_000
LARGEST_BLOCK = 1_000_000


@dataclass(frozen=True)
class Arm:
    """One of the things compared, and its whole-number share of the units."""

    name: str
    share: int = 1


@dataclass(frozen=True)
class Design:
    """How units are shared among arms. The first arm is the control.

    `block` is the length of a block of consecutive units, 0 when units are not blocked.
    """

    arms: tuple[Arm, ...]
    method: str = "complete"
    block: int = 0

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> list[Problem]:
        names = [arm.name for arm in self.arms]
        problems = []
        if len(names) < 2:
            problems.append(
                Problem("a trial needs two arms or more", "Name a control and another")
            )
        problems += [
            Problem(f'the arm "{name}" is named twice', "Give each arm its own name")
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        problems += [
            Problem(f'the share of "{arm.name}" is {arm.share}', "Shares are whole, 1 to 10,000")
            for arm in self.arms
            if not 1 <= arm.share <= LARGEST_SHARE
        ]
        if self.block > LARGEST_BLOCK:
            problems.append(
                Problem("a block has 1,000,000 units at most", column=f"--block {self.block}")
            )
        if self.method not in METHODS:
            problems.append(
                Problem(f'"{self.method}" is not a method', "Use complete, blocked or simple")
            )
        if (self.method == "blocked") != (self.block > 0):
            problems.append(
                Problem("blocks and the method do not agree", "Blocked needs a length")
            )
        if not problems and self.block % self.ratio_total:
            shares = ",".join(str(arm.share) for arm in self.arms)
            problems.append(
                Problem(
                    f"with shares {shares} a block must be a multiple of {self.ratio_total}",
                    column=f"--block {self.block}",
                )
            )
        return problems

    @property
    def ratio(self) -> tuple[int, ...]:
        """Shares divided by their greatest common divisor, in the order of the arms."""
        divisor = reduce(gcd, (arm.share for arm in self.arms))
        return tuple(arm.share // divisor for arm in self.arms)

    @property
    def ratio_total(self) -> int:
        """The smallest number of units that can be shared exactly: R in `docs/methods`."""
        return sum(self.ratio)
