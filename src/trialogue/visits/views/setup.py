"""V5: set up the scheme, step by step."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts import queries as councils
from trialogue.accounts import services as accounts
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.pages.downloads import download
from trialogue.tables import write_for_spreadsheet
from trialogue.visits import queries, services
from trialogue.visits.forms import scheme as forms
from trialogue.visits.queries import asking
from trialogue.visits.questions import LANGUAGES
from trialogue.visits.timers import CLOCKS, KEEPING, LADDER, ROUNDS
from trialogue.visits.views import did, posted, show, the_scheme, today

GROUPS = (
    ("Concerns", CLOCKS),
    ("When nobody answers", LADDER),
    ("Rounds and lists", ROUNDS),
    ("Keeping", KEEPING),
)


@permissions.page("set up visits")
def setup(request: HttpRequest) -> HttpResponse:
    """The task list; before there is a scheme, its first question."""
    scheme = queries.scheme()
    if scheme is None:
        form = forms.Begin(posted(request))
        if did(
            form,
            lambda: services.begin_scheme(
                name=form.cleaned_data["name"],
                grid=int(form.cleaned_data["grid"]),
                by=person_of(request),
                at=timezone.now(),
            ),
        ):
            return redirect("visits:setup")
        return show(request, "begin", form=form)
    start = forms.Start(posted(request), initial={"version": scheme.version})
    if did(
        start,
        lambda: services.start_scheme(
            scheme.pk, **start.cleaned_data, by=person_of(request), at=timezone.now()
        ),
    ):
        messages.success(request, "The first day of visits is set")
        return redirect("visits:setup")
    steps = queries.steps(scheme)
    return show(
        request,
        "setup",
        scheme=scheme,
        steps=steps,
        missing=queries.still_to_set_up(steps),
        form=start,
        starts_on=scheme.starts_on,
    )


def _changed(
    request: HttpRequest, heading: str, form_of: type[Any], **context: Any
) -> HttpResponse:
    """Show and save fields of the scheme itself."""
    scheme = the_scheme()
    now = {name: getattr(scheme, name) for name in form_of.base_fields}
    form = form_of(posted(request), initial=now)
    if did(
        form,
        lambda: services.change_scheme(
            scheme.pk, **form.cleaned_data, by=person_of(request), at=timezone.now()
        ),
    ):
        messages.success(request, "Saved")
        return redirect("visits:setup")
    return show(request, "change", heading=heading, form=form, **context)


@permissions.page("set up visits")
def details(request: HttpRequest) -> HttpResponse:
    """Name, desk and telephone."""
    return _changed(request, "Name, desk and telephone", forms.Details)


@permissions.page("set up visits")
def agreement_words(request: HttpRequest) -> HttpResponse:
    """What a resident is told before they agree."""
    return _changed(
        request,
        "What a resident is told",
        forms.Words,
        explained=(
            "Agreeing to a visit is not the lawful basis for using data: that stands under "
            "“Lawful basis”. A resident can stop at the door in one sentence."
        ),
    )


@permissions.page("set up visits")
def partners(request: HttpRequest) -> HttpResponse:
    """Partner organisations and what was agreed with each."""
    scheme = the_scheme()
    choices = [(one.slug, one.name) for one in councils.organisations() if one.kind == "partner"]
    form = forms.Partner(posted(request), partners=choices)

    def save() -> None:
        new = dict(form.cleaned_data)
        for unit in ("a_visit", "an_hour"):
            new[f"pence_{unit}"] = round(100 * (new.pop(f"pounds_{unit}") or 0))
        services.save_partner(scheme.pk, **new, by=person_of(request), at=timezone.now())

    if did(form, save):
        messages.success(request, "The agreement is saved")
        return redirect("visits:partners")
    return show(
        request, "partners", form=form, agreements=queries.agreements(scheme), choices=choices
    )


@permissions.page("set up visits")
def costs(request: HttpRequest) -> HttpResponse:
    """What the desk and the software cost."""
    scheme = the_scheme()
    now = scheme.settings.get("costs", {})
    form = forms.Costs(
        posted(request),
        initial={
            "desk_hours_a_week": now.get("desk_hours_a_week"),
            "desk_pounds_an_hour": now.get("desk_pence_an_hour", 0) / 100,
            "software_pounds_a_week": now.get("software_pence_a_week", 0) / 100,
        },
    )

    def save() -> None:
        sent = form.cleaned_data
        services.set_costs(
            scheme.pk,
            desk_hours_a_week=sent["desk_hours_a_week"] or 0,
            desk_pence_an_hour=round(100 * (sent["desk_pounds_an_hour"] or 0)),
            software_pence_a_week=round(100 * (sent["software_pounds_a_week"] or 0)),
            by=person_of(request),
            at=timezone.now(),
        )

    if did(form, save):
        messages.success(request, "The costs are saved")
        return redirect("visits:setup")
    explained = "They make the cost of a visit in the report, with the partners’ prices."
    return show(request, "change", heading="Costs", form=form, explained=explained)


@permissions.page("set up visits")
def maps(request: HttpRequest) -> HttpResponse:
    """Own travel times; boundaries and names for the maps."""
    scheme = the_scheme()
    person, at, act = person_of(request), timezone.now(), request.POST.get("act", "")
    sent = {
        name: (posted(request), request.FILES) if act == name else (None, None)
        for name in ("times", "boundaries")
    }
    times, lines = forms.Times(*sent["times"]), forms.Boundaries(*sent["boundaries"])
    if act == "straight":
        services.drop_travel_times(scheme.pk, by=person, at=at)
        return redirect("visits:maps")
    if did(
        times,
        lambda: services.save_travel_times(
            scheme.pk, file=times.cleaned_data["times"], by=person, at=at
        ),
    ) or did(
        lines,
        lambda: services.save_backdrop(
            scheme.pk, file=lines.cleaned_data["boundaries"], by=person, at=at
        ),
    ):
        messages.success(request, "The file is taken in")
        return redirect("visits:maps")
    return show(
        request,
        "maps",
        scheme=scheme,
        times=times,
        lines=lines,
        form=lines if lines.errors else times,
        own=scheme.travel_times.first(),
        backdrop=scheme.backdrops.first(),
    )


@permissions.page("set up visits")
def areas(request: HttpRequest) -> HttpResponse:
    """Areas and the days they start."""
    scheme = the_scheme()
    form = forms.Area(posted(request))
    if did(
        form,
        lambda: services.save_area(
            scheme.pk, **form.cleaned_data, by=person_of(request), at=timezone.now()
        ),
    ):
        messages.success(request, "The area is saved")
        return redirect("visits:areas")
    return show(request, "areas", form=form, areas=scheme.areas.all())


@permissions.page("set up visits")
def bases(request: HttpRequest) -> HttpResponse:
    """On what basis personal data are used."""
    scheme = the_scheme()
    form = forms.Basis(posted(request))
    if did(
        form,
        lambda: services.save_basis(
            scheme.pk, **form.cleaned_data, by=person_of(request), at=timezone.now()
        ),
    ):
        messages.success(request, "The lawful basis is saved")
        return redirect("visits:bases")
    return show(request, "bases", form=form, bases=scheme.bases.all())


@permissions.page("set up visits")
def questions(request: HttpRequest) -> HttpResponse:
    """The questions at the door; each saving is a new version that never changes."""
    scheme = the_scheme()
    form = forms.Questions(queries.questions_of(scheme), posted(request))
    if did(
        form,
        lambda: services.publish_questions(
            scheme.pk, wordings=form.wordings(), by=person_of(request), at=timezone.now()
        ),
    ):
        messages.success(request, "The questions are published")
        return redirect("visits:setup")
    newest = queries.question_set(scheme)
    return show(
        request,
        "questions",
        form=form,
        newest=newest,
        others=queries.languages_of(newest) if newest else [],
    )


@permissions.page("set up visits")
def questions_in(request: HttpRequest, language: str) -> HttpResponse:
    """The questions in another language, once a named speaker has approved them."""
    scheme = the_scheme()
    newest = queries.question_set(scheme)
    if newest is None or language not in queries.OTHER_LANGUAGES:
        raise Http404
    form = forms.QuestionsIn(newest.questions, language, posted(request))
    if did(
        form,
        lambda: services.publish_translation(
            scheme.pk,
            language=language,
            wordings=form.wordings(),
            speaker=form.cleaned_data["speaker"],
            by=person_of(request),
            at=timezone.now(),
        ),
    ):
        messages.success(request, f"The {LANGUAGES[language]} is published")
        return redirect("visits:questions")
    return show(
        request, "questions_in", form=form, language=LANGUAGES[language], back="visits:questions"
    )


@permissions.page("set up visits")
def timers(request: HttpRequest) -> HttpResponse:
    """Every time of the scheme, in groups."""
    scheme = the_scheme()
    every = [timer for _, group in GROUPS for timer in group]
    form = forms.Timers(every, scheme.settings, posted(request))

    def save() -> None:
        by, at = person_of(request), timezone.now()
        services.set_timers(scheme.pk, times=form.cleaned_data, by=by, at=at)
        services.settle(scheme.pk, "timers", by=by, at=at)

    if did(form, save):
        messages.success(request, "The times are saved")
        return redirect("visits:setup")
    groups = [(heading, [form[timer.key] for timer in group]) for heading, group in GROUPS]
    return show(request, "timers", form=form, groups=groups)


@permissions.page("set up visits")
def hazards(request: HttpRequest) -> HttpResponse:
    """The hazards log."""
    scheme = the_scheme()
    if request.method == "POST":
        services.settle(scheme.pk, "hazards", by=person_of(request), at=timezone.now())
        messages.success(request, "The hazards are marked as read")
        return redirect("visits:setup")
    return show(
        request,
        "hazards",
        hazards=scheme.hazards.all(),
        read="hazards" in scheme.settled,
    )


@permissions.page("set up visits")
def hazard(request: HttpRequest, code: str) -> HttpResponse:
    """One hazard: controls, scores, owner."""
    scheme = the_scheme()
    found = scheme.hazards.filter(code=code).first()
    if found is None:
        raise Http404
    now = {name: getattr(found, name) for name in forms.Hazard.base_fields}
    form = forms.Hazard(posted(request), initial={key: str(value) for key, value in now.items()})
    scores = ("severity", "likely_before", "likely_after")

    def save() -> None:
        new = form.cleaned_data | {name: int(form.cleaned_data[name]) for name in scores}
        at = timezone.now()
        services.save_hazard(
            scheme.pk, code, **new, reviewed_on=localdate(at), by=person_of(request), at=at
        )

    if did(form, save):
        messages.success(request, f"Hazard {code} is saved")
        return redirect("visits:hazards")
    return show(request, "hazard", form=form, hazard=found)


@permissions.page("set up visits")
def as_trial(request: HttpRequest) -> HttpResponse:
    """Start the scheme as a trial, or see how far that is."""
    scheme = the_scheme()
    person, at = person_of(request), timezone.now()
    form = forms.AsTrial(posted(request))
    if scheme.trial and request.POST.get("act") == "list":
        try:
            return redirect(services.send_list(scheme.pk, by=person, at=at))
        except (InputError, PermissionDenied) as error:
            problems = getattr(error, "problems", (error,))
            messages.warning(request, str(problems[0]))
            return redirect("visits:as_trial")
    made: list[str] = []
    join = forms.JoinTrial(posted(request) if request.POST.get("act") == "join" else None)
    if join.is_bound:
        form = forms.AsTrial()
        if did(
            join,
            lambda: services.join_trial(
                scheme.pk,
                public_id=join.cleaned_data["public_id"],
                unit=join.cleaned_data["places"],
                by=person,
                at=at,
            ),
        ):
            messages.success(request, "The scheme belongs to the trial now")
            return redirect("visits:as_trial")
    elif not scheme.trial and did(
        form,
        lambda: made.append(
            services.start_as_trial(scheme.pk, **form.cleaned_data, by=person, at=at)
        ),
    ):
        return redirect("trials:trial", made[0])
    trial = queries.trial_of(scheme)
    return show(
        request,
        "as_trial",
        asked=asking.instruments_of(trial) if trial else [],
        due=asking.due(trial, today=today()) if trial else [],
        may_ask=permissions.allows(person, "enrol residents"),
        may_measure=trial is not None and asking.may_measure(person, trial),
        scheme=scheme,
        form=join if join.is_bound else form,
        begin=form,
        join=join,
        homes=queries.homes_of_trial(scheme),
        hits=queries.tried_before(scheme) if trial is None else [],
        trial=trial,
        areas=scheme.areas.all(),
        agreed=queries.agreed_count(scheme),
    )


@permissions.page("enrol residents")
def whom_to_ask(request: HttpRequest) -> HttpResponse:
    """Whom to telephone for the trial's answers: no group, so that whoever asks knows of none."""
    scheme = the_scheme()
    trial = queries.trial_of(scheme)
    if trial is None:
        raise Http404
    person, at = person_of(request), timezone.now()
    accounts.note_look(
        "at whom to ask for the trial", on="scheme", thing=str(scheme.pk), by=person, at=at
    )
    response = download("whom-to-ask.csv")
    header = ["id", "name", "telephone", "language", "for_the_door"]
    rows = (
        [number, one.full_name, one.telephone, one.language, one.door_notes]
        for number, one in asking.to_ask(scheme, trial)
    )
    write_for_spreadsheet(response, header, rows)
    return response
