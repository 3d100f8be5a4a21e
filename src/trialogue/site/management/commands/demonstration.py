"""The demonstration, as a command of Django's: `trialogue demo` calls it."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from trialogue.methods.problems import InputError, Problem
from trialogue.site import demonstration
from trialogue.site.demonstration import CAST, PASSWORD


class Command(BaseCommand):
    """Fill an empty site with the demonstration, or start it again."""

    help = "Fill an empty site with the demonstration, or start it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to start again."""
        parser.add_argument("--reset", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, and say who there is to be."""
        if options["reset"] and demonstration.is_ready() and demonstration.can_start_again():
            if not demonstration.start_again(self.stderr.write):
                going = Problem("It is being started again already", "Wait half a minute")
                raise InputError(going)
        elif demonstration.prepare(reset=options["reset"]):
            self.stderr.write("demonstration: making Wrenmoor Borough Council")
            now = datetime.now(UTC)  # noqa: TID251  a command is a door
            demonstration.fill(at=now, say=self.stderr.write)
        self.stderr.write("Sign in as:")
        for played in CAST:
            self.stderr.write(f"  {played.email:<28} {played.name}, who {played.does}")
        self.stderr.write(f"The password of each is {PASSWORD}")
