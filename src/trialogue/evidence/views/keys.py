"""The keys that sign the register: the public ones, and changing the one in use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.evidence import queries, services


@permissions.page("change settings")
def keys(request: HttpRequest) -> HttpResponse:
    """Every public key, from when to when; no page reads a private one."""
    context = {"section": "settings", "keys": queries.signing_keys()}
    return render(request, "evidence/keys.html", context)


@permissions.page("change settings")
def change(request: HttpRequest) -> HttpResponse:
    """Change the key: a page of its own, because it cannot be undone."""
    if request.method == "POST":
        services.change_key(
            instead_of=request.POST.get("instead_of", ""),
            by=person_of(request),
            at=timezone.now(),
        )
        messages.success(request, "The key is changed. The new one signs from now on")
        return redirect("evidence:keys")
    in_use = next((one for one in queries.signing_keys() if one.valid_until is None), None)
    return render(request, "evidence/change_key.html", {"section": "settings", "key": in_use})
