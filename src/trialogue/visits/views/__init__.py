"""Pages of visits: parse, call, render."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form
from trialogue.visits import queries

# The pages of the section, in the order of a day's work: address, words, who may open it.
PAGES = (
    ("visits:start", "Today", "watch visits"),
    ("visits:rounds", "Rounds", "see rounds"),
    ("visits:residents", "Residents", "see residents"),
    ("visits:plan", "Plan the week", "plan visits"),
    ("visits:phones", "Phones", "manage phones"),
    ("visits:setup", "Set up", "set up visits"),
)


def show(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    """Render a page of visits, with the links of the section that this person may open."""
    person = person_of(request)
    pages = [
        (address, words) for address, words, action in PAGES if permissions.allows(person, action)
    ]
    return render(
        request,
        f"visits/{page}.html",
        {"section": "visits", "pages": pages, "scheme": queries.scheme(), **context},
    )


def posted(request: HttpRequest) -> Any:
    """Return what was sent, or None."""
    return request.POST if request.method == "POST" else None


def today() -> date:
    """Return the council's day."""
    return timezone.localdate()


def did(form: Form, act: Callable[[], object]) -> bool:
    """Do what a valid form asks; return whether it was done. Problems show in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except InputError as error:
        form.show(error.problems)
        return False
    return True


def to(address: str, *args: Any) -> HttpResponse:
    """Go on to a page, after something was done."""
    return redirect(address, *args)
