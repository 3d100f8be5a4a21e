"""Forms of lists, outcomes, losses and delivery."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trialogue.methods.problems import Problem
from trialogue.pages.forms import DateField, Form, choice, text, tick
from trialogue.trials.protocol import Protocol
from trialogue.trials.services.losses import REASONS

SCOPES = [
    ("treatment", "The service: they are still measured"),
    ("measurement", "Being measured: what is held is kept"),
    ("consent", "Taking part at all: nothing more is used"),
    ("lost", "Nothing: they could not be found or reached"),
]
STATES = [
    ("planned", "Planned"),
    ("done", "Done"),
    ("missed", "Missed"),
    ("refused", "Refused"),
    ("unknown", "Not known"),
]


class File(Form):
    """A file to load."""

    file = forms.FileField(
        label="The file",
        help_text="CSV, XLSX or Parquet, 200 MB at most.",
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty. Add a row of headings and a row for each unit",
        },
    )
    id = text(
        "Which column identifies a row?",
        help_text="Leave it empty for the first column.",
        max_length=100,
    )
    numbered = tick("No column does: number the rows")


class UnitsFile(File):
    """A list of units."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if protocol.unit.clustered:
            self.fields["cluster"] = text(
                f"Which column names the {protocol.unit.placed}?",
                help_text=f"Leave it empty if it is called “{protocol.unit.placed}”.",
            )
        if protocol.strata.elsewhere:
            self.fields["arm"] = text(
                "Which column says who got what?",
                help_text="Leave it empty if it is called “arm”.",
            )
        self.dress_again()

    def options(self) -> dict[str, Any]:
        """Return which column is what, as typed."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


def which_wave(protocol: Protocol) -> dict[str, forms.Field]:
    """Return the field `wave` of a form, where there are several times of measuring."""
    waves = protocol.dates.waves
    if len(waves) == 1:
        return {}
    return {
        "wave": choice(
            "Which time of measuring?",
            [(str(wave.number), wave.name) for wave in waves],
            needed="Choose the time of measuring",
        )
    }


class OutcomesFile(File):
    """A file of outcomes of one wave."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= which_wave(protocol)
        for outcome in protocol.outcomes.all:
            self.fields[f"column_{outcome.code}"] = text(
                f"Which column holds “{outcome.name}”?",
                help_text=f"Leave it empty if it is called “{outcome.code}”, or is not there.",
            )
        self.dress_again()

    @property
    def first(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [self[name] for name in ("file", "wave") if name in self.fields]

    @property
    def columns(self) -> list[forms.BoundField]:
        """What only a file with other headings needs."""
        return [self[name] for name in self.fields if name not in ("file", "wave")]

    @property
    def columns_typed(self) -> bool:
        """Whether there is something in them to see."""
        return any(field.errors or (self.is_bound and field.data) for field in self.columns)

    def options(self) -> dict[str, Any]:
        """Return which column is what, as typed."""
        columns = {
            name.removeprefix("column_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("column_") and value
        }
        return {
            "id": self.cleaned_data["id"],
            "numbered": self.cleaned_data["numbered"],
            "wave": self.cleaned_data.get("wave") or 1,
            "columns": columns,
        }


class Confirm(Form):
    """What to do with the rows that have problems, and why held values change."""

    def __init__(self, problems: Sequence[Problem], changed: int, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rows = frozenset(p.row for p in problems if p.row is not None)
        if self.rows:
            shown = ", ".join(str(row) for row in sorted(self.rows)[:30])
            more = f" and {len(self.rows) - 30} more" if len(self.rows) > 30 else ""
            self.fields["leave_out"] = tick(
                f"Leave out row {shown}"
                if len(self.rows) == 1
                else f"Leave out {len(self.rows)} rows: {shown}{more}",
                needed="Mend the file and load it again, or tick to leave these rows out",
            )
        if changed:
            self.fields["reason"] = text(
                "1 value that is held already changes. Why?"
                if changed == 1
                else f"{changed} values that are held already change. Why?",
                needed="Enter why values that are held already change",
            )
        self.dress_again()

    @property
    def left_out(self) -> frozenset[int]:
        """The rows to leave out."""
        return self.rows if self.cleaned_data.get("leave_out") else frozenset()


class Unit(Form):
    """One unit, typed by hand."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["study_id"] = text(
            f"Code of the {protocol.unit.row}",
            needed=f"Enter a code for the {protocol.unit.row}",
            max_length=100,
            help_text="A code, not a name.",
        )
        if protocol.unit.clustered:
            self.fields["cluster"] = text(
                f"The {protocol.unit.placed}", needed=f"Enter the {protocol.unit.placed}"
            )
        for number, name in enumerate(protocol.strata.by):
            self.fields[f"stratum_{number}"] = text(name.capitalize(), needed=f"Enter the {name}")
        self.dress_again()

    def strata(self) -> list[str]:
        """Return the values of the strata, in their order."""
        return [v for name, v in self.cleaned_data.items() if name.startswith("stratum_")]


class Values(Form):
    """The outcomes of one unit at one wave."""

    def __init__(self, protocol: Protocol, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for outcome in protocol.outcomes.all:
            self.fields[f"value_{outcome.code}"] = _value(outcome.name, outcome.kind)
            self.fields[f"missing_{outcome.code}"] = text(
                f"If “{outcome.name}” is not known, why?", max_length=100
            )
        self.fields["measured_on"] = DateField(label="When was it measured?", required=False)
        self.fields["reason"] = text("If you correct a value, why?", max_length=200)
        self.dress_again()

    @property
    def measured(self) -> list[forms.BoundField]:
        """The boxes of the values."""
        return [self[name] for name in self.fields if name.startswith("value_")]

    @property
    def missing(self) -> list[forms.BoundField]:
        """The boxes of why a value is not known."""
        return [self[name] for name in self.fields if name.startswith("missing_")]

    @property
    def missing_typed(self) -> bool:
        """Whether there is something in them to see."""
        return any(field.errors or field.value() for field in self.missing)


def _value(name: str, kind: str) -> forms.Field:
    if kind == "binary":
        return choice(name, [("", "Not known"), ("1", "Yes"), ("0", "No")])
    return forms.FloatField(
        label=name,
        required=False,
        widget=forms.TextInput({"class": "govuk-input--width-10", "inputmode": "decimal"}),
        error_messages={"invalid": f"{name} must be a number, like 12 or 7.5"},
    )


def _code(label: str, *, needed: str) -> forms.CharField:
    """Return a box for the code of one unit: short, and never finished by the browser."""
    widget = forms.TextInput({"class": "govuk-input--width-10", "autocomplete": "off"})
    messages = {"required": needed}
    return forms.CharField(label=label, max_length=100, widget=widget, error_messages=messages)


class Find(Form):
    """One unit by its code."""

    code = _code("Or type a code, to measure or correct it", needed="Enter a code")


class Loss(Form):
    """A loss or a withdrawal."""

    study_id = _code("Code", needed="Enter the code")
    scope = choice("What did they leave?", SCOPES, needed="Choose what they left")
    reason = choice("Why?", REASONS.items(), needed="Choose a reason")
    words = text("Say more, if you like", max_length=300, help_text="No names.")
    on = DateField(
        label="When?", error_messages={"required": "Enter when", "incomplete": "Enter when"}
    )


class Delivered(Form):
    """What was done for a unit on a day."""

    study_id = _code("Code", needed="Enter the code")
    on = DateField(
        label="Day", error_messages={"required": "Enter the day", "incomplete": "Enter the day"}
    )
    state = choice("What happened?", STATES, needed="Choose what happened")
    words = text("Say more, if you like", max_length=200, help_text="No names.")
