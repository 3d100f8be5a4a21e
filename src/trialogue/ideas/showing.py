"""What the pages of ideas show: the columns of the list, the parts of an idea's page."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.text import capfirst

from trialogue.accounts import queries as councils
from trialogue.accounts.models import Person
from trialogue.accounts.periods import CHECK
from trialogue.evidence import personal
from trialogue.evidence import queries as evidence
from trialogue.ideas import queries
from trialogue.ideas.models import Call, Comment, Idea
from trialogue.ideas.words import HIDE_REASONS, TRIED, counted, hours, pounds, tag, written
from trialogue.pages.lists import Column, Tag

Ideas = Column[Idea]


def columns(today: date, address: Callable[[Idea], str]) -> tuple[Ideas, ...]:
    """Return the columns of the list on its page."""
    calendar = councils.calendar()
    return (
        Ideas("Idea", lambda row: row.title, "title", address),
        Ideas("State", lambda row: tag(row, today, calendar)),
        Ideas("Service", _service, "area__name"),
        Ideas("Support", _support, "staff_support"),
        Ideas("Answer by", _answer_by, "answer_due_on"),
    )


def csv_columns(today: date) -> tuple[Ideas, ...]:
    """Return the columns of the list as a file: one fact a column."""
    calendar = councils.calendar()
    return (
        Ideas("number", lambda row: row.pk),
        Ideas("title", lambda row: row.title, "title"),
        Ideas("state", lambda row: tag(row, today, calendar)),
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
        Ideas("verdict", lambda row: row.trial_verdict),
        Ideas("settles", lambda row: row.trial_settles),
    )


def call_columns(today: date, address: Callable[[Idea], str]) -> tuple[Ideas, ...]:
    """Return the columns of a call's ideas: each, and what became of it."""
    calendar = councils.calendar()
    return (
        Ideas("Idea", lambda row: row.title, "title", address),
        Ideas("State", lambda row: tag(row, today, calendar)),
        Ideas("Support", _support, "staff_support"),
        Ideas("What became of it", _became),
    )


def _became(idea: Idea) -> str:
    if idea.status != Idea.Status.ANSWERED:
        return f"Answer by {written(idea.answer_due_on)}"
    return idea.answer_reason


def takes_ideas(call: Call, today: date) -> bool:
    """Whether a call takes ideas on a day."""
    return call.opens_on <= today <= call.closes_on and not call.what_happened


def call_tag(call: Call, today: date) -> Tag:
    """Return the tag of a call on a day."""
    if takes_ideas(call, today):
        return Tag(f"Open until {written(call.closes_on)}", "blue")
    if call.opens_on > today and not call.what_happened:
        return Tag(f"Opens on {written(call.opens_on)}", "grey")
    return Tag("Closed", "grey")


def call_rows(call: Any) -> list[tuple[str, str, str]]:
    """Return what there is to know of a call."""
    rows = [
        ("Open", f"{written(call.opens_on)} to {written(call.closes_on)}"),
        ("Every idea is answered by", written(call.answers_by)),
        ("Ideas", f"{call.sent:,}, of which {call.answered:,} answered"),
    ]
    if call.teams:
        rows.append(("Hack day", counted(call.teams, "team", "teams")))
    if call.pot_pence:
        rows.append(("Money to try ideas with", f"£{call.pot_pence / 100:,.0f}"))
    return [(key, value, "") for key, value in rows]


def checked(idea: Idea, *, today: date) -> dict[str, Any]:
    """Return what the page says on which an idea is checked."""
    calendar = councils.calendar()
    return {
        "tag": tag(idea, today, calendar),
        "hidden": hidden_because(idea),
        "read_by": written(calendar.after(_on(idea.sent_at), councils.days(CHECK))),
        "personal": personal.found(f"{idea.title} {idea.problem} {idea.proposal}"),
    }


def hidden_because(hidden: Idea | Comment) -> str:
    """Say why something is hidden; empty when it is not."""
    return HIDE_REASONS.get(hidden.hidden_reason, "")


def _on(moment: Any) -> date:
    return timezone.localtime(moment).date()


def may_plan(idea: Idea, person: Person | AnonymousUser) -> bool:
    """Whether an idea waits for its trial, and this person may plan it: its lead, a manager."""
    if idea.answer != Idea.Answer.TRIAL or idea.trial or not isinstance(person, Person):
        return False
    return person == idea.lead or bool(queries.MODERATORS & person.roles)


def _service(idea: Idea) -> str:
    return idea.area.name if idea.area else "not known"


def _support(idea: Idea) -> str:
    staff, public = _annotated("staff_support")(idea), _annotated("public_support")(idea)
    return f"staff {staff:,}, public {public:,}"


def _annotated(name: str) -> Callable[[Idea], int]:
    return lambda idea: int(getattr(idea, name))


def _answer_by(idea: Idea) -> str:
    if idea.status != Idea.Status.ANSWERED:
        return written(idea.answer_due_on)
    return f"answered; {idea.trial_settles}" if idea.trial_settles else "answered"


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
    draft_until = queries.open_until(idea.trial) if idea.trial and not trial else None
    return {
        "tag": tag(idea, today, councils.calendar()),
        "rows": _rows(idea),
        "support": _support(idea),
        "comments": queries.comments_of(idea, seen_by),
        "history": _history(idea, trial),
        "earlier": shown.shown if shown else [],
        "different": shown.get_answer_display() if shown and shown.answer else "",
        "draft_until": draft_until if draft_until and draft_until >= today else None,
        "card": evidence.cards([trial], today=today)[0] if trial else None,
        "released": evidence.released_by(idea.trial) if idea.trial_verdict else (),
        "released_columns": evidence.RELEASED,
        "hidden": hidden_because(idea),
        "wakes": _wakes(idea),
        "sees_trial": isinstance(seen_by, Person)
        and (seen_by == idea.lead or "manager" in seen_by.roles),
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
        ("Time it might save, as claimed", capfirst(hours(idea))),
        ("Money it might save, as claimed", capfirst(pounds(idea))),
        ("How they know", idea.how_known),
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


def _of_trial(idea: Idea, trial: evidence.Record | None) -> list[tuple[str, str, Any, str]]:
    if trial is None:
        noted = idea.trial_noted_at
        return [("Trial being planned", "", noted, idea.trial)] if noted else []
    moments: list[tuple[str, str, Any, str]] = [
        ("Trial registered", "", trial.registered_at, trial.title)
    ]
    if trial.reported_at:
        moments.append(("Trial reported", "", trial.reported_at, trial.sentence))
    elif idea.trial_state in TRIED and idea.trial_noted_at:
        moments.append((f"Trial {idea.trial_state}", "", idea.trial_noted_at, ""))
    return moments


def _history(idea: Idea, trial: evidence.Record | None) -> list[tuple[str, str, Any, str]]:
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
    if idea.woken_at:
        moments.append(("Woken", "", idea.woken_at, "What it waited for has come."))
    moments += _of_trial(idea, trial)
    return sorted(moments, key=lambda moment: moment[2], reverse=True)
