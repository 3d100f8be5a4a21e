"""What it cost, in words. No page writes its own."""

from trialogue.methods.effects import ArmCost


def pounds(amount: float) -> str:
    """Write pounds, without the sign: £6.75, £1,250, £1.2 million."""
    size = abs(amount)
    if size >= 999_950:
        text = f"{size / 1e6:.1f}".removesuffix(".0")
        return f"£{text} million"
    return f"£{size:,.0f}" if size >= 100 or size == int(size) else f"£{size:,.2f}"


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
        return (
            f"We cannot say what one more {outcome} costs, because we cannot say the trial "
            f"produced any. It cost {pounds(cost)} {change} a {unit}{range_}."
        )
    if effect > 0 and cost <= 0:
        return "It did more and cost less."
    if effect < 0 and cost >= 0:
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


def _range(low: float | None, high: float | None) -> str:
    """Write a range; nothing where it has none, as where everybody's cost was the same."""
    if low is None or high is None or _signed(low) == _signed(high):
        return ""
    return f" ({_signed(low)} to {_signed(high)})"


def _signed(amount: float) -> str:
    return f"−{pounds(amount)}" if amount < 0 else pounds(amount)
