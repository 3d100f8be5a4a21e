"""T16: people in a trial answer about themselves, by their own link; and the links of T10."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import came_from, person_if_any
from trialogue.methods.problems import InputError
from trialogue.pages.downloads import download
from trialogue.pages.qr import qr_code
from trialogue.tables import write_for_spreadsheet
from trialogue.trials.forms.self_report import Answer, Leave, Links
from trialogue.trials.queries.links import Asked, State, opened, token_of
from trialogue.trials.queries.measures import waiting_units
from trialogue.trials.queries.trials import protocol_of, trial_of
from trialogue.trials.services import looking, self_report
from trialogue.trials.views import acting, show, today, trial_page

ON_A_SHEET = 60
# Calls from one address: a whole surgery may answer there, and nobody can try many links.
MOST, EACH = 120, timedelta(minutes=10)


def _limited(view: Callable[[HttpRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """Put off whoever opens more links than people behind one address would."""

    @wraps(view)
    def limited(request: HttpRequest, token: str) -> HttpResponse:
        caller = f"link {came_from(request)}"
        if accounts.may_call(caller, most=MOST, each=EACH, at=timezone.now()):
            return view(request, token)
        return _page(request, "too_many", status=429)

    return limited


@permissions.page("answer about yourself")
@_limited
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask one person what they say of themselves. Never the group, nor what was said before."""
    asked = _opened(token)
    if asked is None:
        return _page(request, "no_link", status=404)
    form = Answer(asked, request.POST if request.method == "POST" else None)
    if asked.state is State.OPEN and form.is_valid():
        try:
            self_report.answer(
                token=token,
                values=form.values(),
                by=person_if_any(request),
                at=timezone.now(),
                today=today(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("own:answer", token)
    return _page(request, "answer", asked=asked, form=form, token=token, state=asked.state.value)


@permissions.page("answer about yourself")
@_limited
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody leave; the link alone does nothing, a person presses the button."""
    asked = _opened(token)
    if asked is None:
        return _page(request, "no_link", status=404)
    form = Leave(request.POST if request.method == "POST" else None)
    if form.is_valid():
        scope = form.cleaned_data["scope"]
        try:
            self_report.leave_by_link(
                token=token,
                scope=scope,
                by=person_if_any(request),
                at=timezone.now(),
                today=today(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("own:answer", token)
    return _page(request, "leave", asked=asked, form=form, token=token)


def _opened(token: str) -> Asked | None:
    try:
        return opened(token, today=today())
    except Http404:
        return None


def _page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, f"trials/own/{name}.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response


@trial_page("measure")
def links(request: HttpRequest, public_id: str) -> HttpResponse:
    """A sheet of links and their codes, for those who have not answered yet; or all as a file."""
    trial = trial_of(public_id)
    if not trial.started_at:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    form = Links(protocol, request.GET if "make" in request.GET else None)
    sheet = None
    if form.is_valid():
        looking.note_taken(
            "links to answer by", public_id=public_id, by=acting(request), at=timezone.now()
        )
        codes = form.cleaned_data["ask"]
        units = waiting_units(trial, form.wave, codes)

        site = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")

        def address(unit: int) -> str:
            path = reverse("own:answer", args=[token_of(unit, protocol, form.wave, codes)])
            return site + path

        if "csv" in request.GET:
            response = download(f"{public_id}-links.csv")
            rows = units.values_list("study_id", "pk").iterator()
            write_for_spreadsheet(response, ["id", "link"], ([i, address(u)] for i, u in rows))
            return response
        sheet = Paginator(units, ON_A_SHEET).get_page(request.GET.get("page"))
        cards = [
            (u.study_id, address(u.pk), qr_code(address(u.pk), title=f"Code of {u.study_id}"))
            for u in sheet
        ]
    return show(
        request,
        "links",
        public_id,
        trial=trial,
        protocol=protocol,
        form=form,
        sheet=sheet,
        cards=cards if sheet else [],
        query="&".join(
            part for part in request.META["QUERY_STRING"].split("&") if "page=" not in part
        ),
    )
