"""Nothing typed is lost with the session: a form sent by somebody signed out is shown again.

Only for a browser that somebody signed in with before, and only to that same person: the signed
cookie `was` says who. So a shared computer shows one's answers to nobody else, and a stranger
cannot fill the table of sessions.
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from trialogue.accounts.models import Person

COOKIE = "was"
LASTS = 60 * 60 * 24 * 365
LARGEST = 1_000_000
_KEY = "lost answers"
_NOT_KEPT = ("csrfmiddlewaretoken", "password")


def remember(answer: HttpResponseBase, person: Person, *, secure: bool) -> None:
    """Let this browser know who signed in with it, so that their answers come back to them."""
    answer.set_cookie(
        COOKIE,
        signing.dumps(str(person.public_id), salt=_KEY),
        max_age=LASTS,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def was_here(request: HttpRequest) -> str:
    """Return the public identifier of who signed in with this browser last; "" when nobody."""
    try:
        return str(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_KEY, max_age=LASTS))
    except signing.BadSignature:
        return ""


def keep(request: HttpRequest) -> str:
    """Keep what a signed-out person sent; return the address to come back to after signing in."""
    came_from = _page_of_form(request) if request.method == "POST" else request.get_full_path()
    owner = was_here(request)
    if request.method != "POST" or not owner:
        return came_from
    typed = request.POST.copy()
    for name in [name for name in typed if any(part in name.lower() for part in _NOT_KEPT)]:
        del typed[name]
    text = typed.urlencode()
    if typed and len(text) <= LARGEST:
        pages = sorted({request.path, urlsplit(came_from).path})
        request.session[_KEY] = {"for": owner, "pages": pages, "typed": text}
    return came_from


def are_waiting(request: HttpRequest) -> bool:
    """Whether answers wait in this session for somebody to sign in again."""
    return _KEY in request.session


def put_back(request: HttpRequest) -> QueryDict | None:
    """Return what this person typed into this very page before their session ended, once.

    It also stands in `request.kept_answers`, for a page that reads its fields itself.
    """
    person = request.user
    typed: QueryDict | None = None
    if request.method == "GET" and isinstance(person, Person):
        waiting = request.session.get(_KEY)
        if waiting and waiting["for"] != str(person.public_id):
            del request.session[_KEY]
        elif waiting and request.path in waiting["pages"]:
            del request.session[_KEY]
            typed = QueryDict(waiting["typed"])
            messages.info(request, "We put back what you typed. Check it, then send it again.")
    request.kept_answers = typed  # type: ignore[attr-defined]
    return typed


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site led here."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()})
    return ours and bool(urlsplit(before).netloc)


def _page_of_form(request: HttpRequest) -> str:
    """Return the page the form stood on, where the browser says it; else the one it was sent to.

    Some addresses only take what is sent to them: nobody can be led back there.
    """
    if comes_from_here(request):
        parts = urlsplit(request.headers["Referer"])
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()
