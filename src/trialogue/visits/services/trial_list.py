"""The list that a scheme gives its trial: residents by pseudonym, and what starts together."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from django.core.files.base import ContentFile
from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem
from trialogue.trials.services import loading, uploads
from trialogue.visits.models import Resident, Round, RoundVersion, Scheme
from trialogue.visits.packing import unpack
from trialogue.visits.queries.residents import pseudonym
from trialogue.visits.services.noting import note_scheme

SET_UP = "set up visits"


@transaction.atomic
def gather_residents(scheme_id: int, *, by: Person, at: datetime) -> int:
    """Put each resident who agreed, and has no area, into that of the nearest round."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    rounds = list(scheme.rounds.filter(ended_on=None, area__isnull=False).select_related("area"))
    without = [one for one in _agreed(scheme) if one.area is None]
    if not rounds or not without:
        return 0
    stops = [np.array(unpack(version.points)[1:]) for version in _versions(rounds)]
    for one in without:
        here = np.array([one.x, one.y])
        near = [float(np.hypot(*(places - here).T).min()) for places in stops]
        one.area = rounds[int(np.argmin(near))].area
        one.save(update_fields=["area"])
    note_scheme("put residents in areas", scheme, by, at, after={"residents": len(without)})
    return len(without)


def _versions(rounds: list[Round]) -> Iterator[RoundVersion]:
    for one in rounds:
        version = one.versions.first()
        assert version is not None  # noqa: S101  a round is saved with its first version
        yield version


def _agreed(scheme: Scheme) -> list[Resident]:
    states = (Resident.State.AGREED, Resident.State.ACTIVE, Resident.State.PAUSED)
    rows = Resident.objects.filter(scheme=scheme, state__in=states, x__isnull=False)
    return list(rows.select_related("area").order_by("pk"))


def trial_list(scheme: Scheme) -> tuple[list[str], list[list[str]]]:
    """Return the trial's list: pseudonym, and what starts together.

    No name, no address: the pseudonym goes with the resident's record.
    """
    agreed = _agreed(scheme)
    if scheme.trial_unit == Scheme.HOME:
        homes = households(scheme)
        header = ["resident", "household", "area"]
        return header, [
            [pseudonym(one), homes[one.pk], one.area.name if one.area else "none"]
            for one in agreed
        ]
    header = ["resident", scheme.trial_unit or "area"]
    return header, [[pseudonym(one), one.area.name] for one in agreed if one.area]


def households(scheme: Scheme) -> dict[int, str]:
    """Return what a trial knows the home of each resident by: after who was enrolled there first.

    One UPRN is one home; without, one address in one postcode.
    """
    first: dict[tuple[str, ...], str] = {}
    found = {}
    for one in scheme.residents.filter(erased_at=None).order_by("pk"):
        written = (_plain(one.address), _plain(one.postcode))
        home = (one.uprn,) if one.uprn else written
        found[one.pk] = first.setdefault(home, f"H-{one.key.hex[:10]}")
    return found


def _plain(written: str) -> str:
    """Return an address as it compares: without case, spaces and commas."""
    return "".join(part for part in written.casefold() if part.isalnum())


def send_list(scheme_id: int, *, by: Person, at: datetime) -> str:
    """Give the trial its list of residents, to be looked at and loaded there. Return its page.

    Raises PermissionDenied for somebody outside the trial's team, and InputError.
    """
    scheme = Scheme.objects.get(pk=scheme_id)
    gather_residents(scheme_id, by=by, at=at)
    header, rows = trial_list(scheme)
    if not rows:
        raise InputError(Problem("Nobody has agreed yet", "Enrol residents first"))
    written = io.StringIO()
    csv.writer(written).writerows([header, *rows])
    upload = uploads.keep_upload(
        public_id=scheme.trial,
        kind="units",
        file=ContentFile(written.getvalue().encode(), name="residents-of-the-scheme.csv"),
        options={"id": "resident", "numbered": False, "cluster": "", "arm": ""},
        by=by,
        at=at,
    )
    loading.read_now_or_later(upload, by=by, at=at, leads_to=f"/trials/{scheme.trial}/units/")
    note_scheme("send the trial its list", scheme, by, at, after={"residents": len(rows)})
    return f"/trials/{scheme.trial}/units/{upload.public_id}/"
