"""T1 to T6 and T9: the list, the gate, the plan, signing off, registering, amending."""

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
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form, choice
from trialogue.pages.lists import Column, as_csv, listing, wants_csv
from trialogue.trials.forms.planning import Amendment, Deviation, Gate, Member, Register, SignOff
from trialogue.trials.forms.questions import QuestionForm, moot_fields, with_measures
from trialogue.trials.one_page import dates_words, groups_words, small_words
from trialogue.trials.planned_power import NEEDED, panel
from trialogue.trials.protocol import parse
from trialogue.trials.queries.copying import to_copy
from trialogue.trials.queries.lists import (
    next_step,
    next_thing,
    records_of_ended,
    tag_of,
    trials_seen_by,
    with_lead,
    with_stage,
)
from trialogue.trials.queries.tasks import tasks_of
from trialogue.trials.queries.trials import (
    answers_of,
    draft_of,
    hash_of_draft,
    history_of,
    members_of,
    protocol_of,
    sign_off_of,
    trial_of,
)
from trialogue.trials.services import amending, planning, registration
from trialogue.trials.summaries import plan_shown, plan_summary, said
from trialogue.trials.views import acting, roles_here, show, today, trial_page
from trialogue.trials.words import LABELS, analysis_words, problems_of_plan, warnings_of_plan

STAGES = [
    ("", "Any stage"),
    ("planning", "Being planned"),
    ("registered", "Registered"),
    ("running", "Running"),
    ("ended", "Ended"),
    ("reported", "Reported"),
    ("stopped", "Stopped or withdrawn"),
]


class Filters(Form):
    """Which trials to list."""

    stage = choice("Stage", STAGES)


@permissions.page("list trials")
def trials(request: HttpRequest) -> HttpResponse:
    filters = Filters(request.GET or None)
    stage = request.GET.get("stage", "")
    rows = with_lead(with_stage(trials_seen_by(acting(request)), stage, today=today()))
    now, due = today(), register.due_dates()
    ended = records_of_ended(rows, today=now)
    columns: list[Column[Any]] = [
        Column("Trial", lambda trial: trial.title, "title", lambda t: f"/trials/{t.public_id}/"),
        Column("Stage", lambda t: tag_of(t, ended.get(t.public_id), today=now)),
        Column("Lead", lambda trial: trial.lead or "Nobody", "lead"),
        Column("Next", lambda trial: next_thing(trial, now) or "Nothing: it is over"),
        Column("Ends", lambda trial: trial.ends_on or "Not known", "ends_on"),
        Column("Result due", lambda trial: due.get(trial.public_id) or "Not known"),
    ]
    if wants_csv(request):
        return as_csv(request, rows, columns, sort="-created_at", filename="trials.csv")
    table = listing(request, rows, columns, sort="-created_at", one="trial", many="trials")
    context = {
        "list": table,
        "filters": filters,
        "section": "trials",
        "starters": register.starter_plans(),
        "may_plan": permissions.allows(acting(request), "plan a trial"),
    }
    return render(request, "trials/trials.html", context)


@permissions.page("plan a trial")
def new(request: HttpRequest) -> HttpResponse:
    """Who tried it before? The gate before a plan."""
    data = request.POST if request.method == "POST" else None
    starter = to_copy(request.GET.get("starter", ""))
    idea = _idea_named((data or request.GET).get("idea", ""))
    begun = idea.title if idea else starter.title[:80] if starter else ""
    initial = {
        "title": request.GET.get("title", "") or begun,
        "starter": starter.code if starter else "",
        "idea": str(idea.number) if idea else "",
    }
    form = Gate(data, initial=initial)
    query = (data or request.GET).get("title", "") or initial["title"]
    if idea:
        query = ideas.text_of(query, idea.problem, idea.proposal)
    hits = register.similar(query) if query else ()
    searched = bool(data and data.get("step") == "decide")
    if data and not searched:
        # First the search, then the decision: the answer rests on what was seen.
        form = Gate(initial={**initial, **data.dict()})
        searched = bool(query.strip())
        if not searched:
            form = Gate(data)
            form.is_valid()
    elif data and form.is_valid():
        typed = form.cleaned_data
        try:
            trial = planning.begin_trial(
                title=typed["title"],
                query=query,
                going_ahead=typed["going_ahead"],
                why=typed["why"],
                starter=typed["starter"],
                idea=typed["idea"],
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return redirect("trials:trial", trial.public_id)
    context = {
        "form": form,
        "hits": hits,
        "searched": searched or idea is not None,
        "idea": idea,
        "section": "trials",
    }
    return render(request, "trials/new.html", context)


def _idea_named(number: str | None) -> ideas.IdeaForTrial | None:
    """Return the idea that an address names, if it is to be tried."""
    if not number or not number.isdigit() or len(number) > 15:
        return None
    return ideas.idea_for_trial(int(number))


@trial_page("list trials")
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """The workspace; who has no part in the trial goes on to what the public reads."""
    if not permissions.allows(acting(request), "see a trial", also=roles_here(request)):
        return redirect("evidence:trial", public_id)
    found, record = trial_of(public_id), register.record(public_id)
    members = members_of(found)
    due = record.due_on if record else None
    return show(
        request,
        "trial",
        public_id,
        trial=found,
        tasks=tasks_of(found, today=today()),
        today=today(),
        step=next_step(found, members, due=due, today=today()),
        tag=tag_of(found, record, today=today()),
        members=members,
        going_ahead=planning.GOING_AHEAD.get(found.similar.get("answer", ""), ""),
    )


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
            based_on=_version(data.get("version", "")),
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


def _version(typed: str) -> int:
    return int(typed) if typed.isdigit() else 0


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
    may_answer = permissions.allows(acting(request), "answer the plan", also=roles)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        try:
            planning.ask_for_sign_off(
                public_id=public_id,
                by=acting(request),
                at=timezone.now(),
                today=today(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The managers were asked to sign off the plan")
            return redirect("trials:register", public_id)
    complete = all(name in draft for name in schema.QUESTIONS)
    return show(
        request,
        "plan_check",
        public_id,
        trial=found,
        form=form,
        asked=[
            (name, LABELS[name], plan_shown(name, draft))
            for name in schema.QUESTIONS
            if name in draft
        ],
        words=analysis_words(parse(draft)) if complete and not problems else [],
        panel=panel(draft),
        problems=problems,
        warnings=warnings_of_plan(draft) if complete else [],
        may_answer=may_answer and not found.registered_at,
    )


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


@trial_page("see a trial")
def register_trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """The manager signs, the lead registers."""
    found = trial_of(public_id)
    if found.registered_at:
        entry = register.events(public_id)[0]
        return show(request, "registered", public_id, trial=found, entry=entry)
    draft = draft_of(found)
    problems = problems_of_plan(draft, today=today())
    digest = hash_of_draft(draft)
    signed = sign_off_of(found, "plan", digest)
    roles = roles_here(request)
    may_sign = permissions.allows(acting(request), "sign off", also=roles)
    may_register = permissions.allows(acting(request), "register a trial", also=roles)
    signing = request.POST.get("act") == "sign"
    registering = request.method == "POST" and not signing
    sign_form = SignOff(request.POST if signing else None, initial={"document_hash": digest})
    form = Register(request.POST if registering else None)
    shown = sign_form if signing else form
    if shown.is_valid():
        try:
            if signing:
                planning.sign_off_plan(
                    public_id=public_id,
                    document_hash=sign_form.cleaned_data["document_hash"],
                    agreed=sign_form.cleaned_data["answer"] == "agreed",
                    note=sign_form.cleaned_data["note"],
                    by=acting(request),
                    at=timezone.now(),
                )
                messages.success(request, "Your answer was sent to the lead")
            else:
                registration.register_trial(
                    public_id=public_id,
                    by=acting(request),
                    at=timezone.now(),
                    today=today(),
                )
        except InputError as error:
            shown.show(error.problems)
        else:
            return redirect("trials:register", public_id)
    return show(
        request,
        "register",
        public_id,
        trial=found,
        form=form,
        sign_form=sign_form,
        shown=shown,
        problems=problems,
        signed=signed,
        may_sign=may_sign,
        may_register=may_register,
    )


@trial_page("change the team")
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who has which part."""
    data = request.POST if request.method == "POST" else None
    form = Member(data if data and "email" in data else None)
    try:
        if data and "remove" in data:
            planning.remove_member(
                public_id=public_id,
                member_id=_version(data["remove"]),
                by=acting(request),
                at=timezone.now(),
            )
            return redirect("trials:team", public_id)
        if data and form.is_valid():
            planning.add_member(
                public_id=public_id,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                by=acting(request),
                at=timezone.now(),
            )
            return redirect("trials:team", public_id)
    except InputError as error:
        form = form if form.is_bound else Member({})
        form.errors.clear() if "remove" in (data or {}) else None
        form.show(error.problems)
    found = trial_of(public_id)
    return show(request, "team", public_id, trial=found, form=form, members=members_of(found))


@trial_page("amend a trial")
def amend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose what changes."""
    return show(
        request,
        "amend",
        public_id,
        questions=[(name, LABELS[name]) for name in schema.QUESTIONS],
        amendments=[e for e in register.events(public_id) if e.kind == "amendment"],
    )


@trial_page("amend a trial")
def amend_question(request: HttpRequest, public_id: str, question: str) -> HttpResponse:
    """The registered answer beside the new one."""
    found = trial_of(public_id)
    if question not in schema.QUESTIONS or not found.registered_at:
        raise Http404
    plan = protocol_of(found).plan
    before, moot = plan[question], moot_fields(question, plan)
    data: QueryDict | None = request.POST if request.method == "POST" else None
    if data and question == "outcomes":
        data = with_measures(data, before)
    form, reason = QuestionForm(question, data, before, moot=moot), Amendment(data)
    adding = bool(data and ("add" in data or "use" in data))
    if adding:
        form = form.unchecked()
        reason = Amendment(initial=data.dict() if data else {})
    elif data and form.is_valid() and reason.is_valid():
        try:
            amending.amend_plan(
                public_id=public_id,
                question=question,
                body=form.answer(),
                reason=reason.cleaned_data["reason"],
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "The change is public, beside the original")
            return redirect("trials:amend", public_id)
    return show(
        request,
        "amend_question",
        public_id,
        trial=found,
        form=form,
        reason=reason,
        label=LABELS[question],
        registered=plan_summary(question, before),
    )


@trial_page("amend a trial")
def deviations(request: HttpRequest, public_id: str) -> HttpResponse:
    """What went differently."""
    form = Deviation(
        request.POST if request.method == "POST" else None, initial=request.GET.dict()
    )
    if form.is_valid():
        try:
            amending.record_deviation(
                public_id=public_id,
                found_by="software" if request.GET.get("found") else "person",
                by=acting(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "What went differently is public now")
            return redirect("trials:deviations", public_id)
    return show(
        request,
        "deviations",
        public_id,
        form=form,
        known=[entry for entry in register.events(public_id) if entry.kind == "deviation"],
    )
