"""What it cost, in words. No page writes its own."""

from typing import Any


def pounds(amount: float) -> str:
    """Write pounds: £6.75, £1,250, £1.2 million."""
    size = abs(amount)
    if size >= 1_000_000:
        text = f"{size / 1e6:.1f}".rstrip("0").rstrip(".")
        return f"£{text} million"
    if size >= 100 or size == int(size):
        return f"£{size:,.0f}"
    return f"£{size:,.2f}"


def cost_sentence(
    answer: dict[str, Any], effect_ci: tuple[float, float], *, unit: str, outcome: str
) -> str:
    """Return the sentence for one arm's `cost_answers`.

    `effect_ci` is the 95% range of the effect, benefit positive; `unit` what was placed, and
    `outcome` one outcome, in words.
    """
    cost, effect = answer["cost"], answer["effect"]
    spread = f"({_signed(answer['cost_low'])} to {_signed(answer['cost_high'])})"
    if effect_ci[0] <= 0 <= effect_ci[1]:
        change = "more" if cost >= 0 else "less"
        return (
            f"We cannot say what one more {outcome} costs, because we cannot say the trial "
            f"produced any. It cost {pounds(cost)} {change} a {unit} {spread}."
        )
    if effect > 0 and cost <= 0:
        return "It did more and cost less."
    if effect < 0 and cost >= 0:
        return "It did less and cost more."
    if effect < 0:
        return f"It saves {pounds(cost)} a {unit} and gives up {abs(effect):.2g} {outcome}."
    per = answer["cost_per_outcome"]
    if per is None:
        return f"It cost {pounds(cost)} more a {unit} {spread}."
    low, high = answer["ratio_low"], answer["ratio_high"]
    pays = " It may pay for itself." if low < 0 else ""
    return (
        f"One more {outcome} cost about {pounds(per)} "
        f"(likely between {_signed(low)} and {_signed(high)}).{pays}"
    )


def _signed(amount: float) -> str:
    return f"−{pounds(amount)}" if amount < 0 else pounds(amount)
