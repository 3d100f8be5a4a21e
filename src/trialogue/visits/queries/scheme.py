"""The scheme, and what of it a person may see."""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from trialogue.accounts.models import Organisation, Person
from trialogue.evidence import queries as evidence
from trialogue.trials.queries.starting import Begun, begun
from trialogue.visits.models import QuestionSet, Scheme


def schemes() -> QuerySet[Scheme]:
    """Return the council's schemes that have not ended, the newest first."""
    return Scheme.objects.filter(ends_on=None).order_by("-pk")


def scheme() -> Scheme | None:
    """Return the council's open scheme: the newest that has not ended."""
    return schemes().first()


def question_set(scheme: Scheme) -> QuestionSet | None:
    """Return the newest published questions."""
    return scheme.question_sets.order_by("-number").first()


def partners_of(person: Person) -> list[Organisation] | None:
    """Return the partners whose rounds this person may see; None: every partner's.

    A round manager sees their own organisation's; the council's staff see all.
    """
    if "staff" in person.roles:
        return None
    return [
        place.organisation
        for place in person.places
        if place.organisation.kind == Organisation.Kind.PARTNER
    ]


def tried_before(scheme: Scheme) -> Any:
    """Return what the register knows of schemes like this one."""
    return evidence.similar(f"{scheme.name} look in postal round visits lonely")


def trial_of(scheme: Scheme) -> Begun | None:
    """Return how far the trial of the scheme is; None when it is no trial."""
    return begun(scheme.trial) if scheme.trial else None


def homes_of_trial(scheme: Scheme) -> list[tuple[date | None, int]]:
    """Return how many residents start on each day, where homes were drawn; last, who waits."""
    rows = scheme.residents.filter(waits=True, erased_at=None).order_by()
    many = rows.values_list("starts_on").annotate(many=Count("pk"))
    return sorted(many, key=lambda one: (one[0] is None, one[0] or date.min))


def agreed_count(scheme: Scheme) -> int:
    """Return how many residents agreed and have not ended."""
    return scheme.residents.filter(state__in=("agreed", "active", "paused")).count()
