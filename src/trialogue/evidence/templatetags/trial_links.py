"""Identifiers of trials that stand in what people wrote, as links."""

import re

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from trialogue.evidence.record import ALPHABET, LENGTH, read_identifier

register = template.Library()
_IDENTIFIER = re.compile(rf"\bEC-[{ALPHABET}]{{{LENGTH + 1}}}\b")


@register.filter
def trials_linked(text: str) -> SafeString:
    """Return the text escaped, each identifier of a trial in it a link to its record."""
    linked = _IDENTIFIER.sub(_link, conditional_escape(text))
    return mark_safe(linked)  # noqa: S308 - escaped above; an identifier is letters and digits


def _link(found: re.Match[str]) -> str:
    identifier = found[0]
    if read_identifier(identifier) != identifier:
        return identifier
    address = reverse("evidence:short", args=[identifier])
    return f'<a class="govuk-link" href="{address}">{identifier}</a>'
