"""The set-up of a scheme as a task list: what is there, and what is still to do."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Model, OuterRef

from trialogue.accounts import queries as councils
from trialogue.methods.problems import Problem
from trialogue.visits.models import (
    Area,
    Backdrop,
    DutyShift,
    LawfulBasis,
    QuestionSet,
    Round,
    Scheme,
    TravelTimes,
)
from trialogue.visits.queries.scheme import question_set
from trialogue.visits.questions import LANGUAGES, SHIPPED


@dataclass(frozen=True)
class Step:
    """Something to set up, why, the name of its page, and whether it is done."""

    key: str
    words: str
    hint: str
    page: str
    done: bool
    needed: bool = True


def steps(scheme: Scheme) -> list[Step]:
    """Return the steps, in the order that saves most trouble. Four queries.

    A council that offers its pages in Welsh asks at doors in both languages before it begins.
    """
    partners = list(scheme.partner_agreements.all())
    there = _there(scheme)
    published, own = question_set(scheme), councils.council()
    spoken = {"en": "English"} | ({"cy": "Welsh"} if own and own.speaks_welsh else {})
    return [
        Step(
            "details",
            "Name, desk and telephone",
            "Who runs it, when the desk is open, which number a visitor rings.",
            "visits:details",
            bool(scheme.telephone),
        ),
        Step(
            "partners",
            "Partner organisations and agreements",
            "Who walks the rounds, under what agreement, at what price.",
            "visits:partners",
            bool(partners) and all(one.agreed_on for one in partners),
        ),
        Step(
            "bases",
            "Lawful basis",
            "Why personal data may be used. It is not the same as a resident’s agreement.",
            "visits:bases",
            there[LawfulBasis],
        ),
        Step(
            "questions",
            "Questions at the door",
            f"Five, in three wordings each, in {' and '.join(spoken.values())}. “Yes” is always "
            "the good answer.",
            "visits:questions",
            published is not None
            and all(set(spoken) <= set(one["wordings"]) for one in published.questions),
        ),
        Step(
            "agreement",
            "What a resident is told before they agree",
            "Read out or given on paper.",
            "visits:agreement_words",
            bool(scheme.agreement_words),
        ),
        Step(
            "timers",
            "Times: concerns, no answers, keeping",
            "How soon a concern is acknowledged, who is told next, how long records are kept.",
            "visits:timers",
            "timers" in scheme.settled,
        ),
        Step(
            "rota",
            "Duty rota",
            "Who looks at concerns, and out of hours.",
            "visits:rota",
            there[DutyShift],
        ),
        Step(
            "hazards",
            "Hazards log",
            "What could do harm, what keeps it from happening, and who owns it.",
            "visits:hazards",
            "hazards" in scheme.settled,
        ),
        Step(
            "rounds",
            "Rounds",
            "Stops, spare minutes and who walks them.",
            "visits:rounds",
            there[Round],
        ),
        Step(
            "maps",
            "Travel times and maps",
            "Your own travel times, boundaries and names of places.",
            "visits:maps",
            there[TravelTimes] or there[Backdrop],
            needed=False,
        ),
        Step(
            "costs",
            "Costs",
            "Hours of the desk and what software costs, for the cost of a visit.",
            "visits:costs",
            "costs" in scheme.settings,
            needed=False,
        ),
        Step(
            "areas",
            "Areas",
            "Parts of the scheme that start on days of their own.",
            "visits:areas",
            there[Area],
            needed=False,
        ),
    ]


_KINDS: tuple[type[Model], ...] = (*(LawfulBasis, DutyShift, Round, TravelTimes, Backdrop, Area),)


def _there(scheme: Scheme) -> dict[type[Model], bool]:
    """Return of which kinds a scheme has something. One query."""
    asked = [Exists(kind._default_manager.filter(scheme=OuterRef("pk"))) for kind in _KINDS]
    found: tuple[bool, ...] = Scheme.objects.filter(pk=scheme.pk).values_list(*asked).get()
    return dict(zip(_KINDS, found, strict=True))


def still_to_set_up(steps: list[Step]) -> list[Problem]:
    """Return each of these steps without which no visit can be made."""
    return [
        Problem(f"Still to do: {step.words}", column=step.key)
        for step in steps
        if step.needed and not step.done
    ]


OTHER_LANGUAGES = {code: name for code, name in LANGUAGES.items() if code != "en"}


@dataclass(frozen=True)
class Translated:
    """How many questions there are in a language, and who approved them."""

    code: str
    name: str
    questions: int
    speaker: str


def languages_of(published: QuestionSet) -> list[Translated]:
    """Return each language but English, with what of the questions it has."""
    found = []
    for code, name in OTHER_LANGUAGES.items():
        speakers = [
            question["speakers"][code]
            for question in published.questions
            if code in question.get("speakers", {})
        ]
        found.append(Translated(code, name, len(speakers), speakers[0] if speakers else ""))
    return found


def questions_of(scheme: Scheme) -> list[dict[str, Any]]:
    """Return the questions as published, or as shipped when none are published yet."""
    newest = question_set(scheme)
    return newest.questions if newest else SHIPPED
