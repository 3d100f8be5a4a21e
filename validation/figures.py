"""A figure of ours beside the same figure of somebody else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TINY = 1e-10  # below this a figure is compared as it is, not as a share of itself


@dataclass(frozen=True)
class Figure:
    """One number, by us and by another: `method` and `peer` group it, `name` finds it again.

    `tolerance` is relative, or with `absolute` in the figure's own unit.
    """

    method: str
    peer: str
    name: str
    ours: float | None
    theirs: float | None
    tolerance: float = 1e-8
    absolute: bool = False

    @property
    def disagreement(self) -> float:
        """How far apart they are; infinite where only one of them has an answer."""
        if self.ours is None or self.theirs is None:
            return 0.0 if self.ours is self.theirs else float("inf")
        apart = abs(self.ours - self.theirs)
        return apart if self.absolute or apart < TINY else apart / max(abs(self.theirs), TINY)

    @property
    def agrees(self) -> bool:
        """Whether they are within the tolerance."""
        return self.disagreement <= self.tolerance


@dataclass(frozen=True)
class Comparison:
    """A method and a peer: what figures of theirs are compared share."""

    method: str
    peer: str
    tolerance: float = 1e-8
    absolute: bool = False

    def of(self, name: str, ours: Any, theirs: Any) -> Iterator[Figure]:
        """Yield a figure for each number: of two numbers, two lists or two mappings alike."""
        if isinstance(theirs, Mapping):
            for key, value in theirs.items():
                yield from self.of(f"{name} {key}", ours[key], value)
        elif isinstance(theirs, Sequence) and not isinstance(theirs, str):
            for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from self.of(f"{name} [{number}]", one, other)
        else:
            yield Figure(self.method, self.peer, name, ours, theirs, self.tolerance, self.absolute)
