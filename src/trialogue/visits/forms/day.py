"""Forms of a day: what was texted or telephoned, and what a paper sheet says."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trialogue.pages.forms import Form, choice, text
from trialogue.visits.models import Answer
from trialogue.visits.records import LONGEST_NOTE
from trialogue.visits.services.typing_in import LONGEST_NAME
from trialogue.visits.states import Type

TIMES = ("%H:%M", "%H.%M", "%I:%M%p", "%I.%M%p", "%I%p", "%H%M")
OUTCOMES = (
    (Type.VISIT_RECORDED, "Done"),
    (Type.NO_ANSWER_STEP, "No answer"),
    (Type.DECLINED, "Declined today"),
    (Type.COULD_NOT_REACH, "Could not get there"),
    (Type.VISITS_UNWANTED, "Does not want visits any more"),
)


def _time(label: str, hint: str) -> forms.TimeField:
    needed = "Enter the time, like 09:40 or 14:30"
    return forms.TimeField(
        label=label,
        help_text=hint,
        input_formats=TIMES,
        error_messages={"required": needed, "invalid": needed},
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
    )


class Messages(Form):
    """Messages as they came, a line each."""

    messages = text(
        "What was texted or telephoned",
        needed="Enter what was texted or telephoned",
        rows=4,
        help_text="A line each, with the number on the sheet: OK 0412, or NA 0412 for no answer.",
    )


class Choose(Form):
    """Which of two accounts of a visit is shown."""

    def __init__(self, accounts: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"] = choice(
            "Which account should be shown?", accounts, needed="Choose which account to show"
        )
        self.dress_again()


class Finished(Form):
    """That a visitor has finished and is safe: when, who said so, and how the desk heard."""

    time = _time("When did they finish?", "Like 14:30")
    said_by = text("Who said so?", needed="Enter who said so", max_length=LONGEST_NAME)
    how = choice(
        "How did you hear?",
        (("telephone", "By telephone"), ("text", "By text message"), ("in person", "In person")),
        needed="Choose how you heard",
    )


class Sheet(Form):
    """What a paper sheet says of one visit."""

    kind = choice("What came of it?", OUTCOMES, needed="Choose what came of the visit")
    time = _time("When was the visit?", "As on the sheet, like 09:40")

    def __init__(self, asks: Sequence[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = [ask["key"] for ask in asks]
        for ask in asks:
            self.fields[f"ask_{ask['key']}"] = choice(
                ask["words"], Answer.Value.choices, initial=Answer.Value.NOT_ASKED
            )
            self.fields[f"note_{ask['key']}"] = text(
                "If no: what should be passed on?", max_length=LONGEST_NOTE
            )
        self.fields["noticed"] = text("Anything noticed?", rows=2, max_length=LONGEST_NOTE)
        self.dress_again()

    def says(self) -> bool:
        """Whether the sheet says anything in words, which nobody is told of by itself."""
        typed = self.cleaned_data
        if typed["kind"] in (Type.NO_ANSWER_STEP, Type.VISITS_UNWANTED):
            return False  # these open a concern, with what was noticed
        return any(typed[note] for note in ("noticed", *(f"note_{key}" for key in self.keys)))

    def body(self) -> dict[str, Any]:
        """Return the body of the record that the sheet makes."""
        typed = self.cleaned_data
        if typed["kind"] == Type.VISIT_RECORDED:
            answers = {
                key: {
                    "answer": typed[f"ask_{key}"] or Answer.Value.NOT_ASKED,
                    "note": typed[f"note_{key}"],
                }
                for key in self.keys
            }
            return {"answers": answers, "noticed": typed["noticed"]}
        if typed["kind"] == Type.NO_ANSWER_STEP:
            return {"step": "card", "worried": False, "noticed": typed["noticed"]}
        return {"note": typed["noticed"]}
