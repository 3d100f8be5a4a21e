"""The pages of no step, or of several."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialogue.accounts import permissions


@permissions.page("read public pages")
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html", {"section": "home"})


@permissions.page("read public pages")
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")
