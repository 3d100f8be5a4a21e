"""The pages of no step, or of several."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions, queries, services


@permissions.page("read public pages")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"section": "about"})


@permissions.page("read public pages")
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@permissions.page("follow long work")
def work(request: HttpRequest, work_id: UUID) -> HttpResponse:
    """How far a long piece of work is. Only its starter sees it."""
    person: Any = request.user  # signed in: `page` saw to it
    found = queries.work_of(person, work_id)
    if found is None:
        raise Http404
    if request.method == "POST":
        services.stop_work(public_id=work_id, by=found.started_by, at=timezone.now())
        return redirect("site:work", work_id)
    if found.finished_at and not found.problems and not found.stop_asked_at:
        return redirect(found.leads_to)
    return render(request, "site/work.html", {"work": found, "section": "work"})
