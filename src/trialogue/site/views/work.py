"""Long work: how far it is, and asking it to stop."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.requests import person_of


@permissions.page("follow long work")
@never_cache
def work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    person = person_of(request)
    if request.method == "POST":
        services.stop_work(public_id=public_id, by=person, at=timezone.now())
        return redirect("site:work", public_id)
    progress = queries.progress(public_id, seen_by=person)
    if progress is None:
        raise Http404
    if progress.finished and not progress.problems and not progress.stop_asked:
        return redirect(progress.leads_to)
    return render(request, "site/work.html", {"section": "work", "work": progress})
