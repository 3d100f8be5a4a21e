"""How many do we need? Closed-form power against R."""

from collections.abc import Iterator

from trialogue.methods.power import Plan, power
from validation.figures import Comparison, Figure
from validation.published import answers


def figures() -> Iterator[Figure]:
    """Every figure of closed-form power."""
    # uniroot, in R, stops its search for a number of clusters at 1e-10.
    compare = Comparison("power, closed form", "R pwr 1.3-0; base R noncentral t", 1e-10)
    for case in answers("power")["independent"]["cases"]:
        given = dict(case["plan"])
        if "clusters_per_arm" in given:
            given["clusters_per_arm"] = tuple(given["clusters_per_arm"])
        ours = getattr(power(Plan(**given)), case["answer"])
        yield from compare.of(case["name"], ours, case["value"])
