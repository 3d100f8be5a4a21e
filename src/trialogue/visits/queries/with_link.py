"""What a resident and a contact see by their link: field by field, and no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.timezone import localdate

from trialogue.methods.verdicts import clock_time, long_date
from trialogue.visits.models import Answer, Concern, Contact, Resident, Suspension, Visit
from trialogue.visits.queries.residents import sees
from trialogue.visits.queries.visits import Shown, show
from trialogue.visits.questions import SAFE
from trialogue.visits.states import ATTEMPTED, State, Type

DAYS = 14


@dataclass(frozen=True)
class Day:
    """One day as a contact sees it."""

    day: date
    words: str


@dataclass(frozen=True)
class ContactView:
    """What one contact may see. A part that was not agreed is empty."""

    called: str  # how the resident is addressed
    days: list[Day]
    requests: list[str]
    concerns: list[str]
    sees: frozenset[str]


def for_contact(contact: Contact, *, now: datetime) -> ContactView:
    """Return what a contact may see of the last two weeks.

    Never an answer, a note, a step at the door, a visitor's surname or another contact.
    """
    agreed, resident = sees(contact), contact.resident
    shown = _last_days(resident, now) if agreed & {"visited", "well"} else []
    asked_for = _asked_for(shown) if "well" in agreed else set()
    days = [Day(one.visit.day, words) for one in shown if (words := _said(one, agreed, asked_for))]
    days += _paused(resident, now) if "visited" in agreed else []
    concerns = Concern.objects.filter(
        resident=resident, received_at__gte=now - timedelta(days=DAYS)
    ).exclude(kind="safeguarding")
    # What a resident asks by their own link is between them and the desk.
    passed_on = concerns.filter(level="request").exclude(origin=Concern.Origin.LINK)
    requests = passed_on if "request" in agreed else concerns.none()
    released = concerns.filter(released_at__isnull=False).exclude(level="request")
    return ContactView(
        resident.preferred_name,
        sorted(days, key=lambda one: one.day, reverse=True),
        [one.words for one in requests.order_by("-received_at")],
        [
            f"On {timezone.localtime(one.received_at):%-d %B} the visitor passed on a concern"
            for one in (released if "concern" in agreed else released.none())
        ],
        agreed,
    )


def _last_days(resident: Resident, now: datetime) -> list[Shown]:
    first = timezone.localtime(now).date() - timedelta(days=DAYS)
    rows = Visit.objects.filter(resident=resident, day__gte=first, day__lte=localdate(now))
    joined = rows.select_related("resident", "visitor__person").annotate(
        said_no=Exists(_SAID_NO), unsaid=Exists(_UNSAID)
    )
    return show(joined, scheme=resident.scheme, now=now)


_SAID = Answer.objects.filter(visit=OuterRef("pk"))
_SAID_NO = _SAID.filter(answer=Answer.Value.NO).exclude(question=SAFE)
# Who does not feel safe may mean this very contact. Neither word is then said of the visit, as
# where something was not asked, so that nobody can tell the one from the other.
_UNSAID = _SAID.filter(Q(question=SAFE, answer=Answer.Value.NO) | Q(answer=Answer.Value.NOT_ASKED))


def _said(one: Shown, agreed: frozenset[str], asked_for: set[int]) -> str:
    if one.state == State.SUSPENDED:
        return "No visit: paused" if "visited" in agreed else ""
    if one.state != State.DONE:
        return ""
    parts = []
    if "visited" in agreed:
        parts.append(f"Visited at about {_about(one)}")
    if "well" in agreed and one.visit.pk in asked_for:
        parts.append("something was asked for")
    elif "well" in agreed and not one.visit.unsaid:  # type: ignore[attr-defined]
        parts.append("all well")
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}"


def _about(one: Shown) -> str:
    at = next(e.at for e in one.happened if e.type == Type.VISIT_RECORDED)
    here = timezone.localtime(at)
    rounded = here + timedelta(minutes=7.5)
    quarter = rounded.replace(minute=rounded.minute // 15 * 15, second=0, microsecond=0)
    return clock_time(quarter.time())


def _asked_for(shown: list[Shown]) -> set[int]:
    """Return the keys of visits where not all was well: a "no", or something passed on.

    What was passed on to the safeguarding lead does not count: no contact may guess it.
    """
    visits, guarded_kind = [one.visit for one in shown], Concern.Kind.SAFEGUARDING
    lead = Concern.objects.filter(visit__in=visits, kind=guarded_kind)
    guarded = set(lead.values_list("event_id", flat=True))
    return {
        one.visit.pk
        for one in shown
        if one.visit.said_no  # type: ignore[attr-defined]
        or any(
            said.type == Type.CONCERN_RAISED
            and said.id not in guarded
            and said.body.get("kind") != guarded_kind
            for said in one.happened
        )
    }


def _paused(resident: Resident, now: datetime) -> list[Day]:
    today = timezone.localtime(now).date()
    paused = Suspension.objects.filter(resident=resident, first__lte=today)
    return [
        Day(today, "Visits are paused")
        for one in paused.order_by("-first")[:1]
        if one.last is None or one.last >= today
    ]


@dataclass(frozen=True)
class Told:
    """A visit as the resident sees it: all that was recorded of what they said."""

    day: date
    words: str
    visitor: str
    answers: list[tuple[str, str, str]]  # question, answer, note


def for_resident(resident: Resident, *, now: datetime) -> list[Told]:
    """Return the visits of the last two weeks with everything recorded, newest first."""
    shown = _last_days(resident, now)
    answers: dict[int, list[tuple[str, str, str]]] = {}
    asked = {one.visit.pk: {ask["key"]: ask["words"] for ask in one.visit.asks} for one in shown}
    for row in Answer.objects.filter(visit__in=[one.visit for one in shown]):
        words = asked[row.visit_id].get(row.question, row.question)
        answers.setdefault(row.visit_id, []).append((words, row.get_answer_display(), row.note))
    return [
        Told(one.visit.day, one.words, _first_name(one), answers.get(one.visit.pk, []))
        for one in _newest_first(shown)
    ]


@dataclass(frozen=True)
class Asked:
    """Something a resident asked the desk by their link, and what becomes of it."""

    on: date
    words: str
    becomes: str


def asked(resident: Resident, *, now: datetime) -> list[Asked]:
    """Return what a resident asked by their link: all that is open, and two weeks of the rest."""
    rows = Concern.objects.filter(resident=resident, origin=Concern.Origin.LINK)
    lately = Q(closed_at=None) | Q(closed_at__gte=now - timedelta(days=DAYS))
    return [
        Asked(localdate(one.received_at), one.words, _becomes(one))
        for one in rows.filter(lately).order_by("-received_at")
    ]


def _becomes(one: Concern) -> str:
    if not one.is_open:
        return "The desk has dealt with it"
    if one.state == Concern.State.RAISED:
        return f"The desk looks at it by {long_date(localdate(one.deadline))}"
    return "The desk has it in hand"


def _newest_first(shown: Iterable[Shown]) -> list[Shown]:
    return sorted(shown, key=lambda one: one.visit.day, reverse=True)


def _first_name(one: Shown) -> str:
    """Who came to the door; nobody did where the visit was called off."""
    visitor = one.visit.visitor
    if visitor is None or one.state not in ATTEMPTED:
        return ""
    return visitor.person.name.partition(" ")[0]
