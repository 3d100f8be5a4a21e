"""The scheme, and what of it a person may see."""

from trialogue.accounts.models import Organisation, Person
from trialogue.visits.models import QuestionSet, Scheme


def scheme() -> Scheme | None:
    """Return the council's open scheme: the newest that has not ended."""
    return Scheme.objects.filter(ends_on=None).order_by("-pk").first()


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
