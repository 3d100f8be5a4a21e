"""Taking in a list that was looked at: a short one at once, a longer one by the worker.

The same list twice changes nothing. So one that was stopped half-way, or whose worker was killed,
is simply taken in again.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django_tasks import task

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person, Work
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.visits.models import ListFile, Scheme
from trialogue.visits.queries.there import there
from trialogue.visits.services import residents, rounds
from trialogue.visits.services.lists import (
    MAY,
    Look,
    agrees_anew,
    forget_bytes,
    held_as,
    look,
    new_contacts,
    new_fields,
    note_list,
    residents_in,
    rounds_in,
)
from trialogue.visits.services.reading import residents as resident_rows

AT_ONCE = 100  # rows that somebody waits for, and that one transaction takes in


@transaction.atomic
def take_list(list_id: UUID, *, leave_out: bool = False, by: Person, at: datetime) -> Work | None:
    """Take a list in. With faulty rows only when `leave_out` says to take the good ones.

    Return the work of the worker where the list is long; else it is done. Twice is as once.
    Raises InputError with every problem.
    """
    kept = ListFile.objects.select_for_update().get(public_id=list_id, by=by)
    permissions.check(by, MAY[ListFile.Kind(kept.kind)])
    if kept.taken_at:
        return None
    if kept.work and not kept.work.finished_at:
        return kept.work
    Scheme.objects.select_for_update().get(pk=kept.scheme_id)  # two lists at once queue here
    found = look(kept)
    if found.problems and not leave_out:
        refuse(found.problems)
    kept.taken = _counted(found)
    if kept.kind == ListFile.Kind.RESIDENTS and found.good > AT_ONCE:
        kept.work = accounts.start_work(
            title=f"Taking in {kept.filename}"[:200],
            by=by,
            at=at,
            leads_to=f"/visits/lists/{kept.public_id}/",
        )
        kept.save()
        accounts.do_later(kept.work, take_in_the_worker, str(kept.public_id))
        return kept.work
    if kept.kind == ListFile.Kind.RESIDENTS:
        _take_residents(kept.scheme, residents_in(kept)[0], by, at)
    else:
        _take_rounds(kept, by, at)
    _finish(kept, by, at)
    return None


@task()
def take_in_the_worker(list_id: str) -> None:
    """Take a long list of residents in, some rows at a time, with its progress shown."""
    kept = ListFile.objects.select_related("work", "scheme", "by").get(public_id=list_id)
    work, by = kept.work, kept.by
    if work is None or kept.taken_at or work.finished_at:
        return
    with accounts.ending(work, now=timezone.now):  # noqa: TID251  the worker is a door
        rows, _ = residents_in(kept)
        done = 0
        for some in _in_parts(rows):
            if not accounts.step_work(
                work, done=done, total=len(rows), step=f"{done:,} of {len(rows):,} rows taken in"
            ):
                what = f"Stopped: {done:,} of {len(rows):,} rows are in"
                mend = "Take the list in again to go on. What is in stays as it is"
                raise InputError(Problem(what, mend))
            with transaction.atomic():  # short, so that nobody who writes meanwhile waits long
                scheme = Scheme.objects.select_for_update().get(pk=kept.scheme_id)
                _take_residents(scheme, some, by, timezone.now())  # noqa: TID251  a door
            done += len(some)
        with transaction.atomic():
            at = timezone.now()  # noqa: TID251  the worker is a door
            _finish(kept, by, at)
            accounts.finish_work(work, at=at)


def _in_parts(rows: Sequence[resident_rows.Row]) -> Iterator[Sequence[resident_rows.Row]]:
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]


def _counted(found: Look) -> dict[str, int]:
    return {
        "new": len(found.new),
        "changed": len(found.changed),
        "unchanged": found.unchanged,
        "left_out": found.faulty,
    }


def _finish(kept: ListFile, by: Person, at: datetime) -> None:
    kept.taken_at = at
    kept.save()
    note_list(f"take in a list of {kept.kind}", kept, by, at, after=kept.taken)
    transaction.on_commit(lambda: forget_bytes(kept))


def _take_residents(
    scheme: Scheme, rows: Sequence[resident_rows.Row], by: Person, at: datetime
) -> None:
    known = there(scheme)
    for row in rows:
        who, how = row.agreed_by, row.agreed_how
        held = held_as(known, row.resident)
        if held is None:
            held = residents.propose(scheme.pk, row.resident, by=by, at=at)
        elif new := new_fields(held, row):
            residents.change(held.public_id, new, version=held.version, by=by, at=at)
        if row.agreed_on and agrees_anew(held, row):
            residents.agree(
                held.public_id, who=who, how=how, valid_from=row.agreed_on, by=by, at=at
            )
        for contact in new_contacts(held, row):
            residents.add_contact(held.public_id, contact, who=who, how=how, by=by, at=at)


def _take_rounds(kept: ListFile, by: Person, at: datetime) -> None:
    rows, _ = rounds_in(kept)
    for one in rows:
        rounds.save_round(kept.scheme, one.round, valid_from=localdate(at), by=by, at=at)
