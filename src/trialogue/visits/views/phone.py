"""V8: the page of a visitor's phone, and what the phone sends and asks for.

The page itself holds nothing of anybody: it is the same for everyone, and is kept by the browser.
What the phone sends carries the phone's own signature, so it needs no session and no token of a
form; only the day's list needs somebody signed in.
"""

import hashlib
import json
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.visits.services import phones, recording

SCRIPTS = Path(__file__).parents[2] / "site/static/js/round"
WORKER = SCRIPTS / "worker.js"
MODULES = sorted(f"js/round/{one.name}" for one in SCRIPTS.glob("*.js") if one != WORKER)
SHEETS = ("vendor/govuk-frontend.css", "css/round/round.css")
KEPT = (*SHEETS, *MODULES, "vendor/idb.js", "icon.svg")


@permissions.page("read public pages")
def today(request: HttpRequest) -> HttpResponse:
    """Show the page as every phone keeps it."""
    return _asked_again(_page(request))


def _page(request: HttpRequest) -> HttpResponse:
    return render(request, "visits/round/page.html", {"sheets": SHEETS})


@permissions.page("read public pages")
def worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker: our script, after which version this is and the files it keeps."""
    files = json.dumps([static(name) for name in KEPT])
    version = hashlib.sha256(files.encode() + _page(request).content).hexdigest()[:12]
    whole = f'const VERSION = "{version}";\nconst FILES = {files};\n{WORKER.read_text()}'
    return _asked_again(HttpResponse(whole, content_type="text/javascript"))


@permissions.page("read public pages")
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the page is installed on a phone."""
    icons = [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    # For phones that take no SVG. Its drawing keeps within the circle that a mask leaves.
    icons += [
        {
            "src": static(f"icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return JsonResponse(
        {
            "name": "Your round",
            "short_name": "Your round",
            "id": "/round/",
            "start_url": "/round/",
            "scope": "/round/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#1d3a4f",
            "icons": icons,
        },
        content_type="application/manifest+json",
    )


def _asked_again(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-cache"
    return response


def _for_phones(view: Any) -> Any:
    """Answer a phone in JSON, whatever happens: it forgets nothing without its receipt."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            status, said = view(request, *args, **kwargs)
        except recording.RefusedError as error:
            status, said = error.status, {"problem": str(error)}
        except InputError as error:
            status, said = (
                400,
                {"problem": " ".join(f"{p.what}. {p.mend}." for p in error.problems)},
            )
        except PermissionDenied as error:
            status, said = 403, {"problem": str(error)}
        except OperationalError:
            status, said = 503, {"problem": "The service is busy. The phone tries again."}
        response = JsonResponse(said, status=status)
        response["Cache-Control"] = "no-store"
        return response

    return answered


@csrf_exempt
@permissions.page("send what was recorded")
@require_http_methods(["PUT"])
@_for_phones
def event(request: HttpRequest, event_id: UUID) -> tuple[int, dict[str, Any]]:
    """Take one record. The answer comes after it is kept, and names its bytes."""
    now = timezone.now()
    receipt = recording.take_event(event_id=event_id, raw=_body(request), at=now)
    return receipt.status, {
        "id": str(event_id),
        "sha256": receipt.sha256,
        "now": now.isoformat(),
        "revoked": receipt.revoked,
    }


@csrf_exempt
@permissions.page("send what was recorded")
@require_http_methods(["POST"])
@_for_phones
def set_up(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """Make this phone known, by the code that the desk showed."""
    now = timezone.now()
    try:
        sent = json.loads(_body(request))
        token, public_key = str(sent["token"]), str(sent["public_key"])
        token.encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        raise recording.RefusedError(400, "This is not what a phone of ours says.") from None
    device = phones.set_up(token=token, public_key=public_key, at=now)
    return 200, {"device": str(device.public_id)} | phones.told(device, at=now)


@csrf_exempt
@permissions.page("send what was recorded")
@require_http_methods(["POST"])
@_for_phones
def contact(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """Hear from a phone that has nothing to send, and tell it what it should know."""
    return 200, phones.hear(_body(request), at=timezone.now())


@csrf_exempt  # the phone's signature stands for the token of a form
@permissions.page("do a round")
@require_http_methods(["POST"])
@_for_phones
def day_list(request: HttpRequest) -> tuple[int, dict[str, Any]]:
    """Give today's list to the visitor whose phone asks."""
    found = phones.fetch_list(_body(request), by=person_of(request), at=timezone.now())
    return 200, found


def _body(request: HttpRequest) -> bytes:
    """Return what was sent, unless it is longer than anything a phone says."""
    if int(request.headers.get("Content-Length") or 0) > recording.LARGEST:
        raise recording.RefusedError(413, "A record may have 64 kB.")
    return request.body
