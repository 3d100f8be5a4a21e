"""The pages of one trial."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from trialogue.accounts import permissions
from trialogue.evidence import queries, record, showing
from trialogue.pages.downloads import download
from trialogue.pages.qr import qr_code
from trialogue.tables import write_for_spreadsheet


@permissions.page("read evidence")
def trial(request: HttpRequest, trial: str) -> HttpResponse:
    whole = whole_or_404(trial)
    if whole.record.id != trial:
        return redirect("evidence:trial", whole.record.id, permanent=True)
    page = showing.trial_page(whole, today=timezone.localdate())
    address = request.build_absolute_uri(reverse("evidence:trial", args=[trial]))
    return render(
        request,
        "evidence/trial.html",
        {
            "section": "evidence",
            "page": page,
            "pays_columns": queries.PAYS,
            "released_columns": queries.RELEASED,
            "address": address,
            "today": timezone.localdate(),
            "qr": qr_code(address, title=f"Code for {address}", scale=2, css="app-qr"),
            "dataset": _data_block(showing.dataset(whole, page, address)),
        },
    )


@permissions.page("read evidence")
def short(request: HttpRequest, trial: str) -> HttpResponse:
    return redirect("evidence:trial", whole_or_404(trial).record.id, permanent=True)


@permissions.page("read evidence")
def counts(request: HttpRequest, trial: str) -> HttpResponse:
    whole = whole_or_404(trial)
    if not whole.result:
        raise Http404
    response = download(f"{whole.record.id}.csv")
    write_for_spreadsheet(response, showing.COUNTS, showing.counts(whole))
    return response


@permissions.page("read evidence")
def history(request: HttpRequest, trial: str) -> HttpResponse:
    whole = whole_or_404(trial)
    return render(
        request,
        "evidence/history.html",
        {"section": "evidence", "record": whole.record, "history": showing.history(whole)},
    )


def whole_or_404(typed: str) -> queries.Whole:
    """Return the trial of an identifier however it was typed, or answer that there is none."""
    identifier = record.read_identifier(typed)
    found = queries.whole(identifier) if identifier else None
    if found is None:
        raise Http404
    return found


def _data_block(document: dict[str, Any]) -> SafeString:
    """Write JSON that may stand in a page: no letter of it can end the block."""
    text = json.dumps(document, ensure_ascii=False)
    return mark_safe(  # noqa: S308 - the letters that matter to HTML are escaped
        text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    )
