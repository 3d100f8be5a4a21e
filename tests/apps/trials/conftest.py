import pytest

from tests.apps.conftest import NOW
from trialogue.accounts.models import Membership, Person

NAMES = {
    "lead": ("Tom Okafor", ["member"]),
    "analyst": ("Helen Marsh", ["member"]),
    "manager": ("Ruth Adeyemi", ["manager"]),
    "member": ("Priya Nair", ["member"]),
    "safety": ("Carys Bevan", ["member"]),
}


@pytest.fixture
def people(council):
    """People of the council by what they do; what is sealed or uploaded goes to a folder."""
    made = {}
    for part, (name, roles) in NAMES.items():
        person = Person.objects.create(email=f"{part}@wrenmoor.example", name=name, created_at=NOW)
        Membership.objects.create(person=person, organisation=council, roles=roles, created_at=NOW)
        made[part] = person
    return made
