"""The pages that say what this is, how it decides and who answers for it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions
from trialogue.accounts.first_steps import steps_left
from trialogue.accounts.requests import person_of
from trialogue.evidence import queries as evidence
from trialogue.site import glossary, queries, role_table, worked_examples
from trialogue.visits.queries import watch as visits


@permissions.page("read public pages")
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return render(
        request,
        "site/home.html",
        {
            "section": "home",
            "figures": queries.figures(today=today),
            "calls": queries.open_calls(today=today),
            "cards": evidence.cards(evidence.newest_results(), today=today),
        },
    )


@permissions.page("see your work")
def your_work(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    today = timezone.localdate()
    tasks = queries.tasks_of(person, today=today)
    return render(
        request,
        "site/your_work.html",
        {
            "section": "work",
            "tasks": tasks,
            "waiting": len(tasks),
            "steps_left": steps_left(person),
            "ideas": queries.ideas_of(person, today=today),
            "notices": queries.notices_of(person),
        },
    )


@permissions.page("read public pages")
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@permissions.page("read public pages")
@never_cache
def escalation(request: HttpRequest) -> HttpResponse:
    """Say whether concerns go up the ladder by themselves, to a machine outside that watches."""
    troubles = visits.troubles(timezone.now())
    words = "\n".join(troubles) or "ok"
    return HttpResponse(words, content_type="text/plain", status=503 if troubles else 200)


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
