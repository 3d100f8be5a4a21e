"""T6 and T9: signing off, registering, amending, what went differently."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.evidence import queries as register
from trialogue.evidence import schema
from trialogue.methods.problems import InputError
from trialogue.trials.forms.planning import Amendment, Deviation, Register, SignOff
from trialogue.trials.forms.questions import QuestionForm, moot_fields, with_measures
from trialogue.trials.queries.trials import (
    draft_of,
    hash_of_draft,
    protocol_of,
    sign_off_of,
    trial_of,
)
from trialogue.trials.services import amending, planning, registration
from trialogue.trials.summaries import plan_summary
from trialogue.trials.views import acting, roles_here, show, today, trial_page
from trialogue.trials.words import LABELS, problems_of_plan


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
