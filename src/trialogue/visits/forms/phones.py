"""Forms of visitors' phones."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trialogue.pages.forms import Form, text


class Phone(Form):
    """A phone to set up: whose, and how the desk knows it."""

    visitor = forms.ChoiceField(
        label="Whose phone is it?", error_messages={"required": "Choose whose phone it is"}
    )
    label = text(
        "How will you know the phone?",
        needed="Enter how you will know the phone, like blue Samsung 3",
        max_length=60,
        help_text="Like blue Samsung 3. It stands in lists; the number is not needed.",
    )

    def __init__(self, visitors: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["visitor"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", "Choose"), *visitors]
