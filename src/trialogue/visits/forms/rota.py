"""The rota, and handing over."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from trialogue.pages import forms as pages
from trialogue.pages.forms import DateField, Form
from trialogue.visits import services
from trialogue.visits.models import DutyShift


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        input_formats=["%H:%M", "%H.%M", "%H"],
        widget=forms.TextInput({"class": "govuk-input--width-5"}),
        error_messages={
            "required": f"Enter {label.lower()}",
            "invalid": f"{label} must be a time, like 08:30",
        },
        help_text="For example 08:30",
    )


class Shift(Form):
    """Somebody on duty, from when to when."""

    role = pages.choice("In which role?", DutyShift.Role.choices, needed="Choose a role")
    person = pages.choice("Who?", [], needed="Choose who")
    first = DateField(label="The first day", error_messages={"required": "Enter the first day"})
    first_time = _time("From what time")
    last = DateField(label="The last day", error_messages={"required": "Enter the last day"})
    last_time = _time("Until what time")
    telephone = pages.text(
        "Telephone for text messages",
        help_text="Empty: e-mails alone. A test is sent to it each week.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.public_id), one.name) for one in services.on_the_rota()]
        self.fields["person"] = pages.select("Who?", people, needed="Choose who")
        self.dress_again()

    def shift(self, zone: ZoneInfo) -> services.NewShift:
        """Return the shift as typed."""
        said = self.cleaned_data
        return services.NewShift(
            said["role"],
            said["person"],
            _moment(said["first"], said["first_time"], zone),
            _moment(said["last"], said["last_time"], zone),
            said["telephone"],
        )


def _moment(day: Any, at: time, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, at, tzinfo=zone) if day else None


class GiveOver(Form):
    """Who takes over?"""

    to = pages.choice("Who takes over from you?", [], needed="Choose who takes over")
    words = pages.text("What should they know? (optional)", rows=3)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(one.public_id), one.name) for one in people]
        self.fields["to"] = pages.select(
            "Who takes over from you?", names, needed="Choose who takes over"
        )
        self.dress_again()
