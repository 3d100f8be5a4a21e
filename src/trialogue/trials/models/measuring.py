"""What was measured and delivered."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.trials.models.placing import Unit, Upload
from trialogue.trials.models.planning import Trial


class Measurement(models.Model):
    """One value of one outcome. Append-only: a correction is a new version with a reason."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="measurements")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="measurements")
    outcome = models.CharField(max_length=60)
    wave = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    value = models.FloatField(null=True, blank=True)
    missing = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # of a correction
    measured_on = models.DateField(null=True, blank=True)
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    row = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: they said so themselves, by their link
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "outcome", "wave", "version"], name="one_value_a_version"
            ),
            models.CheckConstraint(
                condition=(Q(value__isnull=False) & Q(missing="")) | Q(value__isnull=True),
                name="a_value_or_missing_with_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(reason=""), name="a_correction_has_a_reason"
            ),
        ]
        # All that counting who is measured reads, so that it reads nothing else.
        indexes = [
            models.Index(
                fields=["trial", "outcome", "wave", "unit", "version", "value"], name="measured"
            )
        ]


class StagedMeasurement(models.Model):
    """A value of a file that is being loaded. Becomes a measurement in one statement."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="staged_measurements")
    row = models.PositiveIntegerField()
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    value = models.FloatField(null=True, blank=True)
    missing = models.CharField(max_length=100, blank=True)
    measured_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "unit", "outcome"], name="a_value_of_a_file_once"
            )
        ]


class Delivery(models.Model):
    """What was planned for a unit on a day, and whether it was done."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        DONE = "done", "Done"
        MISSED = "missed", "Missed"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "Not known"

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="deliveries")
    on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "on"], name="a_delivery_a_day")]


class HarmReport(models.Model):
    """Harm that somebody saw or fears. Read by the safety person and the analyst."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="harm_reports")
    words = models.TextField()
    on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Look(models.Model):
    """A registered look for harm: who asked, when, and the answers without numbers.

    `answers`: of each harm and each group but usual service. None in looks before these were kept.
    """

    class Result(models.TextChoices):
        GO_ON = "go on", "Go on"
        STOP = "stop and look", "Stop and look"
        CANNOT_SAY = "cannot say", "Cannot say"

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="looks")
    number = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=14, choices=Result.choices)
    answers = models.JSONField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "number"], name="each_look_once")]

    @property
    def decided(self) -> "LookDecision | None":
        """What the safety person decided, once they did."""
        found: LookDecision | None = getattr(self, "decision", None)
        return found


class LookDecision(models.Model):
    """What the safety person decided after a look, once and for good, and why.

    A row of its own, since a look is never changed. Only the safety person and the analyst read
    `reason`.
    """

    class Answer(models.TextChoices):
        GO_ON = "go on", "go on"
        STOP = "stop for harm", "stop for harm"

    look = models.OneToOneField(Look, models.CASCADE, related_name="decision")
    answer = models.CharField(max_length=14, choices=Answer.choices)
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
