"""Writing an idea: a draft from the first question on, until it is sent."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person, ServiceArea
from trialogue.accounts.periods import ANSWER, CHECK, working_days
from trialogue.evidence import personal
from trialogue.ideas import queries
from trialogue.ideas.models import Call, Follow, Idea, SimilarShown
from trialogue.ideas.services.people import address, record, who_answers
from trialogue.ideas.words import counted, hours, written
from trialogue.methods.problems import InputError, Problem, refuse

TITLE = 80
LONGEST = 4000
MOST_AN_HOUR = 10  # drafts that begin in one place without an account

# Who writes: a person who is signed in, or a resident who has not said who they are yet.
Writer = Person | None


@dataclass(frozen=True)
class Words:
    """The first question: what is the problem, and what would you try?"""

    title: str
    problem: str
    proposal: str
    personal_why: str = ""


@dataclass(frozen=True)
class Kind:
    """The second: who would work together, in which service. `area` is a slug."""

    collaboration: str
    area: str
    place: str = ""
    visibility: str = Idea.Visibility.EVERYONE


@dataclass(frozen=True)
class Saving:
    """The third: what it might save. None means not sure."""

    hours_low: float | None = None
    hours_high: float | None = None
    pounds_low: float | None = None
    pounds_high: float | None = None
    how_known: str = ""
    who_must_agree: str = ""


@transaction.atomic
def suggest(
    words: Words, *, by: Writer, at: datetime, call: int | None = None, came_from: str = ""
) -> Idea:
    """Begin an idea: its draft is kept from here on. The same words again give the same draft.

    A resident without an account is nobody yet: `came_from` is where they write from, hashed.
    """
    _check(by)
    refuse(_wrong_words(words))
    first = {
        "slug": _slug(words.title),
        "created_at": at,
        "call": _open_call(call, at) if call else None,
    }
    if by is None:
        _refuse_flood(came_from, at)
        idea = Idea.objects.create(**_columns(words), **first, came_from=came_from)
        made = True
    else:
        same = {**_columns(words), "status": Idea.Status.DRAFT, "created_by": by}
        idea, made = Idea.objects.get_or_create(**same, defaults=first)
    if made:
        record(idea, "suggest an idea", by=by, at=at)
    return idea


def _check(by: Writer) -> None:
    permissions.check(by or AnonymousUser(), "suggest an idea")


def _open_call(number: int, at: datetime) -> Call | None:
    return queries.open_calls(timezone.localtime(at).date()).filter(pk=number).first()


def _refuse_flood(came_from: str, at: datetime) -> None:
    recent = Idea.objects.filter(
        came_from=came_from, created_at__gt=at - timedelta(hours=1), created_at__lte=at
    )
    if recent.count() >= MOST_AN_HOUR:
        refuse([Problem("Too many ideas came from where you are", "Wait an hour, then try again")])


@transaction.atomic
def save_words(number: int, words: Words, *, by: Writer, at: datetime) -> Idea:
    """Change the words of a draft."""
    idea = _draft(number, by)
    refuse(_wrong_words(words))
    return _save(idea, **_columns(words), slug=_slug(words.title))


@transaction.atomic
def keep_shown(
    number: int,
    shown: queries.Earlier,
    *,
    answer: str = "",
    text: str = "",
    by: Writer,
    at: datetime,
) -> None:
    """Keep what the search showed the writer, and their answer; the same again is kept once."""
    idea = _draft(number, by)
    if answer and answer not in SimilarShown.Answer.values:
        refuse([Problem("Choose how your idea is different", column="different")])
    if answer == SimilarShown.Answer.OTHER and not text.strip():
        refuse([Problem("Enter how your idea is different", column="different_words")])
    text = text.strip()
    last = queries.last_shown(idea)
    kept = last is not None and (last.query, last.found) == (shown.query, shown.found)
    if last and kept and (not answer or (last.answer, last.text) == (answer, text)):
        return
    SimilarShown.objects.create(
        idea=idea,
        query=shown.query,
        shown=shown.as_shown(),
        found=shown.found,
        answer=answer,
        text=text,
        at=at,
    )


@transaction.atomic
def save_kind(number: int, kind: Kind, *, by: Writer, at: datetime) -> Idea:
    """Say who would work together, in which service."""
    idea = _draft(number, by)
    area = ServiceArea.objects.filter(slug=kind.area).first()
    refuse(_wrong_kind(kind, area))
    return _save(
        idea,
        collaboration=kind.collaboration,
        area=area,
        place=kind.place.strip(),
        visibility=kind.visibility,
    )


@transaction.atomic
def save_saving(number: int, saving: Saving, *, by: Writer, at: datetime) -> Idea:
    """Say what it might save and who would have to agree."""
    idea = _draft(number, by)
    refuse(_wrong_saving(saving))
    minutes = _range(saving.hours_low, saving.hours_high, 60)
    pence = _range(saving.pounds_low, saving.pounds_high, 100)
    return _save(
        idea,
        minutes_low=minutes[0],
        minutes_high=minutes[1],
        pence_low=pence[0],
        pence_high=pence[1],
        how_known=saving.how_known.strip(),
        who_must_agree=saving.who_must_agree.strip(),
    )


@transaction.atomic
def send(number: int, *, by: Person, at: datetime) -> Idea:
    """Send a draft: it gets a date for its answer and a person who gives it.

    Sending twice does nothing the second time. An idea from outside the council, or with words
    that may identify a person, shows once it is checked. Raises InputError when a question that
    must be answered is not.
    """
    _check(by)
    idea = _own(number, by)
    if idea.status == Idea.Status.DRAFT:
        send_as(idea, by=by, at=at)
    return idea


def refuse_unfinished(idea: Idea) -> ServiceArea:
    """Return the service of a draft; raise InputError when a question is not answered."""
    words = Words(idea.title, idea.problem, idea.proposal, idea.personal_why)
    kind = Kind(idea.collaboration, idea.area.slug if idea.area else "", idea.place)
    problems = (*_wrong_words(words), *_wrong_kind(kind, idea.area))
    if problems or idea.area is None:
        raise InputError(*problems)
    return idea.area


def reads_within() -> str:
    """Say how long a person takes to read what comes from outside: `2 working days`."""
    return working_days(councils.days(CHECK))


def send_as(idea: Idea, *, by: Person, at: datetime) -> None:
    """Send a locked draft in the name of `by`."""
    area = refuse_unfinished(idea)
    due = councils.calendar().after(timezone.localtime(at).date(), councils.days(ANSWER))
    if idea.call and idea.call.answers_by > timezone.localtime(at).date():
        due = idea.call.answers_by
    shows_now = "staff" in by.roles and not idea.personal_why
    _save(
        idea,
        created_by=by,
        came_from="",
        status=Idea.Status.OPEN,
        sent_at=at,
        checked_at=at if shows_now else None,
        answer_due_on=due,
        to_answer=who_answers(area),
    )
    Follow.objects.get_or_create(idea=idea, person=by, defaults={"at": at})
    record(idea, "send an idea", by=by, at=at, after={"answer_due_on": due.isoformat()})
    _tell_sent(idea, by, due, at=at)


def _tell_sent(idea: Idea, sender: Person, due: date, *, at: datetime) -> None:
    manager = idea.to_answer
    shown = queries.last_shown(idea)
    places = len([hit for hit in shown.shown if hit["band"] != "nearest"]) if shown else 0
    tried = (
        f"{counted(places, 'place', 'places')} tried something like it"
        if places
        else "We found nobody who tried something close"
    )
    post = f"{manager.name}, {manager.job}," if manager and manager.job else ""
    name = post or (manager.name if manager else "The council")
    read_first = (
        ""
        if idea.checked_at
        else f" A person reads it first, within {reads_within()}. Then it shows at this address:"
    )
    accounts.notify(
        [sender],
        letter="C",
        subject=f"We have your idea: {idea.title}",
        body=f"{name} will answer by {written(due)}. {tried}.{read_first}",
        link=address(idea),
        key=f"idea {idea.pk} received",
        at=at,
    )
    if manager is not None:
        accounts.notify(
            [manager],
            letter="E",
            subject=f"Idea to answer by {written(due)}: {idea.title}",
            body=f"What it might save: {hours(idea)}. It is new, so nobody has supported it yet.",
            link=f"/ideas/{idea.pk}/answer/",
            key=f"idea {idea.pk} to answer",
            at=at,
        )


def _own(number: int, by: Writer) -> Idea:
    return (
        Idea.objects.select_for_update(of=("self",))
        .select_related("area__manager", "area__stand_in", "call")
        .get(pk=number, created_by=by)
    )


def _draft(number: int, by: Writer) -> Idea:
    _check(by)
    idea = _own(number, by)
    if idea.status != Idea.Status.DRAFT:
        refuse([Problem("This idea was sent already", "Add a detail on its page instead")])
    return idea


def _save(idea: Idea, **columns: Any) -> Idea:
    for name, value in columns.items():
        setattr(idea, name, value)
    idea.save(update_fields=list(columns))
    return idea


def _columns(words: Words) -> dict[str, str]:
    return {name: text.strip() for name, text in asdict(words).items()}


def _slug(title: str) -> str:
    return slugify(title)[:60].strip("-") or "idea"


def _wrong_words(words: Words) -> Iterator[Problem]:
    texts = _columns(words)
    why = texts.pop("personal_why")
    asked = {
        "title": ("Enter a short name for your idea", "title", TITLE),
        "problem": ("Enter what the problem is", "problem", LONGEST),
        "proposal": ("Enter what you would try", "answer", LONGEST),
    }
    for column, (empty, name, longest) in asked.items():
        if not texts[column]:
            yield Problem(empty, column=column)
        elif (length := len(texts[column])) > longest:
            yield Problem(
                f"The {name} is {length:,} characters",
                f"Make it {longest:,} or fewer",
                column=column,
            )
    if not why:
        yield from personal.problems(texts)


def _wrong_kind(kind: Kind, area: ServiceArea | None) -> Iterator[Problem]:
    if kind.collaboration not in Idea.Collaboration.values:
        yield Problem("Choose who this would work with", column="collaboration")
    if area is None:
        yield Problem("Choose which service this is about", column="area")
    if kind.visibility not in Idea.Visibility.values:
        yield Problem("Choose who may see your idea", column="visibility")
    if len(kind.place) > 120:
        yield Problem("The place is too long", "Make it 120 characters or fewer", column="place")
    yield from personal.problems({"place": kind.place}, "Write the street or area alone")


def _wrong_saving(saving: Saving) -> Iterator[Problem]:
    for unit, words, most in (
        ("hours", "Hours a month", 100_000),
        ("pounds", "Pounds a year", 10**9),
    ):
        low, high = getattr(saving, f"{unit}_low"), getattr(saving, f"{unit}_high")
        for column, number in ((f"{unit}_low", low), (f"{unit}_high", high)):
            if number is not None and not 0 <= number <= most:
                yield Problem(f"{words} must be between 0 and {most:,}", column=column)
        if low is not None and high is not None and high < low:
            yield Problem(
                f"{words}: the highest, {high:g}, is below the lowest, {low:g}",
                "Swap them",
                column=f"{unit}_high",
            )
    yield from personal.problems(
        {"how_known": saving.how_known, "who_must_agree": saving.who_must_agree},
        "Name the post instead",
    )


def _range(low: float | None, high: float | None, times: int) -> tuple[int | None, int | None]:
    """Return both ends in whole units; one end alone stands for both."""
    ends = [number for number in (low, high) if number is not None]
    return (round(min(ends) * times), round(max(ends) * times)) if ends else (None, None)
