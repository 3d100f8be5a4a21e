"""A request from someone signed in."""

from django.http import HttpRequest

from trialogue.accounts.models import Person


class MemberRequest(HttpRequest):
    """A request whose `user` is a person: every view that is not public takes one."""

    user: Person
