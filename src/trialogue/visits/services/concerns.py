"""Concerns are opened: by what was recorded at a door, or by somebody at the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits import deadlines, queries, states, steps
from trialogue.visits.models import (
    Agreement,
    Concern,
    ConcernStep,
    Resident,
    Scheme,
    Visit,
    VisitEvent,
)
from trialogue.visits.queries import concerns as known
from trialogue.visits.queries.concerns import clock_of, desk_of, with_times
from trialogue.visits.services import residents
from trialogue.visits.services.ladder import climb
from trialogue.visits.states import Type

Level, Kind, Origin = Concern.Level, Concern.Kind, Concern.Origin
WORDS = 2_000  # as many letters as a concern may have
SENT_TWICE = timedelta(minutes=1)  # the same again within it is a second press of a button
LOOKED_BACK = 14  # earlier visits among which the one before is sought


@dataclass(frozen=True)
class NewConcern:
    """What somebody tells the desk of a resident."""

    resident: str  # public identifier
    level: str
    kind: str
    words: str
    origin: str


def note_event(event: VisitEvent, *, at: datetime) -> None:
    """Do what follows from an event, in the transaction that keeps it. The same event once.

    A concern opens for `concern_raised`, `emergency_called`, `help_me` and a door that nobody
    opened; `visits_unwanted` withdraws the agreement. Called by whatever takes an event.
    """
    if Concern.objects.filter(event=event).exists():
        return
    kind, body = event.type, event.body or {}
    if kind == Type.CORRECTION:
        _note_correction(event, body)
        kind, body = str(body.get("type") or ""), body.get("body") or {}
    _follow(kind, body, event)


def _follow(kind: str, body: dict[str, Any], event: VisitEvent) -> None:
    if kind == Type.CONCERN_RAISED:
        level = body.get("level") if body.get("level") in Level.values else Level.RED
        about = body.get("kind") if body.get("kind") in Kind.values else Kind.OTHER
        _open(event, level=str(level), kind=str(about), words=str(body.get("words") or ""))
    elif kind == Type.EMERGENCY_CALLED:
        _open(event, level=Level.RED, kind=Kind.HEALTH, words="999 was called.")
    elif kind == Type.HELP_ME:
        _open(event, level=Level.RED, kind=Kind.HELP, words=_place(body.get("place")))
    elif kind == Type.NO_ANSWER_STEP:
        _note_no_answer(body, event)
    elif kind == Type.VISITS_UNWANTED and event.visit:
        _withdraw(event, event.visit, str(body.get("note") or ""))
    elif kind in (Type.VISIT_RECORDED, Type.DECLINED) and event.visit:
        _note_somebody_there(event, event.visit)


def _open(event: VisitEvent, *, level: str, kind: str, words: str) -> None:
    """Open the concern of an event; one that is about nobody known asks for help all the same."""
    resident = event.visit.resident if event.visit else None
    who = event.device.visitor.person.name if event.device else ""
    if kind == Kind.HELP or resident is None:
        kind, words = Kind.HELP, f"{who}: {words}" if who else words
    concern = open_concern(
        scheme=event.scheme,
        resident=resident,
        level=level,
        kind=kind,
        words=words,
        origin=Origin.DOORSTEP if event.device else Origin.TELEPHONE,
        raised_at=event.about_at,
        received_at=event.received_at,
        visit=event.visit,
        event=event,
    )
    _record(concern, by=_who(event), at=event.received_at)


def open_concern(
    *,
    scheme: Scheme,
    resident: Resident | None,
    level: str,
    kind: str,
    words: str,
    origin: str,
    raised_at: datetime,
    received_at: datetime,
    visit: Visit | None = None,
    event: VisitEvent | None = None,
) -> Concern:
    """Open a concern and climb what is due at once. Its clock starts with its receipt."""
    concern = Concern.objects.create(
        scheme=scheme,
        resident=resident,
        visit=visit,
        event=event,
        level=level,
        kind=kind,
        words=words[:WORDS],
        origin=origin,
        raised_at=raised_at,
        received_at=received_at,
        clock_from=received_at,
        deadline=deadlines.deadline(level, received_at, desk_of(scheme), scheme.settings),
    )
    climb_what_is_due(concern, at=received_at)
    return concern


def climb_what_is_due(concern: Concern, *, at: datetime) -> None:
    """Climb the first rung in the same transaction as its cause: the notice is queued with it."""
    one = with_times(Concern.objects.filter(pk=concern.pk)).get()
    desk, settings = desk_of(one.scheme), one.scheme.settings
    for rung in deadlines.rungs(clock_of(one), desk, settings, now=at):
        climb(one.pk, one.turn, rung, at=at)


@transaction.atomic
def raise_concern(new: NewConcern, *, by: Person, at: datetime) -> Concern:
    """Write down what somebody told the desk, by telephone or in person. Sent twice, it is one."""
    permissions.check(by, "deal with concerns")
    resident = known.resident(new.resident)
    problems = []
    if resident is None:
        problems.append(Problem("Choose the resident it is about", column="resident"))
    if not new.words.strip():
        problems.append(Problem("Enter what was said", column="words"))
    if len(new.words) > WORDS:
        long = f"What was said is {len(new.words):,} letters long"
        problems.append(Problem(long, f"Make it {WORDS:,} or fewer", column="words"))
    refuse(problems)
    if resident is None:
        raise InputError(*problems)
    Resident.objects.select_for_update().get(pk=resident.pk)
    same = Concern.objects.filter(
        resident=resident,
        level=new.level,
        kind=new.kind,
        words=new.words.strip(),
        origin=new.origin,
        received_at__gt=at - SENT_TWICE,
    )
    if had := same.first():
        return had
    today = at.astimezone(_zone()).date()
    concern = open_concern(
        scheme=resident.scheme,
        resident=resident,
        level=new.level,
        kind=new.kind,
        words=new.words.strip(),
        origin=new.origin,
        raised_at=at,
        received_at=at,
        visit=Visit.objects.filter(resident=resident, day=today).first(),
    )
    _record(concern, by=by, at=at)
    return concern


def _note_no_answer(body: dict[str, Any], event: VisitEvent) -> None:
    """Open a concern after the last step at a door, or at once where the visitor is worried."""
    if event.visit is None:
        return
    visit = Visit.objects.select_for_update().get(pk=event.visit.pk)
    opened = Concern.objects.filter(visit=visit, kind=Kind.NO_ANSWER, joined_to=None).first()
    worried, noticed = bool(body.get("worried")), str(body.get("noticed") or "")
    if opened:
        if worried and opened.is_open and opened.level != Level.RED:
            _say(opened, f"The visitor is worried. {noticed}".strip(), event)
            begin_again(opened, level=Level.RED, at=event.received_at)
    elif worried or body.get("step") == "card":
        why = _why_red(visit, worried=worried)
        level = Level.RED if why else Level.AMBER
        words = " ".join(part for part in ("Nobody came to the door.", why, noticed) if part)
        _open(event, level=level, kind=Kind.NO_ANSWER, words=words)


def _note_somebody_there(event: VisitEvent, visit: Visit) -> None:
    """Tell the concern of a door that was opened after all. A person closes it."""
    rows = Concern.objects.filter(visit=visit, kind=Kind.NO_ANSWER)
    for concern in rows.exclude(state=Concern.State.CLOSED).select_related("joined_to"):
        _say(concern.joined_to or concern, "Somebody came to the door after all", event)


def _why_red(visit: Visit, *, worried: bool) -> str:
    """Say why a door that nobody opened presses; empty where it does not."""
    if worried:
        return "The visitor is worried."
    if visit.resident.priority == Resident.Priority.HIGH:
        return "High priority."
    return "The second time in a row." if _no_answer_before(visit) else ""


def _no_answer_before(visit: Visit) -> bool:
    """Whether nobody answered the last time that somebody called before."""
    earlier = Visit.objects.filter(resident=visit.resident, day__lt=visit.day).order_by("-day")
    rows = earlier.select_related("resident")
    shown = queries.show(rows, scheme=visit.scheme, now=visit.expected_at, most=LOOKED_BACK)
    tried = (one.state for one in shown if one.state in states.ATTEMPTED)
    return next(tried, None) == states.State.NO_ANSWER


def _withdraw(event: VisitEvent, visit: Visit, note: str) -> None:
    """The resident wants no visits any more: from this moment nobody is sent. The desk is told."""
    who = f"{visit.resident.full_name}, at the door"
    residents.withdraw(
        visit.resident.public_id,
        who=who[:120],
        how=Agreement.How.PERSON,
        by=None,
        at=event.received_at,
    )
    said = f"Wants no visits any more. Nobody calls from now on. {note}".strip()
    _open(event, level=Level.REQUEST, kind=Kind.OTHER, words=said)


def _note_correction(event: VisitEvent, body: dict[str, Any]) -> None:
    """Tell the concern of what was corrected: a person judges what follows."""
    corrected = states.identifier(body.get("corrects"))
    concern = Concern.objects.filter(event=corrected).first() if corrected else None
    if concern:
        said = (body.get("body") or {}).get("words") or body.get("words")
        _say(concern, f"Corrected: {said}" if said else "The visitor took this back", event)


def begin_again(concern: Concern, *, level: str, at: datetime) -> None:
    """Begin the clock of a concern anew: somebody has to acknowledge it as it is now."""
    concern.level, concern.turn, concern.clock_from = level, concern.turn + 1, at
    concern.state, concern.owner, concern.look_again_at = Concern.State.RAISED, None, None
    scheme = concern.scheme
    concern.deadline = deadlines.deadline(level, at, desk_of(scheme), scheme.settings)
    concern.save()
    climb_what_is_due(concern, at=at)


def _say(concern: Concern, words: str, event: VisitEvent) -> None:
    ConcernStep.objects.create(
        concern=concern,
        what=steps.FROM_THE_DOOR,
        words=words[:500],
        by=_who(event),
        at=event.received_at,
    )


def _record(concern: Concern, *, by: Person | None, at: datetime) -> None:
    accounts.record(
        by=by,
        action="raise a concern",
        on="concern",
        thing=concern.code,
        at=at,
        after={"level": concern.level, "origin": concern.origin},
    )


def _who(event: VisitEvent) -> Person | None:
    return event.person or (event.device.visitor.person if event.device else None)


def _place(place: Any) -> str:
    if isinstance(place, dict) and {"latitude", "longitude"} <= set(place):
        return f"Asks for help at latitude {place['latitude']}, longitude {place['longitude']}."
    return "Asks for help. The phone did not know where."


def _zone() -> ZoneInfo:
    council = councils.council()
    return ZoneInfo(council.zone if council else "Europe/London")
