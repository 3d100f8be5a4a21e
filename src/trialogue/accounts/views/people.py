"""People and organisations: who is here, inviting, roles, handing over, the end of access."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.forms import Invite, Partner, PeopleFilter, Roles
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError, Problem
from trialogue.methods.verdicts import short_date
from trialogue.pages.lists import Column, Tag, as_csv, listing, wants_csv

COLUMNS: tuple[Column[Any], ...] = (
    Column(
        "Name",
        lambda row: row.person.name,
        "person__name",
        lambda row: reverse("accounts:person", args=[row.person.public_id]),
    ),
    Column("Organisation", lambda row: row.organisation.name, "organisation__name"),
    Column("Roles", lambda row: ", ".join(row.roles) or "none"),
    Column(
        "Last here",
        lambda row: (
            short_date(timezone.localtime(row.person.last_seen_at).date())
            if row.person.last_seen_at
            else "Not yet"
        ),
        "person__last_seen_at",
    ),
    Column("Access", lambda row: Tag("Open", "blue") if row.person.is_active else Tag("Ended")),
)


@permissions.page("manage people")
@never_cache
def people(request: HttpRequest) -> HttpResponse:
    filters = PeopleFilter(request.GET)
    filters.is_valid()
    who = filters.cleaned_data.get("who", "")
    rows = queries.memberships(who=who)
    sort = "person__name"
    if wants_csv(request):
        return as_csv(request, rows, COLUMNS, sort=sort, filename="people.csv")
    context = {
        "section": "settings",
        "filters": filters,
        "list": listing(request, rows, COLUMNS, sort=sort, one="person", many="people"),
        "residents": queries.residents(who=who),
        "invitations": [
            (one, services.invitation_link(one), one.expires_at <= timezone.now())
            for one in queries.invitations()
        ],
    }
    return render(request, "accounts/people.html", context)


@permissions.page("manage people")
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = Invite(sent, organisations=list(queries.organisations()))
    if form.is_valid():
        try:
            made = services.invite(**form.cleaned_data, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            context = {
                "section": "settings",
                "invitation": made,
                "link": services.invitation_link(made),
            }
            return render(request, "accounts/invited.html", context)
    return render(request, "accounts/invite.html", {"section": "settings", "form": form})


@permissions.page("manage people")
def partner(request: HttpRequest) -> HttpResponse:
    """Add an organisation that works with the council."""
    form = Partner(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            services.add_partner(**form.cleaned_data, by=person_of(request), at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The organisation is added. You can invite its people")
            return redirect("accounts:invite")
    return render(request, "accounts/partner.html", {"section": "settings", "form": form})


@permissions.page("manage people")
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = queries.person(public_id)
    if found is None:
        raise Http404
    services.note_look(
        "at a person",
        on="person",
        thing=str(public_id),
        by=person_of(request),
        at=timezone.now(),
    )
    context = {
        "section": "settings",
        "person": found,
        "places": queries.places(found),
        "areas": queries.service_areas(of=found),
    }
    return render(request, "accounts/person.html", context)


@permissions.page("manage people")
def roles(request: HttpRequest, public_id: UUID, organisation: str) -> HttpResponse:
    """Change a person's roles in one organisation."""
    found = queries.person(public_id)
    place = next(
        (one for one in queries.places(found) if one.organisation.slug == organisation)
        if found
        else iter(()),
        None,
    )
    if place is None:
        raise Http404
    form = Roles(
        request.POST if request.method == "POST" else None, initial={"roles": place.roles}
    )
    if form.is_valid():
        try:
            services.set_roles(
                public_id=public_id,
                organisation=organisation,
                roles=form.cleaned_data["roles"],
                by=person_of(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The roles are changed")
            return redirect("accounts:person", public_id)
    context = {"section": "settings", "form": form, "person": found, "place": place}
    return render(request, "accounts/roles.html", context)


@permissions.page("manage people")
def end_access(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a person's access: a page of its own, because it cannot be undone."""
    found = queries.person(public_id)
    if found is None:
        raise Http404
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            services.end_access(public_id=public_id, by=person_of(request), at=timezone.now())
        except InputError as error:
            problems = error.problems
        else:
            messages.success(request, f"The access of {found.name} has ended")
            return redirect("accounts:people")
    context = {"section": "settings", "person": found, "problems": problems}
    return render(request, "accounts/end_access.html", context)
