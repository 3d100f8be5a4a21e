"""T4 and T5: the questions of the plan, the check, the page for elected members."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.evidence import queries as register
from trialogue.evidence import schema
from trialogue.evidence.entries import plan_now
from trialogue.ideas import queries as ideas
from trialogue.methods.problems import InputError, Problem
from trialogue.pages.forms import Form
from trialogue.trials.forms.planning import OpenDraft
from trialogue.trials.forms.questions import QuestionForm, moot_fields, with_measures
from trialogue.trials.one_page import dates_words, groups_words, small_words
from trialogue.trials.planned_power import NEEDED, panel
from trialogue.trials.protocol import parse
from trialogue.trials.queries.trials import (
    answers_of,
    draft_of,
    history_of,
    trial_of,
)
from trialogue.trials.services import drafts, planning
from trialogue.trials.summaries import plan_shown, plan_summary, said
from trialogue.trials.views import acting, roles_here, show, today, trial_page, whole
from trialogue.trials.words import LABELS, analysis_words, problems_of_plan, warnings_of_plan


@trial_page("answer the plan")
def question(request: HttpRequest, public_id: str, question: str) -> HttpResponse:
    """One question of the plan."""
    if question not in schema.QUESTIONS:
        raise Http404
    found = trial_of(public_id)
    if found.registered_at:
        return redirect("trials:plan_check", public_id)
    answers = answers_of(found)
    answer = answers.get(question)
    body = answer.body if answer else _begun(found, question)
    bodies = {name: each.body for name, each in answers.items()}
    moot = moot_fields(question, bodies)
    if request.method != "POST":
        form = QuestionForm(question, None, body, moot=moot)
        return _question(request, public_id, question, form, bodies, answer)
    data: QueryDict = request.POST
    if question == "outcomes":
        data = with_measures(data, body)
    form = QuestionForm(question, data, body, moot=moot)
    if "use" in data or "add" in data or not form.is_valid():
        status = 200 if "use" in data or "add" in data else 422
        if status == 200:
            form = form.unchecked()
        return _question(request, public_id, question, form, bodies, answer, status=status)
    typed = form.answer()
    if request.headers.get("X-Panel"):
        bodies[question] = typed
        return render(request, "trials/power.html", {"panel": panel(bodies)})
    try:
        planning.save_answer(
            public_id=public_id,
            question=question,
            body=typed,
            based_on=whole(data.get("version", "")),
            by=acting(request),
            at=timezone.now(),
        )
    except InputError as error:
        form.show(error.problems)
        return _question(request, public_id, question, form, bodies, answer, status=422)
    except planning.AnswerConflictError as conflict:
        return show(
            request,
            "conflict",
            public_id,
            status=409,
            question=question,
            label=LABELS[question],
            form=form,
            current=conflict.current,
            theirs=plan_summary(question, conflict.current.body),
            mine=plan_summary(question, conflict.typed),
            data=[(name, value) for name, value in data.items() if name not in _NOT_RESENT],
        )
    messages.success(request, f"Saved: {LABELS[question].lower()}")
    following = schema.QUESTIONS.index(question) + 1
    if "stay" in data:
        return redirect("trials:question", public_id, question)
    if following == len(schema.QUESTIONS):
        return redirect("trials:plan_check", public_id)
    return redirect("trials:question", public_id, schema.QUESTIONS[following])


_NOT_RESENT = ("csrfmiddlewaretoken", "version")


def _begun(found: object, question: str) -> dict[str, object] | None:
    """The title is known from the gate."""
    if question != "question":
        return None
    return {"title": found.title}  # type: ignore[attr-defined]


def _question(
    request: HttpRequest,
    public_id: str,
    question: str,
    form: QuestionForm,
    bodies: dict[str, dict[str, object]],
    answer: object,
    status: int = 200,
) -> HttpResponse:
    shows_power = question in (*NEEDED, "strata")
    return show(
        request,
        "question",
        public_id,
        status=status,
        form=form,
        question=question,
        label=LABELS[question],
        number=schema.QUESTIONS.index(question) + 1,
        of=len(schema.QUESTIONS),
        version=getattr(answer, "version", 0),
        panel=panel(bodies) if shows_power else None,
        moments=[
            (f"Version {each.version}", each.by.name, each.at, said(question, each.body))
            for each in (history_of(trial_of(public_id), question) if answer else [])
        ],
    )


@trial_page("see a trial")
def plan_check(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole plan on one page."""
    found = trial_of(public_id)
    draft = plan_now(register.events(public_id)) if found.registered_at else draft_of(found)
    problems = [] if found.registered_at else problems_of_plan(draft, today=today())
    roles = roles_here(request)
    on_the_team = permissions.allows(acting(request), "answer the plan", also=roles)
    opening = request.POST.get("do") == "open"
    open_form = OpenDraft(request.POST if opening else None)
    form = Form(request.POST if request.method == "POST" and not opening else None)
    acted = open_form if opening else form
    if acted.is_valid():
        who = {"by": acting(request), "at": timezone.now(), "today": today()}
        try:
            if opening:
                until = open_form.cleaned_data["until"]
                drafts.open_for_comments(public_id=public_id, until=until, **who)
                messages.success(request, "The draft is open for comments")
            else:
                planning.ask_for_sign_off(public_id=public_id, **who)
                messages.success(request, "The managers were asked to sign off the plan")
        except InputError as error:
            acted.show(error.problems)
        else:
            return redirect("trials:plan_check" if opening else "trials:register", public_id)
    return show(
        request,
        "plan_check",
        public_id,
        trial=found,
        form=acted,
        open_form=open_form,
        **said_of_plan(draft, problems),
        problems=problems,
        until=(until := ideas.open_until(public_id)),
        is_open=until is not None and until >= today() and not found.registered_at,
        comments=ideas.comments_on_draft(public_id, seen_by=acting(request)),
        on_the_team=on_the_team,
        may_answer=on_the_team and not found.registered_at,
    )


def said_of_plan(
    draft: Mapping[str, Mapping[str, Any]], problems: list[Problem]
) -> dict[str, Any]:
    """Return a plan in words: its answers, what it can find, its analysis, what to mind."""
    complete = all(name in draft for name in schema.QUESTIONS)
    return {
        "asked": [
            (name, LABELS[name], plan_shown(name, draft))
            for name in schema.QUESTIONS
            if name in draft
        ],
        "words": analysis_words(parse(draft)) if complete and not problems else [],
        "panel": panel(draft),
        "warnings": warnings_of_plan(draft) if complete else [],
    }


@trial_page("see a trial")
def for_members(request: HttpRequest, public_id: str) -> HttpResponse:
    """One printed page for elected members: what, why small, what if not, who decides."""
    found = trial_of(public_id)
    plan = plan_now(register.events(public_id)) if found.registered_at else draft_of(found)
    return show(
        request,
        "for_members",
        public_id,
        trial=found,
        plan=plan,
        groups=groups_words(plan),
        small=small_words(plan, panel(plan)),
        dates=dates_words(plan),
    )
