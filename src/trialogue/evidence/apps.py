"""The app."""

from django.apps import AppConfig


class Evidence(AppConfig):
    """The open register."""

    name = "trialogue.evidence"
