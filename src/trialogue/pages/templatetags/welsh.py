"""Words of a page, in Welsh where the reader asked for it and a Welsh speaker approved them."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: Mapping[str, Any], english: str, **filled_in: str) -> str:
    """Write a phrase; `filled_in` stands for the names in braces.

    `welsh` of the context is the Welsh by its English; None on a page in English. On a page in
    Welsh each phrase says which of the two it is in (WCAG 2.2, 3.1.2).
    """
    welsh: Mapping[str, str] | None = context.get("welsh")
    if welsh is None:
        return format_html("{}", _filled(english, filled_in))
    words, language = (welsh[english], "cy") if english in welsh else (english, "en")
    return format_html('<span lang="{}">{}</span>', language, _filled(words, filled_in))


def _filled(words: str, filled_in: Mapping[str, str]) -> str:
    for name, value in filled_in.items():
        words = words.replace(f"{{{name}}}", value)
    return words
