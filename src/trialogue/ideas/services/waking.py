"""Ideas put aside, and what wakes them: a day that has come, or a result like them."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from trialogue.accounts import services as accounts
from trialogue.evidence import queries as evidence
from trialogue.ideas.models import Idea
from trialogue.ideas.queries.earlier import text_of
from trialogue.ideas.services.people import address, record

LOOKED_AT = 20  # the nearest trials, among which a new result is looked for


def wake(now: datetime) -> int:
    """Wake every idea that what it waits for has come to; return how many."""
    return wake_by_date(now) + wake_by_evidence(now)


@transaction.atomic
def wake_by_date(now: datetime) -> int:
    """Bring back each idea put aside until a day that has come. Once an answer."""
    woken = 0
    for idea in _asleep().filter(wake_on__lte=timezone.localtime(now).date()):
        _wake(
            idea,
            subject=f"The day has come for an idea you put aside: {idea.title}",
            body="It was put aside until today. Look at it again.",
            key=f"idea {idea.pk} woken {idea.wake_on}",
            at=now,
        )
        woken += 1
    return woken


@transaction.atomic
def wake_by_evidence(now: datetime) -> int:
    """Bring back each idea that waits for evidence once a trial like it has reported.

    Only results newer than the answer count: the older ones were known. Once an answer.
    """
    woken = 0
    for idea in _asleep().filter(wake=Idea.Wake.EVIDENCE):
        found = _new_result(idea, timezone.localtime(now).date())
        if found is None:
            continue
        _wake(
            idea,
            subject=f"New evidence on an idea you put aside: {idea.title}",
            body=(
                f"{found.place} reported {found.title}: {found.tag.words}. "
                "Look at your idea again."
            ),
            key=f"idea {idea.pk} woken {found.id}",
            at=now,
        )
        woken += 1
    return woken


def _new_result(idea: Idea, today: date) -> evidence.Card | None:
    hits = evidence.similar(text_of(idea.title, idea.problem, idea.proposal), limit=LOOKED_AT)
    for hit in hits:
        reported_at = hit.record.reported_at
        newer = reported_at and idea.answered_at and reported_at > idea.answered_at
        if newer and hit.band != "nearest":
            return evidence.cards([hit.record], today=today)[0]
    return None


def _asleep() -> QuerySet[Idea]:
    return (
        Idea.objects.select_for_update(of=("self",))
        .select_related("created_by", "answered_by")
        .filter(answer=Idea.Answer.NOT_NOW, woken_at__isnull=True)
        .order_by("pk")
    )


def _wake(idea: Idea, *, subject: str, body: str, key: str, at: datetime) -> None:
    accounts.notify(
        [person for person in (idea.created_by, idea.answered_by) if person],
        letter="O",
        subject=subject,
        body=body,
        link=address(idea),
        key=key,
        at=at,
    )
    idea.woken_at = at
    idea.save(update_fields=["woken_at"])
    record(idea, "wake an idea", by=None, at=at)
