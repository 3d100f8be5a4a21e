"""I6: calls for ideas: the list, one call with what became of each idea, open, close."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.ideas import forms, queries, services, showing
from trialogue.methods.problems import InputError
from trialogue.pages import lists


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Ideas", reverse("ideas:ideas")), *more]


def _found(number: int) -> Any:
    call = queries.call(number)
    if call is None:
        raise Http404
    return call


@permissions.page("read ideas")
def calls(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "section": "ideas",
        "calls": [(call, showing.call_tag(call, today)) for call in queries.calls()[:100]],
        "may_open": permissions.allows(request.user, "open a call for ideas"),
        "crumbs": _crumbs(),
    }
    return render(request, "ideas/calls.html", context)


@permissions.page("read ideas")
def call(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = _found(number)
    if found.slug != slug:
        return redirect("ideas:call", number, found.slug, permanent=True)
    today = timezone.localdate()
    rows = queries.filtered(queries.Filters(call=number), seen_by=request.user)
    if lists.wants_csv(request):
        columns = showing.csv_columns(today)
        return lists.as_csv(request, rows, columns, sort="-sent_at", filename="call.csv")
    columns = showing.call_columns(
        today, lambda row: reverse("ideas:idea", args=[row.pk, row.slug])
    )
    context = {
        "section": "ideas",
        "call": found,
        "tag": showing.call_tag(found, today),
        "open": showing.takes_ideas(found, today),
        "rows": showing.call_rows(found),
        "list": lists.listing(request, rows, columns, sort="sent_at", one="idea", many="ideas"),
        "may_close": permissions.allows(request.user, "open a call for ideas")
        and found.opens_on <= today,
        "crumbs": _crumbs(("Calls for ideas", reverse("ideas:calls"))),
    }
    return render(request, "ideas/call.html", context)


@permissions.page("open a call for ideas")
def open_call(request: HttpRequest) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = forms.OpenCall(posted, initial={"opens_on": timezone.localdate()})
    if form.is_valid():
        try:
            opened = services.open_call(form.call(), by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The call is on the page of calls for ideas")
            return redirect("ideas:call", opened.pk, opened.slug)
    crumbs = _crumbs(("Calls for ideas", reverse("ideas:calls")))
    context = {"section": "ideas", "form": form, "crumbs": crumbs}
    return render(request, "ideas/open_call.html", context)


@permissions.page("open a call for ideas")
def close_call(request: HttpRequest, number: int) -> HttpResponse:
    found = _found(number)
    posted = request.POST if request.method == "POST" else None
    form = forms.CloseCall(posted, initial={"what_happened": found.what_happened})
    if form.is_valid():
        try:
            services.close_call(
                number, **form.cleaned_data, by=person_of(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "What happened is on the page of the call")
            return redirect("ideas:call", number, found.slug)
    crumbs = _crumbs(
        ("Calls for ideas", reverse("ideas:calls")),
        (found.title, reverse("ideas:call", args=[number, found.slug])),
    )
    context = {"section": "ideas", "form": form, "call": found, "crumbs": crumbs}
    return render(request, "ideas/close_call.html", context)
