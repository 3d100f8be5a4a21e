"""What every operation of the API needs: who calls, and what they may do."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer

from trialogue.accounts import permissions
from trialogue.accounts.models import Person


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


class Token(HttpBearer):
    """A call with a person's own token. Cookies never count here, so no page can borrow one."""

    def __init__(self, person_of: Callable[[str], Person | None]) -> None:
        super().__init__()
        self.person_of = person_of

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Return whose token it is; None when it is revoked or was never given."""
        return self.person_of(token)


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
