"""The app."""

from django.apps import AppConfig


class Site(AppConfig):
    """The pages of no step, or of several."""

    name = "trialogue.site"
