"""The app."""

from django.apps import AppConfig


class Pages(AppConfig):
    """The shapes that come again: form, list, upload, long work."""

    name = "trialogue.pages"
