"""V7 and V9: a day recorded against received, settled by the desk; and the day on paper."""

import json
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form
from trialogue.visits.forms.day import Choose, Finished, Messages, Sheet
from trialogue.visits.queries.day import (
    accounts_of,
    day_of,
    held_of,
    sheets_of,
    shift_of,
    visit_of,
)
from trialogue.visits.services import settling, typing_in
from trialogue.visits.views import did, posted, show, the_scheme, today

YEARS = range(2000, 2100)  # in which there may be visits


@permissions.page("watch visits")
def day(request: HttpRequest, on: str) -> HttpResponse:
    """What was recorded of a day against what was received, and what is left to settle."""
    scheme, which, now, person = the_scheme(), _day(on), timezone.now(), person_of(request)
    form = Messages(posted(request))
    if form.is_valid():
        try:
            told = typing_in.type_messages(
                form.cleaned_data["messages"], scheme=scheme, day=which, by=person, at=now
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(
                request, "1 visit typed in" if told == 1 else f"{told} visits typed in"
            )
            return redirect("visits:day", on)
    _note_look(request, "at a day’s visits", which)
    return show(
        request,
        "day",
        on=on,
        day=which,
        before=which - timedelta(days=1),
        after=which + timedelta(days=1),
        found=day_of(scheme, which, now=now),
        form=form,
    )


@permissions.page("watch visits")
def settle(request: HttpRequest, on: str, visit: UUID) -> HttpResponse:
    """Two accounts of one visit, side by side; a person chooses which is shown."""
    found = visit_of(visit, _day(on))
    told = accounts_of(found)
    form = Choose([(str(one.source), one.who) for one in told], posted(request))

    def choose() -> None:
        account = UUID(form.cleaned_data["account"])
        settling.settle(visit, account=account, by=person_of(request), at=timezone.now())

    if did(form, choose):
        messages.success(request, "The account you chose is shown. Both are kept")
        return redirect("visits:day", on)
    _note_look(request, "at accounts of a visit", found.day)
    return show(request, "settle", on=on, visit=found, accounts=told, form=form)


@permissions.page("watch visits")
def held(request: HttpRequest, on: str, number: int) -> HttpResponse:
    """One record that was held: why, what it says, and whether it is taken."""
    _day(on)
    found = held_of(number)
    person, now = person_of(request), timezone.now()
    form = Form(posted(request))
    act = request.POST.get("act")
    if act in ("take", "leave") and did(
        form, lambda: settling.judge(number, take=act == "take", by=person, at=now)
    ):
        messages.success(request, "Taken" if act == "take" else "Left out. It is kept apart")
        return redirect("visits:day", on)
    said = settling.look_into(found, by=person, at=now)
    return show(request, "held", on=on, held=found, said=_lines(said), form=form)


@permissions.page("watch visits")
def sheet(request: HttpRequest, on: str, visit: UUID) -> HttpResponse:
    """Type in what a paper sheet says of one visit."""
    found = visit_of(visit, _day(on))
    form = Sheet(found.asks, posted(request))

    def type_in() -> None:
        at = timezone.now()
        about = datetime.combine(found.day, form.cleaned_data["time"])
        typing_in.type_sheet(
            found,
            kind=form.cleaned_data["kind"],
            body=form.body(),
            by=person_of(request),
            at=at,
            about=timezone.make_aware(about),
        )

    if did(form, type_in):
        raise_it = ". If somebody should act on it, write down a concern" if form.says() else ""
        messages.success(request, f"{found.code} is typed in{raise_it}")
        return redirect("visits:day", on)
    return show(request, "sheet", on=on, visit=found, form=form)


@permissions.page("watch visits")
def finished(request: HttpRequest, on: str, visitor: UUID) -> HttpResponse:
    """Say that a visitor without a phone has finished and is safe; or take that back."""
    scheme, which, at, person = the_scheme(), _day(on), timezone.now(), person_of(request)
    shift = shift_of(scheme, which, visitor)
    name = shift.visitor.person.name
    whose = {"scheme": scheme, "day": which, "by": person, "at": at}
    back = request.POST.get("act") == "back"
    form = Finished(None if back else posted(request), initial={"said_by": name})
    if back:
        typing_in.take_end_back(visitor, **whose)
        messages.success(request, f"Taken back. It is not known that {name} has finished")
        return redirect("visits:day", on)
    if did(form, lambda: typing_in.type_end(visitor, **form.cleaned_data, **whose)):
        messages.success(request, f"{name} has finished, and is safe")
        return redirect("visits:day", on)
    _note_look(request, "at a visitor’s day", which)
    return show(request, "finished", on=on, shift=shift, form=form)


@permissions.page("watch visits")
def print_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of a day on paper, for when a phone is lost, flat or broken."""
    which = _day(request.GET["day"]) if "day" in request.GET else today()
    scheme, person, at = the_scheme(), person_of(request), timezone.now()
    typing_in.print_sheets(scheme, day=which, by=person, at=at)
    _note_look(request, "at round sheets", which)
    return show(request, "print", scheme=scheme, day=which, sheets=sheets_of(scheme, which))


def _day(text: str) -> date:
    try:
        which = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if which.year not in YEARS:
        raise Http404
    return which


def _note_look(request: HttpRequest, what: str, which: date) -> None:
    accounts.note_look(
        what, on="day", thing=which.isoformat(), by=person_of(request), at=timezone.now()
    )


def _lines(said: str) -> list[tuple[str, str]]:
    """Return what a held record says, name by name, as far as it can be read."""
    try:
        parts = json.loads(said)
        return [(str(name), str(value)) for name, value in parts.items()]
    except (ValueError, AttributeError, RecursionError):
        return [("text", said[:2000])] if said else []
