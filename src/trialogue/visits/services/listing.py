"""The visits of a day, made from the plan that stands: who, by whom, when, and what is asked."""

import zlib
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from trialogue.accounts import queries as councils
from trialogue.visits import queries
from trialogue.visits.models import (
    Absence,
    PlannedVisit,
    Resident,
    Round,
    Scheme,
    Visit,
    VisitEvent,
    Visitor,
    Walk,
)
from trialogue.visits.questions import choose

REMEMBERED = 12  # earlier visits that the choice of questions looks back on


def list_today(now: datetime) -> None:
    """Make the visits of today. Twice is as once."""
    scheme = queries.scheme()
    if scheme is None:
        return
    day = now.astimezone(ZoneInfo(council_zone())).date()
    with transaction.atomic():
        Scheme.objects.select_for_update().get(pk=scheme.pk)
        _forget_listed_ahead(scheme, day)
        list_day(scheme, day, at=now)


def _forget_listed_ahead(scheme: Scheme, day: date) -> None:
    """Take out what was listed before the day, when somebody said that a visitor would be off.

    The plan may have changed since. What was moved on purpose stays, and so does what came from
    another day of the week.
    """
    begun, about = VisitEvent.objects.filter(visit=OuterRef("pk")), Q(concerns__isnull=False)
    monday = day - timedelta(days=day.weekday())
    came = Visit.objects.filter(moved=Visit.Moved.DAY, day__gte=monday, day__lt=day)
    ahead = Visit.objects.filter(
        scheme=scheme, day=day, moved="", created_at__lt=_moment(day, time())
    )
    ahead.exclude(Exists(begun) | about).exclude(resident__in=came.values("resident")).delete()


@transaction.atomic
def list_day(scheme: Scheme, day: date, *, at: datetime) -> int:
    """Make the visits of a day that the plan holds and that are not there yet; return how many.

    Nobody is listed who has not agreed, who has ended, or whose area or household waits for its
    start. Who is paused is listed and shown as paused, so that an empty place has a reason. A
    visit that is listed stays as it is: what a phone may have fetched is never changed.
    """
    Scheme.objects.select_for_update().get(pk=scheme.pk)  # two who list a day at once queue here
    planned = (
        PlannedVisit.objects.filter(plan__scheme=scheme, plan__state="current")
        .filter(Q(first_day=None) | Q(first_day__lte=day), weekday=day.weekday())
        .exclude(resident__visits__day=day)
        .select_related("resident__area", "round")
        .order_by("round__code", "gap", "order")
    )
    agreed = queries.agreeing((one.resident for one in planned), day)
    due = [one for one in planned if one.resident_id in agreed and _is_due(one.resident, day)]
    if not due or not _runs(scheme, day):
        return 0
    visitors = walkers_of(day)
    asked = queries.question_set(scheme)
    taken = set(Visit.objects.filter(scheme=scheme, day=day).values_list("code", flat=True))
    for place, one in enumerate(due, start=1):
        code = _code(one.resident, day, taken)
        taken.add(code)
        Visit.objects.create(
            scheme=scheme,
            resident=one.resident,
            day=day,
            round=one.round,
            visitor=visitors.get(one.round_id),
            plan_id=one.plan_id,
            place=place,
            gap=one.gap,
            expected_at=_moment(day, one.arrives),
            question_set=asked,
            asks=_asks(one.resident, day, asked.questions) if asked else [],
            code=code,
            created_at=at,
        )
    return len(due)


def _runs(scheme: Scheme, day: date) -> bool:
    return scheme.starts_on is not None and scheme.starts_on <= day


def _is_due(resident: Resident, day: date) -> bool:
    called_on = (Resident.State.ACTIVE, Resident.State.PAUSED)
    return resident.state in called_on and queries.may_start(resident, day)


def walk_instead(found: Round, day: date) -> None:
    """Give the listed visits of a round to whoever walks it now, but for those begun already."""
    begun = VisitEvent.objects.filter(visit=OuterRef("pk"))
    rows = Visit.objects.filter(round=found, day=day).exclude(Exists(begun))
    rows.update(visitor=walkers_of(day).get(found.pk))


def walkers_of(day: date) -> dict[int, Visitor | None]:
    """Return who walks each round on a day: the cover where somebody is off, or nobody."""
    walks = Walk.objects.filter(weekday=day.weekday()).select_related("visitor__person")
    usual: dict[int, Visitor | None] = {
        walk.round_id: walk.visitor if walk.visitor.may_visit else None for walk in walks
    }
    for absence in Absence.objects.filter(day=day).select_related("cover__person"):
        cover = absence.cover
        usual[absence.round_id] = cover if cover and cover.may_visit else None
    return usual


def _asks(resident: Resident, day: date, questions: list[dict[str, object]]) -> list[object]:
    earlier = Visit.objects.filter(resident=resident, day__lt=day).order_by("-day")
    before = list(earlier.values_list("day", "asks")[:REMEMBERED])
    monday = day - timedelta(days=day.weekday())
    chosen = choose(
        questions,
        before=[asks for _, asks in before],
        first_of_week=not any(earlier_day >= monday for earlier_day, _ in before),
        language=resident.language,
        always_all=bool(resident.scheme.settings.get("always_all")),
    )
    return [asdict(ask) for ask in chosen]


def _code(resident: Resident, day: date, taken: set[str]) -> str:
    """Return four digits for a visit on paper, from who and when: made twice, it is the same."""
    number = zlib.crc32(f"{resident.public_id} {day}".encode())
    while (code := f"{number % 9000 + 1000}") in taken:
        number += 1
    return code


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo(council_zone()))


def council_zone() -> str:
    """Return the name of the council's time zone."""
    council = councils.council()
    return council.zone if council else "Europe/London"
