"""I1 and I3: the list of ideas, an idea, and what people say about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.ideas import forms, queries, services, showing
from trialogue.ideas.comments import Say
from trialogue.ideas.views.residents import support_as_resident
from trialogue.methods.problems import InputError
from trialogue.pages import lists


@permissions.page("read ideas")
def ideas(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    filters = forms.IdeaFilters(request.GET or None)
    rows = queries.filtered(filters.chosen(), seen_by=request.user)
    if lists.wants_csv(request):
        columns = showing.csv_columns(today)
        return lists.as_csv(request, rows, columns, sort="-sent_at", filename="ideas.csv")
    columns = showing.columns(today, lambda row: reverse("ideas:idea", args=[row.pk, row.slug]))
    found = lists.listing(request, rows, columns, sort="-sent_at", one="idea", many="ideas")
    return render(
        request,
        "ideas/ideas.html",
        {"section": "ideas", "list": found, "filters": filters, "funnel": queries.funnel()},
    )


@permissions.page("read ideas", roles_of=queries.roles_in_idea)
def idea(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    shown = queries.shown_idea(pk, seen_by=request.user)
    if shown.status == "draft":
        return redirect(f"{reverse('ideas:check')}?draft={pk}")
    if shown.slug != slug:
        return redirect("ideas:idea", pk, shown.slug, permanent=True)
    return _page(request, shown, Say())


def _page(request: HttpRequest, shown: Any, form: Say) -> HttpResponse:
    also = request.roles_here  # type: ignore[attr-defined]

    def may(action: str) -> bool:
        return permissions.allows(request.user, action, also=also)

    context = showing.page_of(shown, seen_by=request.user, today=timezone.localdate())
    return render(
        request,
        "ideas/idea.html",
        context
        | {
            "section": "ideas",
            "idea": shown,
            "form": form,
            "crumbs": [("Ideas", reverse("ideas:ideas"))],
            "may_answer": may("answer an idea"),
            "may_moderate": may("moderate an idea"),
            "may_plan": showing.may_plan(shown, request.user) and may("plan a trial"),
            "mine": "idea author" in also,
        },
    )


@permissions.page("support an idea", roles_of=queries.roles_in_idea)
def support(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.is_authenticated:
        return support_as_resident(request, pk)
    acts = {
        "support": (services.support, "You support this idea"),
        "unsupport": (services.unsupport, "You do not support this idea any more"),
        "follow": (services.follow, "We will tell you what becomes of it"),
        "unfollow": (services.unfollow, "You will hear no more of it"),
    }
    if request.method != "POST":
        return _back(request, pk)
    act, said = acts.get(request.POST.get("do", ""), acts["support"])
    try:
        act(pk, by=person_of(request), at=timezone.now())
    except InputError as error:
        said = str(error)
    messages.success(request, said)
    return _back(request, pk)


@permissions.page("comment on an idea", roles_of=queries.roles_in_idea)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    form = Say(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            said = services.comment(
                pk, **form.cleaned_data, by=person_of(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(
                request,
                "Your comment is on the page"
                if said.checked_at
                else "Your comment shows once a person has checked it",
            )
            return _back(request, pk)
    return _page(request, queries.shown_idea(pk, seen_by=request.user), form)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    return redirect("ideas:idea", pk, queries.shown_idea(pk, seen_by=request.user).slug)
