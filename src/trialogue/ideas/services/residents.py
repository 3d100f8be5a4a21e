"""Residents without an account: an idea is sent once its sender confirms it by e-mail."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.db import transaction
from django.http import Http404

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas import queries
from trialogue.ideas.models import Confirmation, Idea
from trialogue.ideas.queries.residents import KEPT_DAYS, hash_of
from trialogue.ideas.services.writing import reads_within, refuse_unfinished, send_as
from trialogue.methods.problems import InputError, Problem


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
    person = Person.objects.filter(email__iexact=asked.email).first()
    if person is None:
        person = Person(email=asked.email, name=asked.name, created_at=at)
        person.set_unusable_password()
        person.save()
    send_as(found, by=person, at=at)
    asked.delete()
    return found


@transaction.atomic
def forget_unconfirmed(now: datetime) -> int:
    """Delete each name and e-mail that was not confirmed in seven days."""
    old = Confirmation.objects.filter(asked_at__lt=now - timedelta(days=KEPT_DAYS))
    forgotten, _ = old.delete()
    return forgotten
