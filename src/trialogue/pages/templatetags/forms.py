"""What a template needs to know of a form's field."""

from django import forms, template
from django.forms.boundfield import BoundField

from trialogue.pages.forms import DateWidget

register = template.Library()
SHORT = 40  # letters of two choices that fit on a line beside each other


@register.filter
def kind(field: BoundField) -> str:
    """Return how a field is drawn: hidden, date, choices, tick or box."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, DateWidget):
        return "date"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "box"


@register.filter
def group(field: BoundField) -> str:
    """Return the design system's name for a group of choices."""
    several = isinstance(field.field.widget, forms.CheckboxSelectMultiple)
    return "govuk-checkboxes" if several else "govuk-radios"


@register.filter
def inline(field: BoundField) -> bool:
    """Whether choices stand on one line: two, and both short."""
    labels = [str(label) for _, label in getattr(field.field, "choices", [])]
    return len(labels) == 2 and sum(map(len, labels)) <= SHORT


@register.filter
def first_input(field: BoundField) -> str:
    """Return the id of a field's first input, where the error summary leads."""
    return f"{field.auto_id}_0" if kind(field) in ("date", "choices") else str(field.auto_id)
