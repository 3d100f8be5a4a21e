"""Rounds as partners give them, who walks them, and days without anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits import queries
from trialogue.visits.models import (
    Absence,
    Area,
    Round,
    RoundVersion,
    Scheme,
    Visitor,
    Walk,
)
from trialogue.visits.packing import Place, pack
from trialogue.visits.positions import distance
from trialogue.visits.services.listing import walk_instead
from trialogue.visits.weekdays import WEEKDAYS


@dataclass(frozen=True)
class RoundGiven:
    """A round as it is given: points are depot and stops, metres; `spare` seconds Mon to Sat.

    `duration` is how long the round is known to take, seconds; it calibrates the speed.
    """

    code: str
    partner: str
    area: str
    points: tuple[Place, ...]
    start: time
    weekdays: tuple[int, ...]
    seconds_a_stop: float
    spare: tuple[float, ...]
    skills: tuple[int, ...] = ()
    duration: float | None = None


def seconds_per_metre(given: RoundGiven, usual: float) -> float:
    """Return the speed that makes the round take as long as it does, or the scheme's usual one.

    Raises InputError when the stops alone take longer than the whole round.
    """
    if given.duration is None:
        return usual
    home = [*given.points, given.points[0]]
    metres = sum(distance(a, b) for a, b in pairwise(home))
    walking = given.duration - given.seconds_a_stop * (len(given.points) - 1)
    if walking <= 0 or metres == 0:
        minutes = round(given.duration / 60)
        what = f"{given.code}: its stops alone take longer than its {minutes} minutes"
        raise InputError(Problem(what, "Check seconds_per_stop and duration", column="duration"))
    return walking / metres


def save_round(
    scheme: Scheme, given: RoundGiven, *, valid_from: date, by: Person, at: datetime
) -> bool:
    """Add a round, or a new version of one that changed; return whether anything changed.

    Raises PermissionDenied, and InputError also to a round manager for another partner's round.
    """
    permissions.check(by, "change rounds")
    rows = RoundVersion.objects.filter(round__scheme=scheme, round__code=given.code)
    partners = partners_for(scheme, by)
    refuse(problems_of(given, rows.select_related("round__partner").first(), partners))
    partner = partners[given.partner.strip().casefold()]
    area = None
    if given.area:
        area, _ = Area.objects.get_or_create(scheme=scheme, name=given.area)
    found, made = Round.objects.select_for_update().get_or_create(
        scheme=scheme,
        code=given.code,
        defaults={"partner": partner, "area": area, "created_at": at},
    )
    if found.area_id != (area.pk if area else None):
        found.area = area
        found.save(update_fields=["area"])
    now = found.versions.first()
    version = _version(found, given, scheme)
    version.number = now.number + 1 if now else 1
    version.valid_from, version.by, version.at = valid_from, by, at
    if now and _same(now, version):
        return False
    version.save()
    _note("add a round" if made else "change a round", found, by, at, after=_told(version))
    return True


def newest_versions(scheme: Scheme) -> dict[str, RoundVersion]:
    """Return the newest version of each round, by its code. One query."""
    rows = RoundVersion.objects.filter(round__scheme=scheme).order_by("number")
    return {one.round.code: one for one in rows.select_related("round__partner", "round__area")}


def would_change(now: RoundVersion, given: RoundGiven, scheme: Scheme) -> bool:
    """Whether saving a round as it is given would change it."""
    area = now.round.area.name if now.round.area else ""
    return area != given.area or not _same(now, _version(now.round, given, scheme))


def problems_of(
    given: RoundGiven, now: RoundVersion | None, partners: Mapping[str, Organisation]
) -> list[Problem]:
    """Return why a round may not be saved as it is given; `now` is how it stands.

    `partners`: whose rounds whoever gives it may give.
    """
    found = [
        Problem(f"{len(text)} characters", f"Use {most} at most", column=name)
        for name, text, most in (("round", given.code, 40), ("area", given.area, 80))
        if len(text) > most
    ]
    partner = partners.get(given.partner.strip().casefold())
    if partner is None:
        what = f'"{given.partner}" is no partner of yours in this scheme'
        names = ", ".join(sorted(one.name for one in partners.values()))
        mend = f"Choose from: {names}" if names else "Write down the agreement with it first"
        found.append(Problem(what, mend, column="partner"))
    elif now and now.round.partner != partner:
        what = f"{given.code} is a round of {now.round.partner.name}"
        found.append(Problem(what, "Give this round another name", column="round"))
    return found


def _version(found: Round, given: RoundGiven, scheme: Scheme) -> RoundVersion:
    return RoundVersion(
        round=found,
        points=pack(given.points),
        weekdays=list(given.weekdays),
        spare=list(given.spare),
        start=given.start,
        seconds_a_stop=given.seconds_a_stop,
        seconds_per_metre=seconds_per_metre(given, scheme.seconds_per_metre),
        skills=list(given.skills),
    )


def partners_for(scheme: Scheme, by: Person) -> dict[str, Organisation]:
    """Return the partners whose rounds somebody may give, by name without case."""
    allowed = queries.partners_of(by)
    partners = [one.partner for one in queries.agreements(scheme)]
    return {one.name.casefold(): one for one in partners if allowed is None or one in allowed}


def _same(now: RoundVersion, new: RoundVersion) -> bool:
    fields = ("weekdays", "spare", "start", "seconds_a_stop", "seconds_per_metre", "skills")
    return bytes(now.points) == new.points and all(
        getattr(now, field) == getattr(new, field) for field in fields
    )


def _told(version: RoundVersion) -> dict[str, object]:
    return {"version": version.number, "stops": len(version.points) // 16 - 1}


@transaction.atomic
def set_spare(
    round_id: UUID,
    *,
    minutes: Mapping[int, float],
    version: int,
    valid_from: date,
    by: Person,
    at: datetime,
) -> RoundVersion:
    """Set the spare minutes of each weekday, as a new version. `version` is the one seen."""
    found = _mine(round_id, by)
    now = found.versions.first()
    if now is None or now.number != version:
        what = "Somebody changed this round while you were writing"
        raise InputError(Problem(what, "Look at it again, then send yours"))
    refuse(
        Problem(f"Spare minutes cannot be {wrong}", column=f"spare_{day}")
        for day, amount in minutes.items()
        if (wrong := "below 0" if amount < 0 else "more than a day" if amount > 1440 else "")
    )
    spare = [60 * minutes.get(day, 0) for day in range(len(WEEKDAYS))]
    if spare == now.spare:
        return now
    changed = RoundVersion(
        round=found,
        number=now.number + 1,
        valid_from=valid_from,
        points=bytes(now.points),
        weekdays=now.weekdays,
        spare=spare,
        start=now.start,
        seconds_a_stop=now.seconds_a_stop,
        seconds_per_metre=now.seconds_per_metre,
        skills=now.skills,
        by=by,
        at=at,
    )
    changed.save()
    _note("set spare minutes", found, by, at, before={"spare": now.spare}, after={"spare": spare})
    return changed


@transaction.atomic
def set_walks(round_id: UUID, *, visitors: Mapping[int, str], by: Person, at: datetime) -> Round:
    """Say who walks a round on each weekday: public identifiers of visitors, empty for nobody."""
    found = _mine(round_id, by)
    known = {
        str(one.public_id): one
        for one in Visitor.objects.filter(
            scheme=found.scheme, partner=found.partner, ended_on=None
        )
    }
    refuse(
        Problem("Choose a visitor of this partner", column=f"walks_{day}")
        for day, visitor in visitors.items()
        if visitor and visitor not in known
    )
    before = {walk.weekday: str(walk.visitor.public_id) for walk in found.walks.all()}
    found.walks.all().delete()
    Walk.objects.bulk_create(
        Walk(round=found, weekday=day, visitor=known[visitor])
        for day, visitor in visitors.items()
        if visitor
    )
    after = {day: visitor for day, visitor in visitors.items() if visitor}
    if before != after:
        _note("say who walks a round", found, by, at, before=_days(before), after=_days(after))
    return found


def _days(by_day: Mapping[int, str]) -> dict[str, str]:
    return {str(day): visitor for day, visitor in by_day.items()}


@transaction.atomic
def note_absence(
    round_id: UUID, *, day: date, cover: str = "", by: Person, at: datetime
) -> Absence:
    """Say that nobody walks a round on a day as usual; `cover` walks it instead, if anyone.

    Raises InputError for somebody who is not checked and trained, or a day that is over.
    """
    found = _mine(round_id, by)
    if day < localdate(at):
        raise InputError(Problem("That day is over", "Choose today or later", column="day"))
    covering = None
    if cover:
        covering = Visitor.objects.filter(
            public_id=cover, scheme=found.scheme, partner=found.partner
        ).first()
        if covering is None or not covering.may_visit:
            what = "Choose a visitor of this partner who is checked and trained"
            raise InputError(Problem(what, column="cover"))
    absence, _ = Absence.objects.update_or_create(
        round=found, day=day, defaults={"cover": covering, "by": by, "at": at}
    )
    walk_instead(found, day)
    covered = {"cover": str(covering.public_id)} if covering else {}
    _note("say that a visitor is off", found, by, at, after={"day": str(day), **covered})
    return absence


@transaction.atomic
def end_absence(round_id: UUID, *, day: date, by: Person, at: datetime) -> None:
    """Say that the round is walked as usual on a day after all."""
    found = _mine(round_id, by)
    if found.absences.filter(day=day).delete()[0]:
        walk_instead(found, day)
        _note("say that a visitor is back", found, by, at, after={"day": str(day)})


def _mine(round_id: UUID, by: Person) -> Round:
    """Return a round that this person may change, locked. Others' are not there for them."""
    permissions.check(by, "change rounds")
    return queries.round_of(round_id, seen_by=by, lock=True)


def _note(
    action: str,
    found: Round,
    by: Person,
    at: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    accounts.record(
        by=by,
        action=action,
        on="round",
        thing=str(found.public_id),
        at=at,
        before=before,
        after=after,
    )
