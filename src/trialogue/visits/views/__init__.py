"""Pages of visits: parse, call, render."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from trialogue.methods.problems import InputError
from trialogue.pages.forms import Form
from trialogue.visits import queries


def show(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    """Render a page of visits."""
    return render(request, f"visits/{page}.html", {"section": "visits", **context})


def posted(request: HttpRequest) -> Any:
    """Return what was sent, or None."""
    return request.POST if request.method == "POST" else None


def number_of(text: str | None) -> int | None:
    """Return a whole number that a page sent; None for anything else."""
    return int(text) if text and re.fullmatch("[0-9]{1,15}", text) else None


def asked_for(request: HttpRequest) -> str:
    """Return what is searched for."""
    # No database keeps the letter 0.
    return request.GET.get("q", "").replace("\x00", "").strip()


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


def the_scheme() -> Any:
    """Return the scheme that is open. Raises Http404 before there is one."""
    scheme = queries.scheme()
    if scheme is None:
        raise Http404
    return scheme
