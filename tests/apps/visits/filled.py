"""A scheme on the day it is made, in an empty data folder: for a served site and for benchmarks.

TRIALOGUE_DATA=/tmp/x python -m tests.apps.visits.filled 6 0
"""

import os
import sys
from datetime import date, datetime, time, timedelta
from itertools import count, cycle

PASSWORD = "look-around-wrenmoor"
PEOPLE = {
    "jo": ("Jo Petrie", ["duty desk"]),
    "ali": ("Ali Rahman", ["duty desk"]),
    "ruth": ("Ruth Adeyemi", ["duty manager", "manager"]),
    "nell": ("Nell Fox", ["safeguarding lead"]),
    "priya": ("Priya Nair", ["member"]),
}
NAMES = ("Ada Kent", "Bill Moss", "Clara Nunn", "Dot Oakes", "Ede Pike", "Flo Quill")
EACH_ROUND = 10
LEVELS = ("red", "amber", "amber", "request")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialogue.site.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    call_command("migrate", verbosity=0)
    visits, concerns = map(int, sys.argv[1:])
    fill(timezone.now(), visits=visits, concerns=concerns)  # noqa: TID251  a door


def fill(now: datetime, *, visits: int, concerns: int) -> None:
    """People, a scheme, as many residents as visits today, and concerns of all levels."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from trialogue.accounts.models import Membership, Organisation, Person
    from trialogue.visits.models import Area, DutyShift, QuestionSet, Scheme
    from trialogue.visits.questions import SHIPPED

    today = timezone.localdate(now)
    council = Organisation.objects.create(
        name="Wrenmoor Borough Council", slug="wrenmoor", kind="council", created_at=now
    )
    mail = Organisation.objects.create(
        name="Moorland Mail", slug="mail", kind="partner", created_at=now
    )
    made, secret = {}, make_password(PASSWORD)

    def person(key: str, name: str, roles: list[str], where: Organisation) -> Person:
        one = Person.objects.create(
            email=f"{key}@wrenmoor.example", name=name, password=secret, created_at=now
        )
        Membership.objects.create(person=one, organisation=where, roles=roles, created_at=now)
        return one

    for key, (name, roles) in PEOPLE.items():
        made[key] = person(key, name, roles, council)
    scheme = Scheme.objects.create(
        name="A look-in on the postal round",
        telephone="01632 960001",
        desk_opens=time(0, 0),
        desk_closes=time(23, 59),
        starts_on=today - timedelta(days=30),
        created_at=now,
    )
    QuestionSet.objects.create(
        scheme=scheme, number=1, questions=SHIPPED, approved_by=made["ruth"], published_at=now
    )
    rota = (("duty", "jo"), ("deputy", "ali"), ("manager", "ruth"), ("safeguarding", "nell"))
    for role, key in rota:
        DutyShift.objects.create(
            scheme=scheme,
            role=role,
            person=made[key],
            first=now - timedelta(days=1),
            last=now + timedelta(days=20),
            telephone="07700900123" if role == "duty" else "",
        )
    area = Area.objects.create(scheme=scheme, name="Linney", starts_on=scheme.starts_on)
    _visits(scheme, area, mail, person, today, now, many=visits)
    _concerns(scheme, now, many=concerns)


def _visits(scheme, area, mail, person, today: date, now: datetime, *, many: int) -> None:
    """Visits of today, by rounds of ten; every other one is recorded."""
    import uuid

    from trialogue.visits.models import Device, Resident, Round, Visit, VisitEvent, Visitor

    names, rounds = cycle(NAMES), []
    for number in range(-(-many // EACH_ROUND)):
        visitor = Visitor.objects.create(
            scheme=scheme,
            person=person(f"visitor{number}", f"Visitor {number + 1}", ["visitor"], mail),
            partner=mail,
            checked_on=today,
            trained_on=today,
            created_at=now,
        )
        round_ = Round.objects.create(
            scheme=scheme, partner=mail, area=area, code=f"R{number + 1}", created_at=now
        )
        Device.objects.create(
            visitor=visitor, label="Moto", public_key="x", seen_at=now, created_at=now
        )
        rounds.append((round_, visitor))
    residents = Resident.objects.bulk_create(
        Resident(
            scheme=scheme,
            area=area,
            full_name=(name := next(names)),
            preferred_name=f"Mrs {name.split()[1]}",
            address=f"{number + 1} Mill Lane, Linney",
            telephone="01632 960100",
            x=0,
            y=0,
            state="active",
            created_at=now,
        )
        for number in range(many)
    )
    visits = Visit.objects.bulk_create(
        Visit(
            scheme=scheme,
            resident=resident,
            day=today,
            round=rounds[number // EACH_ROUND][0],
            visitor=rounds[number // EACH_ROUND][1],
            place=number,
            expected_at=now - timedelta(hours=3 * (number % 2)),
            code=f"{1000 + number}",
            created_at=now,
        )
        for number, resident in enumerate(residents)
    )
    devices = {one.visitor_id: one for one in Device.objects.all()}
    seq = count(1)
    VisitEvent.objects.bulk_create(
        VisitEvent(
            id=uuid.uuid4(),
            scheme=scheme,
            visit=visit,
            device=devices[visit.visitor_id],
            seq=next(seq),
            type=kind,
            at=now,
            about_at=now,
            quality="clock",
            received_at=now,
            schema=1,
            body={},
            sha256="0" * 64,
        )
        for visit in visits[::2]
        for kind in ("visit_started", "visit_recorded")
    )


def _concerns(scheme, now: datetime, *, many: int) -> None:
    """Concerns of all levels, an eighth of them doors that nobody opened."""
    from trialogue.visits.models import Visit
    from trialogue.visits.services.concerns import open_concern

    visits = Visit.objects.select_related("resident")[:many]
    for number, visit in enumerate(visits):
        at = now - timedelta(minutes=number % 20)
        open_concern(
            scheme=scheme,
            resident=visit.resident,
            visit=visit,
            level=LEVELS[number % 4],
            kind="no answer" if number % 8 == 1 else "health",
            words="Did not seem well",
            origin="doorstep",
            raised_at=at,
            received_at=at,
        )


if __name__ == "__main__":
    main()
