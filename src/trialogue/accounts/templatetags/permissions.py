"""What a reader may do, for templates: no page offers a link that would be refused."""

from django.http import HttpRequest
from django.template import Library
from django.urls import resolve

from trialogue.accounts import permissions

register = Library()


@register.filter
def may_open(request: HttpRequest, address: str) -> bool:
    """Whether the reader may open a page about the same thing as this one."""
    action: str = resolve(address).func.action  # type: ignore[attr-defined]
    return permissions.allows(request.user, action, also=request.roles_here)  # type: ignore[attr-defined]
