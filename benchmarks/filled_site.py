"""A site with a thousand registered trials, two of them with 100,000 units, to time pages on.

The demonstration first, by its own command. Then, by the services that people use, one trial of
100,000 units that was measured and analysed and one whose list is loaded and not placed. The
thousand are copies of the demonstration's trials: each event goes through the register's own
`append`, so the log is whole and signed; drafts, parts and ideas are rows. It is kept in
`build/` and made again only when its size, the tables or this file change.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
PASSWORD = "look-around-wrenmoor"
UNITS = 100_000
COUNCILS = 60
IDEAS = 1_000  # one in twenty waits for its answer
AUDITED = 20_000


def ready(trials: int, units: int = UNITS) -> Path:
    """Return the data folder of a site with so many trials, filled if it is not there yet."""
    folder = ROOT / "build" / f"bench-{trials}-{units}-{_made_by()}"
    if not (folder / "filled").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        command = [sys.executable, __file__, str(folder), str(trials), str(units)]
        subprocess.run(
            [sys.executable, "-m", "trialogue.cli", "demo", "--no-serve"],
            env=environment(folder), check=True, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        subprocess.run(command, env=environment(folder), check=True)
        (folder / "filled").touch()
    return folder


def _made_by() -> str:
    """Name what a filled site depends on: the tables and this file."""
    files = [Path(__file__), *sorted((ROOT / "src/trialogue").glob("*/migrations/*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "TRIALOGUE_DATA": str(folder), **more}


def fill(trials: int, units: int) -> None:
    """Add to the demonstration, in this process. Django is set up."""
    from trialogue.accounts.models import Person
    from trialogue.site.demonstration.acting import Council

    people = {person.email.split("@")[0]: person for person in Person.objects.all()}
    council = Council(people, datetime.now(UTC))  # noqa: TID251  pages ask the clock
    say(f"a trial of {units:,} units, measured and analysed")
    _measured_trial(council, units)
    say(f"a trial of {units:,} units, on its list and not placed")
    _listed_trial(council, units)
    say(f"{trials:,} trials")
    _copies(council, trials)
    say(f"{IDEAS:,} ideas and {AUDITED:,} entries of the audit trail")
    _ideas(council)
    _audit(council)
    _refresh_statistics()


def say(what: str) -> None:
    print(f"filling: {what}", file=sys.stderr, flush=True)


def _measured_trial(council, units: int) -> None:
    """Ended and analysed, not published. One unit in a hundred lost, one in fifty delivered."""
    from trialogue.site.demonstration import acting
    from trialogue.trials.models import Delivery, Trial, Withdrawal

    plan = _plan("Big letter, so that more people pay in time", units)
    plan["outcomes"]["covariates"] = [{"name": "owed before", "category": False}]
    trial = _registered(council, plan, days=(-200, -190, -60))
    rows = [(f"U-{n:06d}", _ward(n), n % 97) for n in range(units)]
    header = ("household", "ward", "owed before")
    acting.load_list(council, trial, header, rows, at=council.on(-191))
    acting.place(council, trial, at=council.on(-190))
    chance = council.chance
    primary, harm = plan["outcomes"]["primary"]["code"], plan["outcomes"]["guardrails"][0]["code"]
    values = (
        (name, int(chance.random() < 0.5), int(chance.random() < 0.02))
        for name, *_ in rows[: units - units // 100]
    )
    header = ("household", primary, harm)
    acting.measure(council, trial, header, values, at=council.on(-55))
    held = Trial.objects.get(public_id=trial)
    some = list(held.units.order_by("order").values_list("pk", flat=True)[::50])
    by, at = council.people["tom"], council.on(-100)
    Delivery.objects.bulk_create(
        Delivery(unit_id=unit, on=at.date() + timedelta(days=n % 30), state="done", by=by, at=at)
        for n, unit in enumerate(some)
    )
    Withdrawal.objects.bulk_create(
        Withdrawal(unit_id=unit, scope="lost", reason="no time", on=at.date(), by=by, at=at)
        for unit in some[::2]
    )
    acting.analyse(council, trial, at=council.on(-50))


def _listed_trial(council, units: int) -> None:
    from trialogue.site.demonstration import acting

    plan = _plan("Big visit, so that more people stay well", units)
    trial = _registered(council, plan, days=(-20, 5, 90))
    rows = ((f"V-{n:06d}", _ward(n)) for n in range(units))
    acting.load_list(council, trial, ("household", "ward"), rows, at=council.on(-10))


def _ward(number: int) -> str:
    from trialogue.site.demonstration.acting import WARDS

    return WARDS[number % len(WARDS)]


def _plan(title: str, units: int):
    from trialogue.site.demonstration.plans import two_groups

    return two_groups(
        title=title,
        summary="Half of the households of a large city get it, by chance.",
        problem="Half of the homes do not answer the first letter.",
        other_names=["big list"],
        new="The new way",
        usual="The usual way",
        unit=("household", "households"),
        service="housing",
        outcome=("paid-in-14-days", "Paid in 14 days"),
        direction="higher",
        smallest_change=0.02,
        baseline=0.5,
        effect=0.03,
        each=units // 2,
    )


def _registered(council, plan, *, days: tuple[int, int, int]) -> str:
    from trialogue.site.demonstration import acting
    from trialogue.site.demonstration.plans import dated

    registered, starts, ends = days
    plan = dated(plan, start=council.day(starts), end=council.day(ends))
    trial = acting.plan_trial(council, plan, at=council.on(registered - 30))
    acting.register_trial(council, trial, at=council.on(registered))
    return trial


def _copies(council, trials: int) -> None:
    """Copy the demonstration's registered trials until there are so many in the register."""
    from django.db import transaction

    from trialogue.evidence import queries as register
    from trialogue.evidence import services as evidence
    from trialogue.trials.models import Answer, Trial, TrialMember

    sources = list(Trial.objects.filter(registered_at__isnull=False, ends_on__isnull=False))
    sources = [one for one in sources if one.title[:4] != "Big "]
    told = {one.pk: register.events(one.public_id) for one in sources}
    parts = {one.pk: list(one.members.all()) for one in sources}
    answers = {one.pk: list(one.answers.all()) for one in sources}
    for first in range(0, trials, 100):
        with transaction.atomic():
            for number in range(first, min(first + 100, trials)):
                source = sources[number % len(sources)]
                earlier = timedelta(days=number % 700)
                trial = _copy_of(source, evidence.new_identifier(), number, earlier)
                for entry in told[source.pk]:
                    body = _renamed(entry, trial.title, number)
                    evidence.append(trial.public_id, entry.kind, body, at=entry.created - earlier)
                trial.save()
                for part in parts[source.pk]:
                    # Nobody has a part in a thousand trials; each has one in some.
                    if number % 25 == 0:
                        TrialMember.objects.create(
                            trial=trial, person_id=part.person_id, role=part.role, since=part.since
                        )
                Answer.objects.bulk_create(
                    Answer(
                        trial=trial, question=one.question, version=one.version, body=one.body,
                        by_id=one.by_id, at=one.at,
                    )
                    for one in answers[source.pk]
                )  # fmt: skip
        if first % 500 == 0:
            say(f"{first:,} of {trials:,} trials")


def _copy_of(source, identifier: str, number: int, earlier: timedelta):
    from trialogue.trials.models import Trial

    def moved(moment: datetime | None) -> datetime | None:
        return moment - earlier if moment else None

    return Trial(
        public_id=identifier,
        title=f"{source.title[:60]} – trial {number + 1}",
        similar=source.similar,
        made_up=True,
        created_by_id=source.created_by_id,
        created_at=moved(source.created_at),
        sign_off_asked_at=moved(source.sign_off_asked_at),
        registered_at=moved(source.registered_at),
        started_at=moved(source.started_at),
        ends_on=source.ends_on - earlier,
        locked_at=moved(source.locked_at),
        stopped_at=moved(source.stopped_at),
        reported_at=moved(source.reported_at),
    )


def _renamed(entry, title: str, number: int):
    """Give a copy its own title, council and words, so that lists and search differ."""
    if entry.kind != "registration":
        return entry.body
    plan = {**entry.body["plan"]}
    plan["question"] = {
        **plan["question"],
        "title": title,
        "summary": f"{plan['question']['summary']} {_words(number)}.",
    }
    council = {"name": f"Council {number % COUNCILS + 1:02d}", "gss_code": ""}
    return {**entry.body, "plan": plan, "council": council, "made_up": True, "credit": ""}


def _words(number: int) -> str:
    """Return eight words of a few hundred, a different mixture for each number."""
    return " ".join(f"matter{(number * 31 + step * 17) % 400}" for step in range(8))


def _ideas(council) -> None:
    """Rows: a list of ideas is what is timed, not how they came."""
    from trialogue.accounts.models import ServiceArea
    from trialogue.ideas.models import Idea

    area = ServiceArea.objects.order_by("pk").first()
    Idea.objects.bulk_create(
        Idea(
            slug=f"idea-{number}",
            title=f"Text people the day before, way {number}",
            problem="Crews drive back for bins that were not put out in time.",
            proposal=f"A text the evening before. {_words(number)}",
            collaboration="public",
            area=area,
            status="answered" if number % 20 else "open",
            answer="not now" if number % 20 else "",
            answer_reason="Next year" if number % 20 else "",
            wake="date" if number % 20 else "",
            wake_on=council.day(100) if number % 20 else None,
            answered_at=council.on(-5) if number % 20 else None,
            answered_by=council.people["ruth"] if number % 20 else None,
            sent_at=council.on(-10 - number % 300),
            checked_at=council.on(-10 - number % 300),
            answer_due_on=council.day(20 - number % 60),
            created_by=council.people["priya"],
            created_at=council.on(-11 - number % 300),
        )
        for number in range(IDEAS)
    )


def _audit(council) -> None:
    from trialogue.accounts.models import AuditEntry

    people = [council.people[name].public_id for name in ("priya", "tom", "helen", "ruth")]
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=council.on(-300) + timedelta(minutes=20 * number),
            by=people[number % 4],
            action="answer the plan",
            thing_kind="trial",
            thing=f"EC-{number % 1000:010d}0",
            after={"question": "size", "version": number % 9 + 1},
        )
        for number in range(AUDITED)
    )


def _refresh_statistics() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialogue.site.settings"
    os.environ["TRIALOGUE_DATA"] = sys.argv[1]
    import django

    django.setup()
    fill(int(sys.argv[2]), int(sys.argv[3]))
