"""A visitor is off: each visit of the day is moved, telephoned, or said to be without anybody."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.rounds.absence import Cover, Covered, visitor_off
from trialogue.methods.rounds.checking import walk
from trialogue.methods.rounds.standing import Standing
from trialogue.methods.rounds.wording import cover_text
from trialogue.visits import queries
from trialogue.visits.models import Absence, Round, Visit
from trialogue.visits.queries.week import ThisWeek, as_planned, this_week
from trialogue.visits.services.listing import council_zone, list_day, walkers_of
from trialogue.visits.states import State

MOVED = {
    "other_day": Visit.Moved.DAY,
    "same_day": Visit.Moved.ROUND,
    "made_room": Visit.Moved.ROUND,
    "telephone": Visit.Moved.TELEPHONE,
    "unplaced": Visit.Moved.UNPLACED,
}


@dataclass(frozen=True)
class Ended:
    """What becomes of one visit, in words that the desk reads."""

    visit: Visit
    words: str


@transaction.atomic
def cover_day(round_id: UUID, *, day: date, by: Person, at: datetime) -> list[Ended]:
    """Find a way for each visit of a round on a day without a visitor. No visit is dropped.

    In order: the same visitor on a later day this week, another round the same day, one other
    visit moved to make room, the telephone list. Visits that were recorded already stay.
    """
    permissions.check(by, "change rounds")
    scheme = queries.round_of(round_id, seen_by=by).scheme
    list_day(scheme, day, at=at)  # which two at once do one after the other
    found = queries.round_of(round_id, seen_by=by, lock=True)
    due = _due(found, day, at)
    if not due:
        return []
    ended = _find_ways(found, due, day, at)
    accounts.record(
        by=by,
        action="cover a round without a visitor",
        on="round",
        thing=str(found.public_id),
        at=at,
        after={"day": str(day), **Counter(one.visit.moved for one in ended)},
    )
    return ended


def _find_ways(found: Round, due: dict[str, Visit], day: date, at: datetime) -> list[Ended]:
    """Find a way for each of these visits; those the plan no longer has here go to the desk."""
    week = _without_absent(this_week(found.scheme, day=day), day)
    key, ended = str(found.public_id), []
    if week.current is not None and key in week.rounds:
        standing = _of_the_day(week.stand(as_planned(week.current, week)), week, due, day)
        silent = {who for who, one in week.residents.items() if not one.telephone}
        cover = visitor_off(standing, key, day.weekday(), no_telephone=silent)
        ended = [
            _end(due[one.resident], one, cover, week, day, at)
            for one in cover.visits
            if one.resident in due
        ]
        for one in cover.visits:
            if one.made_room:
                _make_room(one.made_room[0], cover, week, day)
    done = {one.visit.pk for one in ended}
    return ended + [_leave_to_desk(one) for one in due.values() if one.pk not in done]


def _without_absent(week: ThisWeek, day: date) -> ThisWeek:
    """Return the week with nothing to spare where somebody else is off too and nobody covers."""
    monday = day - timedelta(days=day.weekday())
    rows = Absence.objects.filter(day__range=(monday, monday + timedelta(days=6)))
    off = {(one.round_id, one.day.weekday()) for one in rows.filter(cover=None)}
    rounds = tuple(
        replace(
            one,
            spare_s=tuple(
                0.0 if (week.rounds[one.id].pk, weekday) in off else spare
                for weekday, spare in enumerate(one.spare_s)
            ),
        )
        for one in week.instance.rounds
    )
    return replace(week, instance=replace(week.instance, rounds=rounds))


def _leave_to_desk(visit: Visit) -> Ended:
    """Leave a visit to the desk: it came from another round or day, or the week has changed."""
    who, telephone = visit.resident.preferred_name, visit.resident.telephone
    visit.moved = Visit.Moved.TELEPHONE if telephone else Visit.Moved.UNPLACED
    on = "to telephone" if telephone else "not visited, and not telephoned"
    visit.moved_why = f"{who}: {on}: by the plan this visit is not on this round."
    visit.round, visit.visitor = None, None
    visit.save()
    return Ended(visit, visit.moved_why)


def _due(found: Round, day: date, at: datetime) -> dict[str, Visit]:
    """Return the visits of a round on a day of which nothing is recorded, by resident.

    Those that came to it from another round, whose visitor is off too, are among them.
    """
    rows = Visit.objects.filter(round=found, day=day, moved__in=("", Visit.Moved.ROUND))
    rows = rows.select_related("resident")
    return {
        str(one.visit.resident.public_id): one.visit
        for one in queries.show(rows, scheme=found.scheme, now=at)
        if one.state == State.DUE
    }


def _of_the_day(standing: Standing, week: ThisWeek, due: dict[str, Visit], day: date) -> Standing:
    """Return the plan without those whom nobody calls on that day: their time is free."""
    off = queries.suspended_on(week.residents.values(), day)
    for key, one in week.residents.items():
        if one.pk in off and key in standing.places:
            place = standing.places[key]
            here = [
                cell
                for cell, weekday in zip(standing.at(place).tolist(), place.days, strict=True)
                if weekday == day.weekday()
            ]
            standing = standing.without(key, here) if here else standing
    return standing


def _end(
    visit: Visit, one: Covered, cover: Cover, week: ThisWeek, day: date, at: datetime
) -> Ended:
    words = cover_text(one, week.names)
    visit.moved, visit.moved_why = MOVED[one.ending], words[:200]
    if one.ending == "other_day" and one.day is not None and one.round:
        _on_another_day(visit, one, cover, week, day + timedelta(one.day - day.weekday()), at)
    elif visit.moved == Visit.Moved.ROUND and one.round:
        _to_round(visit, week.rounds[one.round], cover, week, day)
    else:
        visit.round, visit.visitor = None, None
    visit.save()
    return Ended(visit, words)


def _on_another_day(
    visit: Visit, one: Covered, cover: Cover, week: ThisWeek, day: date, at: datetime
) -> None:
    """Make the same visit on a later day; the one that is not made stays, as moved."""
    found = week.rounds[one.round or ""]
    taken = set(Visit.objects.filter(scheme=visit.scheme, day=day).values_list("code", flat=True))
    code = next(f"{number}" for number in range(9999, 999, -1) if f"{number}" not in taken)
    place, moment = _expected(one.resident, found, cover, week, day)
    Visit.objects.get_or_create(
        resident=visit.resident,
        day=day,
        defaults={
            "scheme": visit.scheme,
            "round": found,
            "visitor": walkers_of(day).get(found.pk),
            "plan": visit.plan,
            "place": place,
            "gap": visit.gap,
            "expected_at": moment,
            "question_set": visit.question_set,
            "asks": visit.asks,
            "code": code,
            "created_at": at,
        },
    )


def _to_round(visit: Visit, found: Round, cover: Cover, week: ThisWeek, day: date) -> None:
    key = str(visit.resident.public_id)
    visit.round, visit.visitor = found, walkers_of(day).get(found.pk)
    visit.place, visit.expected_at = _expected(key, found, cover, week, day)


def _make_room(key: str, cover: Cover, week: ThisWeek, day: date) -> None:
    """Move the visit that made room for another to where it goes."""
    visit = Visit.objects.filter(resident=week.residents[key], day=day).first()
    gone_to = next(
        entry.round
        for entry in cover.standing.plan().visits
        if entry.day == day.weekday() and key in entry.residents
    )
    if visit is None:
        return
    visit.moved = Visit.Moved.ROUND
    visit.moved_why = "Makes room on its usual round"
    _to_round(visit, week.rounds[gone_to], cover, week, day)
    visit.save()


def _expected(
    key: str, found: Round, cover: Cover, week: ThisWeek, day: date
) -> tuple[int, datetime]:
    """Return the place on the round, and when its visitor is expected at the door."""
    entry = next(
        entry
        for entry in cover.standing.plan().visits
        if entry.round == str(found.public_id) and entry.day == day.weekday()
    )
    walked = walk(week.instance, entry, week.travel)
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(council_zone()))
    moment = midnight + timedelta(seconds=walked.arrivals[key])
    return entry.residents.index(key) + 1, moment
