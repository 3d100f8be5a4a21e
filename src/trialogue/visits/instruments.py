"""What is asked of residents to measure a trial: by telephone or on paper, never at the door.

The texts and their scoring stand in the catalogue of outcomes. Here is what a scheme must know of
each before it asks: who made it, and what its licence lets a council do.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Instrument:
    """A set of questions, by the code that its outcome has in the catalogue."""

    name: str
    outcomes: frozenset[str]
    licence: str
    scored: str


ONS = "Open Government Licence: ask it in the national wording, as it stands"
INSTRUMENTS = (
    Instrument(
        "Loneliness, three questions (UCLA) and one direct one, as the ONS asks them",
        frozenset({"loneliness-score", "loneliness-direct"}),
        ONS,
        "The three are added, 3 to 9, and give no score where one is missing. The direct one "
        "stands by itself.",
    ),
    Instrument(
        "Well-being, four questions of the ONS",
        frozenset({"ons4-satisfaction", "ons4-worthwhile", "ons4-happiness", "ons4-anxiety"}),
        ONS,
        "Four answers from 0 to 10, never added.",
    ),
    Instrument(
        "Loneliness, six questions of De Jong Gierveld",
        frozenset({"de-jong-gierveld"}),
        "Free for scientific surveys that name the source; for groups, not to judge one person. "
        "The questions are not here: bring your own copy",
        "0 to 6; one answer may be missing.",
    ),
    Instrument(
        "WEMWBS and its short form",
        frozenset({"wemwbs", "swemwbs"}),
        "Register with Warwick Medical School first; the questions may not be passed on",
        "As your licence says.",
    ),
)


def instrument_of(outcome: str) -> Instrument | None:
    """Return the instrument that gives an outcome; None: it is not asked of residents."""
    return next((one for one in INSTRUMENTS if outcome in one.outcomes), None)
