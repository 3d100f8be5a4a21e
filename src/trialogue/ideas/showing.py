"""What the pages of ideas show: the columns of the list, the parts of an idea's page."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.ideas import queries
from trialogue.ideas.models import Idea
from trialogue.ideas.words import HIDE_REASONS, hours, pounds, tag, written
from trialogue.pages.lists import Column

Ideas = Column[Idea]


def columns(today: date, address: Callable[[Idea], str]) -> tuple[Ideas, ...]:
    """Return the columns of the list on its page."""
    return (
        Ideas("Idea", lambda row: row.title, "title", address),
        Ideas("State", lambda row: tag(row, today)),
        Ideas("Service", _service, "area__name"),
        Ideas("Support", _support, "staff_support"),
        Ideas("Answer by", _answer_by, "answer_due_on"),
    )


def csv_columns(today: date) -> tuple[Ideas, ...]:
    """Return the columns of the list as a file: one fact a column."""
    return (
        Ideas("number", lambda row: row.pk),
        Ideas("title", lambda row: row.title, "title"),
        Ideas("state", lambda row: tag(row, today)),
        Ideas("works_with", lambda row: row.collaboration),
        Ideas("service", _service, "area__name"),
        Ideas("place", lambda row: row.place),
        Ideas("staff_support", _annotated("staff_support"), "staff_support"),
        Ideas("public_support", _annotated("public_support")),
        Ideas("hours_a_month", hours),
        Ideas("pounds_a_year", pounds),
        Ideas("sent", lambda row: _day(row.sent_at), "sent_at"),
        Ideas(
            "answer_by",
            lambda row: row.answer_due_on.isoformat() if row.answer_due_on else "",
            "answer_due_on",
        ),
        Ideas("answer", lambda row: row.answer),
        Ideas("reason", lambda row: row.answer_reason),
        Ideas("trial", lambda row: row.trial),
    )


def _service(idea: Idea) -> str:
    return idea.area.name if idea.area else "not known"


def _support(idea: Idea) -> str:
    staff, public = _annotated("staff_support")(idea), _annotated("public_support")(idea)
    return f"staff {staff:,}, public {public:,}"


def _annotated(name: str) -> Callable[[Idea], int]:
    return lambda idea: int(getattr(idea, name))


def _answer_by(idea: Idea) -> str:
    return "answered" if idea.status == Idea.Status.ANSWERED else written(idea.answer_due_on)


def _day(moment: Any) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def sender(idea: Idea) -> str:
    """Say who sent an idea; never the name of somebody from outside."""
    by_staff = bool(getattr(idea, "by_staff", False))
    return (
        f"{idea.created_by}, who works here" if by_staff else "Somebody from outside the council"
    )


def page_of(idea: Idea, *, seen_by: Person | AnonymousUser, today: date) -> dict[str, Any]:
    """Return what the page of an idea shows beside the idea itself."""
    shown = queries.last_shown(idea)
    trial = evidence.record(idea.trial) if idea.trial else None
    return {
        "tag": tag(idea, today),
        "rows": _rows(idea),
        "support": _support(idea),
        "comments": queries.comments_of(idea, seen_by),
        "history": _history(idea),
        "earlier": shown.shown if shown else [],
        "different": shown.get_answer_display() if shown and shown.answer else "",
        "card": evidence.cards([trial], today=today)[0] if trial else None,
        "claimed": (hours(idea), pounds(idea)),
        "measured": trial.sentence if trial and trial.sentence else "not known yet",
        "hidden": HIDE_REASONS.get(idea.hidden_reason, ""),
        "wakes": _wakes(idea),
        "joined": idea.merge.into if hasattr(idea, "merge") else None,
    }


def _rows(idea: Idea) -> list[tuple[str, str, str]]:
    answers = str(idea.to_answer) if idea.to_answer else "not known"
    if idea.to_answer and idea.to_answer.job:
        answers = f"{idea.to_answer.name}, {idea.to_answer.job}"
    rows = [
        ("The problem", idea.problem),
        ("What to try", idea.proposal),
        ("Works with", idea.get_collaboration_display()),
        ("Service", _service(idea)),
        ("Where", idea.place),
        ("Who must agree", idea.who_must_agree),
        ("Sent by", sender(idea)),
        ("Who answers", answers),
        ("Answer by", written(idea.answer_due_on)),
    ]
    if idea.call:
        rows.append(("For the call", idea.call.title))
    return [(key, value, "") for key, value in rows]


def _wakes(idea: Idea) -> str:
    if idea.answer != Idea.Answer.NOT_NOW:
        return ""
    if idea.wake_on:
        return f"We look at it again on {written(idea.wake_on)}."
    return f"What would wake it: {idea.get_wake_display().lower()}. {idea.wake_words}"


def _history(idea: Idea) -> list[tuple[str, str, Any, str]]:
    moments: list[tuple[str, str, Any, str]] = []
    if idea.sent_at:
        moments.append(("Sent", "", idea.sent_at, ""))
    for given in queries.history_of(idea):
        words = f"{given.reason}\n\nWhy it changed: {given.why_changed}"
        moments.append(
            (
                f"{'Answer changed' if given.why_changed else 'Answered'}: "
                f"{given.get_answer_display()}",
                str(given.by),
                given.at,
                words if given.why_changed else given.reason,
            )
        )
    if idea.trial_noted_at:
        moments.append((f"Trial {idea.trial_state}", "", idea.trial_noted_at, idea.trial))
    return sorted(moments, key=lambda moment: moment[2], reverse=True)
