"""Who works at Wrenmoor, and with it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import transaction

from trialogue.accounts.models import Membership, Organisation, Person, ServiceArea

PASSWORD = "look-around-wrenmoor"  # noqa: S105  of a made-up council, printed at the start


@dataclass(frozen=True)
class Played:
    """Somebody to be. `does` is what they are there for, in words."""

    key: str
    name: str
    job: str
    roles: tuple[str, ...]
    does: str
    host: str = "wrenmoor.example"
    partner: str = ""  # the slug of the organisation; empty: the council

    @property
    def first_name(self) -> str:
        """What the others call them."""
        return self.name.partition(" ")[0]

    @property
    def email(self) -> str:
        """Their address, outside the real world."""
        return f"{self.key}@{self.host}"


CAST = (
    Played("priya", "Priya Nair", "Street care", ("member",), "suggests ideas"),
    Played("tom", "Tom Okafor", "Improvement", ("member",), "leads trials"),
    Played("helen", "Helen Marsh", "Analyst", ("member",), "checks and analyses trials"),
    Played(
        "ruth",
        "Ruth Adeyemi",
        "Head of Neighbourhoods",
        ("manager", "duty manager"),
        "answers ideas and signs off plans and results",
    ),
    Played(
        "gareth",
        "Gareth Pugh",
        "Digital",
        ("administrator",),
        "invites people and looks after the settings",
    ),
    Played("mina", "Mina Hussain", "Fostering", ("member",), "finds foster carers"),
    Played(
        "carys",
        "Carys Bevan",
        "Data protection officer",
        ("data protection officer",),
        "reads who changed what, and watches trials for harm",
    ),
    Played(
        "jo",
        "Jo Petrie",
        "Duty desk",
        ("duty desk",),
        "enrols residents, plans visits and looks after concerns",
    ),
    Played(
        "beth",
        "Beth Lowry",
        "Adult care",
        ("safeguarding lead", "duty desk"),
        "leads on safeguarding, and stands in at the duty desk",
    ),
    Played(
        "sam",
        "Sam Whitlock",
        "Moorland Mail, round 7",
        ("visitor",),
        "calls on residents on a postal round",
        "moorland.example",
        "moorland-mail",
    ),
    Played(
        "lee",
        "Lee Marsh",
        "Moorland Mail",
        ("round manager",),
        "looks after the rounds of Moorland Mail",
        "moorland.example",
        "moorland-mail",
    ),
)
AREAS = (
    "Waste and recycling",
    "Street care",
    "Adult care",
    "Fostering",
    "Housing",
    "Public health",
    "Revenues",
    "Whole council",
)
PARTNERS = (
    "Moorland Mail",
    "Northmoor Buses",
    "Linney Homes",
    "Staithe Surgery",
    "Wrenmoor Good Neighbours",
    "Moor Fire and Rescue",
)


@cache
def hashed_password() -> str:
    """Return the password's hash: slow on purpose, and the same for everybody here."""
    return make_password(PASSWORD)


@transaction.atomic
def make_people(at: datetime) -> dict[str, Person]:
    """Make the council, its partners, its people and the parts they answer for."""
    council = Organisation.objects.create(
        name="Wrenmoor Borough Council",
        slug="wrenmoor",
        kind=Organisation.Kind.COUNCIL,
        gss_code="X99000001",
        contact="hello@wrenmoor.example",
        created_at=at,
    )
    for name in PARTNERS:
        slug = name.lower().replace(" ", "-")
        Organisation.objects.create(
            name=name, slug=slug, kind=Organisation.Kind.PARTNER, created_at=at
        )
    hashed = hashed_password()
    people = {}
    for played in CAST:
        person = Person.objects.create(
            email=played.email,
            name=played.name,
            job=played.job,
            password=hashed,
            created_at=at,
        )
        where = Organisation.objects.get(slug=played.partner) if played.partner else council
        Membership.objects.create(
            person=person, organisation=where, roles=list(played.roles), created_at=at
        )
        people[played.key] = person
    anil = Person.objects.create(
        email="anil@linney.example",
        name="Anil Kapoor",
        job="Care coordinator",
        password=hashed,
        created_at=at,
    )
    linney = Organisation.objects.get(slug="linney-homes")
    Membership.objects.create(person=anil, organisation=linney, roles=["member"], created_at=at)
    for name in AREAS:
        ServiceArea.objects.create(
            name=name,
            slug=name.lower().replace(" ", "-"),
            manager=people["ruth"],
            stand_in=people["gareth"],
        )
    return {**people, "anil": anil}
