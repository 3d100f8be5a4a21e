"""Residents, what they agreed to, who is near them, and when they are away."""

import uuid

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.visits.models.scheme import Area, Scheme


class Resident(models.Model):
    """Somebody who may be visited: the least that a planner and a visitor need to know.

    Positions are metres on the scheme's grid. `days_ok` is a list of patterns, each a list of
    weekdays (0 is Monday); empty means any days. `key` is what a trial knows them by.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed, not yet placed"
        ACTIVE = "active", "Visited"
        PAUSED = "paused", "Paused"
        ENDED = "ended", "Ended"

    class Priority(models.TextChoices):
        ORDINARY = "ordinary", "Ordinary"
        HIGH = "high", "High"

    class Ended(models.TextChoices):
        ASKED = "asked", "They asked to stop"
        MOVED = "moved", "They moved away"
        CARE = "care", "They moved into care"
        DIED = "died", "They died"
        OTHER = "other", "Another reason"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="residents")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="residents")
    reference = models.CharField(max_length=60, blank=True)
    full_name = models.CharField(max_length=120)
    preferred_name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    uprn = models.CharField(max_length=12, blank=True)
    x = models.FloatField(null=True, blank=True)
    y = models.FloatField(null=True, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=5, default="en")
    door_notes = models.CharField(max_length=200, blank=True)
    at_the_address = models.CharField(max_length=120, blank=True)  # dog, two people, steps
    agreed_word = models.CharField(max_length=30, blank=True)  # the visitor says it; never printed
    priority = models.CharField(max_length=8, choices=Priority.choices, default=Priority.ORDINARY)
    visits_per_week = models.PositiveSmallIntegerField(default=1)
    days_ok = models.JSONField(default=list, blank=True)
    days_preferred = models.JSONField(default=list, blank=True)
    not_before = models.TimeField(null=True, blank=True)
    not_after = models.TimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=5)
    skills = models.JSONField(default=list, blank=True)
    no_contact = models.BooleanField(default=False)  # asked, and there is nobody
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    ended_why = models.CharField(max_length=8, choices=Ended.choices, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    # In a waiting list by lot: nobody calls before `starts_on`, which is empty until it is drawn.
    waits = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)
    # All that told of the person is gone: what stays is a row that visits are counted by.
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["full_name", "pk"]
        indexes = [models.Index(fields=["scheme", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "reference"],
                condition=~Q(reference=""),
                name="one_resident_a_reference",
            ),
            models.CheckConstraint(
                condition=Q(visits_per_week__range=(1, 6)), name="one_to_six_visits_a_week"
            ),
            models.CheckConstraint(
                condition=Q(not_before=None)
                | Q(not_after=None)
                | Q(not_after__gt=models.F("not_before")),
                name="a_resident_is_in_after_not_before",
            ),
            models.CheckConstraint(
                condition=(Q(state="ended") & Q(ended_on__isnull=False))
                | (~Q(state="ended") & Q(ended_on=None)),
                name="who_ended_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class Contact(models.Model):
    """Somebody near a resident. What they may be told comes only from an `Agreement`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    key_holder = models.BooleanField(default=False)
    minutes_away = models.PositiveSmallIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=1)
    never_told = models.BooleanField(default=False)
    never_told_why = models.CharField(max_length=200, blank=True)  # for safeguarding alone
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """What was agreed or withdrawn. The newest row for a contact, or for the visits, counts.

    Rows are never changed, but for names taken out when the time to keep them is over. `may_see`
    lists fields of `SEES` and is for a contact only.
    """

    class How(models.TextChoices):
        PERSON = "in person", "In person"
        FORM = "form", "On a form"
        TELEPHONE = "telephone", "By telephone"

    SEES = (
        ("visited", "That a visit took place, and about when"),
        ("well", "All well, or something was asked for"),
        ("request", "The words of a request"),
        ("concern", "That there is a concern, once the desk releases it"),
    )

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="agreements")
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    agrees = models.BooleanField()  # false: withdrawn
    may_see = models.JSONField(default=list, blank=True)
    who = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How.choices)
    # When somebody else agreed for the person: by what right.
    authority = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]


class Suspension(models.Model):
    """Days on which nobody calls. They are not due and never count as missed. Open: until told."""

    class Why(models.TextChoices):
        HOSPITAL = "hospital", "In hospital"
        AWAY = "away", "Away"
        ASKED = "asked", "They asked for a pause"
        OTHER = "other", "Another reason"

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="suspensions")
    first = models.DateField()
    last = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=8, choices=Why.choices)
    told_by = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-first", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(last__gte=models.F("first")),
                name="a_suspension_ends_after_it_begins",
            )
        ]
