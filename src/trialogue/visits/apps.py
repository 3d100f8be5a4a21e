"""The app."""

from django.apps import AppConfig


class Visits(AppConfig):
    """A familiar face on an existing round."""

    name = "trialogue.visits"
