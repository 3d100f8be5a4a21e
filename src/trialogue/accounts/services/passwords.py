"""Passwords: asked for by e-mail, chosen, changed."""

import uuid
from datetime import datetime
from typing import TypeGuard
from uuid import UUID

from axes.utils import reset as forget_tries
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction

from trialogue.accounts.models import Person
from trialogue.accounts.services.audit import record
from trialogue.accounts.services.messages import write_to
from trialogue.methods.problems import InputError, Problem, refuse

_WORDS = {
    "password_too_short": ("The password is too short", "Use 10 characters or more"),
    "password_too_common": ("Many people use this password", "Choose another"),
    "password_too_similar": ("The password is too like your name or e-mail", "Choose another"),
}


def password_problems(password: str, person: Person) -> tuple[Problem, ...]:
    """Return what is wrong with a password that this person would have."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return tuple(
            Problem(*_WORDS.get(str(one.code), (one.messages[0], "")), column="password")
            for one in error.error_list
        )
    return ()


@transaction.atomic
def ask_for_password(email: str, *, at: datetime) -> None:
    """Send a link that sets a new password, if the address has an account. Says nothing back.

    Residents who confirmed an idea have no account, and so no password to set.

    One message a minute, however often it is asked.
    """
    person = Person.objects.filter(email__iexact=email.strip()).first()
    if not _has_account(person):
        return
    token = default_token_generator.make_token(person)
    write_to(
        person.email,
        letter="B",
        subject="Set a new password",
        body="Use this link within one hour. If it was not you, do nothing; your password has "
        "not changed.",
        link=f"/account/password/{person.public_id}/{token}/",
        key=f"password {person.public_id} {at:%Y-%m-%d %H:%M}",
        at=at,
    )


def may_set_password(public_id: UUID, token: str) -> bool:
    """Whether this link still sets a password: it works once, for one hour."""
    person = Person.objects.filter(public_id=public_id).first()
    return _has_account(person) and default_token_generator.check_token(person, token)


@transaction.atomic
def set_new_password(public_id: UUID, token: str, *, password: str, at: datetime) -> Person:
    """Set the password by the link that was sent; every other session ends."""
    person = Person.objects.select_for_update().filter(public_id=public_id).first()
    if not _has_account(person) or not default_token_generator.check_token(person, token):
        raise InputError(Problem("This link is too old or was used", "Ask for a new one"))
    refuse(password_problems(password, person))
    _keep(person, password)
    record(by=person, action="set a new password", on="person", thing=str(public_id), at=at)
    forget_tries(username=person.email)
    return person


@transaction.atomic
def change_password(*, by: Person, old: str, new: str, at: datetime) -> Person:
    """Change one's own password; every other session ends."""
    person = Person.objects.select_for_update().get(pk=by.pk)
    if not person.check_password(old):
        raise InputError(
            Problem("This is not your password now", "Try again", column="old_password")
        )
    refuse(password_problems(new, person))
    _keep(person, new)
    record(by=by, action="change password", on="person", thing=str(person.public_id), at=at)
    return person


def _has_account(person: Person | None) -> TypeGuard[Person]:
    return person is not None and person.is_active and bool(person.places)


def _keep(person: Person, password: str) -> None:
    person.set_password(password)
    person.session_key = uuid.uuid4()
    person.save(update_fields=["password", "session_key"])
