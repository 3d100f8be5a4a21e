"""A week as it is planned. A new plan never rewrites an old one."""

import uuid

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person, Work
from trialogue.visits.models.residents import Resident
from trialogue.visits.models.rounds import Round
from trialogue.visits.models.scheme import Scheme
from trialogue.visits.weekdays import WEEKDAYS


class Plan(models.Model):
    """Which resident on which round and days, and what it costs. Costs are seconds a week.

    `report` holds what the planner said: parts, bound, loads of rounds, the unplaced with reasons.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        CURRENT = "current", "Current"
        PAST = "past", "Past"
        DISCARDED = "discarded", "Discarded"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="plans")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    week_from = models.DateField()  # a Monday
    instance_sha256 = models.CharField(max_length=64, blank=True)
    seed = models.PositiveBigIntegerField(default=0)
    effort = models.CharField(max_length=10, blank=True)
    version = models.CharField(max_length=30, blank=True)
    cost = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True)
    work = models.ForeignKey(Work, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme"],
                condition=Q(state="current"),
                name="one_current_plan_a_scheme",
            )
        ]


class PlannedVisit(models.Model):
    """A resident is called on, on a weekday, by the visitor of a round, after its stop `gap`."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="visits")
    resident = models.ForeignKey(Resident, models.CASCADE, related_name="planned")
    round = models.ForeignKey(Round, models.PROTECT, related_name="planned")
    weekday = models.PositiveSmallIntegerField()
    gap = models.PositiveIntegerField()
    order = models.PositiveSmallIntegerField()  # of those in the same gap
    arrives = models.TimeField()
    # A place chosen or a week accepted today counts from tomorrow: today's lists are out.
    first_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["round", "weekday", "gap", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "resident", "weekday"], name="never_twice_on_a_day"
            )
        ]

    @property
    def day(self) -> str:
        """The weekday's name."""
        return WEEKDAYS[self.weekday]
