"""V10: visits as a resident and a contact see them, by a link and without an account."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form
from trialogue.pages.qr import qr_code
from trialogue.visits import queries, services
from trialogue.visits.forms import residents as forms
from trialogue.visits.views import did, show, today

OPENED = "visits opened by link"
ON_THE_WAY = ". The desk tells today’s visitor. If they come all the same, tell them at the door"


@permissions.page("see your own visits")
def with_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link: a button first, then what may be seen, for a quarter of an hour."""
    at = timezone.now()
    link = services.link_known(token)
    if link is None:
        return _no_link(request)
    mine = request.session.get(OPENED) == link.pk and services.is_open(link, at=at)
    act = request.POST.get("act", "")
    if not mine:
        if act == "open" and (opened := services.open_link(token, at=at)):
            request.session[OPENED] = opened.pk
            return redirect("visits:with", token)
        if act == "again" and link.contact:
            _send_again(link.contact.public_id, at)
            messages.success(request, "A new link comes by e-mail, one in 5 minutes at most")
        used = link.opened_at is not None or link.expires_at <= at
        return _page(request, "link", used=used, contact=link.contact is not None)
    pause = forms.OwnPause(request.POST if act == "pause" else None)
    days = forms.OwnDays(request.POST if act == "days" else None)
    if act and _do(request, link, act, at, pause=pause, days=days):
        return redirect("visits:with", token)
    if link.contact:
        seen = queries.for_contact(link.contact, now=at)
        return _page(request, "for_contact", seen=seen, contact=link.contact)
    return _page(
        request,
        "for_resident",
        resident=link.resident,
        told=queries.for_resident(link.resident, now=at),
        contacts=queries.contacts(link.resident),
        places=queries.places_of(link.resident),
        pauses=queries.pauses(link.resident, day=today()),
        asked=queries.asked(link.resident, now=at),
        pause=pause,
        days=days,
        form=days if days.is_bound else pause,
        telephone=link.resident.scheme.telephone,
    )


def _do(request: HttpRequest, link: Any, act: str, at: Any, *, pause: Form, days: Form) -> bool:
    """Do what a resident or a contact asks on their page; return whether it was done."""
    if act == "stop contact":
        try:
            services.stop_contact(link, UUID(request.POST.get("contact", "")), at=at)
        except ValueError:
            return False
        who = "You" if link.contact else "They"
        messages.success(request, f"{who} are told nothing more")
        return True
    if link.contact:
        return False
    if act == "stop visits":
        _say(request, "Your visits have stopped", touches_today=services.stop_own(link, at=at))
    elif act == "copy":
        services.ask_for_copy(link, at=at)
        messages.success(request, "The desk has been asked for a copy")
    elif act == "pause":
        return did(pause, lambda: _pause(request, link, pause, at))
    elif days.is_bound and did(
        days, lambda: services.ask_for_days(link, **days.cleaned_data, at=at)
    ):
        messages.success(request, "The desk has been asked. Your days stay until you hear")
    else:
        return False
    return True


def _pause(request: HttpRequest, link: Any, pause: Form, at: Any) -> None:
    touches_today = services.pause_own(link, **pause.cleaned_data, at=at)
    _say(request, "Your visits are paused", touches_today=touches_today)


def _say(request: HttpRequest, words: str, *, touches_today: bool) -> None:
    messages.success(request, f"{words}{ON_THE_WAY if touches_today else ''}")


def _send_again(contact_id: UUID, at: Any) -> None:
    try:
        services.send_contact_link(contact_id, by=None, at=at)
    except InputError:
        return  # what they may see has ended; the page does not say so to whoever holds the link


def _no_link(request: HttpRequest) -> HttpResponse:
    response = _page(request, "link", used=True, contact=False)
    response.status_code = 404
    return response


def _page(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    response = render(request, f"visits/{page}.html", context)
    response["Cache-Control"] = "no-store"
    return response


@permissions.page("enrol residents")
def give_link(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make a link for a resident, shown once with its QR code, to be handed over."""
    person = person_of(request)
    resident = queries.resident_of(public_id, seen_by=person)
    if request.method != "POST":
        return redirect("visits:resident", public_id)
    made = services.link_for_resident(public_id, by=person, at=timezone.now())
    address = request.build_absolute_uri(made.address)
    return show(
        request,
        "give_link",
        resident=resident,
        address=address,
        picture=qr_code(address, title="Code of the link"),
        until=made.link.expires_at,
    )


@permissions.page("enrol residents")
def send_link(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """Send a contact a link to what they may see."""
    person = person_of(request)
    queries.contact_of(queries.resident_of(public_id, seen_by=person), contact_id)
    if request.method == "POST":
        try:
            services.send_contact_link(contact_id, by=person, at=timezone.now())
            messages.success(request, "The link is on its way")
        except InputError as error:
            messages.warning(request, str(error.problems[0]))
    return redirect("visits:contact", public_id, contact_id)
