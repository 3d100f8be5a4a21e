"""The API: routers joined by name, one shape of refusal, a page that lists the operations."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase

from trialogue.accounts import permissions
from trialogue.accounts.operations import Refusal
from trialogue.methods.problems import InputError, Problem

# Where each app's operations stand, and the name of its router.
ROUTERS = [
    ("/evidence", "trialogue.evidence.api.router"),
    ("/trials", "trialogue.trials.api.router"),
    ("/work", "trialogue.accounts.api.router"),
]


class Listing(DocsBase):
    """The operations as a page of our own: no script, so that the content policy holds."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """Show every operation with what it needs."""
        return render(request, "site/api.html", {"operations": _described()})


@cache
def _described() -> list[dict[str, Any]]:
    """Describe every operation with what it needs; once, since they never change."""
    described: dict[str, Any] = api.get_openapi_schema()
    paths: dict[str, dict[str, Any]] = described["paths"]
    return [
        {
            "method": method.upper(),
            "path": path,
            **about,
            "parameters": [_parameter(one) for one in about.get("parameters", ())],
            "fields": list(_fields(about, described["components"]["schemas"])),
        }
        for path, methods in paths.items()
        for method, about in methods.items()
    ]


api = NinjaAPI(
    title="Trialogue",
    version="1",
    description="Trials, their results and outcome measures: reading needs no token. "
    "A trial's team loads units and outcomes with a token: Authorization: Bearer …",
    docs=Listing(),
    docs_url="/docs",
    docs_decorator=permissions.page("read public pages"),
    urls_namespace="api",
)


@permissions.page("read public pages")
def root(request: HttpRequest) -> HttpResponse:
    """Say where the operations are described, for programs and for people."""
    about = {"openapi": reverse("api:openapi-json"), "docs": reverse("api:openapi-view")}
    return JsonResponse({"title": api.title, "version": api.version, **about})


def addresses() -> list[URLPattern | URLResolver]:
    """Return the addresses of the API, each declaring what it lets a person do."""
    actions: dict[str, dict[str, str]] = {}
    for prefix, name in ROUTERS:
        router = import_string(name)
        api.add_router(prefix, router)
        for below, view in router.path_operations.items():
            route = f"{prefix}{below}".strip("/").replace("{", "<").replace("}", ">")
            actions[route] = dict(_actions(view.operations))
    theirs: list[Any] = api.urls[0]
    patterns: list[URLPattern | URLResolver] = [path("", root, name="api-root")]
    patterns += [pattern for pattern in theirs if pattern.name != "api-root"]
    for pattern in patterns:
        callback: Any = pattern.callback
        by_method = actions.get(str(pattern.pattern), {})
        if by_method:
            callback.action = next(iter(by_method.values()))
            callback.actions = by_method
        elif not hasattr(callback, "action"):
            callback.action = "read public pages"  # the description
    return patterns


def _actions(operations: list[Any]) -> Iterator[tuple[str, str]]:
    for operation in operations:
        for method in operation.methods:
            yield method, operation.view_func.action


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "needed": one.get("required", False),
        "choices": [str(choice) for choice in one["schema"].get("enum", ()) if choice],
    }


def _fields(about: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent with an operation: each field, whether it is needed, or a file."""
    content = about.get("requestBody", {}).get("content", {})
    for kind, body in content.items():
        schema = body["schema"]
        schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        for name, field in schema["properties"].items():
            is_file = kind == "multipart/form-data" and field.get("format") == "binary"
            yield {"name": name, "needed": name in schema.get("required", ()), "file": is_file}


def _refusal(request: HttpRequest, problems: tuple[Problem, ...], status: int) -> HttpResponse:
    document = {
        "problems": [
            {
                "what": problem.what,
                "mend": problem.mend,
                "file": problem.file,
                "row": problem.row,
                "column": problem.column,
            }
            for problem in problems
        ]
    }
    return api.create_response(request, document, status=status)


@api.exception_handler(InputError)
def refused(request: HttpRequest, error: InputError) -> HttpResponse:
    """Answer with every problem of the input: the same words as a page shows."""
    return _refusal(request, error.problems, 422)


@api.exception_handler(Refusal)
def not_now(request: HttpRequest, error: Refusal) -> HttpResponse:
    """Answer what stands in the way, with the status that says what kind of thing it is."""
    return _refusal(request, error.problems, error.status)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """Answer that so much comes as a file."""
    problem = Problem("That is more than 5 MB at once", "Send it as a file")
    return _refusal(request, (problem,), 413)


@api.exception_handler(ValidationError)
def misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer what is wrong with a parameter or a body."""
    found = tuple(
        Problem(str(one["msg"]), column=".".join(str(part) for part in one["loc"][1:]))
        for one in error.errors
    )
    return _refusal(request, found, 422)


@api.exception_handler(PermissionDenied)
def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Answer who may do it."""
    return _refusal(request, (Problem("You cannot do this", str(error)),), 403)


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer that there is nothing of that name."""
    return _refusal(request, (Problem("We cannot find this", "Check the address"),), 404)


# What the door itself says by status: in words, what to do, and the status it is answered with.
SAID = {
    400: ("We cannot read what was sent", "Send it as JSON", 422),
    401: ("You are not signed in", "Send a token: Authorization: Bearer …", 401),
    429: ("These are many calls for one minute", "Wait a minute, then go on", 429),
}


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer that a token is needed, or whatever else the door says."""
    what, mend, status = SAID.get(error.status_code, (str(error), "", error.status_code))
    return _refusal(request, (Problem(what, mend),), status)
