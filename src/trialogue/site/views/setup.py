"""The first run: the council and its first administrator. Shut afterwards."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.arriving import arrive
from trialogue.accounts.forms import SetUp
from trialogue.methods.problems import InputError


@permissions.page("set up the council")
@never_cache
def setup(request: HttpRequest) -> HttpResponse:
    if queries.has_administrator():
        raise Http404
    form = SetUp(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = services.set_up(**form.cleaned_data, at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            return arrive(request, person, redirect("accounts:begin"))
    return render(request, "site/setup.html", {"form": form})
