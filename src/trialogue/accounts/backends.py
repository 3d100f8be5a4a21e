"""Who is signed in, with where they belong: one query, since every page asks for both."""

from django.contrib.auth.backends import ModelBackend

from trialogue.accounts.models import Membership, Person


class PeopleBackend(ModelBackend):
    """Django's own, with a person's memberships read beside the person."""

    def get_user(self, user_id: int) -> Person | None:
        """Return the person of a session, unless they have left."""
        rows = Membership.objects.filter(person=user_id).select_related("person", "organisation")
        places = sorted(rows, key=lambda row: (row.organisation.kind, row.organisation.name))
        person = places[0].person if places else Person.objects.filter(pk=user_id).first()
        if person is None or not self.user_can_authenticate(person):
            return None
        person.places = tuple(places)
        return person
