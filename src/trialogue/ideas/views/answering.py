"""I4: answer an idea, look at the answer once more, send it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.ideas import forms, queries, services, words
from trialogue.methods.problems import InputError


@permissions.page("answer an idea", roles_of=queries.roles_in_idea)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    idea = queries.shown_idea(pk, seen_by=request.user)
    if idea.status == "draft" or idea.answer == "merged":
        return redirect("ideas:idea", pk, idea.slug)
    changing = idea.status == "answered"
    posted = request.POST if request.method == "POST" else None
    form = forms.Answer(posted, changing=changing)
    context = {
        "section": "ideas",
        "idea": idea,
        "form": form,
        "changing": changing,
        "hours": words.hours(idea),
        "pounds": words.pounds(idea),
        "crumbs": [
            ("Ideas", reverse("ideas:ideas")),
            (idea.title, reverse("ideas:idea", args=[pk, idea.slug])),
        ],
    }
    if form.is_valid():
        try:
            services.check_reply(form.reply())
            if "sure" not in request.POST:
                if "again" not in request.POST:
                    rows = {"rows": form.as_rows()}
                    return render(request, "ideas/answer_check.html", context | rows)
            else:
                _send(request, pk, form, changing=changing)
                messages.success(request, "Your answer is published")
                return redirect("ideas:idea", pk, idea.slug)
        except InputError as error:
            form.show(error.problems)
    return render(request, "ideas/answer.html", context)


def _send(request: HttpRequest, pk: int, form: forms.Answer, *, changing: bool) -> None:
    by, at = person_of(request), timezone.now()
    if changing:
        why = form.cleaned_data["why_changed"]
        services.change_answer(pk, form.reply(), why=why, by=by, at=at)
    else:
        services.answer(pk, form.reply(), by=by, at=at)
