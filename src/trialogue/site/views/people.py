"""Handing over: what a person owns, in every step of the loop."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from trialogue.accounts import permissions, queries
from trialogue.accounts.forms import HandOver
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError
from trialogue.site import handing_over


@permissions.page("manage people")
def hand_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    giver = queries.person(public_id)
    if giver is None:
        raise Http404
    others = [one for one in queries.colleagues() if one != giver]
    form = HandOver(request.POST if request.method == "POST" else None, people=others)
    if form.is_valid():
        try:
            moved = handing_over.hand_over(
                from_id=public_id,
                to_id=form.cleaned_data["to"],
                by=person_of(request),
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, f"Handed over: {moved}")
            return redirect("accounts:person", public_id)
    context = {
        "section": "settings",
        "person": giver,
        "owned": handing_over.owned_by(giver),
        "form": form,
    }
    return render(request, "site/hand_over.html", context)
