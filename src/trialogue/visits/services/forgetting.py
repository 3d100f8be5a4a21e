"""What visits keep for a time is emptied or deleted after it; what trials count stays.

What was recorded is never deleted: a skeleton of it stays (that, when, by whom), and its words go.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import queries
from trialogue.visits.models import (
    Acknowledgement,
    Agreement,
    Answer,
    Concern,
    ConcernStep,
    Contact,
    HandOver,
    HeldEvent,
    ListFile,
    PlannedVisit,
    Resident,
    Suspension,
    TravelTimes,
    Visit,
    VisitEvent,
    VisitLink,
    VisitList,
)
from trialogue.visits.queries.visits import but_for_the_lead
from trialogue.visits.services.links import LINK
from trialogue.visits.timers import (
    KEEP_ANSWERS,
    KEEP_CONCERNS,
    KEEP_LEAVERS,
    KEEP_PLANNED,
    Timer,
)

LISTS = timedelta(days=1)  # a list that nobody took in
LINKS = timedelta(days=30)
MONTH = timedelta(days=30.44)


def forget(now: datetime) -> int:
    """Empty or delete what is past its time; return how much. Twice is as once."""
    past = past_their_time(now)
    leavers = list(past["Residents who left"].values_list("public_id", flat=True))
    for one in past["Lists of visits that nobody took in"]:
        for file in (one.file, one.second_file):
            if file:
                file.delete(save=False)
    with transaction.atomic():
        gone = sum(_forget(kind, rows) for kind, rows in past.items())
    for public_id in leavers:
        erase(public_id, at=now)
    return gone + len(leavers)


def past_their_time(now: datetime) -> dict[str, QuerySet[Any]]:
    """Return what of each kind `forget` would empty or delete at `now`."""
    scheme = queries.scheme()
    settings = scheme.settings if scheme else {}

    def since(timer: Timer) -> datetime:
        return now - timer.of(settings) * MONTH

    answers, concerns = since(KEEP_ANSWERS), since(KEEP_CONCERNS)
    over = Q(concern__closed_at__lt=concerns)
    return {
        "Planned visits": PlannedVisit.objects.filter(
            plan__state__in=("past", "discarded"), plan__at__lt=since(KEEP_PLANNED)
        ),
        "What was recorded at doors": VisitEvent.objects.filter(
            received_at__lt=answers, body__isnull=False
        ),
        "Notes of answers": Answer.objects.filter(event__received_at__lt=answers).exclude(note=""),
        "What was asked at visits": Visit.objects.filter(
            day__lt=answers.date(), asks__isnull=False
        ).exclude(asks=[]),
        "Whose list was on which phone or on paper": VisitList.objects.filter(
            day__lt=answers.date()
        ),
        "Records held for the desk": HeldEvent.objects.filter(
            received_at__lt=answers, sealed__isnull=False
        ),
        "Closed concerns": Concern.objects.filter(closed_at__lt=concerns).exclude(words=""),
        "What was done about closed concerns": ConcernStep.objects.filter(over).exclude(words=""),
        "What somebody said they would do": Acknowledgement.objects.filter(over).exclude(
            will_do=""
        ),
        "What was said in handing over": HandOver.objects.filter(given_at__lt=answers).exclude(
            words=""
        ),
        "Lists of visits that nobody took in": ListFile.objects.filter(
            taken_at=None, at__lt=now - LISTS
        ),
        "Links to visits": VisitLink.objects.filter(created_at__lt=now - LINKS),
        "Residents who left": _leavers(since(KEEP_LEAVERS).date()),
    }


def _leavers(until: date) -> QuerySet[Resident]:
    """Return who left long enough ago, but for those with a concern that is open or kept."""
    kept = Concern.objects.filter(resident__isnull=False).filter(Q(closed_at=None) | ~Q(words=""))
    rows = Resident.objects.filter(state="ended", ended_on__lt=until, erased_at=None)
    return rows.exclude(pk__in=kept.values("resident"))


def _forget(kind: str, rows: QuerySet[Any]) -> int:
    emptied: dict[str, dict[str, Any]] = {
        "What was recorded at doors": {"body": None},
        "Notes of answers": {"note": ""},
        "What was asked at visits": {"asks": []},
        "Records held for the desk": {"sealed": None},
        "Closed concerns": {"words": "", "whereabouts": "Known, no longer kept"},
        "What was done about closed concerns": {"words": ""},
        "What somebody said they would do": {"will_do": ""},
        "What was said in handing over": {"words": ""},
    }
    if kind == "Residents who left":
        return 0
    if kind in emptied:
        return rows.update(**emptied[kind])
    deleted: int = rows.delete()[0]
    return deleted


@transaction.atomic
def erase_on_request(resident_id: UUID, *, by: Person, at: datetime) -> None:
    """Erase a resident at once, because they ask for it. Their visits must have ended.

    Raises InputError while visits go on, or a concern is open.
    """
    permissions.check(by, "erase residents")
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    if resident.state != Resident.State.ENDED:
        raise InputError(Problem("Visits go on", "End them first"))
    if resident.concerns.filter(closed_at=None).exists():
        raise InputError(Problem("A concern is open", "Close it first"))
    erase(resident_id, at=at, by=by)


@transaction.atomic
def erase(resident_id: UUID, *, at: datetime, by: Person | None = None) -> None:
    """Take out all that tells of a resident. A row stays, by which visits are counted.

    Their numbers in a trial stay there, and nothing leads from them to a person any more.
    """
    resident = Resident.objects.select_for_update().get(public_id=resident_id)
    if resident.erased_at:
        return
    VisitEvent.objects.filter(visit__resident=resident, body__isnull=False).update(body=None)
    Answer.objects.filter(visit__resident=resident).update(note="")
    Visit.objects.filter(resident=resident).update(asks=[], moved_why="")
    # Where they made room for others.
    named = Visit.objects.filter(moved_why__contains=resident.preferred_name)
    named.exclude(moved_why="").update(moved_why="")
    PlannedVisit.objects.filter(resident=resident).delete()
    _forget_travel_times(resident)
    told = Contact.objects.filter(resident=resident).exclude(email="")
    accounts.drop_messages(LINK, to=set(told.values_list("email", flat=True)))
    Suspension.objects.filter(resident=resident).delete()
    VisitLink.objects.filter(resident=resident).delete()
    Agreement.objects.filter(resident=resident).update(who="", authority="")
    Contact.objects.filter(resident=resident).update(
        name="", relation="", telephone="", email="", never_told_why="", removed_at=at
    )
    about = Q(concern__resident=resident)
    ConcernStep.objects.filter(about).update(words="")
    Acknowledgement.objects.filter(about).update(will_do="")
    Concern.objects.filter(resident=resident).update(words="")
    Concern.objects.filter(resident=resident).exclude(whereabouts="").update(
        whereabouts="Known, no longer kept"
    )
    emptied = dict.fromkeys(
        (
            *("reference", "full_name", "preferred_name", "address", "postcode", "uprn"),
            *("telephone", "door_notes", "at_the_address", "agreed_word"),
        ),
        "",
    )
    Resident.objects.filter(pk=resident.pk).update(
        **emptied,
        key=uuid.uuid4(),
        x=None,
        y=None,
        not_before=None,
        not_after=None,
        days_ok=[],
        days_preferred=[],
        skills=[],
        erased_at=at,
    )
    accounts.record(
        by=by, action="erase a resident", on="resident", thing=str(resident.public_id), at=at
    )


def _forget_travel_times(resident: Resident) -> None:
    """Take out the times from and to somebody's home, which stand under their reference."""
    if not resident.reference:
        return
    for times in TravelTimes.objects.filter(scheme=resident.scheme):
        pairs = [one for one in times.pairs if resident.reference not in one[:2]]
        if len(pairs) < len(times.pairs):
            times.pairs = pairs
            times.save(update_fields=["pairs"])


def everything_about(resident_id: UUID, *, by: Person, at: datetime) -> dict[str, Any]:
    """Return all that is held about a resident, to be given to them. The look is written down.

    What is for the safeguarding lead alone is in it only when the lead asks.
    """
    permissions.check(by, "see residents")
    resident = queries.resident_of(resident_id, seen_by=by)
    accounts.note_look(
        "at everything held about a resident",
        on="resident",
        thing=str(resident_id),
        by=by,
        at=at,
    )
    concerns = resident.concerns.all()
    rows = VisitEvent.objects.filter(visit__resident=resident).order_by("about_at")
    contacts = [_plain(one) for one in resident.contacts.all()]
    if permissions.allows(by, "see safeguarding"):
        events = list(rows)
    else:
        concerns = concerns.exclude(kind="safeguarding")
        events = but_for_the_lead(rows.select_related("concern"))
        contacts = [one | {"never_told_why": ""} for one in contacts]
    return {
        "made_at": timezone.localtime(at).isoformat(),
        "resident": _plain(resident),
        "contacts": contacts,
        "agreements": [_plain(one) for one in resident.agreements.all()],
        "suspensions": [_plain(one) for one in resident.suspensions.all()],
        "planned": [_plain(one) for one in resident.planned.all()],
        "visits": [_plain(one) for one in resident.visits.all()],
        "recorded": [_plain(one) for one in events],
        "answers": [_plain(one) for one in Answer.objects.filter(visit__resident=resident)],
        "concerns": [_plain(one) for one in concerns],
        "steps": [_plain(one) for one in ConcernStep.objects.filter(concern__in=concerns)],
    }


def _plain(row: Any) -> dict[str, Any]:
    return {
        field.name: value
        if isinstance(value := field.value_from_object(row), (str, int, float, list, dict, bool))
        or value is None
        else str(value)
        for field in row._meta.concrete_fields
        if field.name not in ("id", "key")
    }
