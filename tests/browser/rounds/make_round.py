"""Fill an empty data folder with a scheme whose round is today; print what a test needs of it.

TRIALOGUE_DATA=/tmp/x python -m tests.browser.rounds.make_round [STOPS] [PHONES]
"""

import json
import os
import sys
from dataclasses import asdict
from datetime import date, datetime, timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "trialogue.site.settings"

PASSWORD = "a-long-enough-password"
TELEPHONE = "01632 960001"
# Names and places that no page, library or browser holds by itself.
NAMES = ("Quillfeather", "Zumbrota", "Wexcombe", "Yarnbarrow", "Oxwhistle")
STREET = "Vexillary Lane"
DOOR = "knock-like-a-woodpecker"


def main() -> None:
    """Make it by hand and by the services that list a day."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    stops, phones = (int(word) for word in (*sys.argv[1:], "5", "2")[:2])
    sys.stdout.write(json.dumps(fill(stops=stops, phones=phones)))


def fill(*, stops: int, phones: int) -> list[dict[str, str]]:
    """People, a scheme, a round of so many stops for each visitor, and links to set up phones."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from trialogue.accounts.models import Membership, Organisation, Person
    from trialogue.visits.models import QuestionSet, Round, Scheme, Visitor
    from trialogue.visits.questions import SHIPPED
    from trialogue.visits.services import phones as phone_services

    now = timezone.now()  # noqa: TID251  a door
    today = timezone.localdate(now)
    council, mail = (
        Organisation.objects.create(name=name, slug=slug, kind=kind, created_at=now)
        for name, slug, kind in (
            ("Wrenmoor Borough Council", "wrenmoor", "council"),
            ("Moorland Mail", "mail", "partner"),
        )
    )

    secret = make_password(PASSWORD)  # slow on purpose: made once

    def somebody(key: str, where: Organisation, roles: list[str]) -> Person:
        made = Person.objects.create(
            email=f"{key}@wrenmoor.example",
            name=f"{key.title()} Marsh",
            password=secret,
            created_at=now,
        )
        Membership.objects.create(person=made, organisation=where, roles=roles, created_at=now)
        return Person.objects.get(pk=made.pk)

    somebody("gareth", council, ["administrator"])
    desk = somebody("jo", council, ["duty desk"])
    scheme = Scheme.objects.create(
        name="A look-in on the postal round",
        telephone=TELEPHONE,
        starts_on=today - timedelta(days=30),
        # A no answer takes minutes at a door, and seconds here.
        settings={"timers": {"knock_again": 0, "card": 0}},
        created_at=now,
    )
    QuestionSet.objects.create(
        scheme=scheme, number=1, questions=SHIPPED, approved_by=desk, published_at=now
    )
    made = []
    for number in range(phones):
        key = f"sam{number}"
        visitor = Visitor.objects.create(
            scheme=scheme,
            person=somebody(key, mail, ["visitor"]),
            partner=mail,
            checked_on=date(2026, 1, 4),
            trained_on=date(2026, 1, 11),
            created_at=now,
        )
        round_ = Round.objects.create(
            scheme=scheme, partner=mail, code=f"W{number}", created_at=now
        )
        _walked(round_, visitor, stops, today, now)
        device = phone_services.add_phone(
            visitor=visitor.public_id, label=f"phone {number}", by=desk, at=now
        )
        email = f"{key}@wrenmoor.example"
        token = phone_services.token_of(device)
        made.append({"email": email, "token": token, "device": str(device.public_id)})
    return made


def _walked(round_: object, visitor: object, stops: int, today: date, now: datetime) -> None:
    """List the visits of today on a round, on whatever day of the week."""
    from trialogue.visits.models import Resident, Visit
    from trialogue.visits.questions import SHIPPED, choose

    scheme = round_.scheme
    asks = [asdict(ask) for ask in choose(SHIPPED, before=[], first_of_week=True)]
    for number in range(stops):
        name = NAMES[number % len(NAMES)]
        resident = Resident.objects.create(
            scheme=scheme,
            full_name=f"Ada {name}",
            preferred_name=f"Mrs {name} {number + 1}",
            address=f"{number + 1} {STREET}",
            postcode="WM1 1AA",
            x=400_000 + 50 * number,
            y=300_020,
            telephone=f"01632 961{number:03}",
            door_notes=DOOR,
            at_the_address="a dog" if number == 1 else "",
            state=Resident.State.ACTIVE,
            created_at=now,
        )
        Visit.objects.create(
            scheme=scheme,
            resident=resident,
            day=today,
            round=round_,
            visitor=visitor,
            place=number + 1,
            expected_at=now + timedelta(minutes=5 * number),
            question_set=scheme.question_sets.get(),
            asks=asks,
            code=f"{1000 + Visit.objects.count()}",
            created_at=now,
        )


if __name__ == "__main__":
    main()
