"""What the frame of every page shows: the council, where one may go, the banner."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import queries as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.site import queries
from trialogue.site.demonstration.people import PASSWORD


@dataclass(frozen=True)
class Item:
    """A link of the frame: the section it stands for, its words, the name of its address.

    `action` is what a person must be allowed to do to see it.
    """

    key: str
    heading: str
    address: str
    action: str = "read public pages"


LANGUAGE = "language"  # the cookie

# In the order of the loop. An address that no app answers is left out by the template.
SECTIONS = (
    Item("ideas", "Ideas", "ideas:ideas", "read ideas"),
    Item("trials", "Trials", "trials:trials", "list trials"),
    Item("visits", "Visits", "visits:start", "open visits"),
    Item("round", "Your round", "round:today", "do a round"),
    Item("evidence", "Evidence", "evidence:search", "read evidence"),
    Item("how", "How we decide", "site:how_we_decide"),
    Item("settings", "Settings", "accounts:settings", "change settings"),
    Item("audit", "Who changed what", "accounts:audit", "read the audit trail"),
)
YOUR_WORK = (
    Item("work", "Your work", "site:your_work"),
    Item("details", "Your details", "accounts:details"),
)
SIGN_IN = (Item("sign in", "Sign in", "accounts:sign_in"),)
FOOTER = (
    Item("about", "About", "site:about"),
    Item("how", "How we decide", "site:how_we_decide"),
    Item("words", "Words we use", "site:words"),
    Item("roles", "Who can do what", "site:roles"),
    Item("accessibility", "Accessibility", "site:accessibility"),
    Item("privacy", "Privacy", "site:privacy"),
    Item("contact", "Contact", "site:contact"),
    Item("data", "Open data", "api:openapi-view"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Add the council, the service navigation, the footer and the banner to a page."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, Person) and user.is_active else None
    council = _council(person)
    return {
        "council": council,
        **_languages(request, council),
        "sections": [*_sections(person), *(YOUR_WORK if person else SIGN_IN)],
        "footer": FOOTER,
        "demonstration": settings.DEMONSTRATION,
        "demonstration_password": PASSWORD if settings.DEMONSTRATION else "",
        "roles": person.roles if person else frozenset(),
        "waiting": lambda: queries.count_tasks_of(person, today=localdate()) if person else 0,
    }


def _languages(request: HttpRequest, council: Organisation | None) -> dict[str, Any]:
    """Offer the other language where the council does; the words of this page in Welsh."""
    if not (council and council.speaks_welsh):
        return {}
    welsh = request.COOKIES.get(LANGUAGE) == "cy"
    return {
        "languages": True,
        "welsh": accounts.welsh_words() if welsh else None,
        "this_page": request.get_full_path() if request.method == "GET" else request.path,
    }


def _council(person: Person | None) -> Organisation | None:
    """Return the council: a member of its staff has it at hand, without asking again."""
    own = person.organisation if person and "staff" in person.roles else None
    return own or accounts.council()


def _sections(person: Person | None) -> list[Item]:
    """Return the sections this person may open. The audit trail is under settings for most."""
    shown = [item for item in SECTIONS if _opens(person, item.action)]
    if any(item.key == "settings" for item in shown):
        shown = [item for item in shown if item.key != "audit"]
    # Staff reach how we decide by the footer, where it stands for everyone.
    return [item for item in shown if not (person and item.key == "how")]


def _opens(person: Person | None, action: str) -> bool:
    if person is None:
        return permissions.MAY[action] == permissions.ANYONE
    return permissions.allows(person, action)
