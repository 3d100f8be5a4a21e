"""V3: plan the week, look at old and new side by side, accept or discard."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.forms.plan import Effort
from trialogue.visits.views import did, number_of, posted, show, the_scheme, today


@permissions.page("plan visits")
def plan(request: HttpRequest) -> HttpResponse:
    """The plan that stands, and a draft beside it when there is one."""
    scheme = queries.scheme()
    if scheme is None:
        return show(request, "no_scheme")
    person = person_of(request)
    act = request.POST.get("act", "")
    if act in ("accept", "discard"):
        return _settle(request, act)
    form = Effort(posted(request) if act == "plan" else None)
    if did(
        form,
        lambda: services.ask_for_plan(
            scheme.pk, effort=form.cleaned_data["effort"], by=person, at=timezone.now()
        ),
    ):
        asked = queries.draft_plan(scheme)
        if asked and asked.work:
            return redirect("site:work", asked.work.public_id)
    week = queries.this_week(scheme, day=today())
    current, draft = week.current, week.draft
    made = draft if draft and draft.cost is not None else None
    shown = made or current
    weekday = _weekday(request)
    return show(
        request,
        "plan",
        scheme=scheme,
        form=form,
        current=current,
        current_figures=queries.figures(current, week) if current else None,
        draft=made,
        draft_figures=queries.figures(made, week) if made else None,
        running=draft.work if draft and made is None else None,
        changes=queries.changes(current, made, week) if current and made else [],
        unplaced=queries.without_place(shown, week),
        map=queries.map_of(
            scheme,
            week.versions,
            queries.visits_in(shown),
            weekday=weekday,
            named=True,
            unplaced=week.waiting,
        ),
        weekday=weekday,
        weekdays=list(enumerate(queries.WEEKDAYS)),
    )


def _weekday(request: HttpRequest) -> int:
    asked = number_of(request.GET.get("day"))
    wanted = today().weekday() if asked is None else asked
    return wanted if wanted < len(queries.WEEKDAYS) else 0


def _settle(request: HttpRequest, act: str) -> HttpResponse:
    """Accept or discard the plan that the person saw, whatever was planned since."""
    person, at = person_of(request), timezone.now()
    seen = queries.plan_of_scheme(the_scheme(), request.POST.get("plan", ""))
    if act == "discard":
        services.discard_plan(seen.public_id, by=person, at=at)
        messages.success(request, "The new plan is put aside. The present one goes on")
        return redirect("visits:plan")
    try:
        services.accept_plan(seen.public_id, by=person, at=at)
        messages.success(request, "The plan is accepted. Visitors see it from tomorrow")
    except InputError as error:
        messages.warning(request, str(error.problems[0]))
    return redirect("visits:plan")


@permissions.page("plan visits")
def places(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The five best places for one resident."""
    person, at = person_of(request), timezone.now()
    resident = queries.resident_of(public_id, seen_by=person)
    found, week = services.offers(resident, at=at)
    if request.method == "POST":
        round_id, _, days = request.POST.get("place", "").partition(" ")
        try:
            services.choose_place(
                public_id,
                round_id=round_id,
                days=tuple(
                    day for part in days.split(",") if (day := number_of(part)) is not None
                ),
                by=person,
                at=at,
            )
        except InputError as error:
            messages.warning(request, str(error.problems[0]))
            return redirect("visits:places", public_id)
        messages.success(request, "The round is chosen. Visits begin from tomorrow")
        return redirect("visits:resident", public_id)
    return show(
        request,
        "places",
        resident=resident,
        offers=queries.in_words(found, week),
        why=queries.why_here(resident, week) if resident.state != "proposed" else [],
        current=week.placed.get(resident.pk),
    )
