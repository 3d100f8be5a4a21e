"""The list of units, the draw and who got what."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.trials.models.planning import Trial


class Draw(models.Model):
    """The seed and what was published of it. The seed is encrypted until it is revealed."""

    trial = models.OneToOneField(Trial, models.CASCADE, related_name="draw")
    # Empty when the trial was placed elsewhere: there is nothing to check.
    commitment = models.CharField(max_length=64, blank=True)
    sealed_seed = models.BinaryField(null=True, blank=True)
    elsewhere = models.BooleanField(default=False)
    committed_at = models.DateTimeField()
    list_hash = models.CharField(max_length=64, blank=True)
    list_fixed_at = models.DateTimeField(null=True, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(drawn_at__isnull=True) | ~Q(list_hash=""),
                name="the_list_is_fixed_before_the_draw",
            ),
            models.CheckConstraint(
                condition=Q(elsewhere=True) | (~Q(commitment="") & Q(sealed_seed__isnull=False)),
                name="a_seed_is_committed_or_the_draw_is_elsewhere",
            ),
        ]


class Upload(models.Model):
    """A file as it came, until what it became is confirmed.

    Its good rows wait as staged rows; nothing is imported until the preview is confirmed.
    """

    class Kind(models.TextChoices):
        UNITS = "units", "Units"
        OUTCOMES = "outcomes", "Outcomes"

    public_id = models.UUIDField(unique=True)
    trial = models.ForeignKey(Trial, models.CASCADE, related_name="uploads")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    filename = models.CharField(max_length=200)
    file = models.FileField(upload_to="trials/")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    options = models.JSONField(default=dict)  # which column is what, wave, rows to leave out
    report = models.JSONField(null=True, blank=True)  # rows read, problems, the first rows
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    work = models.ForeignKey("accounts.Work", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "kind", "sha256"],
                condition=Q(confirmed_at__isnull=False),
                name="a_file_is_loaded_once",
            )
        ]


class Unit(models.Model):
    """What is placed, or a person measured in it. Known by its study identifier alone."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="units")
    study_id = models.CharField(max_length=100)
    label = models.CharField(max_length=200, blank=True)
    # The cluster that is placed; empty when every unit is placed by itself.
    cluster = models.CharField(max_length=100, blank=True)
    strata = models.JSONField(default=list)  # values of the strata columns, in their order
    block = models.CharField(max_length=100, blank=True)  # of a draw elsewhere, to re-draw within
    covariates = models.JSONField(default=dict)  # values from before the start, by name
    order = models.PositiveIntegerField()
    late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "study_id"], name="one_unit_a_study_id"),
            models.UniqueConstraint(
                fields=["trial", "order"], name="one_unit_a_place_in_the_list"
            ),
        ]
        indexes = [models.Index(fields=["trial"], condition=Q(late=True), name="late_units")]


class StagedUnit(models.Model):
    """A row of a list that is being loaded. Becomes a unit in one statement, or nothing."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="staged_units")
    row = models.PositiveIntegerField()
    study_id = models.CharField(max_length=100)
    label = models.CharField(max_length=200, blank=True)
    cluster = models.CharField(max_length=100, blank=True)
    strata = models.JSONField(default=list)
    block = models.CharField(max_length=100, blank=True)
    covariates = models.JSONField(default=dict)
    arm = models.CharField(max_length=60, blank=True)  # only when placed elsewhere

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upload", "row"], name="a_row_of_a_list_once")
        ]


class UnitIdentity(models.Model):
    """Which household or person a unit is. Personal, one to one, deleted without the numbers."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="identity")
    name = models.CharField(max_length=200)


class Assignment(models.Model):
    """A unit's arm. Append-only: the database refuses to change it."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="assignments")
    unit = models.OneToOneField(Unit, models.CASCADE, related_name="assignment")
    arm = models.CharField(max_length=60)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "sequence"], name="one_place_in_the_draw")
        ]


class Enrolment(models.Model):
    """A unit asked to take part, and its answer."""

    class State(models.TextChoices):
        ELIGIBLE = "eligible", "Eligible"
        ASKED = "asked", "Asked"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="enrolment")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=200, blank=True)
    on = models.DateField()


class Withdrawal(models.Model):
    """A unit lost or withdrawn, from what, and why."""

    class Scope(models.TextChoices):
        TREATMENT = "treatment", "Of the service: still measured"
        MEASUREMENT = "measurement", "Of being measured: what is held is kept"
        CONSENT = "consent", "Of consent: nothing more is used"
        LOST = "lost", "Lost: could not be found or reached"

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="withdrawal")
    scope = models.CharField(max_length=12, choices=Scope.choices)
    reason = models.CharField(max_length=40)
    words = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # null: they said so themselves, by their link
    at = models.DateTimeField()
