"""Time two ways to the same answer, turn about, and print the ratio with its range."""

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any


def cpu_seconds(job: Callable[[], Any]) -> float:
    """CPU time of one run."""
    start = process_time()
    job()
    return process_time() - start


def compare(
    peer_name: str, peer: Callable[[], Any], ours: Callable[[], Any], *, rounds: int = 7
) -> float:
    """Print and return how many times faster ours is: median of the rounds' ratios.

    Each is run once before, so that neither pays for imports or compilation. Compare the answers
    first: a faster answer to another question is no answer.
    """
    peer()
    ours()
    times = [(cpu_seconds(peer), cpu_seconds(ours)) for _ in range(rounds)]
    ratios = sorted(theirs / own for theirs, own in times)
    theirs, own = (median(column) for column in zip(*times, strict=True))
    print(
        f"{median(ratios):.1f} times faster than {peer_name} "
        f"({ratios[0]:.1f} to {ratios[-1]:.1f}, {rounds} rounds; {theirs:.3f} s, {own:.3f} s CPU)"
    )
    return median(ratios)
