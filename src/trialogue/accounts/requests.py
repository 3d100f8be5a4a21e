"""A request: from someone signed in, and from where."""

from ipaddress import ip_address

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from trialogue.accounts.models import Person


class MemberRequest(HttpRequest):
    """A request whose `user` is a person: every view that is not public takes one."""

    user: Person


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in. `permissions.page` saw to it; a view never has to look itself."""
    if not isinstance(request.user, Person):
        raise PermissionDenied("Sign in first.")
    return request.user


def person_if_any(request: HttpRequest) -> Person | None:
    """Return who is signed in, on a page that is for anybody."""
    return request.user if isinstance(request.user, Person) else None


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from, past the proxies of our own.

    Each proxy adds, at the right of X-Forwarded-For, the address that called it. What stands
    further left anybody may have written, so it never counts.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    ours = settings.TRUSTED_PROXIES
    said = passed[-ours].strip() if 0 < ours <= len(passed) else direct
    try:
        return str(ip_address(said))
    except ValueError:
        return direct


def came_from(request: HttpRequest) -> str:
    """Return where a request came from, hashed, so that no address is kept."""
    return salted_hmac("came from", address_of(request)).hexdigest()
