"""A list that somebody sent, until a person has said what to do with it."""

import uuid

from django.db import models

from trialogue.accounts.models import Person, Work
from trialogue.visits.models.scheme import Scheme


class ListFile(models.Model):
    """A file of residents or rounds as it came. Taken in, or given up, its bytes are deleted."""

    class Kind(models.TextChoices):
        RESIDENTS = "residents", "Residents"
        ROUNDS = "rounds", "Rounds"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="lists")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    filename = models.CharField(max_length=200)
    file = models.FileField(upload_to="visits")
    # Rounds come as two files: the stops, and a row for each round.
    second_filename = models.CharField(max_length=200, blank=True)
    second_file = models.FileField(upload_to="visits", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken = models.JSONField(null=True, blank=True)  # how many new, changed, unchanged, left out
    work = models.ForeignKey(Work, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
