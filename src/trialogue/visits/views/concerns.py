"""V6: a concern, what is done about it, and writing one down."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.methods.verdicts import clock_time, short_date
from trialogue.pages import lists
from trialogue.pages.lists import Column, Tag
from trialogue.visits import queries, services
from trialogue.visits.forms import concerns as forms
from trialogue.visits.queries import concerns as known
from trialogue.visits.views import asked_for

COLOURS = {"red": "red", "amber": "orange", "request": "blue"}


@dataclass(frozen=True)
class Act:
    """Something that may be done: its page, its service, and when it is offered."""

    heading: str
    button: str
    form: type[forms.Act]
    service: Callable[..., object]
    done: str  # what is now so


ACTS = {
    "acknowledge": Act(
        "Acknowledge", "Acknowledge", forms.Acknowledge, services.acknowledge, "You have it"
    ),
    "step": Act("Write down what was done", "Save", forms.Step, services.take_step, "It is kept"),
    "pass-on": Act("Pass it on", "Pass on", forms.PassOn, services.pass_on, "It is passed on"),
    "level": Act(
        "Change the level",
        "Change level",
        forms.Level,
        services.change_level,
        "Its level is changed",
    ),
    "safeguarding": Act(
        "Give it to the safeguarding lead",
        "Give to the safeguarding lead",
        forms.Safeguarding,
        services.make_safeguarding,
        "The safeguarding lead has been told",
    ),
    "join": Act("Join it with another", "Join", forms.Join, services.join, "They are one now"),
    "close": Act("Close it", "Close concern", forms.Close, services.close, "It is closed"),
    "reopen": Act(
        "Open it again", "Open concern again", forms.Why, services.reopen, "It is open again"
    ),
    "release": Act(
        "Tell contacts who may know",
        "Tell contacts",
        forms.Agreed,
        services.release,
        "Contacts who may know of it see it now",
    ),
}


@permissions.page("deal with concerns", roles_of=known.roles_in_concern)
@never_cache
def concern(request: HttpRequest, number: int) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    told = known.told(number, seen_by_person=person, now=now)
    one = told.timed.concern
    accounts.note_look(
        f"at {one.code}",
        on="resident" if one.resident else "concern",
        thing=str(one.resident.public_id) if one.resident else one.code,
        by=person,
        at=now,
    )
    context = {
        "section": "visits",
        "told": told,
        "one": one,
        "timed": told.timed,
        "colour": COLOURS[one.level],
        "story": [(m.title, m.who, m.when, m.words) for m in told.story],
        "rows": _rows(told),
        "acts": [(name, ACTS[name].heading) for name in _offered(told)],
        "form": forms.Acknowledge(concern=one) if told.timed.waits and not one.joined_to else None,
        "back": _back(request),
        "may_see": permissions.allows(person, "see residents"),
    }
    return render(request, "visits/concern.html", context)


def _offered(told: known.Told) -> list[str]:
    one = told.timed.concern
    if not one.is_open:
        return ["reopen"]
    if one.joined_to:
        return []
    found = [] if told.timed.waits else ["step", "pass-on", "close"]
    found.append("level")
    if told.together:
        found.append("join")
    if one.kind != "safeguarding" and one.resident:
        # Where nobody came to the door, the steps go on: safeguarding is a concern of its own.
        found += [] if one.kind == "no answer" else ["safeguarding"]
        found += [] if one.released_at else ["release"]
    return found


def _rows(told: known.Told) -> list[tuple[str, str, str]]:
    one, resident = told.timed.concern, told.timed.concern.resident
    rows: list[tuple[str, str, str]] = []
    if resident:
        rows += [
            ("Full name", resident.full_name, ""),
            ("Postcode", resident.postcode, ""),
            ("At the door", resident.door_notes, ""),
            ("At the address", resident.at_the_address, ""),
            ("Priority", resident.get_priority_display(), ""),
        ]
    raised = _moment(one.raised_at)
    received = _moment(one.received_at)
    delay = f", {told.timed.delay} later" if told.timed.delay else ""
    rows += [
        ("Raised", f"{raised}, {one.get_origin_display().lower()}", ""),
        ("Received", f"{received}{delay}", ""),
        ("Acknowledge by", _moment(one.deadline), ""),
    ]
    if one.owner:
        rows.append(("Who has it", one.owner.name, ""))
    if one.outcome:
        rows.append(("What came of it", one.get_outcome_display(), ""))
    if one.whereabouts:
        rows.append(("Whereabouts", one.whereabouts, ""))
    return [row for row in rows if row[1]]


def _moment(at: Any) -> str:
    here = localtime(at)
    return f"{clock_time(here.time())} on {short_date(here.date())}"


def _back(request: HttpRequest) -> tuple[str, str]:
    """The way back: a person who was passed a concern has no board."""
    person = person_of(request)
    if permissions.allows(person, "watch visits"):
        return ("Today", reverse("visits:start"))
    if permissions.allows(person, "deal with concerns"):
        return ("Concerns", reverse("visits:concerns"))
    return ("Your work", reverse("site:your_work"))


@permissions.page("deal with concerns", roles_of=known.roles_in_concern)
@never_cache
def act(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Do one of the things that can be done about a concern."""
    person, now = person_of(request), timezone.now()
    one = queries.concern(number, seen_by_person=person)
    if name not in ACTS:
        raise Http404
    doing = ACTS[name]
    form = doing.form(request.POST if request.method == "POST" else None, concern=one)
    if form.is_valid():
        try:
            doing.service(number, **form.answers(now), by=person, at=now)
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, _done(name, number, person, doing))
            return _next(person, number)
    context = {
        "section": "visits",
        "one": one,
        "act": doing,
        "name": name,
        "form": form,
        "back": (one.code, reverse("visits:concern", args=[number])),
    }
    return render(request, "visits/concern_act.html", context)


def _done(name: str, number: int, person: Any, doing: Act) -> str:
    if name != "acknowledge":
        return doing.done
    one = queries.concern(number, seen_by_person=person)
    by = _moment(one.look_again_at) if one.look_again_at else ""
    return f"{one.owner} has it; next step by {by}"


def _next(person: Any, number: int) -> HttpResponse:
    """Go on to the concern; to the board where it is no longer this person's to see."""
    try:
        queries.concern(number, seen_by_person=person)
    except Http404:
        seen = permissions.allows(person, "open visits")
        return redirect("visits:start" if seen else "site:your_work")
    return redirect("visits:concern", number)


@permissions.page("deal with concerns")
@never_cache
def concerns(request: HttpRequest) -> HttpResponse:
    """List every concern a person may see: those open, or all."""
    person = person_of(request)
    closed = request.GET.get("state") == "closed"
    rows = known.listed(person, closed=closed)
    columns: tuple[Column[Any], ...] = (
        Column("Concern", lambda row: row.code, "pk", _address),
        Column("Level", lambda row: Tag(row.get_level_display(), COLOURS[row.level]), "level"),
        Column("About", lambda row: row.get_kind_display(), "kind"),
        Column(
            "Resident",
            lambda row: row.resident.preferred_name if row.resident else "A visitor",
            "resident__preferred_name",
        ),
        Column("State", lambda row: row.get_state_display(), "state"),
        Column("Received", lambda row: _moment(row.received_at), "received_at"),
        Column("Who has it", lambda row: row.owner.name if row.owner else "Nobody"),
    )
    as_file = lists.wants_csv(request)
    what = f"{'closed' if closed else 'open'} concerns"
    _looked(request, f"at the {what} as a file" if as_file else f"at the {what}")
    if as_file:
        return lists.as_csv(request, rows, columns, sort="-received_at", filename="concerns.csv")
    found = lists.listing(
        request, rows, columns, sort="-received_at", one="concern", many="concerns"
    )
    reds = known.reds_of_the_week(person, now=timezone.now())
    context = {"section": "visits", "list": found, "closed": closed, "reds": reds}
    return render(request, "visits/concerns.html", context)


def _looked(request: HttpRequest, what: str) -> None:
    """Write that somebody looked at a list of persons."""
    if scheme := queries.scheme():
        person, now = person_of(request), timezone.now()
        accounts.note_look(what, on="scheme", thing=str(scheme.pk), by=person, at=now)


def _address(row: Any) -> str:
    return reverse("visits:concern", args=[row.number])


@permissions.page("deal with concerns")
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Write down what somebody told the desk: first whom it is about, then what."""
    person, now = person_of(request), timezone.now()
    resident = known.resident(request.GET.get("resident", ""))
    context: dict[str, Any] = {"section": "visits", "resident": resident}
    context["back"] = _back(request)
    if resident is None:
        search = forms.Find(request.GET if "q" in request.GET else None)
        q = asked_for(request)
        context |= {"form": search, "q": q, "found": known.residents(q) if q else []}
        if q:
            _looked(request, "for a resident to write a concern of")
        return render(request, "visits/concern_find.html", context)
    form = forms.NewConcern(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = services.NewConcern(resident=str(resident.public_id), **form.cleaned_data)
        try:
            made = services.raise_concern(said, by=person, at=now)
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, f"{made.code} is kept. Somebody has been told")
            return _next(person, made.number)
    return render(request, "visits/concern_new.html", context | {"form": form})
