"""Who is signed in, with where they belong: one query, since every page asks for both."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from trialogue.accounts.models import Membership, Person


class PeopleBackend(ModelBackend):
    """Django's own, with a person's memberships read beside the person."""

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session, unless they have left."""
        rows = Membership.objects.filter(person=user_id).select_related("person", "organisation")
        places = sorted(rows, key=lambda row: (row.organisation.kind, row.organisation.name))
        if not places:
            return None
        person = places[0].person
        person.places = tuple(places)
        return person if self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user: Person | AnonymousUser | None) -> bool:
        """Whether somebody has an account. A resident has none: they belong nowhere."""
        return isinstance(user, Person) and user.is_active and bool(user.places)
