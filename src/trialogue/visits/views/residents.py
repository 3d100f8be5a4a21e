"""V4: residents: a list, five short pages, and what changes later."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.accounts.services import note_look
from trialogue.methods.problems import InputError
from trialogue.pages.downloads import download
from trialogue.pages.lists import Column, Tag, as_csv, listing, wants_csv
from trialogue.tables import write_for_spreadsheet
from trialogue.visits import queries, services
from trialogue.visits.forms import residents as forms
from trialogue.visits.queries.residents import days_in_words
from trialogue.visits.questions import LANGUAGES
from trialogue.visits.views import (
    asked_for,
    did,
    number_of,
    posted,
    show,
    the_scheme,
    today,
)

COLOURS = {
    "active": "green",
    "agreed": "blue",
    "proposed": "yellow",
    "paused": "grey",
    "ended": "grey",
}
STEPS = ("who", "where", "when", "contacts", "agreement")


def _state(one: Any) -> Tag:
    return Tag(one.get_state_display(), COLOURS[one.state])


COLUMNS: list[Column[Any]] = [
    Column(
        "Name",
        lambda one: one.full_name,
        sort="full_name",
        link=lambda one: reverse("visits:resident", args=[one.public_id]),
    ),
    Column("Address", lambda one: one.address, sort="address"),
    Column("Area", lambda one: one.area.name if one.area else ""),
    Column("Visits a week", lambda one: one.visits_per_week, sort="visits_per_week"),
    Column("State", _state, sort="state"),
]


@permissions.page("see residents")
def residents(request: HttpRequest) -> HttpResponse:
    """Everyone in the scheme."""
    scheme = queries.scheme()
    if scheme is None:
        return show(request, "no_scheme")
    person = person_of(request)
    wanted, state = asked_for(request), request.GET.get("state", "")
    rows = queries.residents(scheme, seen_by=person, words=wanted, state=state)
    note_look(
        "at residents", on="visit scheme", thing=str(scheme.pk), by=person, at=timezone.now()
    )
    if wants_csv(request):
        return as_csv(request, rows, COLUMNS, sort="full_name", filename="residents.csv")
    found = listing(request, rows, COLUMNS, sort="full_name", one="resident", many="residents")
    return show(
        request,
        "residents",
        list=found,
        q=wanted,
        state=state,
        states=queries.resident_states(),
        may_enrol=permissions.allows(person, "enrol residents"),
    )


@permissions.page("enrol residents")
def add_list(request: HttpRequest) -> HttpResponse:
    """Send a list of residents."""
    scheme = the_scheme()
    form = forms.File(posted(request), request.FILES or None)
    kept: list[Any] = []
    if did(
        form,
        lambda: kept.append(
            services.keep_list(
                scheme,
                "residents",
                file=form.cleaned_data["file"],
                by=person_of(request),
                at=timezone.now(),
            )
        ),
    ):
        return redirect("visits:list", kept[0].public_id)
    return show(request, "add_residents", form=form)


@permissions.page("enrol residents")
def example_list(request: HttpRequest) -> HttpResponse:
    """The columns of a list, with one made-up row."""
    response = download("residents-example.csv")
    example = services.example_row()
    write_for_spreadsheet(response, list(example), [list(example.values())])
    return response


@permissions.page("change rounds")
def a_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a list would do, and whether to take it in."""
    person, at = person_of(request), timezone.now()
    kept = services.kept_list(public_id, seen_by=person)
    of = "visits:residents" if kept.kind == "residents" else "visits:rounds"
    if request.POST.get("act") == "give up":
        services.give_up_list(public_id, by=person, at=at)
        return redirect(of)
    if kept.taken_at:
        messages.success(request, _taken(kept.taken or {}))
        return redirect(of)
    if kept.work and not kept.work.finished_at:
        return redirect("site:work", kept.work.public_id)
    look = services.look_at_list(kept)
    form = forms.Confirm(look.faulty, look.good, posted(request))
    if did(
        form,
        lambda: services.take_list(
            public_id, leave_out=form.cleaned_data.get("leave_out", False), by=person, at=at
        ),
    ):
        return redirect("visits:list", public_id)
    return show(request, "list", kept=kept, look=look, form=form, of=of)


def _taken(counts: Mapping[str, int]) -> str:
    new, changed, before = (f"{counts.get(key, 0):,}" for key in ("new", "changed", "unchanged"))
    return f"{new} new, {changed} changed, {before} as before"


@permissions.page("enrol residents")
def new(request: HttpRequest) -> HttpResponse:
    """The first page of an enrolment."""
    scheme = the_scheme()
    form = forms.Who(posted(request))
    made: list[Any] = []
    if did(
        form,
        lambda: made.append(
            services.propose(
                scheme.pk,
                services.ResidentGiven(**form.cleaned_data),
                by=person_of(request),
                at=timezone.now(),
            )
        ),
    ):
        return redirect("visits:enrol", made[0].public_id, "where")
    return show(request, "enrol", form=form, step="who", number=1, words=scheme.agreement_words)


FORMS: dict[str, Any] = {"who": forms.Who, "where": forms.Where, "when": forms.When}


@permissions.page("enrol residents")
def enrol(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """A page of an enrolment, or of a change later: saved on its own."""
    person, at = person_of(request), timezone.now()
    resident = queries.resident_of(public_id, seen_by=person)
    if step not in STEPS:
        raise Http404
    number = STEPS.index(step) + 1
    context: dict[str, Any] = {"resident": resident, "step": step, "number": number}
    if step in FORMS:
        form = FORMS[step](posted(request), initial=_initial(resident, step))
        version = number_of(request.POST.get("version"))
        if did(
            form,
            lambda: services.change_resident(
                public_id,
                _fields(form.cleaned_data, resident),
                version=version or 0,
                by=person,
                at=at,
            ),
        ):
            return _next(request, resident, step)
        return show(request, "enrol", form=form, **context)
    if step == "contacts":
        return _contacts(request, resident, context)
    form = forms.Agree(posted(request), initial={"who": resident.full_name, "valid_from": today()})

    def agree() -> None:
        new = {name: value for name, value in form.cleaned_data.items() if name != "told"}
        services.agree(public_id, **new, by=person, at=at)

    if did(form, agree):
        messages.success(request, f"{resident.full_name} agreed. Now choose a round")
        return redirect("visits:resident", public_id)
    return show(request, "enrol", form=form, words=resident.scheme.agreement_words, **context)


def _initial(resident: Any, step: str) -> dict[str, Any]:
    """Return what is held, as the form of a page shows it."""
    held = {name: getattr(resident, name, "") for name in FORMS[step].base_fields}
    if step == "where":
        there = resident.x is not None
        held["position"] = f"{resident.x:.0f}, {resident.y:.0f}" if there else ""
        held["area"] = resident.area.name if resident.area else ""
    if step == "when":
        held["days_ok"] = "; ".join(
            days_in_words(days).replace(" and ", ",").replace(", ", ",")
            for days in resident.days_ok
        )
        held["days_preferred"] = [str(day) for day in resident.days_preferred]
        held["skills"] = ", ".join(map(str, resident.skills))
    return held


def _fields(cleaned: dict[str, Any], resident: Any) -> dict[str, Any]:
    """Return the fields of the resident that a page holds."""
    new = dict(cleaned)
    if "position" in new:
        new["x"], new["y"] = services.place_of(*new.pop("position"), grid=resident.scheme.grid)
    return new


def _next(request: HttpRequest, resident: Any, step: str) -> HttpResponse:
    if resident.state != "proposed":
        messages.success(request, "Saved")
        return redirect("visits:resident", resident.public_id)
    return redirect("visits:enrol", resident.public_id, STEPS[STEPS.index(step) + 1])


def _contacts(request: HttpRequest, resident: Any, context: dict[str, Any]) -> HttpResponse:
    person, at = person_of(request), timezone.now()
    who = {"who": resident.full_name, "how": "in person", "by": person, "at": at}
    act = request.POST.get("act", "")
    form = forms.Contact(request.POST if act == "add" else None)
    if act == "none":
        try:
            services.note_nobody_near(resident.public_id, by=person, at=at)
        except InputError as error:
            messages.warning(request, str(error.problems[0]))
        return _next(request, resident, "contacts")
    if act == "go on":
        return _next(request, resident, "contacts")
    if did(form, lambda: services.add_contact(resident.public_id, form.given(), **who)):
        messages.success(request, "The contact is saved")
        return redirect("visits:enrol", resident.public_id, "contacts")
    return show(
        request,
        "enrol_contacts",
        form=form,
        contacts=queries.contacts(resident),
        **context,
    )


@permissions.page("see residents")
def resident(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything the desk needs about one resident. Looking is written down."""
    person, at = person_of(request), timezone.now()
    found = queries.resident_of(public_id, seen_by=person)
    note_look("at a resident", on="resident", thing=str(public_id), by=person, at=at)
    may_enrol = permissions.allows(person, "enrol residents")
    act = request.POST.get("act", "") if may_enrol else ""
    pause = forms.Pause(posted(request) if act == "pause" else None)
    end = forms.End(posted(request) if act == "end" else None)
    if act == "unpause":
        pause_id = number_of(request.POST.get("pause"))
        services.end_pause(
            public_id,
            pause_id or 0,
            last=queries.day_before(today()),
            by=person,
            at=at,
        )
        return redirect("visits:resident", public_id)
    if did(
        pause, lambda: services.pause(public_id, **pause.cleaned_data, by=person, at=at)
    ) or did(end, lambda: services.end_visits(public_id, **end.cleaned_data, by=person, at=at)):
        messages.success(request, "Saved")
        return redirect("visits:resident", public_id)
    agreements = queries.agreed(found)
    return show(
        request,
        "resident",
        scheme=found.scheme,
        language=LANGUAGES.get(found.language, found.language),
        resident=found,
        may_enrol=may_enrol,
        may_erase=permissions.allows(person, "erase residents"),
        pause=pause,
        end=end,
        form=end if end.errors else pause,
        history=queries.history(found, now=at),
        contacts=queries.contacts(found, agreements),
        agreements=agreements,
        pauses=queries.pauses(found, day=today()),
        places=queries.places_of(found),
    )


@permissions.page("enrol residents")
def contact(request: HttpRequest, public_id: UUID, contact_id: UUID) -> HttpResponse:
    """What one contact may be told; take them out."""
    person, at = person_of(request), timezone.now()
    found = queries.resident_of(public_id, seen_by=person)
    one = queries.contact_of(found, contact_id)
    if request.POST.get("act") == "remove":
        services.remove_contact(contact_id, by=person, at=at)
        messages.success(request, "The contact is taken out")
        return redirect("visits:resident", public_id)
    form = forms.MaySee(posted(request), initial={"may_see": sorted(one.sees)})
    if did(
        form,
        lambda: services.allow_contact(
            contact_id,
            may_see=tuple(form.cleaned_data["may_see"]),
            who=found.full_name,
            how=form.cleaned_data["how"],
            by=person,
            at=at,
        ),
    ):
        messages.success(request, "Saved")
        return redirect("visits:resident", public_id)
    return show(request, "contact", form=form, resident=found, one=one)


@permissions.page("see residents")
def everything(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """All that is held about a resident, as a file to give to them."""
    held = services.everything_about(public_id, by=person_of(request), at=timezone.now())
    response = JsonResponse(held, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="held-about-a-resident.json"'
    response["Cache-Control"] = "no-store"
    return response


@permissions.page("erase residents")
def erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase a resident at their request, after looking at what goes."""
    person = person_of(request)
    form = forms.Erase(posted(request))
    name = queries.name_to_erase(public_id)
    if did(
        form,
        lambda: services.erase_on_request(public_id, by=person, at=timezone.now()),
    ):
        messages.success(request, "All that told of the resident is erased")
        return redirect("visits:start")
    return show(request, "erase", form=form, name=name)
