"""Forms of accounts."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignIn(AuthenticationForm):
    """E-mail and password."""

    error_messages = {
        "invalid_login": (
            "The e-mail address or password does not match. Check both, or get a new password"
        ),
        "inactive": "The e-mail address or password does not match. Check both",
    }
    username = forms.EmailField(
        label="E-mail address",
        error_messages={
            "required": "Enter your e-mail address",
            "invalid": "Enter an e-mail address like name@example.org",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username", "class": "govuk-input"}),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        error_messages={"required": "Enter your password"},
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "govuk-input"}
        ),
    )
    use_required_attribute = False
