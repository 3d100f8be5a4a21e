"""Arriving: a person is signed in, it is noted, and the browser is known from then on."""

import re
from typing import TypeVar

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from trialogue.accounts import lost_answers, services
from trialogue.accounts.models import Person
from trialogue.accounts.requests import person_of

Answer = TypeVar("Answer", bound=HttpResponseBase)
BACKEND = "trialogue.accounts.backends.PeopleBackend"
_BROWSERS = ("Firefox", "Edg", "Chrome", "Safari")
_MACHINES = ("Windows", "Android", "iPhone", "iPad", "Mac", "Linux")


def arrive(request: HttpRequest, person: Person, answer: Answer) -> Answer:
    """Sign a person in whom something other than a password let in, and note it."""
    login(request, person, backend=BACKEND)
    return note_arrival(request, answer)


def note_arrival(request: HttpRequest, answer: Answer) -> Answer:
    """Note the sign-in; from a browser new to this person, they are told."""
    person = person_of(request)
    services.note_sign_in(
        by=person,
        new_browser=lost_answers.was_here(request) != str(person.public_id),
        browser=browser_of(request.headers.get("User-Agent", "")),
        at=timezone.now(),  # noqa: TID251  a part of the views that call it
    )
    lost_answers.remember(answer, person, secure=request.is_secure())
    return answer


def browser_of(agent: str) -> str:
    """Name the browser and the machine: Firefox on Windows. Nothing else is kept of it."""
    browser = next((name for name in _BROWSERS if name in agent), "A browser")
    machine = next((name for name in _MACHINES if re.search(name, agent)), "a machine")
    return f"{browser.replace('Edg', 'Edge')} on {machine}"
