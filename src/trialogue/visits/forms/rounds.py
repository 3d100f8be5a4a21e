"""Forms of rounds and visitors."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from trialogue.pages.forms import DateField, Form, choice, number, text
from trialogue.visits.weekdays import WEEKDAYS

Choices = Sequence[tuple[str, str]]


class Rounds(Form):
    """Two files: stops, and a row for each round."""

    file = forms.FileField(
        label="The stops, a row each in walking order",
        help_text="CSV or XLSX with the columns round, sequence, x, y (or lat, lon).",
        error_messages={"required": "Choose the file of stops", "empty": "The file is empty"},
    )
    second = forms.FileField(
        label="The rounds, a row each",
        help_text=(
            "CSV or XLSX with the columns round, partner, depot_x, depot_y, start, weekdays, "
            "seconds_per_stop, and spare_Mon to spare_Sat in minutes."
        ),
        error_messages={"required": "Choose the file of rounds", "empty": "The file is empty"},
    )


class Spare(Form):
    """The spare minutes of a round."""

    def __init__(self, weekdays: Iterable[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in weekdays:
            self.fields[f"spare_{day}"] = number(
                f"Spare minutes on {WEEKDAYS[day]}", required=True
            )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
        self.dress_again()

    def minutes(self) -> dict[int, float]:
        """Return the spare minutes of each weekday."""
        return {
            int(name.removeprefix("spare_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("spare_")
        }


class Walks(Form):
    """Who walks a round on each of its weekdays."""

    def __init__(
        self, weekdays: Iterable[int], visitors: Choices, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for day in weekdays:
            self.fields[f"walks_{day}"] = forms.ChoiceField(
                label=WEEKDAYS[day], choices=[("", "Nobody"), *visitors], required=False
            )
        self.dress_again()

    def visitors(self) -> dict[int, str]:
        """Return who walks on each weekday."""
        return {
            int(name.removeprefix("walks_")): value for name, value in self.cleaned_data.items()
        }


class Off(Form):
    """A day without the usual visitor."""

    day = DateField(
        label="On which day is the usual visitor off?",
        error_messages={"required": "Enter the day"},
    )

    def __init__(self, visitors: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"] = forms.ChoiceField(
            label="Who walks the round instead?",
            choices=[("", "Nobody"), *visitors],
            required=False,
            help_text="Only visitors who are checked and trained.",
        )
        self.dress_again()


class OverAfterAll(Form):
    """A round is over though its visitor did not say so."""

    day = forms.DateField(widget=forms.HiddenInput)
    words = text(
        "Where is the visitor, and how do you know?",
        needed="Enter where the visitor is, and how you know",
        rows=2,
        help_text="“Sam is back at the depot; I spoke to him.”",
    )


class Visitor(Form):
    """A visitor's check and training."""

    checked_on = DateField(label="When was the police check?", required=False)
    trained_on = DateField(label="When were they trained?", required=False)
    card = text("Number of the identity card", max_length=30)

    def __init__(self, people: Choices | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is not None:
            self.fields["person"] = choice("Who?", people, needed="Choose who")
            self.order_fields(["person"])
        self.dress_again()
