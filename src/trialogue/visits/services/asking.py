"""What a resident does by their own link: asks, pauses, stops. The desk hears of each."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import long_date
from trialogue.visits.models import Agreement, Concern, Resident, VisitLink
from trialogue.visits.queries.called_off import CALLED_OFF, is_called_off
from trialogue.visits.queries.watch import on_duty
from trialogue.visits.services import residents
from trialogue.visits.services.concerns import open_concern
from trialogue.visits.services.out import DESK, ON_CALL
from trialogue.visits.weekdays import WEEKDAYS

LONGEST = 500
A_COPY = "Asked for a copy of all that is held about them."


@transaction.atomic
def ask_for_days(link: VisitLink, *, days: Sequence[int], words: str, at: datetime) -> Concern:
    """Ask the desk for other days. Nothing changes until a person at the desk has seen to it."""
    resident = _of(link)
    problems = []
    said = words.strip()
    if not days and not said:
        problems.append(Problem("Choose the days that suit you", column="days"))
    elif days and len(set(days)) < resident.visits_per_week:
        many = f"You have {resident.visits_per_week} visits a week"
        problems.append(Problem(many, "Choose at least as many days", column="days"))
    if len(said) > LONGEST:
        what = f"This is {len(said)} letters long"
        problems.append(Problem(what, f"Make it {LONGEST} or fewer", column="words"))
    refuse(problems)
    names = ", ".join(WEEKDAYS[day] for day in sorted(set(days)))
    parts = ["Asked for other days."]
    parts += [f"These suit: {names}."] if names else []
    parts += [f"“{said}”"] if said else []
    return _ask(resident, " ".join(parts), at)


@transaction.atomic
def ask_for_copy(link: VisitLink, *, at: datetime) -> Concern:
    """Ask the desk for a copy of all that is held."""
    return _ask(_of(link), A_COPY, at)


@transaction.atomic
def pause_own(link: VisitLink, *, first: date, last: date, at: datetime) -> bool:
    """Pause the visits for some days; it holds at once, and the desk is told.

    Return whether a visit of today is called off by it.
    """
    resident = _of(link)
    if first < localdate(at):
        raise InputError(Problem("The first day is past", "Choose today or later", column="first"))
    residents.pause(
        resident.public_id,
        first=first,
        last=last,
        why="asked",
        told_by=resident.full_name,
        by=None,
        at=at,
    )
    days = f"from {long_date(first)} to {long_date(last)}"
    if first == last:
        days = f"on {long_date(first)}"
    return _tell(resident, "paused", f"A resident paused their visits, {days}.", at)


@transaction.atomic
def stop_own(link: VisitLink, *, at: datetime) -> bool:
    """Stop the visits; it holds at once, and the desk is told.

    Return whether a visit of today is called off by it.
    """
    resident = _of(link)
    residents.withdraw(
        resident.public_id, who=resident.full_name, how=Agreement.How.FORM, by=None, at=at
    )
    return _tell(resident, "stopped", "A resident stopped their visits.", at)


def _of(link: VisitLink) -> Resident:
    """Return whose link it is, kept from everybody else meanwhile."""
    locked = Resident.objects.select_for_update().select_related("scheme")
    return locked.get(pk=link.resident_id)


def _ask(resident: Resident, words: str, at: datetime) -> Concern:
    """Open a request; the same one that is still open is found instead."""
    rows = Concern.objects.filter(resident=resident, origin=Concern.Origin.LINK, words=words)
    had = rows.exclude(state=Concern.State.CLOSED).first()
    if had:
        return had
    made = open_concern(
        scheme=resident.scheme,
        resident=resident,
        level=Concern.Level.REQUEST,
        kind=Concern.Kind.OTHER,
        words=words,
        origin=Concern.Origin.LINK,
        raised_at=at,
        received_at=at,
    )
    accounts.record(
        by=None,
        action="ask by own link",
        on="concern",
        thing=made.code,
        at=at,
        after={"level": made.level},
    )
    return made


def _tell(resident: Resident, what: str, words: str, at: datetime) -> bool:
    """Tell who is on duty; return whether today's visit is called off, which presses.

    No name leaves: whom it is about stands on the page.
    """
    shifts = [one for one in on_duty(resident.scheme, at) if one.role in ON_CALL]
    people = list(dict.fromkeys(one.person for one in shifts)) or councils.people_with(DESK)
    subject, key = f"A resident {what} their visits", f"by link {resident.pk} {at.isoformat()}"
    if not is_called_off(resident, day=localdate(at), now=at):
        accounts.notify(
            people,
            letter="S",
            subject=subject,
            body=f"{words} They did so by their own link. It holds already.",
            link=reverse("visits:resident", args=[resident.public_id]),
            key=f"{what} {key}",
            at=at,
        )
        return False
    words = f"{subject}. A visit of today is called off: look whether to ring the visitor."
    link, key = reverse("visits:start"), f"{CALLED_OFF} {key}"
    accounts.notify(
        people,
        letter="L",
        subject="A visit of today is called off",
        body=words,
        link=link,
        key=key,
        at=at,
    )
    for one in shifts:
        if one.telephone and accounts.texts_leave():
            accounts.text_to(
                one.person, one.telephone, letter="L", words=words, link=link, key=key, at=at
            )
    return True
