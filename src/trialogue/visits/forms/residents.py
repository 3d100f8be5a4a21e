"""Forms of residents: five short pages, and what changes later."""

import re
from typing import Any

from django import forms

from trialogue.pages.forms import DateField, Form, choice, select, text, tick, whole
from trialogue.visits.forms.scheme import time
from trialogue.visits.models import Agreement, Resident, Suspension
from trialogue.visits.questions import LANGUAGES
from trialogue.visits.services.residents import ContactGiven
from trialogue.visits.weekdays import SHORT, WEEKDAYS

DAY_CHOICES = [(str(number), name) for number, name in enumerate(SHORT)]


class File(Form):
    """A list of residents."""

    file = forms.FileField(
        label="The list, a row for each resident",
        help_text="CSV or XLSX. Without a day in agreed_on, nobody calls: they are only proposed.",
        error_messages={"required": "Choose a file", "empty": "The file is empty"},
    )


class Confirm(Form):
    """What to do with a list that was looked at."""

    def __init__(self, faulty: int, good: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if faulty:
            self.fields["leave_out"] = tick(
                f"Take the {good:,} good {'row' if good == 1 else 'rows'} and leave out the "
                f"{faulty:,} with problems",
                needed="Tick this, or mend the list and send it again",
            )
        self.dress_again()


class Who(Form):
    """The first page."""

    full_name = text("Full name", needed="Enter the full name", max_length=120)
    preferred_name = text(
        "How do they like to be addressed?",
        help_text="Like “Mrs Kent” or “Ada”. The visitor sees this.",
        max_length=80,
    )
    reference = text(
        "Reference, if you keep one",
        help_text="Of somebody in a trial that was planned before: their number in it.",
        max_length=60,
    )
    telephone = text(
        "Telephone", help_text="The visitor sees it only when nobody answers.", max_length=30
    )
    language = select(
        "In which language do they like to be asked?",
        LANGUAGES.items(),
        needed="Choose a language",
        help_text="In English, where nobody has approved the questions in their language yet.",
        initial="en",
    )
    priority = choice(
        "Priority",
        Resident.Priority.choices,
        needed="Choose a priority",
        help_text="High: nobody answering is looked into sooner.",
        initial="ordinary",
    )


class Where(Form):
    """The second page: the door."""

    address = text("Address", needed="Enter the address", max_length=200)
    postcode = text("Postcode", max_length=10)
    uprn = text("UPRN, if you know it", max_length=12)
    position = text(
        "Where on the map?",
        needed="Say where on the map",
        help_text="Two numbers: x, y in metres (like 400250, 300040) or latitude, longitude.",
        max_length=60,
    )
    area = text("Area of the scheme", max_length=80, help_text="Leave it empty if there are none.")
    door_notes = text(
        "What should a visitor know at the door?",
        help_text="“Deaf in left ear, wait two minutes.” No key codes, no more about health.",
        max_length=200,
    )
    at_the_address = text("Anything to be careful of? A dog, steps, two people", max_length=120)
    agreed_word = text(
        "A word that you agreed on",
        help_text="The visitor says it, so that the resident knows who calls. Never printed.",
        max_length=30,
    )

    def clean_position(self) -> tuple[float, float]:
        """Return the two numbers as typed."""
        parts = re.split(r"[,;\s]+", self.cleaned_data["position"].strip())
        try:
            first, second = (float(part) for part in parts)
        except ValueError:
            raise forms.ValidationError(
                "Write two numbers, like 400250, 300040 or 53.1, -1.2"
            ) from None
        return first, second


class When(Form):
    """The third page: days and times."""

    visits_per_week = whole("How many visits a week?", required=True)
    minutes = whole("How many minutes does a visit usually take?", required=True)
    days_ok = text(
        "Which days suit?",
        help_text="Sets of days, like “Mon,Thu; Tue,Fri”. Leave it empty if any will do.",
        max_length=120,
    )
    days_preferred = forms.MultipleChoiceField(
        label="Which days are liked best?",
        choices=DAY_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    not_before = time("Not before")
    not_after = time("Not after")
    skills = text(
        "Skills the visitor needs, by number", max_length=60, help_text="Leave it empty for none."
    )

    def clean_days_ok(self) -> list[list[int]]:
        """Return the sets of weekdays."""
        found = []
        for part in self.cleaned_data["days_ok"].split(";"):
            days = [word[:3].title() for word in part.replace(",", " ").split()]
            unknown = [day for day in days if day not in SHORT]
            if unknown:
                raise forms.ValidationError(f'"{unknown[0]}" is no day. Write it like Mon,Thu')
            if days:
                found.append(sorted({SHORT.index(day) for day in days}))
        return found

    def clean_days_preferred(self) -> list[int]:
        """Return the weekdays by number."""
        return [int(day) for day in self.cleaned_data["days_preferred"]]

    def clean_skills(self) -> list[int]:
        """Return the numbers."""
        words = self.cleaned_data["skills"].replace(",", " ").split()
        if not all(word.isdecimal() for word in words):
            raise forms.ValidationError("Write the numbers of skills, like 1, 3")
        return sorted({int(word) for word in words})


class Contact(Form):
    """Somebody near the resident, and what they may be told."""

    name = text("Name", needed="Enter the name", max_length=120)
    relation = text(
        "Who are they to the resident?", help_text="Daughter, neighbour.", max_length=60
    )
    telephone = text("Telephone", max_length=30)
    email = text("E-mail", max_length=254)
    minutes_away = whole("How many minutes away do they live?", min_value=0, max_value=600)
    key_holder = tick("They hold a key")
    may_see = forms.MultipleChoiceField(
        label="What did the resident agree that they may be told?",
        choices=Agreement.SEES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def given(self) -> ContactGiven:
        """Return what was entered."""
        found = self.cleaned_data
        return ContactGiven(
            name=found["name"],
            relation=found["relation"],
            telephone=found["telephone"],
            email=found["email"],
            key_holder=found["key_holder"],
            minutes_away=found["minutes_away"],
            may_see=tuple(found["may_see"]),
        )


class MaySee(Form):
    """What a contact may be told from now on."""

    may_see = Contact.base_fields["may_see"]
    how = choice("How did the resident say so?", Agreement.How.choices, needed="Say how")


class Agree(Form):
    """The agreement."""

    who = text("Who agreed?", needed="Say who agreed", max_length=120)
    how = choice("How?", Agreement.How.choices, needed="Say how they agreed")
    authority = text(
        "If somebody else agreed for them: by what right?",
        help_text="Like “lasting power of attorney, health and welfare”.",
        max_length=200,
    )
    valid_from = DateField(
        label="From which day?", error_messages={"required": "Enter the day it holds from"}
    )
    told = tick(
        "They were told what the scheme does, and how to stop it",
        needed="Tick this once they were told",
    )


class Pause(Form):
    """Days without a visit."""

    first = DateField(
        label="First day without a visit", error_messages={"required": "Enter the first day"}
    )
    last = DateField(
        label="Last day without a visit",
        required=False,
        help_text="Leave it empty if it is not known yet.",
    )
    why = choice("Why?", Suspension.Why.choices, needed="Say why nobody calls")
    told_by = text("Who told you?", max_length=120)


class Erase(Form):
    """Erasing somebody for good."""

    sure = tick(
        "They ask for it, and know that it cannot be undone",
        needed="Tick this if they ask for it",
    )


class OwnPause(Form):
    """Days without a visit, as a resident says them on their own page."""

    first = DateField(
        label="First day without a visit", error_messages={"required": "Enter the first day"}
    )
    last = DateField(
        label="Last day without a visit",
        error_messages={"required": "Enter the last day"},
    )


class OwnDays(Form):
    """Other days, as a resident asks for them on their own page."""

    days = forms.MultipleChoiceField(
        label="Which days suit you?",
        choices=[(str(day), name) for day, name in enumerate(WEEKDAYS)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = text("Anything else about when we call?", rows=2)

    def clean_days(self) -> list[int]:
        """Return the weekdays by number."""
        return [int(day) for day in self.cleaned_data["days"]]


class End(Form):
    """The end of visits."""

    why = choice("Why do the visits end?", Resident.Ended.choices, needed="Say why the visits end")
