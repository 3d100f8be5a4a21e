"""The page for statisticians, and the check of the draw."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialogue.accounts import permissions
from trialogue.evidence import forms, showing
from trialogue.evidence.redraw import Redraw, redraw
from trialogue.evidence.views.trials import whole_or_404
from trialogue.methods.problems import InputError


@permissions.page("read evidence")
def technical(request: HttpRequest, trial: str) -> HttpResponse:
    whole = whole_or_404(trial)
    page = showing.technical(whole)
    found: Redraw | None = None
    form: forms.CheckDraw | None = None
    if page.command:
        form = forms.CheckDraw(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
            initial={"seed": page.seed, "cluster": page.cluster},
        )
        if form.is_valid():
            typed = form.cleaned_data
            try:
                found = redraw(
                    whole,
                    typed["units"],
                    typed["placed"],
                    cluster=typed["cluster"],
                    seed=typed["seed"],
                )
            except InputError as error:
                form.show(error.problems)
    return render(
        request,
        "evidence/technical.html",
        {
            "section": "evidence",
            "record": whole.record,
            "page": page,
            "form": form,
            "found": found,
            **showing.TABLES,
        },
    )
