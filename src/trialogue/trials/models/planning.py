"""A trial, its people, its draft and what was signed."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person


class Trial(models.Model):
    """A trial. The moments below are copies of its events, for lists; the record is the truth."""

    public_id = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=80)
    # The number of the idea it came from, whose text was carried over.
    idea = models.PositiveBigIntegerField(null=True, blank=True)
    similar = models.JSONField()  # the gate: query, shown, answer, text (CONTRACT of the record)
    made_up = models.BooleanField(default=False)
    credit = models.TextField(blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    sign_off_asked_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at__isnull=True) | Q(registered_at__isnull=False),
                name="no_trial_starts_unregistered",
            ),
            models.CheckConstraint(
                condition=Q(reported_at__isnull=True)
                | Q(locked_at__isnull=False)
                | Q(stopped_at__isnull=False),
                name="no_result_before_the_data_are_locked",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TrialMember(models.Model):
    """A person's part in one trial."""

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        ANALYST = "analyst", "Analyst"
        SAFETY = "safety person", "Safety person"
        TEAM = "team", "Team"

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="trial_parts")
    role = models.CharField(max_length=20, choices=Role.choices)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "person", "role"], name="a_part_in_a_trial_once"
            )
        ]


class Answer(models.Model):
    """One version of the answer to one question of the plan. Append-only: the latest counts."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="answers")
    question = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    body = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "question", "version"], name="one_answer_a_version"
            )
        ]


class SignOff(models.Model):
    """A manager's yes, or their note when they send something back. Append-only."""

    class What(models.TextChoices):
        PLAN = "plan", "Plan"
        RESULT = "result", "Result"
        STOP = "stop", "Stop"

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="sign_offs")
    what = models.CharField(max_length=10, choices=What.choices)
    # SHA-256 of what was signed: an answer changed afterwards needs a new signature.
    document_hash = models.CharField(max_length=64)
    agreed = models.BooleanField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
