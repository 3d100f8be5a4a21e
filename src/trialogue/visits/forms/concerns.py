"""The questions of a concern: what you will do, what you did, who has it, how it ended."""

from datetime import datetime
from typing import Any

from trialogue.pages import forms as pages
from trialogue.pages.forms import Form
from trialogue.visits import deadlines, queries, services, steps
from trialogue.visits.models import Concern

LEVELS = [
    (Concern.Level.RED, "Red: harm is likely, now"),
    (Concern.Level.AMBER, "Amber: somebody should look at it today"),
    (Concern.Level.REQUEST, "Request: a thing that is wanted"),
]
# Whoever writes one down may not choose what only a door or a phone says.
KINDS = [
    one
    for one in Concern.Kind.choices
    if one[0] not in (Concern.Kind.NO_ANSWER, Concern.Kind.HELP)
]
ORIGINS = [
    one
    for one in Concern.Origin.choices
    if one[0] not in (Concern.Origin.DOORSTEP, Concern.Origin.LINK)
]


class Find(Form):
    """Whom is it about? Part of a name, an address or a postcode."""

    q = pages.text("Name, address or postcode of the resident")


class NewConcern(Form):
    """What somebody told the desk."""

    level = pages.choice("How much does it press?", LEVELS, needed="Choose how much it presses")
    kind = pages.choice("What is it about?", KINDS, needed="Choose what it is about")
    words = pages.text(
        "What was said?",
        needed="Enter what was said",
        rows=4,
        help_text="In their own words. Who sees the concern sees this.",
    )
    origin = pages.choice("How did you hear?", ORIGINS, needed="Choose how you heard")


class Act(Form):
    """Something that is done about a concern. `answers` are what its service takes."""

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        self.concern = concern
        super().__init__(*args, **kwargs)

    def answers(self, now: datetime) -> dict[str, Any]:
        """Return the answers as the service takes them."""
        found = dict(self.cleaned_data)
        if "look_again_at" in found:
            desk = queries.desk_of(self.concern.scheme)
            found["look_again_at"] = deadlines.look_at(found["look_again_at"], desk, now=now)
        return found


def _look_again() -> Any:
    return pages.choice(
        "When will you look at it again?",
        deadlines.LOOKS.items(),
        needed="Choose when to look at it again",
    )


class Acknowledge(Act):
    """You have it: what will you do?"""

    will_do = pages.text("What will you do?", needed="Enter what you will do", rows=2)
    look_again_at = _look_again()


class Step(Act):
    """Something was done."""

    what = pages.choice("What was done?", steps.OFFERED.items(), needed="Choose what was done")
    words = pages.text("What came of it?", needed="Enter what came of it", rows=3)
    look_again_at = _look_again()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not queries.needs_whereabouts(self.concern):
            offered = [(steps.NOTED, steps.OFFERED[steps.NOTED])]
            self.fields["what"] = pages.choice("What was done?", offered)
            self.fields["what"].widget = self.fields["what"].hidden_widget()
            self.initial.setdefault("what", steps.NOTED)


class PassOn(Act):
    """Somebody else takes it."""

    to = pages.choice("To which colleague?", [("", "Nobody: to an agency")])
    agency = pages.text("Or to which agency?", help_text="For example: adult care, the surgery.")
    ground = pages.choice(
        "Why may they know of it?",
        services.GROUNDS.items(),
        needed="Choose why they may know of it",
    )
    words = pages.text("What will they do?", needed="Enter what they will do", rows=2)
    look_again_at = _look_again()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.public_id), one.name) for one in services.may_take(self.concern)]
        self.fields["to"] = pages.select("To which colleague?", [("", "Nobody"), *people])
        self.dress_again()


class Level(Act):
    """It presses more, or less."""

    level = pages.choice("How much does it press?", LEVELS, needed="Choose another level")
    why = pages.text("Why? (needed when it presses less)", rows=2)


class Safeguarding(Act):
    """It is for the safeguarding lead."""

    safe = pages.choice(
        "Is the person safe from those around them now?",
        [("yes", "Yes"), ("no", "No, or I do not know")],
        needed="Say whether the person is safe now",
    )
    why = pages.text(
        "What makes you think so?",
        needed="Enter what makes you think so",
        rows=3,
        help_text="What was seen or said. Do not look into it yourself.",
    )

    def answers(self, now: datetime) -> dict[str, Any]:
        """Return the answers as the service takes them."""
        return {**self.cleaned_data, "safe": self.cleaned_data["safe"] == "yes"}


class Join(Act):
    """It is the same as another."""

    to = pages.choice("With which concern?", [], needed="Choose a concern")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [
            (str(one.number), f"{one.code}, {one.get_level_display()}")
            for one in queries.beside(self.concern)
        ]
        self.fields["to"] = pages.choice(
            "With which concern?", words, needed="Choose a concern to join it to"
        )
        self.dress_again()

    def answers(self, now: datetime) -> dict[str, Any]:
        """Return the number of the concern it joins."""
        return {"to": int(self.cleaned_data["to"])}


class Close(Act):
    """It is dealt with: what came of it?"""

    outcome = pages.choice(
        "What came of it?", Concern.Outcome.choices, needed="Choose what came of it"
    )
    whereabouts = pages.text(
        "Where is the resident, who knows it and how?",
        help_text="A door that nobody opened cannot be closed without this.",
    )
    words = pages.text("What is the reason?", needed="Enter the reason", rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not queries.needs_whereabouts(self.concern):
            del self.fields["whereabouts"]

    def answers(self, now: datetime) -> dict[str, Any]:
        """Return the answers as the service takes them."""
        return {"whereabouts": "", **self.cleaned_data}


class Why(Act):
    """It is not dealt with."""

    why = pages.text("What is still to be done?", needed="Enter what is still to be done", rows=3)


class Agreed(Act):
    """Contacts who may know of it are told."""
