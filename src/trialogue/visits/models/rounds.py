"""Rounds that run anyway, and who walks them."""

import uuid

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Organisation, Person
from trialogue.visits.models.scheme import Area, Scheme


class Round(models.Model):
    """A round of a partner. How it goes stands in its versions, the newest of which counts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="rounds")
    partner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="rounds")
    code = models.CharField(max_length=40)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_round_a_code")]

    def __str__(self) -> str:
        return self.code


class RoundVersion(models.Model):
    """A round from a day on. The database refuses to change one: a changed round is a new version.

    `points` packs depot and stops in walking order: x and y of each, metres, as little-endian
    64-bit floats. One row a version, so that 32,000 stops load in milliseconds.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField()
    points = models.BinaryField()
    weekdays = models.JSONField()  # [0, 1, 2, 3, 4, 5]; 0 is Monday
    spare = models.JSONField()  # seconds on each of Monday to Saturday
    start = models.TimeField()
    seconds_a_stop = models.FloatField()
    seconds_per_metre = models.FloatField()
    skills = models.JSONField(default=list, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"], name="one_version_of_a_round_a_number"
            ),
            models.CheckConstraint(
                condition=Q(seconds_a_stop__gte=0) & Q(seconds_per_metre__gt=0),
                name="a_round_takes_time",
            ),
        ]


class Visitor(models.Model):
    """Somebody of a partner who calls at doors. Nobody is sent who is not checked and trained."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="visitors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    checked_on = models.DateField(null=True, blank=True)  # by the police
    trained_on = models.DateField(null=True, blank=True)
    card = models.CharField(max_length=30, blank=True)  # number of the identity card
    languages = models.JSONField(default=list, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["person__name"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "person"], name="one_visitor_a_person")
        ]

    @property
    def may_visit(self) -> bool:
        """Whether they may be sent to a door: checked, trained and still here."""
        here = not self.ended_on and self.person.is_active
        return bool(self.checked_on and self.trained_on and here)


class Walk(models.Model):
    """Who walks a round on a weekday."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="walks")
    weekday = models.PositiveSmallIntegerField()
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="walks")

    class Meta:
        ordering = ["round", "weekday"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "weekday"], name="one_visitor_a_round_and_weekday"
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 5)), name="rounds_run_monday_to_saturday"
            ),
        ]


class Absence(models.Model):
    """A round has no trained visitor on a day, or somebody else walks it."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="absences")
    day = models.DateField()
    cover = models.ForeignKey(
        Visitor, models.SET_NULL, null=True, blank=True, related_name="covers"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["round", "day"], name="one_absence_a_round_and_day")
        ]
