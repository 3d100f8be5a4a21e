"""Residents without an account: they confirm an idea, or their support for one, by e-mail."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas import queries
from trialogue.ideas.models import Confirmation, Idea, SupportAsked
from trialogue.ideas.queries.residents import KEPT_DAYS, hash_of
from trialogue.ideas.services.talking import give, to_support
from trialogue.ideas.services.writing import (
    MOST_AN_HOUR,
    reads_within,
    refuse_unfinished,
    send_as,
)
from trialogue.methods.problems import InputError, Problem, refuse


@transaction.atomic
def ask_to_confirm(number: int, *, email: str, name: str, at: datetime) -> None:
    """Send a link to confirm a finished draft. Asked again, a new link replaces the old one.

    The door sees to it that the draft is the asker's own. Whether the address is known here is
    not told.
    """
    idea = (
        Idea.objects.select_for_update(of=("self",))
        .select_related("area")
        .get(pk=number, created_by=None)
    )
    refuse_unfinished(idea)
    before = Confirmation.objects.filter(idea=idea).first()
    if before and before.email == email and at - before.asked_at < timedelta(minutes=10):
        return
    if before and before.times >= queries.MOST_LINKS:
        raise InputError(Problem("We sent this link three times", "Look in your spam folder"))
    token = token_urlsafe(32)
    Confirmation.objects.update_or_create(
        idea=idea,
        defaults={
            "token_hash": hash_of(token),
            "email": email,
            "name": name.strip()[:120],
            "asked_at": at,
            "times": (before.times if before else 0) + 1,
        },
    )
    accounts.write_to(
        email,
        letter="D",
        subject="Confirm your idea",
        body=(
            f"Use this link within {KEPT_DAYS} days, and a person will read “{idea.title}” within "
            f"{reads_within()}. If you did not suggest it, ignore this."
        ),
        link=f"/ideas/confirm/{token}/",
        key=f"idea {idea.pk} confirm {at.isoformat()}",
        at=at,
    )


@transaction.atomic
def confirm(token: str, *, at: datetime) -> Idea:
    """Send the idea of whoever holds the link. The second time finds no link: Http404."""
    found = queries.to_confirm(token, at=at)
    if found is None:
        raise Http404
    idea = Idea.objects.select_for_update(of=("self",)).get(pk=found.pk)
    asked = Confirmation.objects.get(idea=idea)
    send_as(found, by=_person(asked.email, asked.name, at=at), at=at)
    asked.delete()
    return found


@transaction.atomic
def ask_to_support(number: int, *, email: str, came_from: str, at: datetime) -> None:
    """Send a link with which a resident supports an idea. Raises InputError for a flood.

    Whether the address is known here, or supports it already, is not told. An address gets one
    link an idea in ten minutes, and few in an hour, whoever asks.
    """
    email = email.strip().lower()
    idea = to_support(number, AnonymousUser())
    recent = SupportAsked.objects.filter(asked_at__gt=at - timedelta(hours=1), asked_at__lte=at)
    if recent.filter(came_from=came_from).count() >= MOST_AN_HOUR:
        refuse([Problem("Too many came from where you are", "Wait an hour, then try again")])
    to_them = recent.filter(email=email)
    again = to_them.filter(idea=idea, asked_at__gt=at - timedelta(minutes=10)).exists()
    if again or to_them.count() >= queries.MOST_LINKS:
        return
    token = token_urlsafe(32)
    asked = SupportAsked.objects.create(
        idea=idea, token_hash=hash_of(token), email=email, came_from=came_from, asked_at=at
    )
    accounts.write_to(
        email,
        letter="D",
        subject="Confirm your support",
        body=(
            f"Use this link within {KEPT_DAYS} days, and your support for “{idea.title}” counts. "
            "If you did not ask for it, ignore this."
        ),
        link=f"/ideas/support/{token}/",
        key=f"support {asked.pk} confirm {at.isoformat()}",
        at=at,
    )


@transaction.atomic
def confirm_support(token: str, *, at: datetime) -> Idea:
    """Count the support of whoever holds the link, once. Http404 for a link that is over."""
    asked = queries.support_to_confirm(token, at=at)
    if asked is None:
        raise Http404
    idea = to_support(asked.idea_id, AnonymousUser())
    person = _person(asked.email, "A resident", at=at)
    give(idea, person, at=at)
    SupportAsked.objects.filter(idea=idea, email=asked.email).delete()
    return idea


def _person(email: str, name: str, *, at: datetime) -> Person:
    """Return whose address it is; somebody new gets a row with no password: it opens nothing."""
    person = Person.objects.filter(email__iexact=email).first()
    if person is None:
        person = Person(email=email, name=name, created_at=at)
        person.set_unusable_password()
        person.save()
    return person


@transaction.atomic
def forget_unconfirmed(now: datetime) -> int:
    """Delete each name and e-mail that was not confirmed in seven days."""
    return sum(rows.delete()[0] for rows in past_their_time(now).values())


def past_their_time(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return what of each kind `forget_unconfirmed` would delete at `now`."""
    old = {"asked_at__lt": now - timedelta(days=KEPT_DAYS)}
    return {
        "Senders of an idea who did not confirm": Confirmation.objects.filter(**old),
        "Supporters of an idea who did not confirm": SupportAsked.objects.filter(**old),
    }
