"""What people in a trial are asked about themselves, and which links a team makes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms

from trialogue.evidence.queries import Question
from trialogue.methods.problems import Problem
from trialogue.pages.forms import Form, choice, number
from trialogue.trials.forms.files import which_wave
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.links import Asked, questions_of

NOT_SAID = "not said"
YES_OR_NO = (("Yes", 1.0), ("No", 0.0))


class Answer(Form):
    """The questions of one link. Nobody has to answer any."""

    def __init__(self, asked: Asked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for outcome in asked.outcomes:
            for place, question in _places(outcome):
                self.fields[place] = _field(outcome, question)
        self.dress_again()

    def values(self) -> dict[str, float | None]:
        """Return the answer to each outcome, the sum of its questions.

        None where somebody would rather not say, be it to one question of several.
        """
        return {outcome.code: self._value(outcome) for outcome in self.asked.outcomes}

    def _value(self, outcome: Outcome) -> float | None:
        total = 0.0
        for place, question in _places(outcome):
            said = self.cleaned_data[place]
            if said in (None, NOT_SAID):
                return None
            total += dict(_offered(outcome, question)).get(said, said)
        return total

    def show(self, problems: Iterable[Problem]) -> None:
        """Put a problem with an outcome beside the first of its questions."""
        super().show(replace(one, column=f"value_{one.column}") for one in problems)


def _places(outcome: Outcome) -> list[tuple[str, Question]]:
    """Return the fields that ask for an outcome, one a question, each with its question."""
    return [
        (f"value_{outcome.code}_{n}" if n else f"value_{outcome.code}", question)
        for n, question in enumerate(questions_of(outcome))
    ]


def _offered(outcome: Outcome, question: Question) -> tuple[tuple[str, float], ...]:
    return question.answers or (YES_OR_NO if outcome.kind == "binary" else ())


def _field(outcome: Outcome, question: Question) -> forms.Field:
    if offered := _offered(outcome, question):
        options = [*((words, words) for words, _ in offered), (NOT_SAID, "I would rather not say")]
        return choice(question.question, options, needed="Choose an answer")
    ends = [f"{end:g}" for end in (outcome.lowest, outcome.highest) if end is not None]
    between = f"A number from {ends[0]} to {ends[1]}." if len(ends) == 2 else "A number."
    hint = f"{question.hint} {between} Leave it empty if you would rather not say."
    return number(question.question, help_text=hint.strip())


class Leave(Form):
    """What happens with what is held of somebody who leaves."""

    scope = choice(
        "What should happen with what we have about you?",
        [
            ("measurement", "Keep it, and do not ask me again"),
            ("consent", "Do not use any of it, and do not ask me again"),
        ],
        needed="Choose what happens with what we have",
    )


def _all_asked(outcome: Outcome) -> str:
    return " ".join(one.question for one in questions_of(outcome))


class Links(Form):
    """Which links to make: for which time of measuring, asking what."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= which_wave(protocol)
        self.wave = protocol.dates.waves[0].number
        self.fields["ask"] = forms.MultipleChoiceField(
            label="What do the links ask?",
            choices=[(o.code, _all_asked(o)) for o in protocol.outcomes.all],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one question"},
        )
        self.dress_again()

    def clean(self) -> dict[str, Any]:
        """Read which time of measuring it is for, where there are several."""
        self.wave = int(self.cleaned_data.get("wave") or self.wave)
        return self.cleaned_data
