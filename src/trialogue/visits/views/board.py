"""V1: the duty desk's board of today, and the lists behind its figures."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import person_of
from trialogue.visits import queries
from trialogue.visits.queries import board as boards

BACK = ("Today", "/visits/")


@permissions.page("open visits")
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Show the board to the desk, and everybody else the page that is theirs."""
    person = person_of(request)
    if permissions.allows(person, "watch visits"):
        return _board(request)
    if permissions.allows(person, "see rounds"):
        try:
            return redirect("visits:rounds")
        except NoReverseMatch:
            raise Http404 from None
    return redirect("visits:concerns")


def _board(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    scheme, today = boards.scheme_of_board(), timezone.localdate()
    context = {"section": "visits", "today": today, "scheme": scheme}
    if scheme:
        context["board"] = boards.board(scheme, person, today=today, now=now)
        if not request.headers.get("X-Renew"):
            accounts.note_look(
                "at the board of visits", on="scheme", thing=str(scheme.pk), by=person, at=now
            )
    return render(request, "visits/today.html", context)


@permissions.page("watch visits")
@never_cache
def newest(request: HttpRequest) -> HttpResponse:
    """Say which reds wait: the board asks every 10 seconds."""
    reds, stale = boards.newest(person_of(request), now=timezone.now())
    return JsonResponse({"reds": reds, "stale": stale})


@permissions.page("watch visits")
@never_cache
def behind(request: HttpRequest, what: str) -> HttpResponse:
    """List the visits that a figure of the board counts."""
    scheme, today, now = queries.scheme(), timezone.localdate(), timezone.now()
    if scheme is None or what not in boards.COUNTED:
        raise Http404
    code = request.GET.get("round", "")
    shown = [
        one
        for one in queries.of_day(scheme, today, now=now)
        if boards.belongs(one, what)
        and code in ("", one.visit.round.code if one.visit.round else "No round")
    ]
    person = person_of(request)
    looked = f"at visits of {today}: {what}"
    accounts.note_look(looked, on="scheme", thing=str(scheme.pk), by=person, at=now)
    heading = f"{boards.COUNTED[what]} today"
    context = {"section": "visits", "back": BACK, "heading": heading, "visits": shown}
    return render(request, "visits/behind.html", context | {"round": code})


@permissions.page("watch visits")
@never_cache
def not_asked(request: HttpRequest) -> HttpResponse:
    """List the questions that nobody asked a resident for a long time."""
    scheme, today, now = queries.scheme(), timezone.localdate(), timezone.now()
    if scheme is None:
        raise Http404
    person = person_of(request)
    accounts.note_look(
        "at what was not asked", on="scheme", thing=str(scheme.pk), by=person, at=now
    )
    rows = boards.not_asked(scheme, today=today)
    context = {"section": "visits", "back": BACK, "rows": rows}
    return render(request, "visits/not_asked.html", context)
