"""What a council knows of its own streets: travel times, boundaries and names of places."""

from django.db import models

from trialogue.accounts.models import Person
from trialogue.visits.models.scheme import Scheme


class TravelTimes(models.Model):
    """A council's own travel times; the newest counts. Pairs that are not there go straight.

    `pairs`: `[from, to, seconds]`, a resident by reference, a stop as ROUND/number.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="travel_times")
    filename = models.CharField(max_length=200)
    pairs = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]


class Backdrop(models.Model):
    """Boundaries and names that maps show, metres on the scheme's grid; the newest counts."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="backdrops")
    filename = models.CharField(max_length=200)
    outlines = models.JSONField()
    names = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
