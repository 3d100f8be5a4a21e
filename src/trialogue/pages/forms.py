"""A form that shows the problems of a service beside its fields, in GOV.UK's way."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from trialogue.methods.problems import Problem


class Form(forms.Form):
    """Every form of the site. Each field renders by `forms/field.html`, errors by the summary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.template_name = "forms/field.html"
            # Our own messages say what to do; the browser's do not.
            field.widget.use_required_attribute = lambda initial: False  # type: ignore[method-assign]

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside the field its `column` names, or above them all."""
        for problem in problems:
            field = problem.column if problem.column in self.fields else None
            words = problem.what if not problem.mend else f"{problem.what}. {problem.mend}"
            place = f"row {problem.row}" if problem.row is not None else ""
            where = ", ".join(part for part in (problem.file, place) if part)
            self.add_error(field, f"{where}: {words}" if where else words)


def kind_of(field: forms.BoundField) -> str:
    """Name the GOV.UK component for a field: `radios`, `checkboxes`, `date`, `textarea`, …"""
    widget = field.field.widget
    for kind, widgets in _KINDS:
        if isinstance(widget, widgets):
            return kind
    return "input"


class DateWidget(forms.MultiWidget):
    """Day, month and year, as GOV.UK asks for a date."""

    def __init__(self) -> None:
        part = {"inputmode": "numeric"}
        super().__init__(
            {
                "day": forms.TextInput(part),
                "month": forms.TextInput(part),
                "year": forms.TextInput(part),
            }
        )

    def decompress(self, value: Any) -> list[Any]:
        """Split a date into its three boxes."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A date typed in three boxes; says which part is missing."""

    widget = DateWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            fields=tuple(forms.CharField(required=False) for _ in range(3)),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[str]) -> Any:
        """Make the date, or say what is wrong with it."""
        if not any(data_list):
            return None
        missing = [
            name
            for name, part in zip(("a day", "a month", "a year"), data_list, strict=True)
            if not part
        ]
        if missing:
            raise forms.ValidationError(f"{self.label} must include {' and '.join(missing)}")
        day, month, year = data_list
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise forms.ValidationError(
                f'"{day}/{month}/{year}" is not a date. Write it like 28 2 2027'
            ) from None


_KINDS: list[tuple[str, type[forms.Widget] | tuple[type[forms.Widget], ...]]] = [
    ("hidden", forms.HiddenInput),
    ("date", DateWidget),
    ("radios", forms.RadioSelect),
    ("checkboxes", forms.CheckboxSelectMultiple),
    ("checkbox", forms.CheckboxInput),
    ("textarea", forms.Textarea),
    ("select", forms.Select),
    ("file", forms.FileInput),
]
