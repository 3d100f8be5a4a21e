"""What a result says of costs: set up, who pays and gains, what it released, was it worth it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trialogue.evidence.queries.pages import Whole, whole
from trialogue.evidence.schema import PAYERS
from trialogue.methods import costs

Row = tuple[str, ...]
RELEASED = ("What", "Claimed", "Worked out")
PAYS = ("Who", "Pays or gains", "How much")
NOT_KNOWN = "Not known"
NOT_CLAIMED = "Not claimed"


@dataclass(frozen=True)
class ArmPays:
    """Who pays and who gains by one group: a row each, then together. For `unit`."""

    arm: str
    unit: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ArmWorth:
    """The acceptability curve of one group, and the words that it is drawn with."""

    arm: str
    curve: costs.Acceptability
    outcome: str
    unit: str


@dataclass(frozen=True)
class CostsShown:
    """What the pages show of the costs of a result beside its sentences.

    `released` has a row for hours and one for pounds: what, as claimed, as worked out.
    """

    set_up: tuple[str, ...]
    pays: tuple[ArmPays, ...]
    released: tuple[Row, ...]
    whose_hours: str
    worth: tuple[ArmWorth, ...]


def costs_shown(found: Whole) -> CostsShown:
    """Return what a result says of costs; empty parts where it says nothing."""
    result = found.result.body if found.result else None
    if result is None or "arms" not in result["cost"]:
        return CostsShown((), (), (), "", ())
    arms: list[Mapping[str, Any]] = result["cost"]["arms"]
    asked = found.plan["arms"]
    return CostsShown(
        set_up=tuple(
            _named(found, row, arms) + _set_up(row["set_up"], asked["cost_per"])
            for row in arms
            if row["set_up"]
        ),
        pays=tuple(_pays(found, result, row) for row in arms if row["payers"]),
        released=tuple(_released(found, result["cost"].get("claimed"), arms)),
        whose_hours=asked.get("whose_hours") or "",
        worth=tuple(_worth(found, row, row["worth"]) for row in arms if row["worth"]),
    )


def released_by(trial: str) -> tuple[Row, ...]:
    """Return what a reported trial released beside what its idea claimed: hours, then pounds."""
    found = whole(trial)
    return costs_shown(found).released if found else ()


def _set_up(row: Mapping[str, Any], unit: str) -> str:
    return costs.set_up_sentence(
        set_up=row["pounds"],
        over=row["over"],
        here=row["here"],
        at_scale=row["at_scale"],
        unit=unit,
    )


def _pays(found: Whole, result: Mapping[str, Any], row: Mapping[str, Any]) -> ArmPays:
    unit = found.plan["arms"]["cost_per"]
    priced = next(each for each in result["effects"]["costs"] if each["arm"] == row["arm"])
    together = costs.Amount(priced["cost"], priced["cost_low"], priced["cost_high"])
    each = [(PAYERS[part["payer"]], _amount(part)) for part in row["payers"]]
    rows = [
        (f"{payer[:1].upper()}{payer[1:]}", _pays_word(paid), costs.paid(paid, unit))
        for payer, paid in [*each, ("together", together)]
    ]
    return ArmPays(found.arms[row["arm"]], unit, tuple(rows))


def _pays_word(paid: costs.Amount) -> str:
    if paid.low is not None and paid.high is not None and paid.low < 0 < paid.high:
        return "Not clear"
    if not paid.estimate:
        return "Neither"
    return "Pays" if paid.estimate > 0 else "Gains"


def _released(
    found: Whole, claimed: Mapping[str, str] | None, arms: list[Mapping[str, Any]]
) -> Iterator[Row]:
    known = [row for row in arms if row["released"]]
    if not known and not claimed:
        return
    for what in ("hours", "pounds"):
        said = []
        for row in known:
            if amount := row["released"][what]:
                sentence = _released_sentence(what, _amount(amount))
                said.append(f"{_named(found, row, known)}{sentence}")
        claim = (claimed or {}).get(what) or NOT_CLAIMED
        yield (
            what.capitalize(),
            claim[:1].upper() + claim[1:],
            " ".join(said) or NOT_KNOWN,
        )


def _released_sentence(what: str, a_month: costs.Amount) -> str:
    """Say hours by the month and pounds by the year, as ideas claim them."""
    if what == "hours":
        return costs.released_sentence(a_month, hours=True)
    return costs.released_sentence(a_month.times(12), period="year")


def _worth(found: Whole, row: Mapping[str, Any], worth: Mapping[str, Any]) -> ArmWorth:
    primary = found.plan["outcomes"]["primary"]
    name = primary["name"][:1].lower() + primary["name"][1:]
    points = tuple(
        costs.Worth(point["value"], _amount(point), point["probability"])
        for point in worth["points"]
    )
    return ArmWorth(
        arm=found.arms[row["arm"]],
        curve=costs.Acceptability(row["arm"], points, worth["even"]),
        outcome=f"“{name}”" if primary["direction"] == "higher" else f"“{name}” avoided",
        unit=found.plan["arms"]["cost_per"],
    )


def _named(found: Whole, row: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> str:
    """Return the group's name to stand before a sentence, where there are several."""
    return f"{found.arms[row['arm']]}: " if len(rows) > 1 else ""


def _amount(part: Mapping[str, Any]) -> costs.Amount:
    return costs.Amount(part["estimate"], part["low"], part["high"])
