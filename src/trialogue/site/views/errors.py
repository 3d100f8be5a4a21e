"""What went wrong, in words: what is safe, what to do."""

import logging
import sys
import uuid

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from trialogue.accounts import lost_answers, permissions

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that nothing was changed. An unknown host is refused before anyone is signed in."""
    if not hasattr(request, "user"):
        request.user = AnonymousUser()
    if isinstance(exception, (RequestDataTooBig, TooManyFilesSent)):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


bad_request.action = "read public pages"  # type: ignore[attr-defined]


@permissions.page("read public pages")
def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", {"who": str(exception)}, status=403)


@permissions.page("read public pages")
def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    # Only a page of ours may have its answers put back: no other site writes into our forms.
    again = lost_answers.keep(request) if lost_answers.comes_from_here(request) else ""
    kept = lost_answers.are_waiting(request)
    return render(request, "403_form.html", {"again": again if kept else ""}, status=403)


@permissions.page("read public pages")
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_a_program(request):
        return _problem("We cannot find this", "Check the address", status=404)
    return render(request, "404.html", status=404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """Give a reference that the log has too. Asks the database nothing: it may be what broke."""
    reference = uuid.uuid4().hex[:8]
    log.error("Reference %s: %s", reference, request.path)
    away = isinstance(sys.exc_info()[1], OperationalError)
    status = 503 if away else 500
    if _is_a_program(request):
        what = (
            "We cannot reach our records for the moment" if away else "Something went wrong here"
        )
        answer = _problem(what, f"Try again, or quote {reference}", status=status)
    else:
        page = render_to_string(f"{status}.html", {"reference": reference})
        answer = HttpResponse(page, status=status)
    if away:
        answer["Retry-After"] = "60"
    return answer


our_fault.action = "read public pages"  # type: ignore[attr-defined]


def _is_a_program(request: HttpRequest) -> bool:
    """Whether the API was called: it is answered in the one shape of its refusals."""
    return request.path.startswith("/api/")


def _problem(what: str, mend: str, *, status: int) -> HttpResponse:
    problem = {"what": what, "mend": mend, "file": "", "row": None, "column": ""}
    return JsonResponse({"problems": [problem]}, status=status)
