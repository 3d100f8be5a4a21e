"""What every operation of the API needs: who calls, and what they may do."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from ninja import Schema
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from trialogue.accounts import permissions, services
from trialogue.accounts.models import Person
from trialogue.methods.problems import Problem


class ProblemOut(Schema):
    """One thing that is wrong, and how to mend it."""

    what: str
    mend: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""


class Refused(Schema):
    """Why a call was refused. Nothing was changed."""

    problems: list[ProblemOut]


class Refusal(Exception):  # noqa: N818  what the caller is told, not a fault of ours
    """A call that cannot be done as things stand: with a status of its own, in the one shape."""

    def __init__(self, status: int, *problems: Problem) -> None:
        super().__init__(*problems)
        self.status = status
        self.problems = problems


class Token(HttpBearer):
    """A call with a person's own token. Cookies never count here, so no page can borrow one."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Return whose token it is; None when it is revoked, forgotten or was never given."""
        return services.person_of_token(token, at=timezone.now())  # noqa: TID251  a door


class Rate(BaseThrottle):
    """So many calls a minute by one person, whatever token they come with."""

    most = 600

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the call of the person whose token it is."""
        caller = f"api {request.auth.public_id}"  # type: ignore[attr-defined]
        now = timezone.now()  # noqa: TID251  a door
        return services.may_call(caller, most=self.most, each=timedelta(minutes=1), at=now)

    def wait(self) -> float:
        """Return for how many seconds a call too many is put off."""
        return 60.0


# What every router needs that reads or changes what is not public.
TOKEN: dict[str, Any] = {"auth": Token(), "throttle": Rate()}
# How a call with a token can be refused, whatever it asks.
REFUSED = {401: Refused, 403: Refused, 404: Refused, 422: Refused, 429: Refused}


def operation(
    action: str, roles_of: Callable[..., frozenset[str]] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare what an operation lets a person do, and check it before it runs.

    The same table as `permissions.page`, and the same `roles_of`.
    """

    def declare(run: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(run)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            called_by = getattr(request, "auth", None)
            person = called_by if isinstance(called_by, Person) else AnonymousUser()
            also = roles_of(person, **kwargs) if roles_of else frozenset[str]()
            permissions.check(person, action, also=also)
            return run(request, *args, **kwargs)

        checked.action = action  # type: ignore[attr-defined]
        return checked

    return declare
