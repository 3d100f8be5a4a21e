"""A request from someone signed in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from trialogue.accounts.models import Person


class MemberRequest(HttpRequest):
    """A request whose `user` is a person: every view that is not public takes one."""

    user: Person


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in. `permissions.page` saw to it; a view never has to look itself."""
    if not isinstance(request.user, Person):
        raise PermissionDenied("Sign in first.")
    return request.user
