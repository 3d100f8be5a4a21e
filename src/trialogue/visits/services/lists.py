"""A list that somebody sent: kept as it came, and looked at, until it is taken in or given up."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.http import Http404
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.tables import Table, read_upload, too_large
from trialogue.visits import queries
from trialogue.visits.models import ListFile, Resident, Scheme
from trialogue.visits.queries.there import There, newest_agreement, there
from trialogue.visits.services import residents, rounds
from trialogue.visits.services.reading import residents as resident_rows
from trialogue.visits.services.reading import rounds as round_rows

MOST_BYTES = 20_000_000
# A list is looked at while somebody waits: residents, and stops of rounds.
MOST_ROWS = {ListFile.Kind.RESIDENTS: 20_000, ListFile.Kind.ROUNDS: 100_000}
SHOWN = 200  # of its problems: whoever has more mends the kind of mistake
MAY = {ListFile.Kind.RESIDENTS: "enrol residents", ListFile.Kind.ROUNDS: "change rounds"}


@dataclass(frozen=True)
class Change:
    """A row of a list beside what is held: what would change, and who it may be already."""

    row: int
    name: str
    fields: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Look:
    """What a list would do. Nothing is done yet."""

    new: list[Change] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    proposed: int = 0  # of the new ones, without an agreement
    problems: tuple[Problem, ...] = ()

    @cached_property
    def faulty(self) -> int:
        """How many rows have a problem."""
        return len({(one.file, one.row) for one in self.problems})

    @property
    def shown(self) -> tuple[Problem, ...]:
        """The first of its problems."""
        return self.problems[:SHOWN]

    @property
    def good(self) -> int:
        """How many rows can be taken."""
        return len(self.new) + len(self.changed) + self.unchanged

    @property
    def does_something(self) -> bool:
        """Whether taking it would change anything."""
        return bool(self.new or self.changed)

    @property
    def alike(self) -> list[Change]:
        """New rows that look like somebody who is there already."""
        return [one for one in self.new if one.alike]


def keep(
    scheme: Scheme,
    kind: str,
    *,
    file: File[bytes],
    second: File[bytes] | None = None,
    by: Person,
    at: datetime,
) -> ListFile:
    """Keep a list as it came, until a person has looked at what it would do."""
    permissions.check(by, MAY[ListFile.Kind(kind)])
    sizes = (("file", file.size), ("second", second.size if second else 0))
    refuse(
        one.at(column=name)
        for name, size in sizes
        for one in too_large(size or 0, most=MOST_BYTES)
    )
    kept = ListFile(
        scheme=scheme,
        kind=kind,
        # Its ending says what it is.
        filename=(file.name or "file")[-200:],
        second_filename=(second.name or "file")[-200:] if second else "",
        by=by,
        at=at,
    )
    # Kept under names of ours: what a person calls a file never becomes a path.
    kept.file.save(f"{kept.public_id.hex}-1", file, save=False)
    if second:
        kept.second_file.save(f"{kept.public_id.hex}-2", second, save=False)
    with transaction.atomic():
        kept.save()
        note_list(f"send a list of {kind}", kept, by, at)
    return kept


def kept_list(list_id: UUID, *, seen_by: Person) -> ListFile:
    """Return a list that this person sent. Raises Http404 for any other."""
    found = (
        ListFile.objects.select_related("scheme", "by", "work")
        .filter(public_id=list_id, by=seen_by)
        .first()
    )
    if found is None:
        raise Http404
    return found


def look(kept: ListFile) -> Look:
    """Return what a list would do, with every problem in it."""
    try:
        if kept.kind == ListFile.Kind.RESIDENTS:
            rows, problems = residents_in(kept)
            return _look_at_residents(kept.scheme, rows, problems)
        given, problems = rounds_in(kept)
        return _look_at_rounds(kept.scheme, given, problems)
    except InputError as error:
        return Look(problems=error.problems)


def _table(kept: ListFile) -> Table:
    with kept.file.open("rb") as content:
        table = read_upload(cast(BinaryIO, content), kept.filename)
    most = MOST_ROWS[ListFile.Kind(kept.kind)]
    if table.rows > most:
        what = f"The list has {table.rows:,} rows. The most we can take at once is {most:,}"
        raise InputError(Problem(what, "Send it in parts", file=kept.filename))
    return table


def residents_in(kept: ListFile) -> tuple[list[resident_rows.Row], list[Problem]]:
    """Return the residents that can be taken, and every problem of the other rows."""
    stops = queries.stops_of_rounds(kept.scheme, day=localdate(kept.at))
    return resident_rows.read(_table(kept), epsg=kept.scheme.grid, stops=stops)


def rounds_in(kept: ListFile) -> tuple[list[round_rows.Row], list[Problem]]:
    """Return the rounds that its sender may save, and every problem of the others."""
    scheme = kept.scheme
    with kept.second_file.open("rb") as content:
        second = read_upload(cast(BinaryIO, content), kept.second_filename)
    rows, problems = round_rows.read(
        _table(kept), second, epsg=scheme.grid, usual_speed=scheme.seconds_per_metre
    )
    partners, now, good = rounds.partners_for(scheme, kept.by), rounds.newest_versions(scheme), []
    for one in rows:
        wrong = rounds.problems_of(one.round, now.get(one.round.code), partners)
        problems += [problem.at(file=second.name, row=one.row) for problem in wrong]
        good += [] if wrong else [one]
    return good, problems


def _look_at_residents(
    scheme: Scheme, rows: list[resident_rows.Row], problems: list[Problem]
) -> Look:
    found = Look(problems=tuple(problems))
    known = there(scheme)
    unchanged = proposed = 0
    for row in rows:
        given = row.resident
        held = held_as(known, given)
        if held is None:
            alike = known.alike(name=given.full_name, postcode=given.postcode, uprn=given.uprn)
            names = tuple(f"{one.full_name}, {one.address}" for one in alike)
            found.new.append(Change(row.row, given.full_name, alike=names))
            proposed += row.agreed_on is None
        elif fields := _differs(held, row):
            found.changed.append(Change(row.row, held.full_name, fields))
        else:
            unchanged += 1
    return Look(found.new, found.changed, unchanged, proposed, found.problems)


def held_as(known: There, given: residents.ResidentGiven) -> Resident | None:
    """Return who is there already as the resident of a row."""
    return known.held(reference=given.reference, name=given.full_name, address=given.address)


def _differs(held: Resident, row: resident_rows.Row) -> tuple[str, ...]:
    """Return what a row would change, in words."""
    said = [name.replace("_", " ") for name in new_fields(held, row)]
    said += ["agreement"] if agrees_anew(held, row) else []
    return (*said, *(f"contact {one.name}" for one in new_contacts(held, row)))


def new_fields(held: Resident, row: resident_rows.Row) -> dict[str, object]:
    """Return the fields of a row that differ from what is held. Without a column nothing does."""
    before = residents.given_of(held)
    return {
        name: value
        for name, value in vars(row.resident).items()
        if name in row.given
        and value != getattr(before, name)
        and not (name == "preferred_name" and not value)
    }


def agrees_anew(held: Resident, row: resident_rows.Row) -> bool:
    """Whether a row tells of an agreement not held. One from before a withdrawal is over."""
    newest = newest_agreement(held)
    if row.agreed_on is None or newest is None:
        return row.agreed_on is not None
    if newest.agrees:
        return row.agreed_on < newest.valid_from  # it holds from an earlier day than was written
    return row.agreed_on > newest.valid_from


def new_contacts(held: Resident, row: resident_rows.Row) -> list[residents.ContactGiven]:
    """Return the contacts of a row that were never held. Who was taken out does not come back."""
    known = {one.name.casefold() for one in held.contacts.all()}
    return [one for one in row.contacts if one.name.strip().casefold() not in known]


def _look_at_rounds(scheme: Scheme, rows: list[round_rows.Row], problems: list[Problem]) -> Look:
    now = rounds.newest_versions(scheme)
    found = Look(problems=tuple(problems))
    unchanged = 0
    for one in rows:
        given = one.round
        change = Change(one.row, f"{given.code}, {len(given.points) - 1} stops")
        if given.code not in now:
            found.new.append(change)
        elif rounds.would_change(now[given.code], given, scheme):
            found.changed.append(change)
        else:
            unchanged += 1
    return Look(found.new, found.changed, unchanged, 0, found.problems)


@transaction.atomic
def give_up(list_id: UUID, *, by: Person, at: datetime) -> None:
    """Delete a list that was not taken in."""
    kept = ListFile.objects.select_for_update().filter(public_id=list_id, by=by).first()
    if kept is None or kept.taken_at:
        return
    note_list(f"give up a list of {kept.kind}", kept, by, at)
    forget_bytes(kept)
    kept.delete()


def forget_bytes(kept: ListFile) -> None:
    """Delete what was sent; that it was, and what came of it, stays."""
    for one in (kept.file, kept.second_file):
        if one:
            one.delete(save=False)


def note_list(
    action: str,
    kept: ListFile,
    by: Person,
    at: datetime,
    *,
    after: dict[str, int] | None = None,
) -> None:
    """Write in the trail what was done with a list, and no name from it."""
    accounts.record(
        by=by, action=action, on="visit list", thing=str(kept.public_id), at=at, after=after
    )
