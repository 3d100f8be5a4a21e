"""The app."""

from django.apps import AppConfig


class Accounts(AppConfig):
    """Organisations, people, roles, the audit trail."""

    name = "trialogue.accounts"
