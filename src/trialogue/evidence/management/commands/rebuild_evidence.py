"""Makes the lists of the register again from its events."""

from typing import Any

from django.core.management.base import BaseCommand

from trialogue.evidence.services import rebuild


class Command(BaseCommand):
    """Makes what lists and search read again from the events alone."""

    help = "Make the lists of the register again from its events."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many trials there are."""
        self.stdout.write(f"{rebuild()} trials made again from their events.")
