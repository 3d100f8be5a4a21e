"""All figures that somebody else has an answer to."""

from itertools import groupby

from validation import effects_and_costs, planned_power, pooled_trials, stepped
from validation.figures import Figure


def figures() -> list[Figure]:
    """Return every figure, ours and theirs."""
    return [
        *effects_and_costs.figures(),
        *planned_power.figures(),
        *pooled_trials.figures(),
        *stepped.figures(),
    ]


def by_method(figures: list[Figure]) -> list[list[Figure]]:
    """Return the figures of each method and peer together, in order of the method."""

    def key(figure: Figure) -> tuple[str, str]:
        return figure.method, figure.peer

    return [list(group) for _, group in groupby(sorted(figures, key=key), key)]
