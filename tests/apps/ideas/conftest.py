from datetime import UTC, datetime

import pytest

from tests.apps.evidence import bodies
from trialogue.accounts.models import Membership, Organisation, Person, ServiceArea
from trialogue.evidence import services as evidence
from trialogue.ideas import services
from trialogue.ideas.services import Kind, Reply, Saving, Words

NOW = datetime(2027, 4, 14, 9, 0, tzinfo=UTC)
DUE = datetime(2027, 5, 13, 9, 0, tzinfo=UTC)  # 20 working days later, a bank holiday between
WORDS = Words(
    title="Text people the day before their bins go out",
    problem="Crews drive back for bins that were not put out in time.",
    proposal="A text the evening before, to people who asked for one.",
)
KIND = Kind(collaboration="public", area="streets", place="Linney")
NAMES = {
    "author": ("Priya Nair", ["member"]),
    "other": ("Tom Okafor", ["member"]),
    "manager": ("Ruth Adeyemi", ["member", "manager"]),
    "stand_in": ("Sam Pike", ["member"]),
    "administrator": ("Jo Petrie", ["administrator"]),
    "partner": ("Lee Marsh", None),
    "resident": ("Ann Holt", []),
}


@pytest.fixture
def people(council):
    """People by what they are to an idea about streets."""
    post = Organisation.objects.create(
        name="Parcel Post", slug="post", kind="partner", created_at=NOW
    )
    made = {}
    for part, (name, roles) in NAMES.items():
        person = Person.objects.create(email=f"{part}@wrenmoor.example", name=name, created_at=NOW)
        if roles != []:
            Membership.objects.create(
                person=person,
                organisation=post if roles is None else council,
                roles=roles or [],
                created_at=NOW,
            )
        made[part] = person
    ServiceArea.objects.create(
        name="Streets", slug="streets", manager=made["manager"], stand_in=made["stand_in"]
    )
    return made


@pytest.fixture
def draft(people):
    """A draft with every question answered."""
    idea = services.suggest(WORDS, by=people["author"], at=NOW)
    services.save_kind(idea.pk, KIND, by=people["author"], at=NOW)
    return services.save_saving(
        idea.pk, Saving(hours_low=12, hours_high=20), by=people["author"], at=NOW
    )


@pytest.fixture
def idea(draft, people):
    """An idea that was sent and shows."""
    return services.send(draft.pk, by=people["author"], at=NOW)


@pytest.fixture
def trial(council, people):
    """A trial in the register, of reminders for missed collections."""
    council.gss_code = "X99000001"
    council.save()
    identifier = evidence.new_identifier()
    evidence.append(identifier, "registration", bodies.registration(), at=bodies.NOW)
    return identifier


def reply(kind="no", reason="The round has no spare time this year", **more):
    return Reply(answer=kind, reason=reason, **more)
