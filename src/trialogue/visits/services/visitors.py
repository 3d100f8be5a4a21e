"""Visitors: who may be sent to a door, and who no longer is."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Organisation, Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import queries
from trialogue.visits.models import Device, Round, Visitor
from trialogue.visits.services.listing import walk_instead


@transaction.atomic
def save_visitor(
    scheme_id: int,
    *,
    person: str,
    checked_on: date | None,
    trained_on: date | None,
    card: str,
    by: Person,
    at: datetime,
) -> Visitor:
    """Add somebody of a partner as a visitor (by public id), or note their check and training."""
    permissions.check(by, "change rounds")
    found = Person.objects.filter(public_id=person, is_active=True).first()
    allowed = queries.partners_of(by)
    places = [
        place.organisation
        for place in (found.places if found else ())
        if "visitor" in place.roles
        and place.organisation.kind == Organisation.Kind.PARTNER
        and (allowed is None or place.organisation in allowed)
    ]
    if found is None or not places:
        what = "Choose somebody with the role of visitor in a partner organisation"
        raise InputError(Problem(what, column="person"))
    visitor, _ = Visitor.objects.update_or_create(
        scheme_id=scheme_id,
        person=found,
        defaults={
            "partner": places[0],
            "checked_on": checked_on,
            "trained_on": trained_on,
            "card": card.strip(),
            "ended_on": None,
        },
        create_defaults={
            "partner": places[0],
            "checked_on": checked_on,
            "trained_on": trained_on,
            "card": card.strip(),
            "created_at": at,
        },
    )
    accounts.record(
        by=by,
        action="note a visitor’s check and training",
        on="visitor",
        thing=str(visitor.public_id),
        at=at,
        after={"fields": ["checked_on", "trained_on", "card"]},
    )
    return visitor


@transaction.atomic
def end_visitor(visitor_id: UUID, *, by: Person, at: datetime) -> Visitor:
    """Send somebody to no door any more: no round, no list, their phones taken off. Twice is once.

    What they recorded stays. Their visits of today that are not begun go to whoever covers, or are
    said to be without anybody. Raises Visitor.DoesNotExist for another partner's.
    """
    permissions.check(by, "change rounds")
    scheme = queries.scheme()
    assert scheme is not None  # noqa: S101  a page of the scheme asks
    mine = queries.visitors(scheme, seen_by=by).select_for_update(of=("self",))
    visitor = mine.get(public_id=visitor_id)
    if visitor.ended_on:
        return visitor
    today = localdate(at)
    visitor.ended_on = today
    visitor.save(update_fields=["ended_on"])
    phones = Device.objects.filter(visitor=visitor, revoked_at=None)
    phones.update(revoked_at=at, revoked_by=by)
    for one in Round.objects.filter(visits__visitor=visitor, visits__day__gte=today).distinct():
        for day in one.visits.filter(day__gte=today).values_list("day", flat=True).distinct():
            walk_instead(one, day)
    visitor.walks.all().delete()
    accounts.record(
        by=by, action="end a visitor", on="visitor", thing=str(visitor.public_id), at=at
    )
    return visitor
