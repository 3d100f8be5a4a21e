"""The words in which sentences and drawings speak of one comparison of a plan."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from trialogue.evidence.starting import plural
from trialogue.methods.verdicts import Wording

LONGEST_NAME = 32  # a longer name of a group is "the new one" inside a sentence
# How a phrase begins that says what somebody did: "Missed a collection".
_DID = {"had", "put", "got", "paid", "kept", "came", "took", "went", "gave", "made", "left"}


def wording(
    plan: Mapping[str, Any], arm: str, outcome: Mapping[str, Any] | None = None
) -> Wording:
    """Return the words for an arm of a plan against control, on its main or another outcome."""
    measured = outcome or plan["outcomes"]["primary"]
    arms = plan["arms"]["list"]
    name = _the(next(row["name"] for row in arms if row["code"] == arm))
    unit = plan["unit"]
    # An average or a count is said for what a row is; people are said as the plan calls them.
    own = measured["unit"] in (unit["measured"], unit["placed"], "person")
    person = unit["measured"] if own else measured["unit"]
    people = unit["measured_plural"] if own else plural(measured["unit"])
    noun, happened = _names(measured, people)
    return Wording(
        intervention=name,
        short=name if len(name) <= LONGEST_NAME else "the new one",
        outcome=noun,
        happened=happened,
        person=person,
        people=people,
        control=_small(next(row["name"] for row in arms if row["control"])),
        unit=_unit(measured),
    )


def _names(measured: Mapping[str, Any], people: str) -> tuple[str, str]:
    """Return what follows "fewer" or "reduced", and what people did or what was counted."""
    known = _known().get(measured["code"])
    if known is not None:
        return known[0], known[-1]
    name = _small(measured["name"])
    if measured["kind"] != "binary":
        return name, name
    first = name.split(maxsplit=1)[0]
    if first in _DID or first.endswith("ed"):
        return f"the number of {people} that {name}", name
    return f"“{name}”", f"counted as “{name}”"


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


def _the(name: str) -> str:
    small = _small(name)
    return small if small.startswith(("the ", "a ", "an ", "no ")) else f"the {small}"


def _small(name: str) -> str:
    """Return a name as it stands inside a sentence: "A text" is "a text", "GP letter" stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name


@cache
def _known() -> dict[str, list[str]]:
    text = (files("trialogue.evidence") / "catalogue" / "words.yaml").read_text("utf-8")
    known: dict[str, list[str]] = yaml.safe_load(text)
    return known
