"""The page for statisticians, and the check of the draw."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialogue.accounts import permissions
from trialogue.evidence import showing
from trialogue.evidence.views.trials import whole_or_404


@permissions.page("read evidence")
def technical(request: HttpRequest, trial: str) -> HttpResponse:
    whole = whole_or_404(trial)
    return render(
        request,
        "evidence/technical.html",
        {
            "section": "evidence",
            "record": whole.record,
            "page": showing.technical(whole),
            **showing.TABLES,
        },
    )
