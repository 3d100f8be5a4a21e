"""What people in a trial are asked about themselves, and which links a team makes."""

from typing import Any

from django import forms

from trialogue.pages.forms import Form, choice, number
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.links import Asked, words_of

NOT_SAID = "not said"


class Answer(Form):
    """The questions of one link. Nobody has to answer any."""

    def __init__(self, asked: Asked, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for outcome in asked.outcomes:
            self.fields[f"value_{outcome.code}"] = _field(outcome)
        self.dress_again()

    def values(self) -> dict[str, float | None]:
        """Return the answers by outcome; None where somebody would rather not say."""
        typed = {o.code: self.cleaned_data[f"value_{o.code}"] for o in self.asked.outcomes}
        return {code: None if v in (None, NOT_SAID) else float(v) for code, v in typed.items()}


def _field(outcome: Outcome) -> forms.Field:
    label = words_of(outcome)
    if outcome.kind == "binary":
        options = [("1", "Yes"), ("0", "No"), (NOT_SAID, "I would rather not say")]
        return choice(label, options, needed="Choose an answer")
    ends = [f"{end:g}" for end in (outcome.lowest, outcome.highest) if end is not None]
    between = f"A number from {ends[0]} to {ends[1]}. " if len(ends) == 2 else "A number. "
    return number(label, help_text=f"{between}Leave it empty if you would rather not say.")


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


class Links(Form):
    """Which links to make: for which time of measuring, asking what."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waves = protocol.dates.waves
        if len(waves) > 1:
            self.fields["wave"] = choice(
                "Which time of measuring?",
                [(str(wave.number), wave.name) for wave in waves],
                needed="Choose the time of measuring",
            )
        self.wave = waves[0].number
        self.fields["ask"] = forms.MultipleChoiceField(
            label="What do the links ask?",
            choices=[(o.code, words_of(o)) for o in protocol.outcomes.all],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "Choose at least one question"},
        )
        self.dress_again()

    def clean(self) -> dict[str, Any]:
        """Read which time of measuring it is for, where there are several."""
        self.wave = int(self.cleaned_data.get("wave") or self.wave)
        return self.cleaned_data
