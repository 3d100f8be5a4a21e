"""Lists: all trials, results due, outcome measures."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import queries as council
from trialogue.evidence import forms, queries, showing
from trialogue.evidence.feeds import due_feed
from trialogue.pages import lists


@permissions.page("read evidence")
def trials(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    filters = forms.TrialFilters(request.GET or None)
    wanted = filters.chosen()
    rows = queries.trials(state=wanted["state"], verdict=wanted["verdict"], today=today)
    columns = queries.trial_columns(today, lambda row: reverse("evidence:trial", args=[row.trial]))
    if lists.wants_csv(request):
        return lists.as_csv(
            request, rows, queries.csv_columns(today), sort="-changed_at", filename="trials.csv"
        )
    found = lists.listing(request, rows, columns, sort="-changed_at", one="trial", many="trials")
    return render(
        request,
        "evidence/trials.html",
        {"section": "evidence", "list": found, "filters": filters},
    )


@permissions.page("read evidence")
def due(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    rows = queries.results_due(today=today)
    if lists.wants_csv(request):
        return lists.as_csv(
            request, rows, queries.csv_columns(today), sort="due_on", filename="results-due.csv"
        )
    return render(
        request,
        "evidence/due.html",
        {
            "section": "evidence",
            "due": queries.tracker(today=today),
            "pause": council.paused_on(today),
        },
    )


@permissions.page("read evidence")
def due_atom(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return HttpResponse(
        due_feed(
            queries.tracker(today=today).oldest,
            address=request.build_absolute_uri(reverse("evidence:due")),
            trial_address=lambda trial: request.build_absolute_uri(
                reverse("evidence:trial", args=[trial])
            ),
        ),
        content_type="application/atom+xml; charset=utf-8",
    )


@permissions.page("read evidence")
def measures(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "evidence/measures.html",
        {"section": "evidence", "groups": queries.measure_groups()},
    )


@permissions.page("read evidence")
def measure(request: HttpRequest, code: str) -> HttpResponse:
    found = queries.outcome_measure(code)
    if found is None:
        raise Http404
    today: date = timezone.localdate()
    return render(
        request,
        "evidence/measure.html",
        {
            "section": "evidence",
            "measure": found,
            "rows": showing.measure_rows(found),
            "cards": queries.cards(queries.trials_measuring(code), today=today),
        },
    )
