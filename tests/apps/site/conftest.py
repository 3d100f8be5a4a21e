import pytest

from tests.apps.conftest import NOW
from tests.apps.trials.conftest import NAMES
from trialogue.accounts.models import Membership, Person, ServiceArea
from trialogue.ideas import services as ideas


@pytest.fixture
def people(council):
    """People of the council by what they do."""
    made = {}
    for part, (name, roles) in NAMES.items():
        person = Person.objects.create(email=f"{part}@wrenmoor.example", name=name, created_at=NOW)
        Membership.objects.create(person=person, organisation=council, roles=roles, created_at=NOW)
        made[part] = person
    return made


@pytest.fixture
def suggested(people):
    """The people, and an idea that a member sent and the manager is to answer."""
    ServiceArea.objects.create(name="Streets", slug="streets", manager=people["manager"])
    words = ideas.Words(
        title="Text people the day before their bins go out",
        problem="Crews drive back for bins that were not put out in time.",
        proposal="A text the evening before, to people who asked for one.",
    )
    member = people["member"]
    draft = ideas.suggest(words, by=member, at=NOW)
    ideas.save_kind(draft.pk, ideas.Kind("public", "streets"), by=member, at=NOW)
    return people, ideas.send(draft.pk, by=member, at=NOW)
