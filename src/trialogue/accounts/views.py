"""Signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView

from trialogue.accounts import permissions
from trialogue.accounts.forms import SignIn

sign_in = permissions.page("sign in")(
    LoginView.as_view(template_name="accounts/sign_in.html", authentication_form=SignIn)
)
sign_out = permissions.page("sign in")(LogoutView.as_view())
