"""The ladder: what nobody acknowledged goes up by itself, from what the database says is due."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.visits import deadlines, queries
from trialogue.visits.deadlines import Rung
from trialogue.visits.models import Concern, DutyShift, Escalation, Watch
from trialogue.visits.queries.concerns import time_left
from trialogue.visits.queries.watch import due_rungs, key_of, on_duty
from trialogue.visits.services.out import DESK, tell_of_rounds_not_ended

Role = DutyShift.Role
LEADS = frozenset({"safeguarding lead"})


def look_at_timers(now: datetime) -> int:
    """Do everything that is due on any concern, the most overdue first; return how much.

    Then tell of rounds that were not ended.

    Nothing of it is kept in a process: after any stop this finds what was missed. A rung that
    nobody could be told by leads to the next at once. Twice, or by two workers, is as once.
    """
    climbed, wrong = 0, []
    while due := due_rungs(now):
        before = climbed
        for one in due:
            try:
                climbed += climb(one.concern, one.turn, one.rung, at=now)
            except Exception as error:  # noqa: BLE001  one that goes wrong must not stop the rest
                wrong.append(error)
        if wrong or climbed == before:
            break
    try:
        tell_of_rounds_not_ended(now)
    except Exception as error:  # noqa: BLE001  nor what goes wrong here
        wrong.append(error)
    if wrong:
        raise ExceptionGroup("rungs that could not be climbed", wrong)
    Watch.objects.update_or_create(pk=1, defaults={"looked_at": now})
    return climbed


@transaction.atomic
def climb(concern_pk: int, turn: int, rung: Rung, *, at: datetime) -> bool:
    """Climb one rung: write down that it was, and the notices to those it tells, or nothing."""
    concern = Concern.objects.select_for_update().get(pk=concern_pk)
    over = not concern.is_open or concern.joined_to_id or concern.turn != turn
    acknowledged = concern.state != Concern.State.RAISED
    if over or (rung.waiting and acknowledged):
        return False
    if Escalation.objects.filter(concern=concern, turn=turn, rung=rung.name).exists():
        return False
    told = _told(concern, rung, at)
    Escalation.objects.create(
        concern=concern,
        turn=turn,
        rung=rung.name,
        due_at=rung.due_at,
        done_at=at,
        told=[str(person.public_id) for person in told.people],
        result=told.words,
    )
    key = key_of(concern.pk, turn, rung.name)
    tell(told.people, concern, words=_notice(concern, rung, at), key=key, at=at, by=told.numbers)
    return True


@dataclass(frozen=True)
class Told:
    """Whom a rung tells, by which numbers, and a note where they are not those of the rota."""

    people: list[Person]
    numbers: dict[int, str]
    note: str

    @property
    def words(self) -> str:
        """What the story of the concern says of it."""
        names = ", ".join(person.name for person in self.people) or "Nobody could be told"
        return f"{names}{self.note}"[:200]


def _told(concern: Concern, rung: Rung, at: datetime) -> Told:
    shifts = on_duty(concern.scheme, at)
    numbers = {shift.person_id: shift.telephone for shift in shifts if shift.telephone}
    safeguarding = concern.kind == Concern.Kind.SAFEGUARDING
    people = [shift.person for shift in shifts if shift.role in _roles(rung.tells, safeguarding)]
    if rung.tells == deadlines.OWNER and concern.owner and concern.owner.is_active:
        people = [concern.owner]
    note = ""
    if safeguarding and rung.tells in (deadlines.DEPUTY, deadlines.MANAGER, deadlines.EVERYONE):
        people += councils.people_with(LEADS)
    elif not people:
        people = councils.people_with(LEADS if safeguarding else DESK)
        note = " (nobody on the rota)"
    return Told(list(dict.fromkeys(people)), numbers, note)


def _roles(tells: str, safeguarding: bool) -> frozenset[str]:
    """The roles of the rota that a rung tells."""
    if safeguarding:
        return frozenset({Role.SAFEGUARDING})
    return {
        deadlines.DEPUTY: frozenset({Role.DUTY, Role.DEPUTY}),
        deadlines.MANAGER: frozenset({Role.MANAGER}),
        deadlines.EVERYONE: frozenset({Role.DUTY, Role.DEPUTY, Role.MANAGER}),
    }.get(tells, frozenset({Role.DUTY}))


def tell(
    people: list[Person],
    concern: Concern,
    *,
    words: tuple[str, str],
    key: str,
    at: datetime,
    by: dict[int, str] | None = None,
) -> None:
    """Write the notices: by e-mail, and as a text where there is a number and it presses.

    `words`: subject and sentence. No name, no address, no word of what was said leaves.
    """
    subject, sentence = words
    link = reverse("visits:concern", args=[concern.number])
    accounts.notify(
        people,
        letter="L",
        subject=subject,
        body=f"{sentence} If someone is in danger, call 999.",
        link=link,
        key=key,
        at=at,
    )
    if concern.level == Concern.Level.REQUEST or not accounts.texts_leave():
        return
    for person in people:
        if number := (by or {}).get(person.pk):
            text = f"{sentence} Sign in:"
            accounts.text_to(person, number, letter="L", words=text, link=link, key=key, at=at)


def _notice(concern: Concern, rung: Rung, at: datetime) -> tuple[str, str]:
    what = "request" if concern.level == Concern.Level.REQUEST else f"{concern.level} concern"
    article = "An" if what.startswith("amber") else "A"
    waiting = f"{article} {what} is waiting: {concern.code}"
    if rung.name.startswith("look"):
        return f"Look at {concern.code} again", f"It is time to look at {concern.code} again."
    if rung.name.startswith("step"):
        return f"{concern.code}: the next step is due", f"The next step of {concern.code} is due."
    if rung.name.startswith("not closed"):
        return (
            f"{concern.code} is not closed",
            f"{concern.code} is not closed and is back with you.",
        )
    if rung.tells == deadlines.DUTY:
        return waiting, f"{waiting}."
    left = time_left(concern.deadline, now=at)
    return f"Concern not acknowledged: {concern.level}, {left}", f"{waiting}, {left}."


@transaction.atomic
def send_test_notices(now: datetime) -> int:
    """Write, once a week, to everybody who is on the rota, by every channel; return to how many.

    A number that is wrong is found before a concern needs it: what does not go is on the board.
    """
    scheme = queries.scheme()
    year, week, _ = now.isocalendar()
    if scheme is None or not accounts.claim_period("test notices", f"{year}-{week}", at=now):
        return 0
    shifts = DutyShift.objects.filter(scheme=scheme, last__gt=now, person__is_active=True)
    told = {shift.person: shift.telephone for shift in shifts.select_related("person")}
    words = "This is the weekly test of notices to the duty desk. There is nothing to do."
    key = f"test {year}-{week}"
    link = reverse("visits:start")
    subject = "A test of your duty notices"
    accounts.notify(
        list(told), letter="R", subject=subject, body=words, link=link, key=key, at=now
    )
    for person, number in told.items():
        if number and accounts.texts_leave():
            accounts.text_to(person, number, letter="R", words=words, link=link, key=key, at=now)
    return len(told)
