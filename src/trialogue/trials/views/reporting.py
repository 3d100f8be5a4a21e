"""T13 to T15: stopping, analysing, publishing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.methods.problems import InputError
from trialogue.pages.downloads import download
from trialogue.pages.forms import Form
from trialogue.tables import write_csv
from trialogue.trials.forms.harm import Harm
from trialogue.trials.forms.planning import SignOff, Story
from trialogue.trials.forms.stopping import Decide, NotPlanned, Stop
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.harm import looks_allowed, looks_of
from trialogue.trials.queries.results import stop_of
from trialogue.trials.queries.trials import protocol_of, sign_off_of, team_of, trial_of
from trialogue.trials.services import (
    additional,
    analysis,
    harm,
    looking,
    publishing,
    stopping,
)
from trialogue.trials.views import acting, roles_here, show, today, trial_page


@trial_page("ask to stop")
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask, decide, report harm, look for harm: each its own form."""
    trial = trial_of(public_id)
    if not trial.registered_at:
        return redirect("trials:trial", public_id)
    roles = roles_here(request)
    act = request.POST.get("act", "")
    stop_form = Stop(request.POST if act in ("ask", "harm-stop") else None)
    decide_form = Decide(request.POST if act == "decide" else None, auto_id="decide_%s")
    harm_form = Harm(request.POST if act == "harm" else None, auto_id="harm_%s")
    plain = Form(request.POST if act == "look" else None)
    forms: dict[str, Form] = {
        "ask": stop_form,
        "harm-stop": stop_form,
        "decide": decide_form,
        "harm": harm_form,
        "look": plain,
    }
    shown = forms.get(act, stop_form)
    if act in forms and shown.is_valid():
        try:
            look = _act(request, public_id, act, shown)
        except InputError as error:
            shown.show(error.problems)
        else:
            if look:
                return redirect("trials:look", public_id, look)
            return redirect("trials:stop", public_id)
    waiting, looks = stop_of(trial), list(looks_of(trial))
    return show(
        request,
        "stop",
        public_id,
        trial=trial_of(public_id),
        shown=shown,
        stop_form=stop_form,
        decide_form=decide_form,
        harm_form=harm_form,
        waiting=waiting,
        asked=stopping.in_words(waiting) if waiting else None,
        numbers=stopping.numbers_so_far(trial) if trial.started_at else None,
        told=[person.name for person in team_of(trial)],
        looks_left=looks_allowed(protocol_of(trial)) - len(looks),
        may_decide=permissions.allows(acting(request), "stop a trial", also=roles),
        may_look=permissions.allows(acting(request), "look for harm", also=roles),
        is_safety="safety person" in roles,
        looks=looks,
        harms=trial.harm_reports.select_related("by").order_by("-pk")
        if roles & {"safety person", "analyst"}
        else [],
    )


def _act(request: HttpRequest, public_id: str, act: str, form: Form) -> int | None:
    by, at = acting(request), timezone.now()
    typed = form.cleaned_data
    if act == "decide":
        agreed = typed["answer"] == "stop"
        stopping.decide_stop(public_id=public_id, agreed=agreed, note=typed["note"], by=by, at=at)
        if not agreed:
            messages.success(request, "The trial goes on")
    elif act == "harm":
        harm.report_harm(public_id=public_id, words=typed["words"], by=by, at=at)
        messages.success(request, "The safety person was told")
    elif act == "look":
        return harm.look_for_harm(public_id=public_id, by=by, at=at).number
    elif isinstance(form, Stop):
        for_harm = act == "harm-stop"
        stopping.ask_to_stop(
            public_id=public_id, body=form.body(), for_harm=for_harm, by=by, at=at
        )
        if not for_harm:
            messages.success(request, "The managers were asked to stop the trial")
    return None


@trial_page("see a trial")
def analyse(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lock, run the registered analysis, read what it says."""
    trial = trial_of(public_id)
    if not trial.started_at:
        return redirect("trials:trial", public_id)
    protocol = protocol_of(trial)
    roles = roles_here(request)
    act = request.POST.get("act", "")
    extra = NotPlanned(protocol, request.POST if act == "extra" else None)
    form: Form = extra if act == "extra" else Form(request.POST if act else None)
    if act and form.is_valid():
        try:
            work = _analyse(request, public_id, act, extra)
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("site:work", work) if work else redirect("trials:analyse", public_id)
    ready = publishing.prepare(trial)
    planned = ready.analysis
    verdicts = publishing.verdicts_of(protocol, planned, ready.story) if planned else []
    return show(
        request,
        "analyse",
        public_id,
        trial=trial,
        protocol=protocol,
        form=form,
        extra=extra,
        planned=planned,
        verdicts=[(protocol.arms.name(each["arm"]), each) for each in verdicts],
        found=ready.found,
        additional=ready.additional,
        ended=bool(trial.ends_on and trial.ends_on < today()),
        may_analyse=permissions.allows(acting(request), "lock and analyse", also=roles),
    )


def _analyse(request: HttpRequest, public_id: str, act: str, extra: NotPlanned) -> str:
    """Do what a button says; return the work that it began, if any."""
    by, at = acting(request), timezone.now()
    if act == "lock":
        analysis.lock_data(public_id=public_id, by=by, at=at, today=today())
        return ""
    if act == "run":
        work = analysis.start_planned_analysis(public_id=public_id, by=by, at=at)
        return str(work.public_id) if work else ""
    work = additional.start_additional_analysis(
        public_id=public_id,
        title=extra.cleaned_data["title"],
        outcome=extra.cleaned_data["outcome"],
        adjust=extra.cleaned_data["adjust"],
        by=by,
        at=at,
    )
    return str(work.public_id)


@trial_page("lock and analyse")
def data(request: HttpRequest, public_id: str) -> HttpResponse:
    """The locked data, as `trialogue analyse` reads them. Not before the lock."""
    trial = trial_of(public_id)
    if not trial.locked_at:
        return redirect("trials:analyse", public_id)
    response = download(f"{public_id}-data.csv")
    looking.note_taken(
        "the data of a trial", public_id=public_id, by=acting(request), at=timezone.now()
    )
    write_csv(response, *Rows(trial, protocol_of(trial)).table())
    return response


@trial_page("see a trial")
def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """The story, the checks, sign-off, publication."""
    trial = trial_of(public_id)
    if trial.reported_at and analysis.planned_analysis(trial):
        return show(request, "published", public_id, trial=trial)
    ready = publishing.prepare(trial)
    if ready.analysis is None:
        return redirect("trials:trial", public_id)
    roles = roles_here(request)
    by = acting(request)
    story = ready.story
    act = request.POST.get("act", "")
    story_form = Story(
        request.POST if act == "save" else None, initial={**story.body, "version": story.version}
    )
    sign_form = SignOff(
        request.POST if act == "sign" else None, initial={"document_hash": ready.document_hash}
    )
    plain = Form(request.POST if act in ("ask", "publish") else None)
    forms: dict[str, Form] = {
        "save": story_form,
        "sign": sign_form,
        "ask": plain,
        "publish": plain,
    }
    shown = forms.get(act, story_form)
    if act in forms and shown.is_valid():
        try:
            _publish(request, public_id, act, shown)
        except InputError as error:
            shown.show(error.problems)
        except publishing.StoryConflictError as conflict:
            return show(
                request,
                "story_conflict",
                public_id,
                status=409,
                trial=trial,
                current=conflict.current,
                form=story_form,
                rows=[
                    (field.label, conflict.current.body.get(field.name, ""), field.data)
                    for field in story_form
                    if not field.is_hidden
                ],
                data=[(name, value) for name, value in request.POST.items() if name not in _OWN],
            )
        else:
            return redirect("trials:publish", public_id)
    signed = sign_off_of(trial, "result", ready.document_hash) if ready.body else None
    return show(
        request,
        "publish",
        public_id,
        trial=trial,
        ready=ready,
        story_form=story_form,
        sign_form=sign_form,
        shown=shown,
        signed=signed,
        pause=publishing.pause_problems(today()),
        days_paused=publishing.days_paused(trial, today()),
        may_write=permissions.allows(by, "write the result", also=roles),
        may_sign=permissions.allows(by, "sign off", also=roles),
        may_publish=permissions.allows(by, "publish a result", also=roles),
    )


_OWN = ("csrfmiddlewaretoken", "version")


def _publish(request: HttpRequest, public_id: str, act: str, form: Form) -> None:
    by, at = acting(request), timezone.now()
    typed = form.cleaned_data
    if act == "save":
        body = {name: value for name, value in typed.items() if name != "version"}
        publishing.save_story(
            public_id=public_id, body=body, based_on=typed["version"] or 0, by=by, at=at
        )
        messages.success(request, "Saved")
    elif act == "ask":
        publishing.ask_for_result_sign_off(public_id=public_id, by=by, at=at)
        messages.success(request, "The managers were asked to sign off the result")
    elif act == "sign":
        publishing.sign_off_result(
            public_id=public_id,
            document_hash=typed["document_hash"],
            agreed=typed["answer"] == "agreed",
            note=typed["note"],
            by=by,
            at=at,
        )
        messages.success(request, "Your answer was sent to the lead")
    else:
        publishing.publish_result(public_id=public_id, by=by, at=at)
