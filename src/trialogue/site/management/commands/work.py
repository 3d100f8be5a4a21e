"""The worker, as a command of Django's: `trialogue worker` calls it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from trialogue.site.worker import work


class Command(BaseCommand):
    """Run tasks, and what happens at a time, until stopped."""

    help = "Run tasks, and what happens at a time, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the process to outlive no longer than."""
        parser.add_argument("--parent", type=int, default=None)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        work(parent=options["parent"])
