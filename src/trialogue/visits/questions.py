"""The five questions, and which wording of which comes at a visit.

"Yes" is always the good answer, so that a gloved thumb cannot mistake the sense. Nothing is added
up: no sum, no score, no level comes from doorstep answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Key, what it is about, and three wordings used in turn.
SHIPPED: list[dict[str, Any]] = [
    {
        "key": "self",
        "about": "How they are",
        "wordings": {
            "en": [
                "Are you feeling all right today?",
                "Have you been keeping well since I last came?",
                "Is your health much as usual?",
            ]
        },
    },
    {
        "key": "home",
        "about": "Home",
        "wordings": {
            "en": [
                "Are you managing all right at home, warm enough and eating properly?",
                "Have you got what you need in: food, heating, medicine?",
                "Is everything in the house working as it should?",
            ]
        },
    },
    {
        "key": "company",
        "about": "Company",
        "wordings": {
            "en": [
                "Have you had a chat with somebody else this week?",
                "Have you seen people, or got out, as much as you would like?",
                "Is there someone you can ring when you want a talk?",
            ]
        },
    },
    {
        "key": "safe",
        "about": "Safety",
        "wordings": {
            "en": [
                "Do you feel safe here?",
                "Has everybody who called or telephoned lately been all right with you?",
                "Are you happy about everyone who comes to the door?",
            ]
        },
    },
    {
        "key": "help",
        "about": "Help",
        "wordings": {
            "en": [
                "Have you all the help you want just now?",
                "Are you sorted for everything until I come again?",
                "Shall we leave things as they are, nothing to pass on?",
            ]
        },
    },
]
# Only English ships; another is asked in once a speaker of it has approved the words.
LANGUAGES = {
    "en": "English",
    "cy": "Welsh",
    "gd": "Scottish Gaelic",
    "ga": "Irish",
    "bn": "Bengali",
    "fr": "French",
    "gu": "Gujarati",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ur": "Urdu",
}
FIRST = "self"  # asked at every visit
SAFE = "safe"
OTHERS_A_VISIT = 2


@dataclass(frozen=True)
class Ask:
    """A question as it is put at one visit."""

    key: str
    variant: int
    language: str
    words: str


def choose(
    questions: Sequence[Mapping[str, Any]],
    *,
    before: Sequence[Sequence[Mapping[str, Any]]],
    first_of_week: bool,
    language: str = "en",
    always_all: bool = False,
) -> list[Ask]:
    """Return what is asked at a visit, in the order of the set.

    `before` holds what earlier visits to this resident asked, newest first. The first visit of a
    week asks everything; each later one asks how they are and the two that waited longest. The
    wording of a question is the next after the one it had last, so never the same twice running.
    """
    keys = [question["key"] for question in questions]
    if not (first_of_week or always_all):
        waited = {key: _visits_since(key, before) for key in keys if key != FIRST}
        longest = sorted(waited, key=lambda key: (-waited[key], keys.index(key)))
        keys = [key for key in keys if key == FIRST or key in longest[:OTHERS_A_VISIT]]
    return [_ask(question, before, language) for question in questions if question["key"] in keys]


def _visits_since(key: str, before: Sequence[Sequence[Mapping[str, Any]]]) -> int:
    for since, asked in enumerate(before):
        if any(one["key"] == key for one in asked):
            return since
    return len(before)


def _ask(
    question: Mapping[str, Any], before: Sequence[Sequence[Mapping[str, Any]]], language: str
) -> Ask:
    spoken = language if question["wordings"].get(language) else "en"
    wordings = question["wordings"][spoken]
    last = next(
        (one["variant"] for visit in before for one in visit if one["key"] == question["key"]), -1
    )
    variant = (last + 1) % len(wordings)
    return Ask(question["key"], variant, spoken, wordings[variant])
