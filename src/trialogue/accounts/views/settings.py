"""The council's settings."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.first_steps import first_steps
from trialogue.accounts.forms import AddPause, Area, Council
from trialogue.accounts.periods import CLOCKS
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError


@permissions.page("change settings")
def settings(request: HttpRequest) -> HttpResponse:
    council = queries.council()
    if council is None:
        raise Http404
    change = "/settings/council/"
    rows = [
        ("Name", council.name, change),
        ("Contact", council.contact, change),
        ("GSS code", council.gss_code, change),
        ("Time zone", council.zone, change),
    ]
    context = {
        "section": "settings",
        "rows": rows,
        "areas": queries.service_areas(),
        "clocks": [
            (one.words, str(council.days(one)), reverse("accounts:clocks")) for one in CLOCKS
        ],
        "off": council.calendar.days_off(first=timezone.localdate())[:3],
        "pauses": queries.pauses(),
        "stuck": queries.messages_that_did_not_go(),
    }
    return render(request, "accounts/settings.html", context)


@permissions.page("change settings")
def begin(request: HttpRequest) -> HttpResponse:
    """What a new administrator does first."""
    council = queries.council()
    if council is None:
        raise Http404
    context = {
        "section": "settings",
        "steps": first_steps(council),
        "stuck": queries.messages_that_did_not_go(),
    }
    return render(request, "accounts/begin.html", context)


@permissions.page("change settings")
def council(request: HttpRequest) -> HttpResponse:
    found = queries.council()
    if found is None:
        raise Http404
    now = {name: getattr(found, name) for name in Council.base_fields}
    form = Council(request.POST.dict() if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            services.change_council(**form.cleaned_data, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
            # The words of both are on the page now: what is sent next answers the newer.
            form.data = {**form.data, "version": str(found.version)}
        else:
            messages.success(request, "The council's details are changed")
            return redirect("accounts:settings")
    return render(request, "accounts/council.html", {"section": "settings", "form": form})


@permissions.page("change settings")
def area(request: HttpRequest, slug: str = "") -> HttpResponse:
    found = queries.service_area(slug) if slug else None
    if slug and found is None:
        raise Http404
    now = {}
    if found:
        now = {
            "name": found.name,
            "manager": str(found.manager.public_id) if found.manager else "",
            "stand_in": str(found.stand_in.public_id) if found.stand_in else "",
        }
    sent = request.POST if request.method == "POST" else None
    form = Area(sent, initial=now, people=queries.colleagues())
    if form.is_valid():
        try:
            services.save_area(
                slug=slug, **form.cleaned_data, by=person_of(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The service area is saved")
            return redirect("accounts:settings")
    context = {"section": "settings", "form": form, "area": found}
    return render(request, "accounts/area.html", context)


@permissions.page("change settings")
def pause(request: HttpRequest) -> HttpResponse:
    """Add a time when results are not published."""
    form = AddPause(request.POST if request.method == "POST" else None)
    if form.is_valid():
        new = (form.cleaned_data["first"], form.cleaned_data["last"], form.cleaned_data["why"])
        kept = [(one.first, one.last, one.why) for one in queries.pauses()]
        try:
            services.set_pauses([*kept, new], by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The pause is set")
            return redirect("accounts:settings")
    return render(request, "accounts/pause.html", {"section": "settings", "form": form})


@permissions.page("change settings")
@require_POST
def end_pause(request: HttpRequest) -> HttpResponse:
    """Take a pause out, by its days."""
    sent = (request.POST.get("first", ""), request.POST.get("last", ""))
    kept = [
        (one.first, one.last, one.why)
        for one in queries.pauses()
        if (one.first.isoformat(), one.last.isoformat()) != sent
    ]
    services.set_pauses(kept, by=person_of(request), at=timezone.now())
    messages.success(request, "The pause is taken out")
    return redirect("accounts:settings")


@permissions.page("manage people")
def tokens(request: HttpRequest) -> HttpResponse:
    """Everybody's tokens that open something."""
    context = {"section": "settings", "tokens": queries.tokens_in_force()}
    return render(request, "accounts/all_tokens.html", context)


@permissions.page("manage people")
@require_POST
def revoke_token(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Revoke anybody's token."""
    services.revoke_token(public_id=public_id, by=person_of(request), at=timezone.now())
    messages.success(request, "The token no longer works")
    return redirect("accounts:all_tokens")


@permissions.page("change settings")
@require_POST
def test_message(request: HttpRequest) -> HttpResponse:
    """Send a message to oneself, to see whether e-mail works."""
    person = person_of(request)
    now = timezone.now()
    services.notify(
        [person],
        letter="",
        subject="A test from Trialogue",
        body="E-mail works.",
        link="/settings/",
        key=f"test {now:%Y-%m-%d %H:%M}",
        at=now,
    )
    messages.success(request, f"A message to {person.email} is on its way. Look in a minute")
    return redirect("accounts:settings")
