"""One's own details, password, sessions and tokens."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from trialogue.accounts import permissions, queries, services
from trialogue.accounts.forms import ChangePassword, Details, Mail, Token
from trialogue.accounts.requests import person_of
from trialogue.methods.problems import InputError


@permissions.page("change your details")
def details(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = [
        ("Name", person.name, "/account/change/"),
        ("Post", person.job, "/account/change/"),
        ("E-mail address", person.email, ""),
        ("Organisation", person.organisation, ""),
        ("Roles", ", ".join(sorted(person.roles - {"signed in"})), ""),
        ("E-mails", person.get_mail_display(), "/account/e-mails/"),
    ]
    return render(request, "accounts/details.html", {"section": "details", "rows": rows})


@permissions.page("change your details")
def change(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    now = {"name": person.name, "job": person.job}
    form = Details(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            services.change_details(**form.cleaned_data, by=person, at=timezone.now())
        except InputError as error:
            form.show(error.problems)
        else:
            messages.success(request, "Your details are changed")
            return redirect("accounts:details")
    return render(request, "accounts/change.html", {"section": "details", "form": form})


@permissions.page("change your details")
def mail(request: HttpRequest) -> HttpResponse:
    """Choose which e-mails to be sent."""
    person = person_of(request)
    form = Mail(request.POST if request.method == "POST" else None, initial={"mail": person.mail})
    if form.is_valid():
        services.choose_mail(mail=form.cleaned_data["mail"], by=person, at=timezone.now())
        messages.success(request, "Your choice is kept")
        return redirect("accounts:details")
    return render(request, "accounts/mail.html", {"section": "details", "form": form})


@permissions.page("change your details")
def change_password(request: HttpRequest) -> HttpResponse:
    form = ChangePassword(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = services.change_password(
                by=person_of(request),
                old=form.cleaned_data["old_password"],
                new=form.cleaned_data["password"],
                at=timezone.now(),
            )
        except InputError as error:
            form.show(error.problems)
        else:
            update_session_auth_hash(request, person)
            messages.success(request, "Your password is changed. Other sessions have ended")
            return redirect("accounts:details")
    return render(request, "accounts/change_password.html", {"section": "details", "form": form})


@permissions.page("change your details")
@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    person = services.sign_out_everywhere(by=person_of(request), at=timezone.now())
    update_session_auth_hash(request, person)
    messages.success(request, "You are signed out everywhere but here")
    return redirect("accounts:details")


@permissions.page("change your details")
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """Make a token, shown this once; list and revoke."""
    person = person_of(request)
    form = Token(request.POST if request.method == "POST" else None)
    made = ""
    if form.is_valid():
        try:
            made = services.make_token(
                label=form.cleaned_data["label"], by=person, at=timezone.now()
            )
        except InputError as error:
            form.show(error.problems)
        else:
            form = Token()
    held = queries.tokens(person)
    context = {"section": "details", "form": form, "made": made, "tokens": held}
    return render(request, "accounts/tokens.html", context)


@permissions.page("change your details")
@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    services.revoke_token(public_id=public_id, by=person_of(request), at=timezone.now())
    messages.success(request, "The token no longer works")
    return redirect("accounts:tokens")
