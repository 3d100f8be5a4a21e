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


def _crumbs(idea: Any, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        ("Ideas", reverse("ideas:ideas")),
        (idea.title, reverse("ideas:idea", args=[idea.pk, idea.slug])),
        *more,
    ]


@permissions.page("moderate an idea", roles_of=queries.roles_in_idea)
def moderate(request: HttpRequest, pk: int) -> HttpResponse:
    idea = queries.shown_idea(pk, seen_by=request.user)
    if idea.status == "draft":
        raise Http404
    posted = request.POST if request.method == "POST" else None
    act = posted.get("do", "") if posted else ""
    page: dict[str, Any] = {
        "hide": forms.Hide(posted if act == "hide" else None),
        "join": forms.Join(posted if act == "join" else None, idea=idea),
        "keep": forms.KeepHidden(posted if act == "keep" else None),
    }
    said = _moderate(request, pk, act, page) if posted else ""
    if said:
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


def _moderate(request: HttpRequest, pk: int, act: str, page: dict[str, Form]) -> str:
    """Do what was asked; return what is now so, or nothing when it cannot be done."""
    who: dict[str, Any] = {"by": person_of(request), "at": timezone.now()}
    if act == "show":
        services.show(pk, **who)
        return "The idea shows"
    acts: dict[str, tuple[Callable[..., None], str]] = {
        "hide": (services.hide, "The idea is hidden, and its sender is told why"),
        "join": (services.merge, "The two ideas are one"),
        "keep": (services.keep_hidden, "The appeal is answered, and its writer is told"),
    }
    if act not in acts or not page[act].is_valid():
        return ""
    service, said = acts[act]
    given = dict(page[act].cleaned_data)
    if act == "join":
        given["into"] = int(given["into"])
    return said if _done(page[act], service, pk, given | who) else ""


def _done(form: Form, service: Callable[..., None], pk: int, given: dict[str, Any]) -> bool:
    try:
        service(pk, **given)
    except InputError as error:
        form.show(error.problems)
        return False
    return True


@permissions.page("moderate an idea", roles_of=queries.roles_in_comment)
def moderate_comment(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    said = queries.comment_of(comment, idea=pk, seen_by=request.user)
    posted = request.POST if request.method == "POST" else None
    act = posted.get("do", "") if posted else ""
    page: dict[str, Any] = {
        "hide": forms.Hide(posted if act == "hide" else None),
        "keep": forms.KeepHidden(posted if act == "keep" else None),
    }
    who: dict[str, Any] = {"by": person_of(request), "at": timezone.now()}
    done = ""
    if act == "show":
        services.show_comment(comment, **who)
        done = "The comment shows"
    elif act == "hide" and page["hide"].is_valid():
        if _done(page["hide"], services.hide_comment, comment, page["hide"].cleaned_data | who):
            done = "The comment is hidden, and its writer is told why"
    elif act == "keep" and page["keep"].is_valid():
        given = page["keep"].cleaned_data | who
        if _done(page["keep"], services.keep_comment_hidden, comment, given):
            done = "The appeal is answered, and its writer is told"
    if done:
        messages.success(request, done)
        return redirect("ideas:moderate", pk)
    moderate_it = ("Check this idea", reverse("ideas:moderate", args=[pk]))
    context = {
        "section": "ideas",
        "idea": said.idea,
        "comment": said,
        "crumbs": _crumbs(said.idea, moderate_it),
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
def appeal_comment(request: HttpRequest, pk: int, comment: int) -> HttpResponse:
    said = queries.comment_of(comment, idea=pk, seen_by=request.user)
    return _appeal(request, said, said.idea, services.appeal_comment, by=person_of(request))


def _appeal(
    request: HttpRequest, hidden: Any, idea: Any, service: Callable[..., None], *, by: Any
) -> HttpResponse:
    form = forms.Appeal(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data | {"by": by, "at": timezone.now()}
        if _done(form, service, hidden.pk, given):
            messages.success(request, "Your appeal is sent. Who checks ideas will answer it")
            return redirect(request.path)
    context = {
        "section": "ideas",
        "idea": idea,
        "words": "" if hidden is idea else hidden.text,
        "hidden": showing.hidden_because(hidden),
        "it": hidden,
        "form": form,
        "crumbs": _crumbs(idea) if request.user.is_authenticated else _crumbs(idea)[:1],
    }
    return render(request, "ideas/appeal.html", context)
