"""What was analysed, what only people know, and a wish to stop."""

from django.db import models
from django.db.models import F, Q

from trialogue.accounts.models import Person
from trialogue.trials.models.planning import Trial


class Analysis(models.Model):
    """One run of an analysis. Append-only."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="analyses")
    planned = models.BooleanField()
    title = models.CharField(max_length=120, blank=True)  # of an additional one
    rule = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    code_version = models.CharField(max_length=40)
    seed = models.CharField(max_length=80)
    document = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("trial"), condition=Q(planned=True), name="one_planned_analysis_a_trial"
            )
        ]


class Story(models.Model):
    """What only people know of a result: drafted, then published. Saved by version."""

    trial = models.OneToOneField(Trial, models.CASCADE, related_name="story")
    body = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class StopRequest(models.Model):
    """A request to stop a trial, until a manager decides."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="stop_requests")
    body = models.JSONField()
    for_harm = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    agreed = models.BooleanField(null=True)
    note = models.TextField(blank=True)
