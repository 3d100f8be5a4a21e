"""The first run: a one-time code from the console makes the council and its administrator."""

import hashlib
import hmac
import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from trialogue.accounts import queries
from trialogue.accounts.models import Membership, Organisation, Person
from trialogue.accounts.services.audit import record
from trialogue.accounts.services.council import council_problems
from trialogue.accounts.services.passwords import password_problems
from trialogue.methods.problems import Problem, refuse

_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that look alike


def offer_setup_code() -> str | None:
    """Make the code that opens the set-up page; None when there is an administrator.

    Kept as its hash in the data folder. A new one each start: the old one no longer works.
    """
    if queries.has_administrator():
        return None
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))
    kept = _file().with_suffix(".new")
    kept.unlink(missing_ok=True)
    with open(kept, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(_hash(code))
    kept.replace(_file())
    return code


@transaction.atomic
def set_up(
    *,
    code: str,
    council: str,
    gss_code: str,
    contact: str,
    welsh: bool = False,
    name: str,
    email: str,
    password: str,
    at: datetime,
) -> Person:
    """Make the council and its first administrator. Refused once there is an administrator."""
    found = Organisation.objects.select_for_update().filter(kind=Organisation.Kind.COUNCIL).first()
    zone = found.zone if found else "Europe/London"
    problems = council_problems(council, zone, gss_code)
    # The page asks two names, the council's and the person's.
    problems = [p if p.column != "name" else Problem(p.what, column="council") for p in problems]
    if queries.has_administrator() or not _file().exists() or not _matches(code):
        mend = "The console of `trialogue serve` shows it when the site starts"
        problems.append(Problem("This code does not open the set-up", mend, column="code"))
    person = Person(email=email.strip(), name=name.strip(), created_at=at)
    if Person.objects.filter(email__iexact=person.email).exists():
        problems.append(Problem("This address has an account already", column="email"))
    refuse([*problems, *password_problems(password, person)])
    made = found or Organisation(slug=slugify(council)[:60] or "council", created_at=at)
    made.kind = Organisation.Kind.COUNCIL
    made.name, made.gss_code, made.contact = council.strip(), gss_code.strip(), contact.strip()
    made.settings = {**made.settings, "welsh": welsh}
    made.save()
    person.set_password(password)
    person.save()
    Membership.objects.create(
        person=person,
        organisation=made,
        roles=[Membership.Role.ADMINISTRATOR, Membership.Role.MEMBER],
        created_at=at,
    )
    record(by=person, action="set up the council", on="council", thing=made.slug, at=at)
    transaction.on_commit(lambda: _file().unlink(missing_ok=True))
    return person


def _matches(code: str) -> bool:
    return hmac.compare_digest(_hash(code), _file().read_text())


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()


def _file() -> Path:
    return Path(settings.DATA_DIR) / "setup-code"
