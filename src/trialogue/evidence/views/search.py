"""Finding trials: a search in one's own words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.evidence import queries, record

LONGEST = 400


@permissions.page("read evidence")
def search(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    identifier = record.read_identifier(asked)
    if identifier and queries.record(identifier):
        return redirect("evidence:trial", identifier)
    today = timezone.localdate()
    hits = queries.similar(asked, limit=20) if asked else ()
    cards = queries.cards(hits, today=today)
    newest = () if asked else queries.cards(queries.newest_results(), today=today)
    return render(
        request,
        "evidence/search.html",
        {
            "section": "evidence",
            "asked": asked,
            "bands": [
                (heading, [card for card in cards if card.band == band])
                for band, heading in (("close", "Close match"), ("related", "May be related"))
            ],
            "nearest": [card for card in cards if card.band == "nearest"][:5],
            "newest": newest,
            "found": any(card.band != "nearest" for card in cards),
        },
    )
