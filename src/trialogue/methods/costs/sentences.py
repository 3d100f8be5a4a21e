"""What it cost, in words. No page writes its own."""

from collections.abc import Callable

from trialogue.methods.costs.acceptability import Acceptability
from trialogue.methods.costs.found import Amount
from trialogue.methods.costs.payers import WhoPays
from trialogue.methods.effects import ArmCost


def pounds(amount: float) -> str:
    """Write pounds, without the sign: £6.75, £1,250, £1.2 million."""
    size = abs(amount)
    if size >= 999_950:
        text = f"{size / 1e6:.1f}".removesuffix(".0")
        return f"£{text} million"
    return f"£{size:,.0f}" if size >= 100 or size == int(size) else f"£{size:,.2f}"


def signed_pounds(amount: float) -> str:
    """Write pounds with a minus where they are below 0."""
    return f"−{pounds(amount)}" if amount < 0 else pounds(amount)


def cost_sentence(answer: ArmCost, *, unit: str, outcome: str, outcomes: str) -> str:
    """Return the sentence for one arm's costs, its effect being positive where it helped.

    `unit` is what the cost is counted by (street), `outcome` and `outcomes` one and several of
    what was gained, in words.
    """
    effect, cost = answer.effect, answer.cost
    if effect is None or cost is None or answer.effect_low is None or answer.effect_high is None:
        return "We cannot say what it cost."
    range_ = _range(answer.cost_low, answer.cost_high)
    if answer.effect_low <= 0 <= answer.effect_high:
        change = "more" if cost >= 0 else "less"
        nothing = f" It may cost {pounds(cost)} a {unit} to get nothing." if cost > 0 else ""
        return (
            f"We cannot say what one more {outcome} costs, because we cannot say the trial "
            f"produced any. It cost {pounds(cost)} {change} a {unit}{range_}.{nothing}"
        )
    if cost == 0:
        return f"It did {'more' if effect > 0 else 'less'} and cost the same."
    if effect > 0 and cost < 0:
        return "It did more and cost less."
    if effect < 0 and cost > 0:
        return "It did less and cost more."
    if effect < 0:
        return f"It saves {pounds(cost)} a {unit} and gives up {abs(effect):.2g} {outcomes}."
    if answer.cost_per_outcome is None:
        return f"It cost {pounds(cost)} more a {unit}{range_}."
    pays = (
        " It may pay for itself." if answer.ratio_low is not None and answer.ratio_low < 0 else ""
    )
    ratio_range = _range(answer.ratio_low, answer.ratio_high)
    return f"One more {outcome} cost about {pounds(answer.cost_per_outcome)}{ratio_range}.{pays}"


def set_up_sentence(*, set_up: float, over: int, here: float, at_scale: float, unit: str) -> str:
    """Say what setting up adds to the cost of one `unit`, here and where 1,000 share it."""
    return (
        f"Setting up cost {pounds(set_up)} once. Shared by the {over:,} here, one {unit} cost "
        f"{signed_pounds(here)} beside usual service; shared by 1,000, {signed_pounds(at_scale)}."
    )


def released_sentence(found: Amount, *, hours: bool = False, period: str = "month") -> str:
    """Say what an arm releases a `period`, in pounds or in hours: below 0 it takes more."""
    write = _hours if hours else pounds
    what = "time" if hours else "money"
    low, high = found.low, found.high
    if low is not None and high is not None and low < 0 < high:
        return (
            f"We cannot say that it releases {what}: it may take up to {write(low)} more a "
            f"{period}, "
            f"or release up to {write(high)}."
        )
    if found.estimate == 0:
        return f"It releases no {what}, and takes no more."
    verb, more = ("releases", "") if found.estimate > 0 else ("takes", " more")
    ends = "" if low is None or high is None else _between(low, high, write)
    about = "about " if ends else ""
    return f"It {verb} {about}{write(found.estimate)}{more} a {period}{ends}."


def payers_sentence(found: WhoPays, *, unit: str) -> str:
    """Say what each payer pays more or less, a `unit` (household, street), then all together."""
    said = [f"For {payer}: {paid(cost, unit)}." for payer, cost in found.payers.items()]
    return " ".join([*said, f"Together: {paid(found.total, unit)}."])


def paid(cost: Amount, unit: str) -> str:
    """Say what one payer pays more or less, a `unit`: "£0.75 more a home"."""
    low, high = cost.low, cost.high
    if low is not None and high is not None and low < 0 < high:
        return f"up to {pounds(high)} more or up to {pounds(low)} less a {unit}"
    if cost.estimate == 0:
        return "the same"
    ends = "" if low is None or high is None else _between(low, high, pounds)
    return f"{pounds(cost.estimate)} {'more' if cost.estimate > 0 else 'less'} a {unit}{ends}"


def acceptability_sentence(found: Acceptability, *, outcome: str) -> str:
    """Say the chance that it was worth its cost, at the least and the most an outcome is worth."""
    known = [point for point in found.points if point.probability is not None]
    if not known:
        return "The chance that it was worth its cost is not known."
    ends = [known[0], known[-1]] if len(known) > 1 else known
    said = [
        f"if one more {outcome} is worth {pounds(point.value)}, {_chance(point.probability)}"
        for point in ends
    ]
    return f"The chance that it was worth its cost: {'; '.join(said)}."


def _chance(probability: float | None) -> str:
    times = 100 * (probability or 0.0)
    if times < 1:
        return "under 1 in 100"
    return "over 99 in 100" if times > 99 else f"{times:.0f} in 100"


def _hours(amount: float) -> str:
    size = abs(amount)
    text = f"{size:,.0f}" if size >= 10 else f"{size:.1f}".removesuffix(".0")
    return f"{text} {'hour' if text == '1' else 'hours'}"


def _between(low: float, high: float, write: Callable[[float], str]) -> str:
    """Write a range of one sign by its sizes, the smaller first; nothing where there is none."""
    near, far = sorted((abs(low), abs(high)))
    first = write(near).removesuffix("s").removesuffix(" hour")  # the second says the unit
    return "" if write(near) == write(far) else f" ({first} to {write(far)})"


def _range(low: float | None, high: float | None) -> str:
    """Write a range; nothing where it has none, as where everybody's cost was the same."""
    if low is None or high is None or signed_pounds(low) == signed_pounds(high):
        return ""
    return f" ({signed_pounds(low)} to {signed_pounds(high)})"
