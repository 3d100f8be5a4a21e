"""The stops of the tour: where to look, and who to be there."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from trialogue.accounts.models import Person
from trialogue.evidence import queries as evidence
from trialogue.ideas import queries as ideas
from trialogue.site.demonstration.people import CAST, PASSWORD
from trialogue.trials.queries.lists import trials_seen_by


@dataclass(frozen=True)
class Stop:
    """A place to look. `who` is the key of the person to be there; empty: nobody needs to be."""

    key: str
    heading: str
    words: str
    button: str
    address: str
    who: str = ""


def stops(*, today: date) -> list[Stop]:
    """Return the stops that stand: those whose idea or trial somebody took away are left out."""
    found = [
        Stop(
            "suggest",
            "Suggest an idea",
            "Write what gets in the way of the work, and what you would try. The page shows who "
            "tried something like it.",
            "Suggest an idea as Priya",
            reverse("ideas:new"),
            "priya",
        ),
        _late_answer(),
        _pharmacy_trial(),
        _no_real_difference(today),
        Stop(
            "visits",
            "Stand at the duty desk",
            "Postal workers look in on residents. A red concern waits with minutes left, and a "
            "door was not opened. Plan the week, or see what each visitor was told.",
            "See today’s visits as Jo",
            reverse("visits:start"),
            "jo",
        ),
        Stop(
            "phone",
            "Walk a round on your own phone",
            "Add a phone for Sam and scan its square code. Then switch the signal off, and record "
            "a visit.",
            "Set up a phone as Jo",
            reverse("visits:phones"),
            "jo",
        ),
        Stop(
            "owed",
            "What is owed",
            "Each trial that has ended and not reported, with its date. The list is open to "
            "everyone, and names nobody to blame.",
            "See the results that are due",
            reverse("evidence:due"),
        ),
    ]
    return [stop for stop in found if stop is not None]


def _late_answer() -> Stop | None:
    ruth = _person("ruth")
    tasks = ideas.ideas_waiting_for(ruth) if ruth else ()
    path = next((one.path for one in tasks if one.path.endswith("/answer/")), "")
    if not path:
        return None
    return Stop(
        "answer",
        "Answer an idea",
        "Ruth has an idea on her desk, and its day has passed. She can try it, do it, put it "
        "aside or say no. Each needs a reason that everyone can read.",
        "Answer the idea as Ruth",
        path,
        "ruth",
    )


def _pharmacy_trial() -> Stop | None:
    tom = _person("tom")
    planned = trials_seen_by(tom).filter(registered_at=None) if tom else ()
    trial = next((one for one in planned if "pharmacy" in one.title.lower()), None)
    if trial is None:
        return None
    return Stop(
        "power",
        "Mend a trial that is too small",
        "Twelve pharmacies cannot show what Tom hopes for. The page says so, and says what would. "
        "Change the numbers and watch the drawing.",
        "Mend the trial as Tom",
        reverse("trials:question", args=[trial.public_id, "size"]),
        "tom",
    )


def _no_real_difference(today: date) -> Stop | None:
    row = evidence.trials(verdict="made_no_real_difference", today=today).first()
    if row is None:
        return None
    return Stop(
        "no difference",
        "A clear “no real difference”",
        "A result as plain as any other: what was tried, what came of it, and what it cost to "
        "find out.",
        "Read the result",
        reverse("evidence:trial", args=[row.trial]),
    )


def person_to_be(key: str) -> Person | None:
    """Return one of the people to be; None once somebody changed their password or ended them."""
    person = _person(key)
    return person if person and person.check_password(PASSWORD) else None


def _person(key: str) -> Person | None:
    played = next((one for one in CAST if one.key == key), None)
    if played is None:
        return None
    return Person.objects.filter(email=played.email, is_active=True).first()
