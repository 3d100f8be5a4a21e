"""What the desk types in when phones fail: messages like "OK 0412", paper sheets, who is done.

It makes events like any other. The desk tells one account of a visit: typed again in other words,
it is a correction.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.timezone import localtime, make_aware

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import clock_time
from trialogue.visits import queries, records, states
from trialogue.visits.models import Scheme, Visit, VisitEvent, VisitList, Visitor
from trialogue.visits.queries.day import shift_of
from trialogue.visits.queries.phones import NOT_CALLED
from trialogue.visits.queries.residents import suspended_on
from trialogue.visits.services.recording import check_questions, follow

LONGEST_NAME = 100
_AFTER_MIDNIGHT = timedelta(hours=6)  # so long before the first visit is the day after
_LINE = re.compile(r"(OK|NA)\W*(\d{4})", re.IGNORECASE)


@transaction.atomic
def type_messages(text: str, *, scheme: Scheme, day: date, by: Person, at: datetime) -> int:
    """Record messages, a line each, like "OK 0412" and "NA 0412"; return how many visits."""
    permissions.check(by, "watch visits")
    visits = {visit.code: visit for visit in Visit.objects.filter(scheme=scheme, day=day)}
    problems: list[Problem] = []
    told: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            what = f"Line {number}: “{line.strip()[:40]}” is not like OK 0412 or NA 0412"
            problems.append(Problem(what, column="messages"))
        elif found[2] not in visits:
            what = f"Line {number}: no visit of this day has the number {found[2]}"
            problems.append(Problem(what, "Look on the round sheet", column="messages"))
        elif told.setdefault(found[2], found[1].upper()) != found[1].upper():
            what = f"Line {number}: {found[2]} is both OK and NA"
            problems.append(Problem(what, "Keep one of them", column="messages"))
    if not problems and not told:
        problems.append(Problem("Enter what was texted or telephoned", column="messages"))
    refuse(problems)
    for code, word in told.items():
        if word == "OK":
            _tell(
                visits[code], states.Type.VISIT_RECORDED, {"answers": {}}, by=by, at=at, about=at
            )
        else:
            body = {"step": "card", "worried": False, "noticed": ""}
            _tell(visits[code], states.Type.NO_ANSWER_STEP, body, by=by, at=at, about=at)
    return len(told)


@transaction.atomic
def type_sheet(
    visit: Visit, *, kind: str, body: dict[str, Any], by: Person, at: datetime, about: datetime
) -> None:
    """Record what a paper sheet says of a visit. `about`: when the visit was."""
    permissions.check(by, "watch visits")
    try:
        records.check_body(kind, body)
        check_questions(visit, kind, body)
    except records.NotUnderstoodError as error:
        raise InputError(Problem(f"Not taken: {error}")) from None
    if about > at:
        raise InputError(Problem("The time of the visit has not come yet", column="time"))
    _tell(visit, states.Type(kind), body, by=by, at=at, about=about)


@transaction.atomic
def print_sheets(scheme: Scheme, *, day: date, by: Person, at: datetime) -> None:
    """Note whose day is on paper: from now on somebody asks after them, as after a phone.

    But not after a visitor whose every visit is called off: nobody sets out for those.
    """
    permissions.check(by, "watch visits")
    calls = Visit.objects.filter(scheme=scheme, day=day).exclude(visitor=None)
    called = list(calls.exclude(moved__in=NOT_CALLED).select_related("resident"))
    off = suspended_on([visit.resident for visit in called], day)
    out = {visit.visitor_id for visit in called if visit.resident_id not in off}
    _put_on_paper((visitor for visitor in out if visitor), day, by, at)


@transaction.atomic
def type_end(
    visitor: UUID,
    *,
    scheme: Scheme,
    day: date,
    time: time,
    said_by: str,
    how: str,
    by: Person,
    at: datetime,
) -> None:
    """Record that a visitor has finished and is safe, and how the desk knows.

    A second time does nothing, until it is taken back or they begin again.
    """
    permissions.check(by, "watch visits")
    Visitor.objects.select_for_update().get(public_id=visitor)
    shift = shift_of(scheme, day, visitor)
    about = make_aware(datetime.combine(day, time))
    if about < shift.first_at - _AFTER_MIDNIGHT:
        about += timedelta(days=1)
    who = said_by.strip()
    problems = []
    begun_at = shift.told.begun_last_at
    if about > at:
        problems.append(Problem("This time has not come yet", column="time"))
    elif begun_at and about < begun_at:
        began = f"They began at {clock_time(localtime(begun_at).time())}"
        problems.append(Problem(began, "Enter a later time", column="time"))
    if not who:
        problems.append(Problem("Enter who said so", column="said_by"))
    elif len(who) > LONGEST_NAME:
        long = f"This name is {len(who)} letters long"
        problems.append(Problem(long, f"Make it {LONGEST_NAME} or fewer", column="said_by"))
    if how not in records.HEARD:
        problems.append(Problem("Choose how you heard", column="how"))
    refuse(problems)
    if shift.told.end:
        return
    _put_on_paper([shift.visitor.pk], day, by, at)
    paper = VisitList.objects.get(visitor=shift.visitor, day=day)
    body = {"said_by": who, "how": how}
    _keep(
        *(uuid4(), states.Type.SHIFT_ENDED, body, scheme.pk, by, at),
        about=about,
        listed=paper.public_id,
    )
    _note_end("type in the end of a round", shift.visitor, day, by, at)


@transaction.atomic
def take_end_back(visitor: UUID, *, scheme: Scheme, day: date, by: Person, at: datetime) -> None:
    """Take back that a visitor has finished, where the desk said so. It stays on record."""
    permissions.check(by, "watch visits")
    Visitor.objects.select_for_update().get(public_id=visitor)
    shift = shift_of(scheme, day, visitor)
    end = shift.told.end
    if end is None or end.typed is None:
        return
    body = {"corrects": str(end.typed), "type": "", "body": {}}
    listed = VisitEvent.objects.get(pk=end.typed).list
    made = uuid5(end.typed, "taken back")
    _keep(made, states.Type.CORRECTION, body, scheme.pk, by, at, listed=listed)
    _note_end("take back the end of a round", shift.visitor, day, by, at)


def _note_end(action: str, visitor: Visitor, day: date, by: Person, at: datetime) -> None:
    accounts.record(
        by=by,
        action=action,
        on="visitor",
        thing=str(visitor.public_id),
        at=at,
        after={"day": day.isoformat()},
    )


def _put_on_paper(visitors: Iterable[int], day: date, by: Person, at: datetime) -> None:
    VisitList.objects.bulk_create(
        [VisitList(visitor_id=visitor, day=day, by=by, at=at) for visitor in visitors],
        ignore_conflicts=True,
    )


def _tell(
    visit: Visit,
    kind: states.Type,
    body: dict[str, Any],
    *,
    by: Person,
    at: datetime,
    about: datetime,
) -> None:
    Visit.objects.select_for_update().get(pk=visit.pk)
    typed = VisitEvent.objects.filter(visit=visit, device=None).select_related("person")
    first = typed.exclude(type=states.Type.CORRECTION).order_by("received_at").first()
    if first is None:
        made = uuid5(visit.public_id, "typed in")
    else:
        stands = states.counting(map(queries.happened, typed))
        if [(one.type, one.body) for one in stands] == [(kind, body)]:
            return
        made = uuid5(first.pk, f"correction {typed.count()}")
        kind, body = (
            states.Type.CORRECTION,
            {"corrects": str(first.pk), "type": kind, "body": body},
        )
        about = at
    if visit.visitor_id:
        _put_on_paper([visit.visitor_id], visit.day, by, at)
    _keep(made, kind, body, visit.scheme_id, by, at, about=about, visit=visit)
    accounts.record(by=by, action="type in a visit", on="visit", thing=str(visit.public_id), at=at)


def _keep(
    made: UUID,
    kind: states.Type,
    body: dict[str, Any],
    scheme: int,
    by: Person,
    at: datetime,
    *,
    about: datetime | None = None,
    visit: Visit | None = None,
    listed: UUID | None = None,
) -> None:
    """Keep what was typed in as an event like any other. `about`: when it was, if not now."""
    event = VisitEvent.objects.create(
        id=made,
        scheme_id=scheme,
        visit=visit,
        person=by,
        type=kind,
        list=listed,
        at=about or at,
        about_at=about or at,
        quality=VisitEvent.Quality.CLOCK if about and about != at else VisitEvent.Quality.RECEIVED,
        received_at=at,
        schema=records.SCHEMA,
        body=body,
        sha256=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
    )
    follow(event, at=at)
