"""What happened at doors: events as phones sent them, and what they were sent from."""

import uuid

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.visits.models.planning import Plan
from trialogue.visits.models.residents import Resident
from trialogue.visits.models.rounds import Round, Visitor
from trialogue.visits.models.scheme import QuestionSet, Scheme


class ServerKey(models.Model):
    """A key that phones seal their records to. The private half is a file no page reads.

    Old ones are kept so long as a phone may still send what it sealed.
    """

    key_id = models.CharField(max_length=16, unique=True)
    public = models.CharField(max_length=200)  # P-256, uncompressed, base64url
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)


class Device(models.Model):
    """A visitor's phone. It signs what it records with a key that never leaves it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visitor = models.ForeignKey(Visitor, models.CASCADE, related_name="devices")
    label = models.CharField(max_length=60)
    # Of the link that sets it up, as a hash; a phone that missed the answer may ask once more.
    set_up_hash = models.CharField(max_length=64, blank=True)
    set_up_until = models.DateTimeField(null=True, blank=True)
    public_key = models.CharField(max_length=200, blank=True)  # P-256, SPKI, base64url
    seen_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # what its visitor should know
    clock_error_ms = models.BigIntegerField(null=True, blank=True)  # phone minus server
    # How many records it says it has made: what is not here yet is known to be missing.
    recorded = models.PositiveBigIntegerField(default=0)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]


class VisitList(models.Model):
    """A day's list on a phone that fetched it, or a visitor's day on paper.

    On paper: it was printed, or the desk typed in what its visitor told.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    device = models.ForeignKey(Device, models.CASCADE, null=True, related_name="lists")
    visitor = models.ForeignKey(Visitor, models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "day"],
                condition=Q(visitor__isnull=False),
                name="one_list_on_paper_a_visitor_a_day",
            ),
            models.CheckConstraint(
                condition=Q(device__isnull=True) ^ Q(visitor__isnull=True),
                name="a_list_is_on_a_phone_or_on_paper",
            ),
        ]


class Visit(models.Model):
    """A call that is due on a day. Its state follows from its events and is never stored.

    `asks` holds what is asked this time: key, variant, language and words. `code` stands for the
    visit on paper and by telephone. `moved` says what became of it when its round had nobody.
    """

    class Moved(models.TextChoices):
        NO = "", "As planned"
        ROUND = "round", "Another round calls"
        DAY = "day", "Another day this week"
        TELEPHONE = "telephone", "The desk telephones"
        UNPLACED = "unplaced", "Nobody can call"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="visits")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="visits")
    day = models.DateField()
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="visits")
    visitor = models.ForeignKey(Visitor, models.SET_NULL, null=True, related_name="visits")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, related_name="+")
    place = models.PositiveIntegerField(default=0)  # order on the round
    gap = models.PositiveIntegerField(default=0)
    expected_at = models.DateTimeField()
    question_set = models.ForeignKey(QuestionSet, models.PROTECT, null=True, related_name="+")
    asks = models.JSONField(default=list, blank=True)
    code = models.CharField(max_length=4)
    moved = models.CharField(max_length=9, choices=Moved.choices, blank=True)
    moved_why = models.CharField(max_length=200, blank=True)
    # Which of two phones' accounts the desk chose to show.
    account = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["day", "round", "place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["resident", "day"], name="one_visit_a_resident_a_day"),
            models.UniqueConstraint(fields=["scheme", "day", "code"], name="one_code_a_day"),
        ]


class VisitEvent(models.Model):
    """Something recorded, once and for good. The database refuses all but blanking its body.

    `at` is what the phone's clock said, `received_at` ours, `about_at` the best estimate.
    """

    class Quality(models.TextChoices):
        CLOCK = "clock", "The phone’s clock was right"
        CORRECTED = "corrected", "Put right by the phone’s known error"
        ORDER = "order", "From the order of its records"
        RECEIVED = "received", "Known only from when it was received"

    id = models.UUIDField(primary_key=True)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="events")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="events")
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="events")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    type = models.CharField(max_length=20)
    seq = models.PositiveBigIntegerField(null=True, blank=True)
    list = models.UUIDField(null=True, blank=True)
    boot = models.UUIDField(null=True, blank=True)
    mono_ms = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    about_at = models.DateTimeField()
    quality = models.CharField(max_length=9, choices=Quality.choices)
    received_at = models.DateTimeField()
    schema = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64)  # of the sealed bytes, as acknowledged

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["visit"]), models.Index(fields=["scheme", "received_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "seq"],
                condition=Q(device__isnull=False),
                name="one_event_a_number_of_a_device",
            )
        ]


class HeldEvent(models.Model):
    """Bytes that a phone sent and that could not be taken as they are: a person judges them.

    Nothing a phone sends is thrown away. `sealed` is the request's body.
    """

    class Why(models.TextChoices):
        REVOKED = "revoked", "The phone was reported lost"
        OTHER_BYTES = "other bytes", "The same record came with other contents"
        NO_KEY = "no key", "The key it was sealed to is not here"
        NOT_READ = "not read", "It could not be opened or read"
        UNKNOWN = "unknown", "It names a visit, type or version not known here"

    event_id = models.UUIDField()
    device = models.ForeignKey(Device, models.PROTECT, null=True, related_name="held")
    sealed = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    why = models.CharField(max_length=11, choices=Why.choices)
    what = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    taken = models.BooleanField(null=True)  # whether it became an event

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "sha256"], name="the_same_bytes_are_held_once"
            )
        ]


class Answer(models.Model):
    """An answer at a door, in one place for reading: made from its event, never typed."""

    class Value(models.TextChoices):
        YES = "yes", "Yes"
        NO = "no", "No"
        NOT_ASKED = "not asked", "Not asked"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    event = models.ForeignKey(VisitEvent, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=20)
    set_number = models.PositiveIntegerField()
    variant = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=5)
    answer = models.CharField(max_length=9, choices=Value.choices)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "question"], name="one_answer_a_question_in_an_event"
            )
        ]
