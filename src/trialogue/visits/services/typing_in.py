"""What the desk types in when phones fail: messages like "OK 0412", and whole paper sheets.

It makes events like any other. The desk tells one account of a visit: typed again in other words,
it is a correction.
"""

import hashlib
import json
import re
from datetime import date, datetime
from typing import Any
from uuid import uuid5

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits import queries, records, states
from trialogue.visits.models import Scheme, Visit, VisitEvent
from trialogue.visits.services.recording import check_questions, follow

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
    event = VisitEvent.objects.create(
        id=made,
        scheme_id=visit.scheme_id,
        visit=visit,
        person=by,
        type=kind,
        at=about,
        about_at=about,
        quality=VisitEvent.Quality.RECEIVED if about == at else VisitEvent.Quality.CLOCK,
        received_at=at,
        schema=records.SCHEMA,
        body=body,
        sha256=hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest(),
    )
    follow(event, at=at)
    accounts.record(by=by, action="type in a visit", on="visit", thing=str(visit.public_id), at=at)
