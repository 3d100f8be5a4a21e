"""Everything held about one person. Each look is written into the audit trail."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.forms import PeopleFilter
from trialogue.accounts.requests import person_of
from trialogue.site import held


@permissions.page("see all that is held")
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Look for somebody by part of a name or an address."""
    form = PeopleFilter(request.GET or None)
    who = form.cleaned_data["who"] if form.is_valid() else ""
    context = {"section": _section(request), "form": form, "who": who, "found": held.search(who)}
    if who:
        services.note_look(
            "for a person", on="person", thing="search", by=person_of(request), at=timezone.now()
        )
    return render(request, "site/held_search.html", context)


@permissions.page("see all that is held")
@never_cache
def about(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what is held about one person, table by table."""
    found = queries.person(public_id)
    if found is None:
        raise Http404
    _note(request, "at what is held", public_id)
    context = {"section": _section(request), "person": found, "counts": held.count_about(found)}
    return render(request, "site/held.html", context)


@permissions.page("see all that is held")
@never_cache
def everything(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return all of it, as a file."""
    found = queries.person(public_id)
    if found is None:
        raise Http404
    _note(request, "at everything held", public_id)
    answer = JsonResponse(
        held.everything_about(found, at=timezone.now()),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    answer["Content-Disposition"] = 'attachment; filename="everything-held.json"'
    return answer


def _section(request: HttpRequest) -> str:
    """Return where the reader finds the audit trail: an administrator under the settings."""
    administers = permissions.allows(person_of(request), "change settings")
    return "settings" if administers else "audit"


def _note(request: HttpRequest, what: str, public_id: UUID) -> None:
    services.note_look(
        what, on="person", thing=str(public_id), by=person_of(request), at=timezone.now()
    )
