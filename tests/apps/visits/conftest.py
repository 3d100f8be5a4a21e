"""A small scheme on a Tuesday: two rounds, two visitors, six residents, a plan that stands."""

import struct
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest

from trialogue.accounts.models import Membership, Organisation, Person
from trialogue.visits import services
from trialogue.visits.models import (
    Agreement,
    Area,
    Contact,
    DutyShift,
    Plan,
    PlannedVisit,
    QuestionSet,
    Resident,
    Round,
    RoundVersion,
    Scheme,
    Visit,
    Visitor,
    Walk,
)
from trialogue.visits.questions import SHIPPED

TODAY = date(2027, 3, 2)  # a Tuesday
NOW = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)
CAST = {
    "desk": ("Jo Petrie", "council", ["duty desk"]),
    "deputy": ("Ali Rahman", "council", ["duty desk"]),
    "duty_manager": ("Ruth Adeyemi", "council", ["duty manager", "manager"]),
    "safeguarding": ("Nell Fox", "council", ["safeguarding lead"]),
    "commissioner": ("Owen Price", "council", ["commissioner"]),
    "member": ("Priya Nair", "council", ["member"]),
    "round_manager": ("Lee Marsh", "mail", ["round manager"]),
    "sam": ("Sam Whitlock", "mail", ["visitor"]),
    "anya": ("Anya Kos", "mail", ["visitor"]),
    "other_round_manager": ("Kit Hale", "buses", ["round manager"]),
}
NAMES = ("Ada Kent", "Bill Moss", "Clara Nunn", "Dot Oakes", "Ede Pike", "Flo Quill")


@pytest.fixture
def cast(council):
    """People by what they do."""
    made = SimpleNamespace(council=council)
    where = {"council": council}
    for slug, name in (("mail", "Moorland Mail"), ("buses", "Northmoor Buses")):
        where[slug] = Organisation.objects.create(
            name=name, slug=slug, kind="partner", created_at=NOW
        )
    for key, (name, place, roles) in CAST.items():
        person = Person.objects.create(email=f"{key}@wrenmoor.example", name=name, created_at=NOW)
        Membership.objects.create(
            person=person, organisation=where[place], roles=roles, created_at=NOW
        )
        setattr(made, key, person)
    made.mail, made.buses = where["mail"], where["buses"]
    return made


@pytest.fixture
def scheme(cast):
    """A scheme that runs, with its questions and somebody on duty."""
    scheme = Scheme.objects.create(
        name="A look-in on the postal round",
        telephone="01632 960001",
        starts_on=TODAY - timedelta(days=30),
        created_at=NOW,
    )
    QuestionSet.objects.create(
        scheme=scheme,
        number=1,
        questions=SHIPPED,
        approved_by=cast.duty_manager,
        published_at=NOW,
    )
    on_duty = {
        "duty": cast.desk,
        "deputy": cast.deputy,
        "manager": cast.duty_manager,
        "safeguarding": cast.safeguarding,
    }
    for role, person in on_duty.items():
        DutyShift.objects.create(
            scheme=scheme,
            role=role,
            person=person,
            first=NOW - timedelta(days=1),
            last=NOW + timedelta(days=14),
        )
    return scheme


@pytest.fixture
def rounds(scheme, cast):
    """Rounds A (Sam) and B (Anya), five stops each, every weekday."""
    area = Area.objects.create(scheme=scheme, name="Linney", starts_on=TODAY - timedelta(days=30))
    made = {}
    for number, (code, key) in enumerate((("A", "sam"), ("B", "anya"))):
        visitor = Visitor.objects.create(
            scheme=scheme,
            person=getattr(cast, key),
            partner=cast.mail,
            checked_on=date(2027, 1, 4),
            trained_on=date(2027, 1, 11),
            card=f"M-{number + 1}",
            created_at=NOW,
        )
        made[code] = Round.objects.create(
            scheme=scheme, partner=cast.mail, area=area, code=code, created_at=NOW
        )
        points = [(400_000 + 100 * step, 300_000 + 1_000 * number) for step in range(6)]
        RoundVersion.objects.create(
            round=made[code],
            number=1,
            valid_from=TODAY - timedelta(days=60),
            points=struct.pack(f"<{2 * len(points)}d", *(part for one in points for part in one)),
            weekdays=[0, 1, 2, 3, 4, 5],
            spare=[1800] * 6,
            start=time(9, 0),
            seconds_a_stop=30,
            seconds_per_metre=0.234,
            by=cast.desk,
            at=NOW,
        )
        for weekday in range(6):
            Walk.objects.create(round=made[code], weekday=weekday, visitor=visitor)
    return made


@pytest.fixture
def residents(scheme, rounds, cast):
    """Six residents who agreed, three by each round, each with one contact who may see a bit."""
    made = []
    area = rounds["A"].area
    for number, name in enumerate(NAMES):
        resident = Resident.objects.create(
            scheme=scheme,
            area=area,
            reference=f"R{number + 1}",
            full_name=name,
            preferred_name=f"Mrs {name.split()[1]}",
            address=f"{number + 1} Mill Lane, Linney",
            postcode="WM1 1AA",
            uprn=f"10000000{number + 1:04}",
            x=400_150 + 100 * (number % 3),
            y=300_020 + 1_000 * (number // 3),
            telephone=f"01632 96010{number}",
            door_notes="Wait two minutes",
            visits_per_week=2,
            days_ok=[[1, 4]],
            minutes=5,
            state=Resident.State.ACTIVE,
            created_at=NOW,
        )
        contact = Contact.objects.create(
            resident=resident,
            name=f"Kin of {name}",
            relation="Daughter",
            email=f"kin{number}@home.example",
            telephone=f"01632 96020{number}",
            created_at=NOW,
        )
        for of, may_see in ((None, []), (contact, ["visited", "well"])):
            Agreement.objects.create(
                resident=resident,
                contact=of,
                agrees=True,
                may_see=may_see,
                who=name,
                how="in person",
                valid_from=TODAY - timedelta(days=20),
                by=cast.desk,
                at=NOW,
            )
        made.append(resident)
    return made


@pytest.fixture
def plan(scheme, rounds, residents, cast):
    """Everyone on Tuesdays and Fridays, the first three on round A."""
    plan = Plan.objects.create(
        scheme=scheme,
        state=Plan.State.CURRENT,
        week_from=TODAY - timedelta(days=TODAY.weekday()),
        by=cast.desk,
        at=NOW,
    )
    for number, resident in enumerate(residents):
        for weekday in (1, 4):
            PlannedVisit.objects.create(
                plan=plan,
                resident=resident,
                round=rounds["AB"[number // 3]],
                weekday=weekday,
                gap=1 + number % 3,
                order=0,
                arrives=time(9, 5 + 10 * (number % 3)),
            )
    return plan


@pytest.fixture
def visits(scheme, plan):
    """The visits of today, in the order of the rounds."""
    services.list_day(scheme, TODAY, at=NOW)
    return list(Visit.objects.filter(day=TODAY).order_by("round__code", "place"))
