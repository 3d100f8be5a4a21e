"""What is kept of a trial. The draft is its latest answers; from registration on, the record."""

from django.db import models
from django.db.models import F, Q

from trialogue.accounts.models import Person


class Trial(models.Model):
    """A trial. The moments below are copies of its events, for lists; the record is the truth."""

    public_id = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=80)
    idea = models.ForeignKey("ideas.Idea", models.PROTECT, null=True, blank=True, related_name="+")
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
    """A file as it came, until what it became is confirmed. Rows wait here; nothing is imported
    until the preview is confirmed."""

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
    covariates = models.JSONField(default=dict)  # values from before the start, by name
    order = models.PositiveIntegerField()
    late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "study_id"], name="one_unit_a_study_id"),
            models.UniqueConstraint(fields=["trial", "order"], name="one_unit_a_place_in_the_list"),
        ]


class StagedUnit(models.Model):
    """A row of a list that is being loaded. Becomes a unit in one statement, or nothing."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="staged_units")
    row = models.PositiveIntegerField()
    study_id = models.CharField(max_length=100)
    label = models.CharField(max_length=200, blank=True)
    cluster = models.CharField(max_length=100, blank=True)
    strata = models.JSONField(default=list)
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
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


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
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
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
        indexes = [models.Index(fields=["trial", "outcome", "wave"], name="measured")]


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
    """A registered look for harm: who asked, when, and the answer without numbers."""

    class Result(models.TextChoices):
        GO_ON = "go on", "Go on"
        STOP = "stop and look", "Stop and look"
        CANNOT_SAY = "cannot say", "Cannot say"

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="looks")
    number = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=14, choices=Result.choices)
    decision = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "number"], name="each_look_once")]


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
