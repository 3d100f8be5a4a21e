"""The ideas of the made-up council, suggested and answered by the services that people use."""

from datetime import datetime, timedelta

from django.db import transaction

from trialogue.accounts.models import Notification
from trialogue.accounts.periods import ANSWER
from trialogue.accounts.working_days import Calendar
from trialogue.evidence import queries as evidence
from trialogue.ideas import queries, services
from trialogue.ideas.services import Kind, NewCall, Reply, Saving, Words
from trialogue.site.demonstration.acting import Council
from trialogue.site.demonstration.idea_texts import CALLED, LATER, TRIED, Suggested

LATE = 3  # working days that one answer is late
HACK_DAY, ANSWERS_BY = -286, -262
WHAT_HAPPENED = (
    "Five teams met for a day: the depots, housing, fostering, the front desk and finance. "
    "Each wrote down what it does before midday that helps no resident. "
    "Fourteen ideas came, and all were answered. Most were small, and the service did them within "
    "a month. One became a trial."
)


@transaction.atomic
def before_the_trials(council: Council) -> None:
    """The call, and the ideas that became trials: each is known to `council.ideas` by its key."""
    call = services.open_call(
        NewCall(
            title="What wastes your morning?",
            question="What do you do before midday that helps no resident? What instead?",
            opens_on=council.day(HACK_DAY - 4),
            closes_on=council.day(HACK_DAY),
            answers_by=council.day(ANSWERS_BY),
            teams=5,
        ),
        by=council.people["ruth"],
        at=council.on(HACK_DAY - 4),
    )
    called = (*CALLED, *(one for one in TRIED if one.sent == HACK_DAY))
    ideas = sorted((*TRIED, *CALLED), key=lambda one: one.sent)
    for number, one in enumerate(ideas):
        _live(council, one, minutes=number, call=call.pk if one in called else None)
    services.close_call(
        call.pk,
        what_happened=WHAT_HAPPENED,
        by=council.people["ruth"],
        at=council.on(ANSWERS_BY),
    )


@transaction.atomic
def after_the_trials(council: Council) -> None:
    """The other ideas: done, put aside, refused, joined, and one that waits for its answer."""
    for number, one in enumerate(LATER):
        sent = _day_of_a_late_answer(council) if one.key == "bin calendar" else one.sent
        _live(council, one, minutes=number, sent=sent)
    services.merge(
        council.ideas["litter kits"],
        into=council.ideas["street champions"],
        by=council.people["ruth"],
        at=council.on(-27),
    )
    # It waits for whoever checks what comes from outside.
    services.comment(
        council.ideas["bin calendar"],
        kind="offer",
        text="Linney Homes can put one in each rent letter.",
        by=council.people["anil"],
        at=council.on(-1),
    )


def _day_of_a_late_answer(council: Council) -> int:
    """Return the day from today on which an idea was sent whose answer is late as wished."""
    working_days = Calendar.of({})
    for days in range(20, 80):
        due = working_days.after(council.day(-days), ANSWER.usual)
        if working_days.between(due, council.today) == LATE:
            return -days
    raise ValueError("no such day")


def _live(
    council: Council, one: Suggested, *, minutes: int, sent: int = 0, call: int | None = None
) -> None:
    """Suggest an idea, support it, talk of it and answer it, each on its day."""
    people, day = council.people, sent or one.sent
    at = council.on(day, 9) + timedelta(minutes=minutes)
    number = council.ideas[one.key] = _suggest(council, one, at, call)
    if people.get(one.by) is None or "staff" not in people[one.by].roles:
        services.show(number, by=people["ruth"], at=at + timedelta(hours=5))
    for hours, name in enumerate(one.supporters, start=6):
        services.support(number, by=people[name], at=at + timedelta(hours=hours))
    for hours, (name, kind, text) in enumerate(one.comments, start=25):
        said = services.comment(
            number, kind=kind, text=text, by=people[name], at=at + timedelta(hours=hours)
        )
        if said.checked_at is None:
            services.show_comment(said.pk, by=people["ruth"], at=at + timedelta(hours=hours + 1))
    if one.answer:
        wakes = council.day(one.wakes_in) if one.wakes_in else None
        reply = Reply(
            answer=one.answer,
            reason=_reason(one),
            wake="date" if wakes else "",
            wake_on=wakes,
            lead=people["tom"].public_id if one.answer == "trial" else None,
        )
        answered = council.on(one.answered, 14) + timedelta(minutes=minutes)
        services.answer(number, reply, by=people["ruth"], at=answered)


def _suggest(council: Council, one: Suggested, at: datetime, call: int | None) -> int:
    """Write an idea question by question and send it; a resident confirms it by e-mail."""
    by = council.people.get(one.by)
    words = Words(one.title, one.problem, one.proposal)
    draft = services.suggest(words, by=by, at=at, call=call, came_from="" if by else one.by)
    found = queries.earlier(queries.text_of(one.title, one.problem, one.proposal))
    different = "done better" if found.close else ""
    services.keep_shown(draft.pk, found, answer=different, by=by, at=at)
    services.save_kind(draft.pk, Kind(one.works_with, one.area, place=one.place), by=by, at=at)
    saving = Saving(
        hours_low=one.hours,
        pounds_low=one.pounds,
        how_known=one.how_known,
        who_must_agree=one.who_must_agree,
    )
    services.save_saving(draft.pk, saving, by=by, at=at)
    if by is not None:
        return services.send(draft.pk, by=by, at=at).pk
    email = f"{one.by.split()[0].lower()}@post.example"
    services.ask_to_confirm(draft.pk, email=email, name=one.by, at=at)
    letter = Notification.objects.filter(letter="D", to_email=email).latest("pk")
    token = letter.link.rstrip("/").rpartition("/")[2]
    return services.confirm(token, at=at + timedelta(minutes=10)).pk


def _reason(one: Suggested) -> str:
    """Return the reason of an answer; one names the trial of another council, if it is here."""
    if one.key == "benches":
        for hit in evidence.similar("friendly benches happy to chat", limit=10):
            if "Cadderby" in hit.place:
                return f"{hit.place} tried it ({hit.id}). {one.reason}"
    return one.reason
