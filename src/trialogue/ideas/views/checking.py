"""I5: check an idea and what people say about it; appeal, and answer an appeal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.ideas import forms, queries, services, showing
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form

Acts = dict[str, tuple[Callable[..., Any], str]]  # what to do, and what is then so
ON_AN_IDEA: Acts = {
    "show": (services.show, "The idea shows"),
    "hide": (services.hide, "The idea is hidden, and its sender is told why"),
    "join": (services.merge, "The two ideas are one"),
    "keep": (services.keep_hidden, "The appeal is answered, and its writer is told"),
}
ON_A_COMMENT: Acts = {
    "show": (services.show_comment, "The comment shows"),
    "hide": (services.hide_comment, "The comment is hidden, and its writer is told why"),
    "keep": (services.keep_comment_hidden, "The appeal is answered, and its writer is told"),
}


def _crumbs(on: Any, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Ideas", reverse("ideas:ideas")), (on.title, services.address(on)), *more]


@permissions.page("moderate an idea", roles_of=queries.roles_in_idea)
def moderate(request: HttpRequest, pk: int) -> HttpResponse:
    idea = queries.shown_idea(pk, seen_by=request.user)
    if idea.status == "draft":
        raise Http404
    posted = request.POST if request.method == "POST" else None
    act = posted.get("do", "") if posted else ""
    page: dict[str, Any] = {
        "hide": forms.Hide(posted if act == "hide" else None),
        "join": forms.Join(
            posted if act == "join" else None,
            near=queries.near_to_join(idea) if idea.status == "open" else (),
        ),
        "keep": forms.KeepHidden(posted if act == "keep" else None),
    }
    if said := _act(request, pk, ON_AN_IDEA, page):
        messages.success(request, said)
        return redirect("ideas:moderate", pk)
    context = {
        "section": "ideas",
        "idea": idea,
        "crumbs": _crumbs(idea),
        "comments": queries.comments_of(idea, request.user),
        "acted": page.get(act),
        **showing.checked(idea, today=timezone.localdate()),
    }
    return render(request, "ideas/moderate.html", context | page)


def _act(request: HttpRequest, pk: int, acts: Acts, page: dict[str, Form]) -> str:
    """Do what was asked; return what is now so, or nothing when it cannot be done."""
    act = request.POST.get("do", "")
    if act not in acts:
        return ""
    service, said = acts[act]
    who = {"by": person_of(request), "at": timezone.now()}
    if act not in page:  # a button alone
        service(pk, **who)
        return said
    form = page[act]
    return said if form.is_valid() and _done(form, service, pk, form.cleaned_data | who) else ""


def _done(form: Form, service: Callable[..., None], pk: int, given: dict[str, Any]) -> bool:
    try:
        service(pk, **given)
    except InputError as error:
        form.show(error.problems)
        return False
    return True


@permissions.page("moderate an idea", roles_of=queries.roles_in_comment)
def moderate_comment(request: HttpRequest, comment: int) -> HttpResponse:
    said = queries.comment_of(comment, seen_by=request.user)
    back = reverse("ideas:moderate", args=[said.idea_id]) if said.idea_id else ""
    posted = request.POST if request.method == "POST" else None
    act = posted.get("do", "") if posted else ""
    page: dict[str, Any] = {
        "hide": forms.Hide(posted if act == "hide" else None),
        "keep": forms.KeepHidden(posted if act == "keep" else None),
    }
    if done := _act(request, comment, ON_A_COMMENT, page):
        messages.success(request, done)
        return redirect(back or services.address(said.on))
    context = {
        "section": "ideas",
        "comment": said,
        "crumbs": _crumbs(said.on, *([("Check this idea", back)] if back else [])),
        "acted": page.get(act),
        "hidden": showing.hidden_because(said),
    }
    return render(request, "ideas/moderate_comment.html", context | page)


@permissions.page("suggest an idea", roles_of=queries.roles_in_own_idea)
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    idea = queries.shown_idea(pk, seen_by=request.user)
    return _appeal(request, idea, idea, services.appeal, by=person_of(request))


@permissions.page("suggest an idea")
def appeal_by_key(request: HttpRequest, key: str) -> HttpResponse:
    """The door of a resident without an account, from their e-mail."""
    idea, sender = queries.idea_to_appeal(key)
    return _appeal(request, idea, idea, services.appeal, by=sender)


@permissions.page("comment on an idea", roles_of=queries.roles_in_own_comment)
def appeal_comment(request: HttpRequest, comment: int) -> HttpResponse:
    said = queries.comment_of(comment, seen_by=request.user)
    return _appeal(request, said, said.on, services.appeal_comment, by=person_of(request))


def _appeal(
    request: HttpRequest, hidden: Any, on: Any, service: Callable[..., None], *, by: Any
) -> HttpResponse:
    form = forms.Appeal(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data | {"by": by, "at": timezone.now()}
        if _done(form, service, hidden.pk, given):
            messages.success(request, "Your appeal is sent. Who checks ideas will answer it")
            return redirect(request.path)
    context = {
        "section": "ideas",
        "title": on.title,
        "words": "" if hidden is on else hidden.text,
        "hidden": showing.hidden_because(hidden),
        "it": hidden,
        "form": form,
        "crumbs": _crumbs(on) if request.user.is_authenticated else _crumbs(on)[:1],
    }
    return render(request, "ideas/appeal.html", context)
