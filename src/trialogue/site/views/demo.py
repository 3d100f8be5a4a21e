"""Look around: who to be, where to go, the e-mails, and starting again. Only the demonstration's.

Anywhere else these addresses lead nowhere. A button signs somebody in only while their password
is the one that everybody knows, so that it opens no account but those of the demonstration.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from trialogue.accounts import permissions
from trialogue.accounts.arriving import arrive
from trialogue.methods.verdicts import clock_time, short_date
from trialogue.pages.lists import Column, as_csv, listing, wants_csv
from trialogue.site import demonstration
from trialogue.site.demonstration import outbox as kept_mail
from trialogue.site.forms import OutboxFilter

View = Callable[..., HttpResponse]


def _only_in_the_demonstration(view: View) -> View:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMONSTRATION:
            raise Http404
        return view(request, *args, **kwargs)

    return shown


@permissions.page("look around the demonstration")
@_only_in_the_demonstration
@never_cache
def look_around(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "site/demo.html",
        {
            "section": "demo",
            "cast": demonstration.CAST,
            "password": demonstration.PASSWORD,
            "stops": demonstration.stops(today=timezone.localdate()),
            "messages_kept": kept_mail.count(),
        },
    )


@permissions.page("look around the demonstration")
@_only_in_the_demonstration
@require_POST
def be(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as one of the made-up people, and go to a stop of theirs or to their work."""
    played = next((one for one in demonstration.CAST if one.key == key), None)
    if played is None:
        raise Http404
    person = demonstration.person_to_be(key)
    if person is None:
        said = f"Somebody changed the account of {played.name}. Start the demonstration again."
        messages.info(request, said)
        return redirect("site:demo")
    wanted = request.POST.get("stop", "")
    here = [one for one in demonstration.stops(today=timezone.localdate()) if one.who == key]
    stop = next((one for one in here if one.key == wanted), None)
    return arrive(request, person, redirect(stop.address if stop else "site:your_work"))


_OUTBOX: tuple[Column[Any], ...] = (
    Column("When", lambda row: _when(row), "created_at"),
    Column("To", lambda row: row.to_email or row.telephone, "to_email"),
    Column("Subject", lambda row: row.subject, "subject", lambda row: f"{row.pk}/"),
)


def _when(row: Any) -> str:
    at = timezone.localtime(row.created_at)
    return f"{short_date(at.date())}, {clock_time(at.time())}"


@permissions.page("look around the demonstration")
@_only_in_the_demonstration
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    filters = OutboxFilter(request.GET)
    filters.is_valid()
    rows = kept_mail.messages(to=filters.cleaned_data.get("to", ""))
    if wants_csv(request):
        return as_csv(request, rows, _OUTBOX, sort="-created_at", filename="outbox.csv")
    context = {
        "section": "demo",
        "filters": filters,
        "list": listing(request, rows, _OUTBOX, sort="-created_at", one="e-mail", many="e-mails"),
    }
    return render(request, "site/outbox.html", context)


@permissions.page("look around the demonstration")
@_only_in_the_demonstration
@never_cache
def message(request: HttpRequest, number: int) -> HttpResponse:
    found = kept_mail.message(number)
    if found is None:
        raise Http404
    return render(
        request,
        "site/message.html",
        {"section": "demo", "letter": found, "path": kept_mail.path_of(found), "at": _when(found)},
    )


@permissions.page("look around the demonstration")
@_only_in_the_demonstration
@never_cache
def start_again(request: HttpRequest) -> HttpResponse:
    """Say what starting again takes away, begin it, and show how far it is."""
    able = demonstration.can_start_again()
    if request.method == "POST" and able:
        demonstration.start_again_behind()
        return redirect(f"{reverse('site:start_again')}?waiting=yes")
    again = demonstration.how_far()
    ended = "waiting" in request.GET and not again.going and not again.ended_early
    context = {"section": "demo", "able": able, "again": again, "ended": ended}
    return render(request, "site/start_again.html", context)
