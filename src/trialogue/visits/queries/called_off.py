"""Visits of a day on which nobody should call, and whether the visitor can know that yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from trialogue.visits.models import (
    Agreement,
    Device,
    Resident,
    Suspension,
    Visit,
    VisitList,
    Visitor,
)
from trialogue.visits.queries.out import Key, Told
from trialogue.visits.queries.phones import NOT_CALLED
from trialogue.visits.queries.residents import suspended_on
from trialogue.visits.queries.visits import Shown, show
from trialogue.visits.states import State

CALLED_OFF = "called off"  # how the keys of its notices begin


@dataclass(frozen=True)
class CalledOff:
    """A visit that was called off at a moment, and whose visitor does not know it yet."""

    visit: Visit
    at: datetime


def with_news(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    """Return visits with when each was called off, and when its visitor last had news of it."""
    paused = Suspension.objects.filter(
        Q(last=None) | Q(last__gte=OuterRef("day")),
        resident=OuterRef("resident"),
        first__lte=OuterRef("day"),
    )
    stopped = Agreement.objects.filter(resident=OuterRef("resident"), contact=None, agrees=False)
    phones = Device.objects.filter(visitor=OuterRef("visitor"), revoked_at=None)
    lists = VisitList.objects.filter(day=OuterRef("day")).order_by("-at").values("at")
    # A sheet printed for the day tells nobody anything who walks with a phone.
    on_phone = lists.filter(device__visitor=OuterRef("visitor"))[:1]
    on_paper = lists.filter(visitor=OuterRef("visitor"))[:1]
    return visits.annotate(
        paused_at=Subquery(paused.order_by("at").values("at")[:1]),
        stopped_at=Subquery(stopped.order_by("-at").values("at")[:1]),
        listed_at=Coalesce(Subquery(on_phone), Subquery(on_paper)),
        phone_told_at=Subquery(
            phones.values("visitor").annotate(last=Max("told_at")).values("last")[:1]
        ),
    )


def not_known(shown: Iterable[Shown], told: Mapping[Key, Told]) -> list[CalledOff]:
    """Return which visits from `with_news` were called off since their visitor had news.

    Nothing was recorded of them, and the visitor is not done. Whoever has no list yet finds it
    on the list.
    """
    found = []
    for one in shown:
        visit = one.visit
        if one.state != State.SUSPENDED or visit.moved in NOT_CALLED:
            continue
        off_at, listed_at, phone_told_at = _moments(visit)
        out = told.get((visit.visitor_id or 0, visit.day), Told())
        if off_at and listed_at and not out.ended_at:
            news = max(listed_at, phone_told_at or listed_at)
            if news < off_at:
                found.append(CalledOff(visit, off_at))
    return found


def _moments(visit: Visit) -> tuple[datetime | None, datetime | None, datetime | None]:
    ended = visit.resident.ended_on
    gone = ended is not None and ended <= visit.day
    paused_at: datetime | None = visit.paused_at  # type: ignore[attr-defined]
    stopped_at: datetime | None = visit.stopped_at if gone else None  # type: ignore[attr-defined]
    off_at = min((at for at in (paused_at, stopped_at) if at), default=None)
    return off_at, visit.listed_at, visit.phone_told_at  # type: ignore[attr-defined]


def is_called_off(resident: Resident, *, day: date, now: datetime) -> bool:
    """Whether somebody was to call on a day and should not, and nothing is recorded of it."""
    visits = Visit.objects.filter(resident=resident, day=day).exclude(visitor=None)
    due = visits.exclude(moved__in=NOT_CALLED).select_related("resident")
    shown = show(due, scheme=resident.scheme, now=now)
    return any(one.state == State.SUSPENDED for one in shown)


def off_today(visitor: Visitor, day: date) -> list[str]:
    """Return the visits of a visitor on which nobody should call: no more than their keys."""
    visits = list(
        Visit.objects.filter(visitor=visitor, day=day)
        .exclude(moved__in=NOT_CALLED)
        .select_related("resident")
        .order_by("pk")
    )
    off = suspended_on([visit.resident for visit in visits], day)
    return [str(visit.public_id) for visit in visits if visit.resident_id in off]
