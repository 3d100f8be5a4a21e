"""The log of events, which never changes, and what lists read, which is made again from it."""

from typing import Any

from django.db import models
from django.db.models import Q

from trialogue.evidence.record import parse


class Publisher(models.Model):
    """Who publishes a log: an authority, known by its GSS code, and its keys."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    own = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)  # when another’s log last verified

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["own"], condition=Q(own=True), name="one_log_of_our_own"
            )
        ]


class PublisherKey(models.Model):
    """A public key of a publisher, and from when to when it signed."""

    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=16, unique=True)
    public_key = models.CharField(max_length=44)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publisher"],
                condition=Q(valid_until__isnull=True),
                name="one_key_at_a_time",
            )
        ]


class Event(models.Model):
    """One event of a log. `line` is the event, its canonical bytes; the rest finds it.

    Append-only: the database refuses to change or delete one.
    """

    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    trial = models.CharField(max_length=14, db_index=True)
    kind = models.CharField(max_length=20)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField()
    line = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publisher", "seq"], name="one_event_a_place"),
            models.UniqueConstraint(fields=["publisher", "prev"], name="one_event_after_another"),
            models.UniqueConstraint(
                fields=["trial", "kind"],
                condition=Q(kind__in=["registration", "list", "started", "result"]),
                name="a_trial_is_registered_drawn_and_reported_once",
            ),
        ]

    @property
    def document(self) -> dict[str, Any]:
        """Return the event as it was signed."""
        return parse(self.line)


class Checkpoint(models.Model):
    """How long a log is and what it ends in, signed."""

    publisher = models.OneToOneField(Publisher, models.PROTECT, related_name="checkpoint")
    size = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    note = models.TextField()


class TrialRecord(models.Model):
    """What lists, search and pages know of a trial: made from its events and nothing else."""

    trial = models.CharField(max_length=14, unique=True)
    # Whose register it came from; null when it is ours.
    source = models.ForeignKey(Publisher, models.PROTECT, null=True, blank=True)
    title = models.CharField(max_length=80)
    summary = models.TextField()
    state = models.CharField(max_length=20, db_index=True)
    verdict = models.CharField(max_length=40, blank=True, db_index=True)
    strength = models.CharField(max_length=10, blank=True)
    council = models.CharField(max_length=120)
    service = models.CharField(max_length=80)
    outcome = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField(db_index=True)
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    recorded = models.CharField(max_length=10)
    elsewhere = models.BooleanField(default=False)
    sentence = models.TextField(blank=True)
    n = models.PositiveIntegerField(null=True, blank=True)
    made_up = models.BooleanField(default=False)
    credit = models.TextField(blank=True)
    words = models.TextField()
    length = models.PositiveIntegerField()
