"""The rota: who is on duty, in which role, from when to when; and handing over a shift."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.visits import queries, steps
from trialogue.visits.models import Concern, ConcernStep, DutyShift, HandOver, Scheme
from trialogue.visits.services.concerns import SENT_TWICE

Role = DutyShift.Role
NUMBER = re.compile(r"\+?[0-9][0-9 ()-]{6,24}")
# Who may be on duty in a role: nobody is told of a concern that they could not open.
MAY_BE = {
    Role.DUTY: frozenset({"duty desk", "duty manager"}),
    Role.DEPUTY: frozenset({"duty desk", "duty manager"}),
    Role.MANAGER: frozenset({"duty manager"}),
    Role.SAFEGUARDING: frozenset({"safeguarding lead"}),
}


@dataclass(frozen=True)
class NewShift:
    """Somebody on duty, as typed. `telephone` is for text messages; empty: e-mails alone."""

    role: str
    person: str  # public identifier
    first: datetime | None
    last: datetime | None
    telephone: str


@transaction.atomic
def add_shift(scheme: Scheme, new: NewShift, *, by: Person, at: datetime) -> DutyShift:
    """Put somebody on the rota. The same shift again is as once."""
    permissions.check(by, "set up visits")
    problems = []
    if new.role not in Role.values:
        raise InputError(Problem("Choose a role", column="role"))
    may_be = councils.people_with(MAY_BE[Role(new.role)])
    person = next((one for one in may_be if str(one.public_id) == new.person), None)
    if person is None:
        which = " or ".join(sorted(MAY_BE[Role(new.role)]))
        problems.append(
            Problem("They do not have the role for this", f"They need: {which}", column="person")
        )
    first, last = new.first, new.last
    if not (first and last and at < last and first < last):
        problems.append(Problem("The end must come after the start and after now", column="last"))
    if new.telephone.strip() and not NUMBER.fullmatch(new.telephone.strip()):
        example = "Enter a telephone number like 07700 900123"
        problems.append(Problem(example, column="telephone"))
    if problems or not (person and first and last):
        raise InputError(*problems)
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    shift, made = DutyShift.objects.get_or_create(
        scheme=scheme,
        role=new.role,
        person=person,
        first=first,
        last=last,
        telephone=new.telephone.strip(),
    )
    if not made:
        return shift
    _record("add a shift", scheme, by, at, {"role": new.role, "person": new.person})
    return shift


@transaction.atomic
def take_off(scheme: Scheme, shift: int, *, by: Person, at: datetime) -> None:
    """Take a shift off the rota. One that is over is what was, and stays."""
    permissions.check(by, "set up visits")
    found = DutyShift.objects.filter(scheme=scheme, pk=shift, last__gt=at).first()
    if found is None:
        return
    if found.first < at:
        found.last = at
        found.save(update_fields=["last"])
    else:
        found.delete()
    after = {"role": found.role, "person": str(found.person.public_id)}
    _record("take off a shift", scheme, by, at, after)


@transaction.atomic
def give_over(scheme: Scheme, *, to: str, words: str, by: Person, at: datetime) -> HandOver:
    """Sign what is open over to the next person on duty, by name. Sent twice, it is one."""
    permissions.check(by, "deal with concerns")
    taker = next((one for one in takers(by) if str(one.public_id) == to), None)
    if taker is None:
        raise InputError(Problem("Choose who takes over", column="to"))
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    waits = HandOver.objects.filter(giver=by, taker=taker, taken_at=None)
    if sent := waits.filter(given_at__gt=at - SENT_TWICE).first():
        return sent
    codes = [one.concern.code for one in queries.open_concerns(by, now=at)]
    given = HandOver.objects.create(
        scheme=scheme,
        giver=by,
        taker=taker,
        concerns=codes,
        words=words.strip()[:500],
        given_at=at,
    )
    accounts.notify(
        [taker],
        letter="L",
        subject=f"{by.name} hands over to you",
        body="Look at what is open, and sign that you have it.",
        link="/visits/hand-over/",
        key=f"hand over {given.pk}",
        at=at,
    )
    _record("hand over the desk", scheme, by, at, {"to": str(taker.public_id)})
    return given


@transaction.atomic
def take_over(pk: int, *, by: Person, at: datetime) -> None:
    """Sign that the desk is taken over: what its giver had in hand is the taker's. Once."""
    permissions.check(by, "deal with concerns")
    given = HandOver.objects.select_for_update().filter(pk=pk, taker=by).first()
    if given is None:
        raise Http404
    if given.taken_at:
        return
    given.taken_at = at
    given.save(update_fields=["taken_at"])
    hand_over(giver=given.giver, taker=by, by=by, at=at)
    _record("take over the desk", given.scheme, by, at, {"from": str(given.giver.public_id)})


@transaction.atomic
def hand_over(*, giver: Person, taker: Person, by: Person, at: datetime) -> int:
    """Make the taker the owner of what the giver has in hand; return how many concerns.

    A safeguarding concern goes to nobody but a lead: it stays where it is, and the ladder tells
    whoever is on duty.
    """
    kinds = Q() if "safeguarding lead" in taker.roles else ~Q(kind=Concern.Kind.SAFEGUARDING)
    theirs = Concern.objects.filter(kinds, owner=giver).exclude(state=Concern.State.CLOSED)
    words = f"{giver.name} to {taker.name}"
    count = 0
    for concern in theirs.select_for_update():
        concern.owner = taker
        concern.save(update_fields=["owner"])
        ConcernStep.objects.create(
            concern=concern, what=steps.HANDED_OVER, words=words, by=by, at=at
        )
        count += 1
    return count


def takers(giver: Person) -> list[Person]:
    """Return who may take over what this person has in hand."""
    roles = permissions.MAY["deal with concerns"] & giver.roles
    return [one for one in councils.people_with(roles) if one != giver]


def on_the_rota() -> list[Person]:
    """Return who may be on duty in one role or another."""
    return councils.people_with(frozenset().union(*MAY_BE.values()))


def _record(action: str, scheme: Scheme, by: Person, at: datetime, after: dict[str, str]) -> None:
    accounts.record(by=by, action=action, on="scheme", thing=str(scheme.pk), at=at, after=after)
