"""Draft plans of trials that are open for comments, and what was said on them."""

from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from trialogue.accounts.models import Person
from trialogue.ideas.models import Comment, OpenDraft
from trialogue.ideas.queries.one import seen_comments
from trialogue.ideas.queries.waiting import appealed


def open_until(trial: str) -> date | None:
    """Return the last day on which people comment on a trial's draft; None if it never opened."""
    return OpenDraft.objects.filter(trial=trial).values_list("until", flat=True).first()


def comments_on_draft(trial: str, *, seen_by: Person | AnonymousUser) -> QuerySet[Comment]:
    """Return what was said on a draft, as `comments_of` does for an idea."""
    return seen_comments(seen_by).filter(draft__trial=trial)


def comment_on_draft(trial: str, comment: int, *, seen_by: Person) -> Comment:
    """Return one of them. Raises Http404 where there is none that this person may see."""
    return get_object_or_404(comments_on_draft(trial, seen_by=seen_by), pk=comment)


def commented_on_draft(trial: str, person: Person) -> bool:
    """Return whether a person said something on a draft."""
    return Comment.objects.filter(draft__trial=trial, by=person).exists()


def drafts_to_check() -> QuerySet[Comment, str]:
    """Return the trials with a comment that nobody has checked, or an appeal without answer."""
    waits = Q(checked_at=None, hidden_reason="") | appealed()
    return _on_drafts().filter(waits).values_list("draft__trial", flat=True)


def drafts_to_answer() -> QuerySet[Comment, str]:
    """Return the trials with a comment that shows and has no answer."""
    shown = Q(checked_at__isnull=False, hidden_reason="", answer="")
    return _on_drafts().filter(shown).values_list("draft__trial", flat=True)


def _on_drafts() -> QuerySet[Comment]:
    return Comment.objects.filter(draft__isnull=False)
