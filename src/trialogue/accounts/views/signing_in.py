"""Signing in and out, taking up an invitation, a new password."""

from typing import Any
from uuid import UUID

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from trialogue.accounts import lost_answers, permissions, services
from trialogue.accounts.arriving import arrive, note_arrival
from trialogue.accounts.forms import Accept, AskForPassword, NewPassword, SignIn
from trialogue.methods.problems import InputError


class _SignIn(LoginView):
    """The page to sign in. It never leads to another site."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignIn
    redirect_authenticated_user = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether answers wait to be put back."""
        waiting = lost_answers.are_waiting(self.request)
        return super().get_context_data(answers_wait=waiting, section="sign in", **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, note it, and let the browser be known."""
        return note_arrival(self.request, super().form_valid(form))


sign_in = permissions.page("sign in")(_SignIn.as_view())
sign_out = permissions.page("sign in")(LogoutView.as_view())


@permissions.page("sign in")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take up an invitation; an old link asks for a new one."""
    found = services.open_invitation(token)
    now = timezone.now()
    if found is None:
        return render(request, "accounts/no_invitation.html", status=404)
    if found.accepted_at:
        return render(request, "accounts/no_invitation.html", {"accepted": True}, status=410)
    if found.expires_at <= now:
        if request.method == "POST":
            services.renew_invitation(token, at=now)
            return render(request, "accounts/sent.html", {"what": "a new invitation"})
        return render(request, "accounts/old_invitation.html", {"invitation": found}, status=410)
    form = Accept(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if form.is_valid():
        try:
            person = services.accept_invitation(token, at=now, **form.cleaned_data)
        except InputError as error:
            form.show(error.problems)
        else:
            return arrive(request, person, redirect("site:home"))
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})


@permissions.page("sign in")
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same whether or not the address has an account."""
    form = AskForPassword(request.POST if request.method == "POST" else None)
    if form.is_valid():
        services.ask_for_password(form.cleaned_data["email"], at=timezone.now())
        return render(request, "accounts/sent.html", {"what": "a link for a new password"})
    return render(request, "accounts/password_reset.html", {"form": form})


@permissions.page("sign in")
@never_cache
def password(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    """Set a new password by the link that was sent."""
    if not services.may_set_password(public_id, token):
        return render(request, "accounts/old_password_link.html", status=410)
    form = NewPassword(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = form.cleaned_data["password"]
        try:
            person = services.set_new_password(
                public_id, token, password=chosen, at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            return arrive(request, person, redirect("site:home"))
    return render(request, "accounts/password.html", {"form": form})
