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
    return _page(request, _person(public_id))


@permissions.page("see all that is held")
@never_cache
def about_address(request: HttpRequest) -> HttpResponse:
    """Say what is held with an address, whether or not somebody here has it."""
    return _page(request, _address(request))


@permissions.page("see all that is held")
@never_cache
def everything(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Return all of it, as a file."""
    return _file(request, _person(public_id))


@permissions.page("see all that is held")
@never_cache
def everything_of_address(request: HttpRequest) -> HttpResponse:
    """Return all that is held with an address, as a file."""
    return _file(request, _address(request))


def _person(public_id: UUID) -> held.Whose:
    found = queries.person(public_id)
    if found is None:
        raise Http404
    return held.Whose(found.email, found)


def _address(request: HttpRequest) -> held.Whose:
    form = PeopleFilter(request.GET)
    if not form.is_valid() or not form.cleaned_data["who"]:
        raise Http404
    return held.whose(form.cleaned_data["who"])


def _page(request: HttpRequest, who: held.Whose) -> HttpResponse:
    _note(request, "at what is held", who)
    context = {
        "section": _section(request),
        "person": who.person,
        "address": who.address,
        "about": who.person.name if who.person else who.address,
        "counts": held.count_about(who),
        "work": held.work_of(who),
        "namesakes": held.namesakes(who),
    }
    return render(request, "site/held.html", context)


def _file(request: HttpRequest, who: held.Whose) -> HttpResponse:
    _note(request, "at everything held", who)
    answer = JsonResponse(
        held.everything_about(who, at=timezone.now()),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
    )
    answer["Content-Disposition"] = 'attachment; filename="everything-held.json"'
    return answer


def _section(request: HttpRequest) -> str:
    """Return where the reader finds the audit trail: an administrator under the settings."""
    administers = permissions.allows(person_of(request), "change settings")
    return "settings" if administers else "audit"


def _note(request: HttpRequest, what: str, who: held.Whose) -> None:
    """Write down the look. The trail is kept for ever, and so never holds an address."""
    thing = str(who.person.public_id) if who.person else "address"
    services.note_look(what, on="person", thing=thing, by=person_of(request), at=timezone.now())
