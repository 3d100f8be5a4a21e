"""What went wrong, in words: what is safe, what to do."""

import logging
import sys
import uuid

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from trialogue.accounts import permissions

log = logging.getLogger(__name__)


@permissions.page("read public pages")
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


@permissions.page("read public pages")
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"who": str(exception)}, status=403)


@permissions.page("read public pages")
def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_form.html", status=403)


@permissions.page("read public pages")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """Give a reference that the log has too. Asks the database nothing: it may be what broke."""
    reference = uuid.uuid4().hex[:8]
    log.error("Reference %s: %s", reference, request.path)
    away = isinstance(sys.exc_info()[1], OperationalError)
    page = render_to_string("503.html" if away else "500.html", {"reference": reference})
    answer = HttpResponse(page, status=503 if away else 500)
    if away:
        answer["Retry-After"] = "60"
    return answer


our_fault.action = "read public pages"  # type: ignore[attr-defined]
