"""Enrols a resident in the database of a data folder, or erases them; run as a process."""

import os
import sys
from datetime import UTC, datetime

WORDS = ("Philippa Quenell", "Mrs Quenell", "17 Vesper Row", "Kin Quenell", "kin@quenell.example")
NOW = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)


def enrol():
    from trialogue.accounts.models import Membership, Organisation, Person
    from trialogue.visits import services

    council = Organisation.objects.create(
        name="Wrenmoor", slug="wrenmoor", kind="council", created_at=NOW
    )
    by = Person.objects.create(email="jo@wrenmoor.example", name="Jo Petrie", created_at=NOW)
    roles = ["duty desk", "duty manager"]
    Membership.objects.create(person=by, organisation=council, roles=roles, created_at=NOW)
    scheme = services.begin_scheme(name="A look-in", grid=27700, by=by, at=NOW)
    full_name, preferred_name, address, kin, email = WORDS
    given = services.ResidentGiven(full_name, address, 400_100, 300_100, preferred_name)
    resident = services.propose(scheme.pk, given, by=by, at=NOW)
    contact = services.ContactGiven(kin, email=email, may_see=("visited",))
    key = resident.public_id
    services.add_contact(key, contact, who=full_name, how="form", by=by, at=NOW)
    services.agree(key, who=full_name, how="form", valid_from=NOW.date(), by=by, at=NOW)


def erase():
    from trialogue.accounts.models import Person
    from trialogue.visits import services
    from trialogue.visits.models import Resident

    by, key = Person.objects.get(), Resident.objects.get().public_id
    services.end_visits(key, why="asked", by=by, at=NOW)
    services.erase_on_request(key, by=by, at=NOW)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialogue.site.settings")
    django.setup()
    {"enrol": enrol, "erase": erase}[sys.argv[1]]()
