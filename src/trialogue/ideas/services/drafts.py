"""Draft plans of trials that are open for comments: opened and closed, comments answered.

News from inside the house, as `note_trial` is: the trial's own service has checked who may, and
writes the audit trail.
"""

from datetime import date, datetime

from django.db import transaction
from django.shortcuts import get_object_or_404

from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.ideas.models import Comment, OpenDraft
from trialogue.ideas.services.people import address
from trialogue.ideas.services.talking import problems_of_words
from trialogue.methods.problems import refuse


@transaction.atomic
def open_draft(trial: str, *, title: str, until: date) -> None:
    """Let people comment on a draft until a day, that day included. The last word counts."""
    OpenDraft.objects.update_or_create(trial=trial, defaults={"title": title, "until": until})


@transaction.atomic
def answer_comment(trial: str, comment: int, *, text: str, by: Person, at: datetime) -> bool:
    """Answer what somebody said on a draft, and tell them; whether the answer is new."""
    said = get_object_or_404(
        Comment.objects.select_for_update(of=("self",)).select_related("draft", "by"),
        pk=comment,
        draft__trial=trial,
    )
    text = text.strip()
    refuse(problems_of_words(text))
    if said.answer == text:
        return False
    said.answer, said.answered_by, said.answered_at = text, by, at
    said.save(update_fields=["answer", "answered_by", "answered_at"])
    accounts.notify(
        [said.by],
        letter="F",
        subject=f"Answered: what you said on the draft of “{said.on.title[:60]}”",
        body=text,
        link=address(said.on),
        key=f"comment {said.pk} answered {at:%Y%m%d%H%M%S}",
        at=at,
    )
    return True
