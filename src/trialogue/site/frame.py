"""What the frame of every page shows: the council, where one may go, the banner."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trialogue.accounts.models import Organisation, Person

# Section, its heading in the service navigation, its address, who sees it.
SECTIONS = [
    ("trials", "Trials", "trials:trials", "staff"),
    ("evidence", "Evidence", "evidence:search", "anyone"),
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Add the council, the service navigation and the banner to a page."""
    person = getattr(request, "user", None)
    roles = person.roles if isinstance(person, Person) else frozenset[str]()
    council = Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()
    return {
        "council": council,
        "sections": [s for s in SECTIONS if s[3] in roles | {"anyone"}],
        "demonstration": settings.DEMONSTRATION,
        "roles": roles,
    }
