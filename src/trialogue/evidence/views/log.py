"""The log, for anyone to read, copy and check."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from trialogue.accounts import permissions
from trialogue.evidence import queries, record
from trialogue.evidence import schema as schemas

FOR_EVER = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"


@permissions.page("read evidence")
def entries(request: HttpRequest, thousands: str, ones: str) -> HttpResponse:
    lines = queries.log_file(int(thousands + ones))
    if lines is None:
        raise Http404
    full = lines.count(b"\n") == queries.EVENTS_A_FILE
    return _kept(lines, "application/x-ndjson", FOR_EVER if full else A_MINUTE)


@permissions.page("read evidence")
def checkpoint(request: HttpRequest) -> HttpResponse:
    note = queries.checkpoint()
    if note is None:
        raise Http404
    return _kept(note.encode(), "text/plain; charset=utf-8", A_MINUTE)


@permissions.page("read evidence")
def well_known(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "keys": queries.published_keys(),
            "feed": request.build_absolute_uri("/commons/v1/"),
            "schema": request.build_absolute_uri("/commons/v1/schema/"),
            "licence": record.LICENCE,
            "peers": [],
        }
    )


@permissions.page("read evidence")
def schema(request: HttpRequest, name: str) -> HttpResponse:
    document = schemas.documents().get(name)
    if document is None:
        raise Http404
    return JsonResponse(document)


@permissions.page("read evidence")
def trial_json(request: HttpRequest, trial: str) -> HttpResponse:
    found = queries.record(trial)
    if found is None:
        raise Http404
    return JsonResponse(
        {
            "id": found.id,
            "title": found.title,
            "state": found.state,
            "verdict": found.verdict or None,
            "events": queries.documents(trial),
        }
    )


def _kept(body: bytes, kind: str, how_long: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = how_long
    return response
