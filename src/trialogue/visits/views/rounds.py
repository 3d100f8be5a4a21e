"""V2: rounds, who walks them, who is off."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.visits import queries, services
from trialogue.visits.forms import rounds as forms
from trialogue.visits.views import did, posted, show, the_scheme, today


@permissions.page("see rounds")
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round this person may see."""
    scheme = queries.scheme()
    if scheme is None:
        return show(request, "no_scheme")
    person = person_of(request)
    listed = queries.seen(scheme, seen_by=person, day=today())
    return show(
        request,
        "rounds",
        scheme=scheme,
        rounds=listed,
        out={one.round_id for one in queries.not_ended(scheme, now=timezone.now())},
        map=queries.map_of(
            scheme,
            [one.version for one in listed],
            [visit for one in listed for visit in one.planned],
            weekday=today().weekday(),
            named=False,
        ),
    )


@permissions.page("see rounds")
def one_round(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One round: stops, spare minutes, who walks it, days off."""
    person, at = person_of(request), timezone.now()
    seen = queries.round_seen(public_id, seen_by=person, day=today())
    found = seen.round
    visitors = [
        (str(one.public_id), one.person.name)
        for one in queries.visitors(found.scheme, seen_by=person)
        if one.partner_id == found.partner_id and one.may_visit
    ]
    act = request.POST.get("act", "")
    days = seen.version.weekdays if seen.version else []
    walkers = {f"walks_{day}": str(one.public_id) for day, one in seen.walkers.items()}
    minutes = {f"spare_{load.weekday}": f"{load.spare:g}" for load in seen.loads}
    number = seen.version.number if seen.version else 0
    sent = {name: posted(request) if act == name else None for name in ("spare", "walks", "off")}
    spare = forms.Spare(days, sent["spare"], initial=minutes | {"version": number})
    walks = forms.Walks(days, visitors, sent["walks"], initial=walkers)
    off = forms.Off(visitors, sent["off"])
    out = queries.not_ended(found.scheme, now=at, of=found)
    first = {"day": out[0].day} if out else {}
    over = forms.OverAfterAll(posted(request) if act == "over" else None, initial=first)
    if act == "back":
        services.end_absence(public_id, day=_day(request), by=person, at=at)
        return redirect("visits:round_page", public_id)
    done = (
        did(
            spare,
            lambda: services.set_spare(
                public_id,
                minutes=spare.minutes(),
                version=spare.cleaned_data["version"],
                valid_from=today(),
                by=person,
                at=at,
            ),
        )
        or did(
            walks,
            lambda: services.set_walks(public_id, visitors=walks.visitors(), by=person, at=at),
        )
        or did(off, lambda: _note_off(request, public_id, off.cleaned_data))
        or did(
            over,
            lambda: services.end_round(public_id, **over.cleaned_data, by=person, at=at),
        )
    )
    if done:
        messages.success(request, "Saved")
        return redirect("visits:round_page", public_id)
    shown = next((form for form in (spare, walks, off, over) if form.errors), spare)
    weekday = next((load.weekday for load in seen.loads if load.visits), today().weekday())
    return show(
        request,
        "round",
        map=queries.map_of(
            found.scheme, [seen.version], seen.planned, weekday=weekday, named=False
        ),
        map_day=queries.WEEKDAYS[min(weekday, 5)],
        seen=seen,
        spare=spare,
        walks=walks,
        off=off,
        out=out,
        over=over,
        form=shown,
        days=days,
    )


def _note_off(request: HttpRequest, public_id: UUID, off: dict[str, Any]) -> None:
    """Note who is off; without cover, find a way for each visit of the day and say what it is."""
    person, at = person_of(request), timezone.now()
    services.note_absence(public_id, **off, by=person, at=at)
    if off["cover"]:
        return
    may_know = permissions.allows(person, "see residents")
    ended = services.cover_day(public_id, day=off["day"], by=person, at=at)
    for one in ended if may_know else ():
        messages.info(request, one.words)
    if ended and not may_know:
        messages.info(request, f"The desk has {len(ended)} visits of that day to look at")


def _day(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise Http404 from None


@permissions.page("change rounds")
def add_rounds(request: HttpRequest) -> HttpResponse:
    """Send the two lists of rounds."""
    scheme = the_scheme()
    form = forms.Rounds(posted(request), request.FILES or None)
    kept: list[Any] = []

    def keep() -> None:
        kept.append(
            services.keep_list(
                scheme,
                "rounds",
                file=form.cleaned_data["file"],
                second=form.cleaned_data["second"],
                by=person_of(request),
                at=timezone.now(),
            )
        )

    if did(form, keep):
        return redirect("visits:list", kept[0].public_id)
    return show(request, "add_rounds", form=form)


@permissions.page("change rounds")
def visitors(request: HttpRequest) -> HttpResponse:
    """Who may be sent to a door: police check, training, card."""
    scheme = the_scheme()
    person = person_of(request)
    people = queries.possible_visitors(scheme, seen_by=person)
    form = forms.Visitor(people, posted(request))
    if did(
        form,
        lambda: services.save_visitor(
            scheme.pk, **form.cleaned_data, by=person, at=timezone.now()
        ),
    ):
        messages.success(request, "The visitor is saved")
        return redirect("visits:visitors")
    listed = queries.visitors(scheme, seen_by=person).filter(ended_on=None)
    return show(request, "visitors", form=form, visitors=listed, people=people)


@permissions.page("change rounds")
def visitor(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One visitor's check and training."""
    scheme = the_scheme()
    person = person_of(request)
    found = queries.visitors(scheme, seen_by=person).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    now = {name: getattr(found, name) for name in ("checked_on", "trained_on", "card")}
    if request.POST.get("act") == "end":
        services.end_visitor(public_id, by=person, at=timezone.now())
        messages.success(request, f"{found.person.name} no longer visits")
        return redirect("visits:visitors")
    form = forms.Visitor(None, posted(request), initial=now)
    if did(
        form,
        lambda: services.save_visitor(
            scheme.pk,
            person=str(found.person.public_id),
            **form.cleaned_data,
            by=person,
            at=timezone.now(),
        ),
    ):
        messages.success(request, "Saved")
        return redirect("visits:visitors")
    return show(request, "visitor", visitor=found, form=form)
