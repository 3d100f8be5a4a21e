"""The words in which sentences and drawings speak of one comparison of a plan."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from trialogue.evidence.starting import plural
from trialogue.methods.verdicts import Wording

LONGEST_NAME = 32  # a longer name of a group is "the new one" inside a sentence


def wording(
    plan: Mapping[str, Any], arm: str, outcome: Mapping[str, Any] | None = None
) -> Wording:
    """Return the words for an arm of a plan against control, on its main or another outcome."""
    measured = outcome or plan["outcomes"]["primary"]
    name = next(row["name"] for row in plan["arms"]["list"] if row["code"] == arm)
    noun, happened = _names(measured["code"], measured["name"])
    unit = plan["unit"]
    # An average or a count is said for what a row is; people are said as the plan calls them.
    own = measured["unit"] in (unit["measured"], unit["placed"], "person")
    person = unit["measured"] if own else measured["unit"]
    people = unit["measured_plural"] if own else plural(measured["unit"])
    return Wording(
        intervention=_small(name),
        short=_small(name) if len(name) <= LONGEST_NAME else "the new one",
        outcome=noun,
        happened=happened,
        person=person,
        people=people,
        unit=_unit(measured),
    )


def _names(code: str, name: str) -> tuple[str, str]:
    known = _known().get(code)
    if known is None:
        return _small(name), _small(name)
    return known[0], known[-1]


def _unit(measured: Mapping[str, Any]) -> str:
    """Return the unit of an average: that of the catalogue's smallest change, where it says."""
    if measured["kind"] != "continuous":
        return ""
    return _UNITS.get(measured["code"], "")


_UNITS = {
    "loneliness-score": "points",
    "ons4-satisfaction": "points",
    "ons4-worthwhile": "points",
    "ons4-happiness": "points",
    "ons4-anxiety": "points",
    "arrears": "£",
    "form-minutes": "minutes",
    "staff-hours": "hours",
    "days-to-support": "days",
    "overtime": "hours",
}


def _small(name: str) -> str:
    """Return a name as it stands inside a sentence: "A text" is "a text", "GP letter" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name


@cache
def _known() -> dict[str, list[str]]:
    text = (files("trialogue.evidence") / "catalogue" / "words.yaml").read_text("utf-8")
    known: dict[str, list[str]] = yaml.safe_load(text)
    return known
