"""Several arms: the p's allowed for how many comparisons there are."""

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """Return Holm's step-down p's, one a comparison, in the order given.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2), 65-70.
    """
    order = sorted(range(len(p)), key=lambda index: p[index])
    adjusted = [0.0] * len(p)
    largest = 0.0
    for step, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p) - step) * p[index]))
        adjusted[index] = largest
    return adjusted
