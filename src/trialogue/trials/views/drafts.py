"""The draft plan as others read it while it is open for comments; answering them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.ideas import queries as ideas
from trialogue.ideas.comments import Say
from trialogue.methods.problems import InputError
from trialogue.trials.forms.planning import AnswerComment
from trialogue.trials.queries.trials import draft_of, roles_in_draft, trial_of
from trialogue.trials.services import drafts
from trialogue.trials.views import acting, show, today, trial_page
from trialogue.trials.views.planning import said_of_plan
from trialogue.trials.words import problems_of_plan


def _roles(person: Any, public_id: str) -> frozenset[str]:
    return roles_in_draft(person, public_id, today=today())


@permissions.page("comment on an open draft", roles_of=_roles)
def draft(request: HttpRequest, public_id: str) -> HttpResponse:
    """The draft in words, and what people say on it."""
    found = trial_of(public_id)
    if found.registered_at:
        return redirect("evidence:trial", public_id)
    form = Say(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            shows = drafts.comment(
                public_id=public_id,
                **form.cleaned_data,
                by=acting(request),
                at=timezone.now(),
                today=today(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(
                request,
                "Your comment is on the page"
                if shows
                else "Your comment shows once a person has checked it",
            )
            return redirect("trials:draft", public_id)
    plan, until = draft_of(found), ideas.open_until(public_id)
    return show(
        request,
        "draft",
        public_id,
        trial=found,
        form=form,
        until=until,
        is_open=until is not None and until >= today(),
        comments=ideas.comments_on_draft(public_id, seen_by=acting(request)),
        **said_of_plan(plan, problems_of_plan(plan, today=today())),
    )


@trial_page("answer the plan")
def answer(request: HttpRequest, public_id: str, comment: int) -> HttpResponse:
    """Answer one comment on the draft."""
    said = ideas.comment_on_draft(public_id, comment, seen_by=acting(request))
    form = AnswerComment(
        request.POST if request.method == "POST" else None, initial={"text": said.answer}
    )
    if form.is_valid():
        try:
            drafts.answer_comment(
                public_id=public_id,
                comment=comment,
                text=form.cleaned_data["text"],
                by=acting(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "Your answer is on the page, and its writer is told")
            return redirect("trials:plan_check", public_id)
    return show(request, "answer_comment", public_id, form=form, comment=said)
