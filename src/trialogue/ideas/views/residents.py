"""Supporting an idea without an account: an address, a link, one press."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts.requests import came_from
from trialogue.ideas import forms, queries, services
from trialogue.methods.problems import InputError


def support_as_resident(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a resident for an address, and send the link that counts their support."""
    idea = queries.shown_idea(pk, seen_by=request.user)
    if idea.answer == "merged":
        return redirect("ideas:idea", pk, idea.slug)
    form = forms.AsResident(request.POST if request.method == "POST" else None)
    page = {
        "section": "ideas",
        "idea": idea,
        "form": form,
        "crumbs": [("Ideas", reverse("ideas:ideas"))],
    }
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            if not form.trapped:
                services.ask_to_support(
                    pk, email=email, came_from=came_from(request), at=timezone.now()
                )
        except InputError as error:
            form.show(error.problems)
        else:
            return render(request, "ideas/support_asked.html", page | {"email": email})
    return render(request, "ideas/support.html", page)


@permissions.page("support an idea")
def confirm_support(request: HttpRequest, token: str) -> HttpResponse:
    """The link counts nothing by itself: a mail scanner opens links, a person presses a button."""
    asked = queries.support_to_confirm(token, at=timezone.now())
    form = forms.Send(request.POST if request.method == "POST" else None)
    page = {"section": "ideas", "asked": asked, "form": form, "done": False}
    if asked is not None and form.is_valid():
        try:
            services.confirm_support(token, at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            page["done"] = True
    return render(request, "ideas/confirm_support.html", page)
