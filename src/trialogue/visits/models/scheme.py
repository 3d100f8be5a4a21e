"""The scheme: who runs it, what it asks, what it may do, and what could go wrong."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Organisation, Person


class Scheme(models.Model):
    """A council's visits. `settings` holds timers it changed; `visits.timers` says the rest.

    `trial_unit` is a `home`, a `round` or an `area`.
    """

    HOME = "home"

    name = models.CharField(max_length=120)
    commissioner = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=30, blank=True)  # of the duty desk, rung at a door
    desk_opens = models.TimeField(default="08:00")
    desk_closes = models.TimeField(default="18:00")
    # What a resident is told before they agree.
    agreement_words = models.TextField(blank=True)
    # EPSG number of the flat grid that positions are kept in, in metres: British, Irish, Jersey.
    grid = models.PositiveIntegerField(default=27700)
    seconds_per_metre = models.FloatField(default=0.234)
    settings = models.JSONField(default=dict, blank=True)
    trial = models.CharField(max_length=16, blank=True)  # public identifier, when it is a trial
    trial_unit = models.CharField(max_length=6, blank=True)  # what its draw places
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # The steps of the set-up that a person has said are done and cannot be seen from the data.
    settled = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="a_scheme_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerAgreement(models.Model):
    """A partner organisation takes part, under an agreement that is looked at again on a day."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="partner_agreements")
    partner = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    reference = models.CharField(max_length=80, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    # What a visit or a minute costs: either may be 0. Pence.
    pence_a_visit = models.PositiveIntegerField(default=0)
    pence_an_hour = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["partner__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "partner"], name="one_agreement_a_scheme_and_partner"
            )
        ]

    @property
    def pounds_a_visit(self) -> str:
        """The price of a visit, as people write it."""
        return f"{self.pence_a_visit / 100:.2f}"

    @property
    def pounds_an_hour(self) -> str:
        """The price of an hour, as people write it."""
        return f"{self.pence_an_hour / 100:.2f}"


class Area(models.Model):
    """A part of the scheme that starts on a day. No visit is planned or listed in it before."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="areas")
    name = models.CharField(max_length=80)
    starts_on = models.DateField(null=True, blank=True)  # none: it waits

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "name"], name="one_area_a_name_in_a_scheme")
        ]

    def __str__(self) -> str:
        return self.name


class LawfulBasis(models.Model):
    """Why personal data may be used, kept apart from what a resident agreed to."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="bases")
    purpose = models.CharField(max_length=200)
    article_6 = models.CharField(max_length=120)
    article_9 = models.CharField(max_length=120, blank=True)
    dpia = models.CharField(max_length=80, blank=True)
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]


class QuestionSet(models.Model):
    """The questions of one version, as published. The database refuses to change one.

    `questions`: a list of `{"key", "about", "wordings": {"en": [three texts]}, "speakers": {}}`,
    the speakers being who approved each other language. "Yes" is the good answer.
    """

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="question_sets")
    number = models.PositiveIntegerField()
    questions = models.JSONField()
    approved_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="one_question_set_a_number")
        ]


class Hazard(models.Model):
    """What could do harm, and what keeps it from happening. Scores are 1 to 5."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="hazards")
    code = models.CharField(max_length=6)
    hazard = models.CharField(max_length=200)
    harm = models.CharField(max_length=200)
    controls = models.TextField()
    severity = models.PositiveSmallIntegerField()
    likely_before = models.PositiveSmallIntegerField()
    likely_after = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=120, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="one_hazard_a_code"),
            models.CheckConstraint(
                condition=Q(severity__range=(1, 5))
                & Q(likely_before__range=(1, 5))
                & Q(likely_after__range=(1, 5)),
                name="scores_of_a_hazard_are_1_to_5",
            ),
        ]
