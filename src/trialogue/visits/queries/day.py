"""V7 and V9: what was recorded of a day against what was received, and the day on paper."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from trialogue.visits import states
from trialogue.visits.models import Answer, Device, HeldEvent, Scheme, Visit, VisitEvent
from trialogue.visits.queries.out import Shift, events_of, shifts_of
from trialogue.visits.queries.phones import NOT_CALLED, Phone, home_of, with_counts
from trialogue.visits.queries.residents import suspended_on
from trialogue.visits.queries.visits import Shown, but_for_the_lead, happened, of_day

NAMES = {
    states.Type.SHIFT_STARTED: "Round started",
    states.Type.VISIT_STARTED: "Visit begun",
    states.Type.VISIT_RECORDED: "Visit recorded",
    states.Type.NO_ANSWER_STEP: "No answer",
    states.Type.DECLINED: "Declined today",
    states.Type.COULD_NOT_REACH: "Could not get there",
    states.Type.VISITS_UNWANTED: "Does not want visits any more",
    states.Type.CONCERN_RAISED: "Concern raised",
    states.Type.EMERGENCY_CALLED: "999 called",
    states.Type.HELP_ME: "Help asked for",
    states.Type.CORRECTION: "Correction",
    states.Type.SHIFT_ENDED: "Round ended",
}


@dataclass(frozen=True)
class Account:
    """What one phone, or the desk, told of a visit."""

    source: UUID
    who: str
    lines: list[str]


@dataclass(frozen=True)
class Day:
    """A day as the desk settles it."""

    visits: list[Shown]
    conflicts: list[tuple[Visit, list[Account]]]
    phones: list[Phone]
    held: list[HeldEvent]
    shifts: list[Shift]


def day_of(scheme: Scheme, day: date, *, now: datetime) -> Day:
    """Return a day's visits, those told of twice, the phones, what is held, and who is done."""
    events = list(_with_sources(events_of(scheme, day)))
    visits = of_day(scheme, day, now=now, events=events)
    of_visit: dict[int | None, list[VisitEvent]] = defaultdict(list)
    for event in events:
        of_visit[event.visit_id].append(event)
    out = Device.objects.filter(lists__day=day, visitor__scheme=scheme).distinct()
    joined = out.select_related("visitor__person", "visitor__scheme").order_by(
        "visitor__person__name"
    )
    held = HeldEvent.objects.filter(settled_at=None, device__visitor__scheme=scheme)
    return Day(
        visits,
        [
            (one.visit, _accounts(one.visit, of_visit[one.visit.pk]))
            for one in visits
            if one.conflict
        ],
        with_counts(joined),
        list(held.select_related("device__visitor__person").order_by("received_at", "pk")),
        shifts_of(day, [one.visit for one in visits], events),
    )


def shift_of(scheme: Scheme, day: date, visitor: UUID) -> Shift:
    """Return the day of one visitor; Http404 for somebody who does not call on it."""
    calls = Visit.objects.filter(scheme=scheme, day=day, visitor__public_id=visitor)
    joined = calls.select_related("round", "visitor__person").order_by("round__code", "place")
    if not (found := shifts_of(day, joined, events_of(scheme, day))):
        raise Http404
    return found[0]


def accounts_of(visit: Visit) -> list[Account]:
    """Return what each phone, and the desk, told of a visit, but for safeguarding concerns."""
    return _accounts(visit, _with_sources(VisitEvent.objects.filter(visit=visit)))


def _with_sources(events: QuerySet[VisitEvent]) -> QuerySet[VisitEvent]:
    return events.select_related("device__visitor__person", "person", "concern")


def _accounts(visit: Visit, every: Iterable[VisitEvent]) -> list[Account]:
    events, who = but_for_the_lead(every), {}
    for event in events:
        if event.device:
            name = event.device.visitor.person.name
            who[event.device.public_id] = f"{name}, {event.device.label}"
        elif event.person:
            who[event.person.public_id] = f"{event.person.name}, typed in at the desk"
    told = states.accounts_of([happened(event) for event in events])
    return [
        Account(source, who[source], [line for one in lines for line in words_of(one, visit)])
        for source, lines in told.items()
        if source in who
    ]


def words_of(one: states.Happened, visit: Visit) -> list[str]:
    """Say what one record tells of a visit, line by line."""
    lines = [NAMES.get(states.Type(one.type), one.type)]
    asked = {ask["key"]: ask["words"] for ask in visit.asks}
    answers = one.body.get("answers", {}) if one.type == states.Type.VISIT_RECORDED else {}
    for key, said in answers.items():
        note = f" “{said['note']}”" if said.get("note") else ""
        lines.append(f"{asked.get(key, key)} {Answer.Value(said['answer']).label}.{note}")
    lines += [
        str(one.body[name]) for name in ("step", "noticed", "note", "words") if one.body.get(name)
    ]
    return lines


@dataclass(frozen=True)
class Sheet:
    """A round on paper."""

    round: str
    visitor: str
    stops: list[dict[str, Any]]


def sheets_of(scheme: Scheme, day: date) -> list[Sheet]:
    """Return a day's rounds as they are printed: no word, no telephone, no notes of the door.

    Who is called off stays on the sheet, marked, so that an empty place has a reason.
    """
    visits = Visit.objects.filter(scheme=scheme, day=day).exclude(moved__in=NOT_CALLED)
    joined = visits.select_related("resident", "round", "visitor__person")
    listed = list(joined.order_by("round__code", "place", "pk"))
    homes = Counter(home_of(visit) for visit in listed)
    off = suspended_on([visit.resident for visit in listed], day)
    found: dict[str, Sheet] = {}
    for visit in listed:
        code = visit.round.code if visit.round else "No round"
        name = visit.visitor.person.name if visit.visitor else ""
        sheet = found.setdefault(code, Sheet(code, name, []))
        sheet.stops.append(
            {
                "visit": visit,
                "name": visit.resident.preferred_name,
                "whole": visit.resident.full_name if homes[home_of(visit)] > 1 else "",
                "address": f"{visit.resident.address} {visit.resident.postcode}",
                "flag": visit.resident.at_the_address,
                "off": visit.resident_id in off,
            }
        )
    return list(found.values())


def visit_of(public_id: UUID, day: date) -> Visit:
    """Return a visit of a day; Http404 where there is none."""
    joined = Visit.objects.select_related("resident", "scheme", "question_set")
    return get_object_or_404(joined, public_id=public_id, day=day)


def held_of(number: int) -> HeldEvent:
    """Return a held record; Http404 where there is none."""
    joined = HeldEvent.objects.select_related("device__visitor__person", "settled_by")
    return get_object_or_404(joined, pk=number)
