"""The look-in on the postal round: eight rounds, 34 residents, and what happens at their doors."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from trialogue.accounts.models import Membership, Organisation, Person
from trialogue.site.demonstration.acting import Council
from trialogue.site.demonstration.handset import Handset
from trialogue.site.demonstration.people import hashed_password
from trialogue.trials.queries.starting import begun
from trialogue.visits import queries, services

MAIL = "moorland-mail"
# Each round: who walks it, and the middle of its streets, metres on the British grid.
ROUNDS = (
    ("7", "sam", "Linney", (401_500, 301_200)),
    ("8", "anya", "Linney", (402_150, 301_250)),
    ("9", "dev", "Highfold", (403_000, 301_800)),
    ("11", "kit", "Staithe", (401_000, 300_400)),
    ("12", "mo", "Old Wharf", (401_900, 300_350)),
    ("14", "tess", "Quarry Bank", (402_800, 300_500)),
    ("15", "owen", "Quarry Bank", (403_400, 300_900)),
    ("16", "una", "Highfold", (402_400, 302_200)),
)
WALKERS = {  # besides Sam, whom anybody can be
    "anya": "Anya Kos",
    "dev": "Dev Rao",
    "kit": "Kit Sorrel",
    "mo": "Mo Farley",
    "tess": "Tess Imrie",
    "owen": "Owen Bligh",
    "una": "Una Peel",
}
STREETS, HOUSES = 8, 14  # of a round
NAMES = (
    *("Ada Kent", "Bill Moss", "Clara Nunn", "Dot Oakes", "Ede Pike", "Flo Quill", "Gus Rowe"),
    *("Hetty Snow", "Ivor Teal", "Joan Upton", "Ken Vale", "Lil Wray", "Meg Yates", "Ned Zeal"),
    *("Olive Ash", "Percy Birch", "Queenie Cole", "Ron Dale", "Stella Eden", "Tom Frost"),
    *("Una Gale", "Vic Hale", "Winnie Ivey", "Alf Jex", "Betty Knox", "Cyril Lamb"),
    *("Doris Mead", "Ernie Nash", "Fay Orme", "George Pym", "Hilda Rusk", "Iris Stow"),
    *("Jack Thorn", "Kitty Unwin"),
)
MEN = frozenset(
    [
        "Alf",
        "Bill",
        "Cyril",
        "Ernie",
        "George",
        "Gus",
        "Ivor",
        "Jack",
        "Ken",
        "Ned",
        "Percy",
        "Ron",
        "Tom",
        "Vic",
    ],
)
AGREED_WORDS = (
    "Sam or another postal worker knocks at agreed times. It takes about five minutes. "
    "They ask up to five questions and pass on what you want passed on. They do no nursing, "
    "take no money and never ask for a key. You choose who else is told what. "
    "You can stop at the door in one sentence, at any time."
)
# Days of residents who are called on twice a week, so that each day has visits.
TWICE = ((0, 3), (1, 4), (2, 5))
# Who cannot be placed, and why: no visitor signs (two residents), nobody walks so early.
SIGNS = 3


def begin(council: Council, *, trial: str) -> None:
    """Set up the scheme within its trial and enrol everybody, weeks ago."""
    at = council.on(-45)
    by = council.people["ruth"]
    walkers = make_walkers(at) | {"sam": council.people["sam"]}
    scheme = services.begin_scheme(name="A look-in on the postal round", grid=27700, by=by, at=at)
    scheme = services.change_scheme(
        scheme.pk,
        telephone="01632 960001",
        commissioner="Adult care",
        agreement_words=AGREED_WORDS,
        desk_opens=time(8),
        desk_closes=time(18),
        version=scheme.version,
        by=by,
        at=at,
    )
    services.save_partner(
        scheme.pk,
        partner=MAIL,
        reference="WM/2027/14",
        agreed_on=council.day(-60),
        review_on=council.day(300),
        pence_a_visit=675,
        pence_an_hour=0,
        by=by,
        at=at,
    )
    services.save_basis(
        scheme.pk,
        purpose="Welfare visits to residents who asked for them",
        article_6="Public task (Care Act 2014, section 2)",
        article_9="Health or social care",
        dpia="DPIA-31",
        review_on=council.day(300),
        by=by,
        at=at,
    )
    wordings = {
        question["key"]: question["wordings"]["en"] for question in queries.questions_of(scheme)
    }
    services.publish_questions(scheme.pk, wordings=wordings, by=by, at=at)
    for step in ("timers", "hazards"):
        services.settle(scheme.pk, step, by=by, at=at)
    services.join_trial(scheme.pk, public_id=trial, unit="round", by=by, at=at)
    areas = _areas(scheme)
    _rounds(council, walkers, scheme.pk, areas, at)
    _residents(council, scheme.pk, areas, at)
    scheme.refresh_from_db()
    services.change_scheme(
        scheme.pk, starts_on=council.day(-30), version=scheme.version, by=by, at=at
    )


def _areas(scheme: Any) -> list[str]:
    """Return what each of the rounds is called in the draw: one that starts now, of its ward."""
    drawn = scheme.areas.exclude(starts_on=None).order_by("starts_on", "name")
    first = drawn.first().starts_on
    free = list(drawn.filter(starts_on=first).values_list("name", flat=True))
    chosen = []
    for _, _, ward, _ in ROUNDS:
        name = next((one for one in free if one.startswith(ward)), free[0])
        free.remove(name)
        chosen.append(name)
    return chosen


def make_walkers(at: datetime) -> dict[str, Person]:
    """Make the partner's people who walk the other rounds."""
    mail = Organisation.objects.get(slug=MAIL)
    made = {}
    for key, name in WALKERS.items():
        person = Person.objects.create(
            email=f"{key}@moorland.example",
            name=name,
            job="Postal worker",
            password=hashed_password(),
            created_at=at,
        )
        Membership.objects.create(
            person=person, organisation=mail, roles=["visitor"], created_at=at
        )
        made[key] = person
    return made


def _rounds(
    council: Council,
    walkers: Mapping[str, Person],
    scheme_id: int,
    areas: Sequence[str],
    at: datetime,
) -> None:
    scheme = queries.scheme()
    assert scheme is not None  # noqa: S101  for the type
    by = council.people["jo"]
    rng = random.Random(14)  # noqa: S311  of a made-up town
    for (code, key, _, middle), area in zip(ROUNDS, areas, strict=True):
        visitor = services.save_visitor(
            scheme_id,
            person=str(walkers[key].public_id),
            checked_on=council.day(-90),
            trained_on=council.day(-60),
            card=f"MM-{code}",
            by=by,
            at=at,
        )
        services.save_round(
            scheme,
            services.RoundGiven(
                code=code,
                partner="Moorland Mail",
                area=area,
                points=tuple(_way(middle, rng)),
                start=time(9),
                weekdays=tuple(range(6)),
                seconds_a_stop=25,
                spare=tuple(60.0 * (80 if day < 5 else 40) for day in range(6)),
                skills=(1,) if key in ("anya", "mo") else (),
            ),
            valid_from=council.day(-45),
            by=by,
            at=at,
        )
        found = scheme.rounds.get(code=code)
        services.set_walks(
            found.public_id,
            visitors=dict.fromkeys(range(6), str(visitor.public_id)),
            by=by,
            at=at,
        )


def _way(middle: tuple[float, float], rng: random.Random) -> list[tuple[float, float]]:
    """Return depot and stops: up one street and down the next."""
    x0, y0 = middle
    way = [(402_000.0, 301_000.0)]
    for street in range(STREETS):
        houses = range(HOUSES) if street % 2 == 0 else reversed(range(HOUSES))
        way += [
            (
                x0 + 55 * (street - STREETS / 2) + rng.uniform(-4, 4),
                y0 + 22 * (house - HOUSES / 2) + rng.uniform(-4, 4),
            )
            for house in houses
        ]
    return way


def _residents(council: Council, scheme_id: int, areas: Sequence[str], at: datetime) -> None:
    """Enrol 34 residents; three find no place. Who is in the trial has their number in it."""
    numbers = _numbers_in_trial()
    by = council.people["jo"]
    rng = random.Random(34)  # noqa: S311
    for number, name in enumerate(NAMES):
        _, _, _, middle = ROUNDS[number % len(ROUNDS)]
        area = areas[number % len(ROUNDS)]
        ward = area.rpartition(" ")[0]
        near = rng.random() < 0.75
        on_round_7 = number % len(ROUNDS) == 0  # somebody to call on every day, for Sam
        twice = on_round_7 or number % 3 > 0
        spread = 150 if near or on_round_7 else 420
        given = services.ResidentGiven(
            full_name=name,
            preferred_name=_addressed(name, number),
            reference=next(numbers[area], f"WM-{number + 101}"),
            address=f"{rng.randint(1, 60)} {_street(number)}, {ward}",
            area=area,
            postcode=f"WM{1 + number % 5} {1 + number % 9}AA",
            x=round(middle[0] + rng.uniform(-spread, spread)),
            y=round(middle[1] + rng.uniform(-spread, spread)),
            telephone=f"01632 960{100 + number}",
            door_notes=("Wait two minutes", "Knock loudly", "Back door", "")[number % 4],
            at_the_address="A dog, friendly" if number % 11 == 3 else "",
            agreed_word=("heron", "kettle", "thimble")[number % 3],
            priority="high" if number % 9 == 4 else "ordinary",
            visits_per_week=2 if twice else 1,
            days_ok=[list(TWICE[(number // 8 if on_round_7 else number) % 3])]
            if twice
            else [[number % 6]],
            minutes=5,
            skills=[1] if number == 9 else [SIGNS] if number in (12, 28) else [],
            not_before=time(6, 30) if number == 20 else None,
            not_after=time(7, 15) if number == 20 else None,
        )
        resident = services.propose(scheme_id, given, by=by, at=at)
        key = resident.public_id
        if number % 8 == 7:
            services.note_nobody_near(key, by=by, at=at)
        else:
            services.add_contact(
                key,
                services.ContactGiven(
                    name=f"{('Lou', 'Pat', 'Jude')[number % 3]} {name.split()[1]}",
                    relation=("Daughter", "Son", "Neighbour")[number % 3],
                    telephone=f"01632 960{500 + number}",
                    email=f"kin{number}@home.example",
                    minutes_away=10 + number,
                    key_holder=number % 4 == 0,
                    may_see=(("visited",), ("visited", "well"), ("visited", "well", "request"))[
                        number % 3
                    ],
                ),
                who=name,
                how="in person",
                by=by,
                at=at,
            )
        services.agree(key, who=name, how="in person", valid_from=council.day(-45), by=by, at=at)
        found, _ = services.offers(resident, at=at)
        if found:
            services.choose_place(
                key, round_id=found[0].place.round, days=found[0].place.days, by=by, at=at
            )


def _numbers_in_trial() -> dict[str, Iterator[str]]:
    """Return the numbers that the trial has of the residents of each round."""
    scheme = queries.scheme()
    trial = begun(scheme.trial) if scheme else None
    assert trial is not None  # noqa: S101  for the type
    return {
        area: iter([unit for unit, placed in trial.units.items() if placed == area])
        for area in set(trial.units.values())
    }


def _addressed(name: str, number: int) -> str:
    first, last = name.split()
    return first if number % 4 == 1 else f"{'Mr' if first in MEN else 'Mrs'} {last}"


def _street(number: int) -> str:
    names = ("Mill Lane", "Tanner’s Row", "Quarry Street", "Staithe Road", "Chapel Hill")
    return names[number % len(names)]


def happen(council: Council) -> None:
    """Four weeks of visits, and today's board: concerns, a door not opened, two phones."""
    scheme = queries.scheme()
    assert scheme is not None  # noqa: S101  for the type
    _rota(council, scheme)
    phones: dict[str, Handset] = {}
    rng = random.Random(28)  # noqa: S311
    for days in range(-28, 0):
        services.list_day(scheme, council.day(days), at=council.on(days, hour=6))
        for one in queries.of_day(scheme, council.day(days), now=council.on(days, hour=6)):
            _call(council, phones, one.visit, rng)
    services.list_day(scheme, council.today, at=council.now)
    _today(council, scheme, phones, rng)


def _rota(council: Council, scheme: Any) -> None:
    people = council.people
    for role, who in (
        ("duty", "jo"),
        ("deputy", "beth"),
        ("manager", "ruth"),
        ("safeguarding", "beth"),
    ):
        services.add_shift(
            scheme,
            services.NewShift(
                role=role,
                person=str(people[who].public_id),
                first=council.on(-30, hour=0),
                last=council.on(15, hour=0),
                telephone="",
            ),
            by=people["ruth"],
            at=council.on(-30),
        )


def _phone(council: Council, phones: dict[str, Handset], visit: Any) -> Handset:
    """Return the phone of who calls, set up when it is first needed."""
    visitor = visit.visitor
    name = visitor.person.name
    if name not in phones:
        phones[name] = Handset(
            visitor.public_id,
            f"{name.partition(' ')[0]}’s phone",
            by=council.people["jo"],
            at=council.on(-30),
        )
    return phones[name]


def _call(council: Council, phones: dict[str, Handset], visit: Any, rng: random.Random) -> None:
    """What came of a call: most are done, and a few not."""
    if visit.visitor is None:
        return None
    phone, at = _phone(council, phones, visit), visit.expected_at
    chance = rng.random()
    if chance < 0.03:
        return phone.send("declined", visit, at=at)
    if chance < 0.045:
        return _nobody_answers(council, phone, visit, at)
    phone.send("visit_started", visit, at=at)
    minutes = rng.choice((3, 4, 4, 5, 5, 6, 7, 9))
    answers = {
        ask["key"]: {"answer": "no" if rng.random() < 0.04 else "yes"} for ask in visit.asks
    }
    body = {"answers": answers, "noticed": ""}
    return phone.send("visit_recorded", visit, body, at=at + timedelta(minutes=minutes))


def _nobody_answers(council: Council, phone: Handset, visit: Any, at: datetime) -> None:
    """Nobody came to the door; the desk found out where the resident was."""
    for minute, step in ((0, "knocked"), (2, "knocked again"), (4, "card")):
        body = {"step": step, "worried": False, "noticed": ""}
        phone.send("no_answer_step", visit, body, at=at + timedelta(minutes=minute))
    concern = visit.concerns.filter(kind="no answer").first()
    if concern is None:
        return
    by = council.people["jo"]
    services.acknowledge(
        concern.number,
        will_do="Ring at a quarter past",
        look_again_at=at + timedelta(hours=1),
        by=by,
        at=at + timedelta(minutes=12),
    )
    services.close(
        concern.number,
        outcome="no action needed",
        words="Rang back",
        whereabouts="At the shops; told by themselves by telephone",
        by=by,
        at=at + timedelta(minutes=40),
    )


def _today(council: Council, scheme: Any, phones: dict[str, Handset], rng: random.Random) -> None:
    """The board of today, or of the last day with visits where nobody calls today."""
    now, by = council.now, council.people["jo"]
    visits: list[Any] = [one.visit for one in queries.of_day(scheme, council.today, now=now)]
    due = [visit for visit in visits if visit.visitor is not None]
    if len(due) < 4:
        return
    worried, silent, twice, health = due[:4]
    _set_out(council, phones, due)
    for visit in due[4 : 4 + len(due) // 3]:
        _done(council, phones, visit, now - timedelta(minutes=rng.randint(20, 90)))
    _done(council, phones, twice, now - timedelta(minutes=50))
    spare = Handset(twice.visitor.public_id, "A spare phone", by=by, at=council.on(-2))
    spare.send("visit_recorded", twice, {"answers": {}}, at=now - timedelta(minutes=48))

    for minute, step in ((0, "knocked"), (2, "knocked again"), (4, "card")):
        body = {"step": step, "worried": False, "noticed": ""}
        at = now - timedelta(minutes=44 - minute)
        _phone(council, phones, silent).send("no_answer_step", silent, body, at=at)
    missing = silent.concerns.get(kind="no answer")
    services.acknowledge(
        missing.number,
        will_do="Ring at each step of the ladder",
        look_again_at=now + timedelta(hours=1),
        by=by,
        at=now - timedelta(minutes=35),
    )
    for what, minutes in (("desk_rings", 24), ("first_contact", 8)):
        services.take_step(
            missing.number,
            what=what,
            words="No reply",
            look_again_at=now + timedelta(hours=1),
            by=by,
            at=now - timedelta(minutes=minutes),
        )

    amber = {"level": "amber", "kind": "home", "words": "The boiler is cold"}
    at = now - timedelta(minutes=70)
    _phone(council, phones, health).send("visit_started", health, at=at)
    _phone(council, phones, health).send("concern_raised", health, amber, at=at)
    raised = health.concerns.get()
    services.acknowledge(
        raised.number,
        will_do="Ring Linney Homes about the boiler",
        look_again_at=now + timedelta(hours=1),
        by=by,
        at=now - timedelta(minutes=50),
    )
    out = {visit.visitor.person.name for visit in (worried, silent, health)}
    for name in {visit.visitor.person.name for visit in due} - out:
        phones[name].send("shift_ended", None, at=now - timedelta(minutes=10))
    red = {"level": "red", "kind": "health", "words": "Out of breath, sat down, did not want 999"}
    _phone(council, phones, worried).send(
        "concern_raised", worried, red, at=now - timedelta(minutes=5)
    )


def _set_out(council: Council, phones: dict[str, Handset], due: list[Any]) -> None:
    """Everybody who calls today fetches the list and begins; they expect to be done in an hour."""
    now = council.now
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    at = max(now - timedelta(hours=3), midnight)
    ends = {"ends": f"{timezone.localtime(now + timedelta(hours=1)):%H:%M}"}
    for visit in {visit.visitor_id: visit for visit in due}.values():
        phone = _phone(council, phones, visit)
        phone.fetch(by=visit.visitor.person, at=at)
        phone.send("shift_started", None, ends, at=at + timedelta(minutes=5))


def _done(council: Council, phones: dict[str, Handset], visit: Any, at: datetime) -> None:
    phone = _phone(council, phones, visit)
    phone.send("visit_started", visit, at=at)
    answers = {ask["key"]: {"answer": "yes"} for ask in visit.asks}
    body = {"answers": answers, "noticed": ""}
    phone.send("visit_recorded", visit, body, at=at + timedelta(minutes=5))
