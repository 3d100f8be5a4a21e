"""The links of the section that a person may open."""

from typing import Any

from django import template

from trialogue.accounts import permissions
from trialogue.accounts.models import Person

register = template.Library()

# In the order of a day's work: address, words, who may open it.
PAGES = (
    ("visits:start", "Today", "watch visits"),
    ("visits:concerns", "Concerns", "deal with concerns"),
    ("visits:rounds", "Rounds", "see rounds"),
    ("visits:residents", "Residents", "see residents"),
    ("visits:plan", "Plan the week", "plan visits"),
    ("visits:phones", "Phones", "manage phones"),
    ("visits:newest_report", "Report", "read the report of visits"),
    ("visits:setup", "Set up", "set up visits"),
)


@register.simple_tag(takes_context=True)
def visit_pages(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the addresses and words of the pages that whoever is signed in may open."""
    user = context["request"].user
    if not isinstance(user, Person):
        return []
    return [(page, words) for page, words, action in PAGES if permissions.allows(user, action)]
