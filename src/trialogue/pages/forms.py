"""A form that shows the problems of a service beside its fields, in GOV.UK's way."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from trialogue.methods.problems import Problem
from trialogue.pages import kept


class DateWidget(forms.MultiWidget):
    """Day, month and year, as GOV.UK asks for a date."""

    template_name = "forms/date.html"
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__(
            {
                part: forms.TextInput({"inputmode": "numeric", "maxlength": length})
                for part, length in (("day", 2), ("month", 2), ("year", 4))
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

    def compress(self, data_list: list[str]) -> date | None:
        """Make the date, or say what is wrong with it."""
        if not any(data_list):
            return None
        parts = zip(("a day", "a month", "a year"), data_list, strict=True)
        missing = [name for name, part in parts if not part]
        if missing:
            raise forms.ValidationError(f"{self.label} must include {' and '.join(missing)}")
        day, month, year = data_list
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            raise forms.ValidationError(
                f'"{day}/{month}/{year}" is not a date. Write it like 28 2 2027'
            ) from None


# The class of the design system for each widget that takes one.
CLASSES: dict[type[forms.Widget], str] = {
    forms.Textarea: "govuk-textarea",
    forms.Select: "govuk-select",
    forms.SelectMultiple: "govuk-select",
    forms.FileInput: "govuk-file-upload",
    forms.ClearableFileInput: "govuk-file-upload",
    forms.RadioSelect: "govuk-radios__input",
    forms.CheckboxSelectMultiple: "govuk-checkboxes__input",
    forms.CheckboxInput: "govuk-checkboxes__input",
}


class Form(forms.Form):
    """Every form of the site. Each field renders by `forms/field.html`, errors by the summary."""

    use_required_attribute = False  # our own messages say what to do; the browser's do not

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.dress_again()

    def dress_again(self) -> None:
        """Give fields that were added later the classes of the design system."""
        for field in self.fields.values():
            dress(field)
        if not self.is_bound:
            self._put_back(kept.answers.get())

    def _put_back(self, answers: QueryDict | None) -> None:
        """Show again what was typed into this form before its session was lost."""
        if answers is None:
            return
        typed = {
            name: field.widget.value_from_datadict(answers, MultiValueDict(), place)
            for name, field in self.fields.items()
            if (place := self.add_prefix(name))
            and not field.widget.value_omitted_from_data(answers, MultiValueDict(), place)
        }
        # A box that is not ticked is never sent: it says nothing on a page of several forms.
        boxes = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.SelectMultiple)
        mine = [name for name in typed if not isinstance(self.fields[name].widget, boxes)]
        if mine or any(typed.values()):
            self.initial.update(typed)

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside the field its `column` names, or above them all.

        A column that is a path, `list.1.share`, names the field `list_1_share`.
        """
        for problem in problems:
            name = problem.column.replace(".", "_")
            field = name if name in self.fields else None
            words = f"{problem.what}. {problem.mend}" if problem.mend else problem.what
            row = f"Row {problem.row}" if problem.row is not None else ""
            column = problem.column if field is None and row else ""
            where = ", ".join(part for part in (problem.file, row, column) if part)
            self.add_error(field, f"{where}: {words}" if where else words)


def dress(field: forms.Field) -> None:
    """Give a field's widget the classes of the design system."""
    widget = field.widget
    kinds = type(widget).__mro__
    dressed = next((CLASSES[kind] for kind in kinds if kind in CLASSES), "govuk-input")
    own = widget.attrs.get("class", "")
    if dressed not in own.split():
        widget.attrs["class"] = f"{dressed} {own}".strip()


def number(label: str, **kwargs: Any) -> forms.FloatField:
    """Return a field for a number, in a short box."""
    kwargs.setdefault("required", False)
    messages = {"invalid": f"{label} must be a number, like 12 or 7.5"}
    widget = forms.TextInput({"class": "govuk-input--width-10", "inputmode": "decimal"})
    return forms.FloatField(label=label, error_messages=messages, widget=widget, **kwargs)


def whole(label: str, **kwargs: Any) -> forms.IntegerField:
    """Return a field for a whole number, in a short box."""
    kwargs.setdefault("required", False)
    messages = {"invalid": f"{label} must be a whole number, like 12"}
    widget = forms.TextInput({"class": "govuk-input--width-5", "inputmode": "numeric"})
    return forms.IntegerField(label=label, error_messages=messages, widget=widget, **kwargs)


def text(label: str, *, needed: str = "", rows: int = 0, **kwargs: Any) -> forms.CharField:
    """Return a field for words; `needed` is what the page says when they are missing.

    `rows` above 0 makes a box of so many lines.
    """
    widget: forms.Widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label,
        required=bool(needed),
        error_messages={"required": needed},
        widget=widget,
        **kwargs,
    )


def choice(
    label: str, choices: Iterable[tuple[str, str]], *, needed: str = "", **kwargs: Any
) -> forms.ChoiceField:
    """Return radio buttons; `needed` is what the page says when none is chosen."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=bool(needed),
        error_messages={"required": needed, "invalid_choice": f"Choose {label.lower()}"},
        widget=forms.RadioSelect,
        **kwargs,
    )


def select(
    label: str, choices: Iterable[tuple[str, str]], *, needed: str = "", **kwargs: Any
) -> forms.ChoiceField:
    """Return a list to choose from, for more choices than radio buttons are good for."""
    listed = list(choices)
    field = choice(label, listed, needed=needed, **kwargs)
    field.widget = forms.Select(choices=listed)
    return field


def tick(label: str, *, needed: str = "", **kwargs: Any) -> forms.BooleanField:
    """Return one checkbox; `needed` is what the page says when it must be ticked and is not."""
    return forms.BooleanField(
        label=label, required=bool(needed), error_messages={"required": needed}, **kwargs
    )
