"""What other councils tried: taking in a copy of their register."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import person_of
from trialogue.evidence import queries, services
from trialogue.methods.problems import InputError
from trialogue.site.forms import OtherRegister
from trialogue.trials.queries.trials import identifiers


@permissions.page("approve a register")
def registers(request: HttpRequest) -> HttpResponse:
    """Show the registers received, and take in another, or more of one."""
    sent = request.method == "POST"
    form = OtherRegister(request.POST if sent else None, request.FILES if sent else None)
    if form.is_valid():
        copy = form.cleaned_data["copy"]
        try:
            new = services.receive(
                copy, drafts=identifiers(), by=person_of(request), at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            said = f"{new:,} new entries" if new != 1 else "1 new entry"
            messages.success(request, f"{copy.name}: everything verifies, {said}")
            return redirect("site:registers")
    context = {"section": "settings", "form": form, "registers": queries.other_registers()}
    return render(request, "site/registers.html", context)
