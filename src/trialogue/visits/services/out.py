"""Visitors who work alone: who is told that a round was not ended, and who says that it is."""

import hashlib
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.verdicts import clock_time
from trialogue.visits import queries, records, timers
from trialogue.visits.models import DutyShift, Scheme, VisitEvent
from trialogue.visits.queries.out import NOT_ENDED, Out, not_ended
from trialogue.visits.queries.watch import on_duty
from trialogue.visits.states import Type

MANAGERS = frozenset({"round manager"})
DESK = frozenset({"duty desk", "duty manager"})
ON_CALL = (DutyShift.Role.DUTY, DutyShift.Role.DEPUTY)


def tell_of_rounds_not_ended(now: datetime) -> None:
    """Tell the round manager of each visitor who is not done in time, then the desk. Each once.

    Where no round manager can be told, the desk is told at once.
    """
    for scheme in Scheme.objects.all():
        for out in not_ended(scheme, now=now):
            _tell_of(scheme, out, now)


@transaction.atomic
def _tell_of(scheme: Scheme, out: Out, now: datetime) -> None:
    key = f"{NOT_ENDED} {out.visitor.pk}.{out.day}"
    told = councils.keys_of_messages(f"{key} ")
    managers = councils.people_of(out.visitor.partner, MANAGERS)
    if managers and f"{key} manager" not in told:
        _tell(managers, out, f"{key} manager", now, numbers={})
    desk_at = out.over_at + timers.SHIFT_DESK.span(scheme.settings)
    alone = not managers or councils.none_went([f"{key} manager"])
    if f"{key} desk" not in told and (alone or now >= desk_at):
        shifts = [one for one in on_duty(scheme, now) if one.role in ON_CALL]
        people = list(dict.fromkeys(one.person for one in shifts)) or councils.people_with(DESK)
        numbers = {one.person_id: one.telephone for one in shifts if one.telephone}
        _tell(people, out, f"{key} desk", now, numbers=numbers)


def _tell(
    people: list[Person], out: Out, key: str, now: datetime, *, numbers: dict[int, str]
) -> None:
    """Write the notices. No name leaves: which visitor it is stands on the page."""
    subject = f"Round {out.round} was not ended"
    over = clock_time(localtime(out.over_at).time())
    words = f"{subject}. It should have been over by {over}. Find out whether its visitor is safe."
    link = reverse("visits:round_page", args=[out.round_id])
    accounts.notify(
        people,
        letter="L",
        subject=subject,
        body=f"{words} If you cannot reach them and fear for them, call 999.",
        link=link,
        key=key,
        at=now,
    )
    for person in people:
        if (number := numbers.get(person.pk)) and accounts.texts_leave():
            accounts.text_to(person, number, letter="L", words=words, link=link, key=key, at=now)


@transaction.atomic
def end_round(round_id: UUID, *, day: date, words: str, by: Person, at: datetime) -> None:
    """Say, for visitors who did not, that the round is over; and how that is known.

    A second time does nothing. What the phone still sends counts as ever.
    """
    permissions.check(by, "change rounds")
    found = queries.round_of(round_id, seen_by=by, lock=True)
    out = [one for one in not_ended(found.scheme, now=at, of=found) if one.day == day]
    if not out:
        return
    said = words.strip()
    if not said:
        raise InputError(Problem("Enter where the visitor is, and how you know", column="words"))
    if len(said) > records.LONGEST_NOTE:
        raise InputError(
            Problem(
                f"This is {len(said)} letters long",
                f"Make it {records.LONGEST_NOTE} or fewer",
                column="words",
            )
        )
    VisitEvent.objects.bulk_create(
        VisitEvent(
            id=uuid4(),
            scheme=found.scheme,
            person=by,
            type=Type.SHIFT_ENDED,
            list=one.list,
            at=at,
            about_at=at,
            quality=VisitEvent.Quality.RECEIVED,
            received_at=at,
            schema=records.SCHEMA,
            body={"words": said},
            sha256=hashlib.sha256(said.encode()).hexdigest(),
        )
        for one in out
    )
    accounts.record(
        by=by,
        action="end a round for its visitor",
        on="round",
        thing=str(found.public_id),
        at=at,
        after={"day": day.isoformat()},
    )
