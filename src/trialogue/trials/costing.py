"""What the registered costs of a trial's groups come to: set up, released, who pays, worth it."""

from typing import Any

import numpy as np

from trialogue.evidence import schema
from trialogue.methods import costs, effects
from trialogue.methods.effects.data import FloatArray
from trialogue.trials.protocol import Arm, Protocol

AT_SCALE = 1_000
POINTS = 21
FARTHEST = 3  # times the value at which chances are even


def costs_found(protocol: Protocol, data: effects.Data) -> list[dict[str, Any]]:
    """Return what the costs of each group that counts come to, as the record has it.

    `data`: the main outcome, with what each row cost. Empty where the costs are not known.
    """
    if data.cost is None:
        return []
    rule = protocol.rule(protocol.outcomes.primary)
    lower = protocol.outcomes.primary.direction == "lower"
    released = {row.arm: row for row in _released(protocol, data, rule)}
    paid = {row.arm: row for row in _paid(protocol, data, rule)}
    return [
        {
            "arm": found.arm,
            "set_up": _set_up(protocol, data, found),
            "released": _released_document(protocol, released.get(found.arm)),
            "payers": [
                {"payer": payer, **_amount(amount)}
                for payer, amount in (paid[found.arm].payers.items() if paid else ())
            ],
            "worth": _worth(protocol, found),
        }
        for found in costs.cost_effects(data, rule, lower_is_better=lower)
        if found.arm in protocol.arms.comparisons
    ]


def _set_up(
    protocol: Protocol, data: effects.Data, found: costs.CostEffect
) -> dict[str, Any] | None:
    pence = next(arm for arm in protocol.arms.list if arm.code == found.arm).set_up_pence
    over = int((data.arm == found.arm).sum())
    if not pence or not over:
        return None
    here, at_scale = (found.with_set_up(pence / 100, over=n).cost for n in (over, AT_SCALE))
    return {"pounds": pence / 100, "over": over, "here": here, "at_scale": at_scale}


def _released(
    protocol: Protocol, data: effects.Data, rule: effects.Rule
) -> tuple[costs.Released, ...]:
    if protocol.arms.a_month is None:
        return ()
    hours = [arm.hours for arm in protocol.arms.list]
    known = None not in hours
    worked = _column(data, {a.code: a.hours or 0.0 for a in protocol.arms.list})
    return costs.released(
        data, rule, rows_a_month=protocol.arms.a_month, hours=worked if known else None
    )


def _released_document(protocol: Protocol, found: costs.Released | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "a_month": protocol.arms.a_month,
        "pounds": _amount(found.pounds),
        "hours": _amount(found.hours) if found.hours else None,
    }


def _paid(protocol: Protocol, data: effects.Data, rule: effects.Rule) -> tuple[costs.WhoPays, ...]:
    parts = {
        payer: {arm.code: _part(arm, payer) for arm in protocol.arms.list}
        for payer in schema.PAYERS
    }
    said = {payer: by_arm for payer, by_arm in parts.items() if any(by_arm.values())}
    columns = {payer: _column(data, by_arm) for payer, by_arm in said.items()}
    return costs.who_pays(data, rule, columns) if columns else ()


def _part(arm: Arm, payer: str) -> float:
    """Return in pounds what one payer pays for one of a group."""
    pence: int | None = getattr(arm, f"{payer}_pence")
    return (pence or 0) / 100


def _column(data: effects.Data, by_arm: dict[str, float]) -> FloatArray:
    return np.array([by_arm[str(code)] for code in data.arm], dtype=float)


def _worth(protocol: Protocol, found: costs.CostEffect) -> dict[str, Any] | None:
    """Return the chance that it was worth its cost, over what one outcome may be worth.

    Up to three times the value at which chances are even; where there is none, at which the
    smallest change worth having would have paid for itself.
    """
    if found.cost <= 0:
        return None
    smallest = protocol.outcomes.primary.smallest_change
    even = found.cost / (found.effect if found.effect > 0 else smallest)
    curve = costs.acceptability(found, np.linspace(0, FARTHEST * even, POINTS))
    return {
        "even": curve.even,
        "points": [
            {
                "value": point.value,
                **_amount(point.net_benefit),
                "probability": point.probability,
            }
            for point in curve.points
        ],
    }


def _amount(found: costs.Amount) -> dict[str, float | None]:
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
