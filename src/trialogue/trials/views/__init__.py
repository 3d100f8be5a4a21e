"""Pages of trials: parse, call, render. A file a part of the loop."""

from datetime import date
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.trials.queries.trials import roles_in_trial, trial_of

trial_page = partial(permissions.page, roles_of=roles_in_trial)


def today() -> date:
    """Return the day here and now."""
    return timezone.localdate()


def acting(request: HttpRequest) -> Any:
    """Return the person who acts. `permissions.page` saw to it that they are signed in."""
    return request.user


def roles_here(request: HttpRequest) -> frozenset[str]:
    """Return the person's parts in this trial, as `permissions.page` found them."""
    roles: frozenset[str] = request.roles_here  # type: ignore[attr-defined]
    return roles


def show(
    request: HttpRequest, template: str, public_id: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of one trial."""
    trial = context.pop("trial", None) or trial_of(public_id)
    context |= {"trial": trial, "section": "trials"}
    return render(request, f"trials/{template}.html", context, status=status)


def whole(typed: str) -> int:
    """Return a whole number that a page sent back; 0 for anything else."""
    return int(typed) if typed.isascii() and typed.isdecimal() else 0
