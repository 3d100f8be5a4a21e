"""The app."""

from django.apps import AppConfig


class Trials(AppConfig):
    """From a plan to an honest result."""

    name = "trialogue.trials"
