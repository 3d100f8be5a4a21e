"""What a person does about a concern: acknowledge, act, pass on, close."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import clock_time, long_date
from trialogue.visits import deadlines, queries, steps
from trialogue.visits.models import Acknowledgement, Concern, ConcernStep
from trialogue.visits.queries.concerns import needs_whereabouts, roles_in_concern
from trialogue.visits.services.concerns import SENT_TWICE, begin_again
from trialogue.visits.services.ladder import tell

State, Kind, Level = Concern.State, Concern.Kind, Concern.Level
GROUNDS = {
    "agreed": "The resident agreed",
    "law": "The law requires it",
    "life": "To protect somebody’s life",
}
LONGEST_LOOK = timedelta(days=28)


@transaction.atomic
def acknowledge(
    number: int, *, will_do: str, look_again_at: datetime | None, by: Person, at: datetime
) -> Concern:
    """Take a concern: the clock stops, and the person has said what they will do.

    Two at once: the first stands, and the second is told who. The same person twice is as once.
    """
    concern = _open(number, by)
    if concern.state != State.RAISED:
        first = concern.acknowledgements.select_related("person").get(turn=concern.turn)
        if first.person_id == by.pk:
            return concern
        when = clock_time(localtime(first.at).time())
        raise InputError(
            Problem(
                f"{first.person.name} acknowledged {concern.code} at {when}: “{first.will_do}”",
                "Ask them before you begin",
            )
        )
    refuse(
        [
            *_needed(will_do, "Enter what you will do", "will_do", most=300),
            *_look(look_again_at, at),
        ]
    )
    for one in [concern, *concern.joined.filter(state=State.RAISED)]:
        _take(one, will_do, look_again_at, by, at)
    _record("acknowledge a concern", concern, by, at, {"state": concern.state})
    return concern


def _take(
    concern: Concern, will_do: str, look_again_at: datetime | None, by: Person, at: datetime
) -> None:
    Acknowledgement.objects.create(
        concern=concern, turn=concern.turn, person=by, at=at, will_do=will_do.strip()
    )
    concern.state, concern.owner, concern.look_again_at = State.ACKNOWLEDGED, by, look_again_at
    concern.save(update_fields=["state", "owner", "look_again_at"])


@transaction.atomic
def take_step(
    number: int, *, what: str, words: str, look_again_at: datetime | None, by: Person, at: datetime
) -> None:
    """Write down something that was done. Who did it has the concern in hand."""
    concern = _in_hand(number, by)
    problems = _look(look_again_at, at)
    if what not in steps.OFFERED:
        problems.append(Problem("Choose what was done", column="what"))
    problems += _needed(words, "Enter what came of it", "words")
    refuse(problems)
    if _sent_twice(concern, what, words, by, at):
        return
    _step(concern, what, words, by, at)
    concern.state, concern.look_again_at = State.IN_HAND, look_again_at
    concern.save(update_fields=["state", "look_again_at"])
    _record("act on a concern", concern, by, at, {"step": what})


@transaction.atomic
def pass_on(
    number: int,
    *,
    to: str,
    agency: str,
    ground: str,
    words: str,
    look_again_at: datetime | None,
    by: Person,
    at: datetime,
) -> None:
    """Pass a concern to a colleague, whose it is then, or to an agency; say by what right.

    An agency does not take it off the desk: whoever passed it on still looks at it again.
    """
    concern = _in_hand(number, by)
    taker = next((one for one in may_take(concern) if str(one.public_id) == to), None)
    problems = _look(look_again_at, at)
    if to and taker is None:
        problems.append(Problem("Choose a colleague who may have this concern", column="to"))
    if not to and not agency.strip():
        problems.append(Problem("Choose a colleague, or enter an agency", column="to"))
    if ground not in GROUNDS:
        problems.append(Problem("Choose why they may know of it", column="ground"))
    refuse([*problems, *_needed(words, "Enter what they will do", "words", most=300)])
    name = taker.name if taker else agency.strip()
    said = f"To {name}. {GROUNDS[ground]}. {words.strip()}"
    if _sent_twice(concern, steps.PASSED, said, by, at):
        return
    _step(concern, steps.PASSED, said, by, at)
    concern.state, concern.owner, concern.look_again_at = State.IN_HAND, taker or by, look_again_at
    concern.save(update_fields=["state", "owner", "look_again_at"])
    if taker and taker != by:
        subject = f"{concern.code} is passed to you"
        key = f"passed {concern.pk} {at.isoformat()}"
        tell([taker], concern, words=(subject, f"{subject}."), key=key, at=at)
    _record("pass on a concern", concern, by, at, {"to": name if taker else "an agency"})


def may_take(concern: Concern) -> list[Person]:
    """Return who a concern may be passed to: any colleague; safeguarding stays with its leads."""
    if concern.kind == Kind.SAFEGUARDING:
        return councils.people_with(frozenset({"safeguarding lead"}))
    return councils.colleagues()


@transaction.atomic
def change_level(number: int, *, level: str, why: str, by: Person, at: datetime) -> None:
    """Raise the level, which begins its clock anew; or lower it, with a reason."""
    concern = _open(number, by)
    if level not in Level.values or level == concern.level:
        raise InputError(Problem("Choose another level", column="level"))
    before = concern.level
    lower = deadlines.LEVELS.index(level) > deadlines.LEVELS.index(before)
    if lower:
        refuse(_needed(why, "Enter why it presses less", "why"))
    _step(concern, steps.LEVEL, f"{before} to {level}. {why.strip()}".strip(), by, at)
    if lower:
        concern.level = level
        desk = queries.desk_of(concern.scheme)
        concern.deadline = deadlines.deadline(
            level, concern.clock_from, desk, concern.scheme.settings
        )
        concern.save(update_fields=["level", "deadline"])
    else:
        begin_again(concern, level=level, at=at)
    _record("change the level of a concern", concern, by, at, {"level": level}, {"level": before})


@transaction.atomic
def make_safeguarding(
    number: int, *, safe: bool | None, why: str, by: Person, at: datetime
) -> None:
    """Give a concern to the safeguarding lead: it leaves every other list at once.

    `safe`: whether the person is safe from those around them now. If not, it is red.
    """
    concern = _open(number, by)
    if concern.resident_id is None:
        raise InputError(Problem("This is about a visitor, not about a resident"))
    if concern.kind == Kind.SAFEGUARDING:
        return
    if concern.kind == Kind.NO_ANSWER:
        # Given away whole, nobody would go to the door any more.
        what = "Nobody knows yet where the resident is, so this stays with you"
        raise InputError(Problem(what, "Write down a new concern for the safeguarding lead"))
    problems = _needed(why, "Enter what makes you think so", "why")
    if safe is None:
        problems.append(Problem("Say whether the person is safe now", column="safe"))
    refuse(problems)
    concern.joined.update(joined_to=None)  # they stay with the desk
    _step(concern, steps.SAFEGUARDING, why, by, at)
    concern.kind, concern.joined_to, concern.released_at = Kind.SAFEGUARDING, None, None
    begin_again(concern, level=concern.level if safe else Level.RED, at=at)
    _record("make a concern safeguarding", concern, by, at, {"kind": concern.kind})


@transaction.atomic
def join(number: int, *, to: int, by: Person, at: datetime) -> None:
    """Join a concern to another about the same resident: they are dealt with and closed as one."""
    # In one order, whoever joins which to which at the same time.
    locked = {one: _open(one, by) for one in sorted({number, to})}
    concern, main = locked[number], locked[to]
    levels = deadlines.LEVELS
    problems = []
    if concern == main or concern.resident_id is None or concern.resident_id != main.resident_id:
        problems.append(Problem(f"{main.code} is not about the same resident"))
    elif levels.index(concern.level) < levels.index(main.level):
        problems.append(
            Problem(
                f"{concern.code} presses more than {main.code}", f"Join {main.code} to it instead"
            )
        )
    elif (concern.kind == Kind.SAFEGUARDING) != (main.kind == Kind.SAFEGUARDING):
        problems.append(Problem("A safeguarding concern stays apart from others"))
    refuse(problems)
    concern.joined.update(joined_to=main)
    concern.joined_to = main
    concern.save(update_fields=["joined_to"])
    if concern.state == State.RAISED and main.state != State.RAISED:
        _take(concern, f"With {main.code}", main.look_again_at, by, at)
    _step(concern, steps.JOINED, f"To {main.code}", by, at)
    _step(main, steps.JOINED, f"{concern.code} joined this", by, at)
    _record("join concerns", concern, by, at, {"joined_to": main.code})


@transaction.atomic
def close(
    number: int, *, outcome: str, words: str, whereabouts: str, by: Person, at: datetime
) -> None:
    """Close a concern with what came of it; who raised it hears that it was dealt with.

    Where nobody came to the door it must be known where the resident is, how and by whom. What
    somebody did not agree was closed, the duty manager closes.
    """
    concern = _in_hand(number, by)
    if concern.disputed_at:
        permissions.check(by, "close disputed concerns")
    problems = _needed(words, "Enter the reason", "words")
    if outcome not in Concern.Outcome.values:
        problems.append(Problem("Choose what came of it", column="outcome"))
    if needs_whereabouts(concern):
        missing = "Enter where the resident is, who knows it and how"
        problems += _needed(whereabouts, missing, "whereabouts", most=200)
    refuse(problems)
    _step(concern, steps.CLOSED, words, by, at)
    for one in [concern, *concern.joined.all()]:
        one.state, one.closed_at, one.outcome = State.CLOSED, at, outcome
        one.whereabouts = whereabouts.strip()
        one.save(update_fields=["state", "closed_at", "outcome", "whereabouts"])
        _thank(one, at)
    _record("close a concern", concern, by, at, {"outcome": outcome})


@transaction.atomic
def reopen(number: int, *, why: str, by: Person, at: datetime) -> None:
    """Open a closed concern again: somebody does not agree that it was dealt with."""
    concern = _locked(number, by)
    if concern.is_open:
        return
    refuse(_needed(why, "Enter what is still to be done", "why"))
    _step(concern, steps.REOPENED, why, by, at)
    concern.state, concern.closed_at, concern.outcome = State.IN_HAND, None, ""
    concern.owner, concern.look_again_at, concern.disputed_at = by, at, at
    concern.joined_to = None  # on its own: what it was joined to may stay closed
    concern.save()
    _record("open a concern again", concern, by, at, {"state": concern.state})


@transaction.atomic
def release(number: int, *, by: Person, at: datetime) -> None:
    """Let those contacts know that there is a concern whom the resident agreed to; never more."""
    concern = _open(number, by)
    if concern.kind == Kind.SAFEGUARDING or concern.resident_id is None:
        raise InputError(Problem("No contact is ever told of this concern"))
    if concern.released_at:
        return
    concern.released_at = at
    concern.save(update_fields=["released_at"])
    _step(concern, steps.RELEASED, "Only those whom the resident agreed to", by, at)
    _record("tell contacts of a concern", concern, by, at, {"released_at": at.isoformat()})


def _locked(number: int, by: Person) -> Concern:
    """Return a concern that this person may deal with, kept from everybody else meanwhile."""
    permissions.check(by, "deal with concerns", also=roles_in_concern(by, number))
    found = queries.concern(number, seen_by_person=by)
    return Concern.objects.select_for_update().get(pk=found.pk)


def _open(number: int, by: Person) -> Concern:
    concern = _locked(number, by)
    if not concern.is_open:
        when = f"{long_date(localtime(concern.closed_at).date())}"
        raise InputError(Problem(f"{concern.code} was closed on {when}", "Open it again first"))
    if concern.joined_to:
        code = concern.joined_to.code
        raise InputError(Problem(f"{concern.code} is joined to {code}", f"Go to {code}"))
    return concern


def _in_hand(number: int, by: Person) -> Concern:
    concern = _open(number, by)
    if concern.state == State.RAISED:
        raise InputError(
            Problem(f"Nobody has acknowledged {concern.code}", "Acknowledge it first")
        )
    return concern


def _needed(words: str, missing: str, column: str, *, most: int = 500) -> list[Problem]:
    if not words.strip():
        return [Problem(missing, column=column)]
    if len(words) > most:
        long = f"This is {len(words)} letters long"
        return [Problem(long, f"Make it {most} or fewer", column=column)]
    return []


def _look(moment: datetime | None, at: datetime) -> list[Problem]:
    column = "look_again_at"
    if moment is None:
        return [Problem("Choose when to look at it again", column=column)]
    if not at < moment <= at + LONGEST_LOOK:
        return [Problem("Look at it again within four weeks from now", column=column)]
    return []


def _sent_twice(concern: Concern, what: str, words: str, by: Person, at: datetime) -> bool:
    """Whether the same was written down a moment ago: a second press of a button."""
    same = concern.steps.filter(what=what, words=words.strip()[:500], by=by)
    return same.filter(at__gt=at - SENT_TWICE).exists()


def _step(concern: Concern, what: str, words: str, by: Person, at: datetime) -> None:
    ConcernStep.objects.create(concern=concern, what=what, words=words.strip()[:500], by=by, at=at)


def _thank(concern: Concern, at: datetime) -> None:
    """Tell the visitor who raised it, and nothing of what came of it."""
    event = concern.event
    visitors: Iterable[Person] = [event.device.visitor.person] if event and event.device else []
    day = localtime(concern.raised_at)
    accounts.notify(
        list(visitors),
        letter="S",
        subject="Dealt with, thank you",
        body=f"What you passed on {day:%A} at {clock_time(day.time())} has been dealt with.",
        link="/your-work/",
        key=f"dealt with {concern.pk} {at.isoformat()}",
        at=at,
    )


def _record(
    action: str,
    concern: Concern,
    by: Person,
    at: datetime,
    after: dict[str, str],
    before: dict[str, str] | None = None,
) -> None:
    accounts.record(
        by=by, action=action, on="concern", thing=concern.code, at=at, before=before, after=after
    )
