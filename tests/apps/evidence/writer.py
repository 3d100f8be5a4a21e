"""Registers trials from a process of its own: `python writer.py EC-… EC-…`."""

import sys

import django

django.setup()

from tests.apps.evidence import bodies  # noqa: E402
from trialogue.evidence import services  # noqa: E402

for identifier in sys.argv[1:]:
    services.append(identifier, "registration", bodies.registration(), at=bodies.NOW)
