"""The app."""

from django.apps import AppConfig


class Ideas(AppConfig):
    """Suggestions, and who tried them."""

    name = "trialogue.ideas"
