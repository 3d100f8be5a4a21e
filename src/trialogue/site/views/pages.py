"""The pages that say what this is, how it decides and who answers for it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialogue.accounts import permissions
from trialogue.site import glossary, role_table, worked_examples


@permissions.page("read public pages")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"section": "home"})


@permissions.page("read public pages")
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@permissions.page("read public pages")
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html", {"section": "about"})


@permissions.page("read public pages")
def how_we_decide(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "site/how_we_decide.html",
        {
            "section": "how",
            "verdicts": worked_examples.verdict_examples(),
            "gradings": worked_examples.strength_examples(),
            "small": worked_examples.small_count_examples(),
        },
    )


@permissions.page("read public pages")
def words(request: HttpRequest) -> HttpResponse:
    return render(request, "site/words.html", {"section": "words", "words": glossary.WORDS})


@permissions.page("read public pages")
def roles(request: HttpRequest) -> HttpResponse:
    return render(request, "site/roles.html", {"section": "roles", "rows": role_table.role_rows()})


@permissions.page("read public pages")
def privacy(request: HttpRequest) -> HttpResponse:
    minutes = settings.SESSION_COOKIE_AGE // 60
    return render(request, "site/privacy.html", {"section": "privacy", "minutes": minutes})


@permissions.page("read public pages")
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "site/accessibility.html", {"section": "accessibility"})


@permissions.page("read public pages")
def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "site/contact.html", {"section": "contact"})
