"""Concerns: raised, acknowledged by a person in time, and closed with what came of them."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.visits.models.recording import Visit, VisitEvent
from trialogue.visits.models.residents import Resident
from trialogue.visits.models.scheme import Scheme

FIRST = 1000  # the first concern is C-1001


class Concern(models.Model):
    """Something that somebody should look at. Its clock starts when the server receives it.

    `turn` counts how often that clock began: again when the level is raised, and when the concern
    goes to safeguarding. Each turn is acknowledged, and has its ladder. `resident` is empty where
    a visitor asks for help away from any door.
    """

    class Level(models.TextChoices):
        RED = "red", "Red: now"
        AMBER = "amber", "Amber: today"
        REQUEST = "request", "Request"

    class Kind(models.TextChoices):
        HEALTH = "health", "Health"
        HOME = "home", "Home"
        COMPANY = "company", "Company"
        SAFETY = "safety", "Safety"
        MONEY = "money", "Money"
        SAFEGUARDING = "safeguarding", "Safeguarding"
        NO_ANSWER = "no answer", "No answer"
        HELP = "help", "The visitor needs help"
        OTHER = "other", "Other"

    class Origin(models.TextChoices):
        DOORSTEP = "doorstep", "At the door"
        TELEPHONE = "telephone", "By telephone"
        DESK = "desk", "At the desk"
        LINK = "link", "By the resident’s own link"

    class State(models.TextChoices):
        RAISED = "raised", "Waits to be acknowledged"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        IN_HAND = "in hand", "In hand"
        CLOSED = "closed", "Closed"

    class Outcome(models.TextChoices):
        NOTHING = "no action needed", "No action needed"
        ADVICE = "advice given", "Advice given"
        PASSED = "passed on", "Passed to a service"
        CONTACT = "contact told", "A contact was told"
        EMERGENCY = "emergency", "An emergency service attended"
        VISITS = "visits changed", "Visits were changed"
        KNOWN = "already known", "Already known"
        NOT_REACHED = "could not be reached", "Could not be reached"
        OTHER = "other", "Other"

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="concerns")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, related_name="concerns")
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="concerns")
    event = models.OneToOneField(VisitEvent, models.PROTECT, null=True, related_name="concern")
    level = models.CharField(max_length=7, choices=Level.choices)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    words = models.TextField(blank=True)
    origin = models.CharField(max_length=9, choices=Origin.choices)
    raised_at = models.DateTimeField()
    received_at = models.DateTimeField()
    turn = models.PositiveSmallIntegerField(default=1)
    clock_from = models.DateTimeField()  # receipt, or when this turn began
    deadline = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.RAISED)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    look_again_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    # How whereabouts came to be known: a no answer cannot be closed without.
    whereabouts = models.CharField(max_length=200, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined")
    released_at = models.DateTimeField(null=True, blank=True)  # to contacts who may know of it
    closed_at = models.DateTimeField(null=True, blank=True)
    # Somebody did not agree that it was closed: the duty manager closes it.
    disputed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["deadline", "pk"]
        indexes = [models.Index(fields=["scheme", "state", "deadline"])]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_at=None)),
                name="closing_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed", kind="no answer", whereabouts=""),
                name="a_no_answer_closes_with_whereabouts",
            ),
            models.CheckConstraint(
                condition=~Q(kind="safeguarding", released_at__isnull=False),
                name="safeguarding_is_never_told_to_contacts",
            ),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | Q(kind="help"),
                name="a_concern_is_about_a_resident_or_a_visitor",
            ),
        ]

    @property
    def number(self) -> int:
        """Its number, in addresses too."""
        return FIRST + self.pk

    @property
    def code(self) -> str:
        """What the desk calls it: C-1042."""
        return f"C-{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state != self.State.CLOSED


class Acknowledgement(models.Model):
    """Somebody signed in pressed the button and said what they will do. The first stands."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="acknowledgements")
    turn = models.PositiveSmallIntegerField(default=1)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    will_do = models.CharField(max_length=300)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "turn"], name="the_first_to_acknowledge_stands"
            )
        ]


class ConcernStep(models.Model):
    """One thing done about a concern. Rows are never changed, but for words whose time is over."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="steps")
    what = models.CharField(max_length=20)  # a code of `visits.steps`
    words = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]


class DutyShift(models.Model):
    """Who is on duty, in which role, from when to when."""

    class Role(models.TextChoices):
        DUTY = "duty", "Duty person"
        DEPUTY = "deputy", "Deputy"
        MANAGER = "manager", "Duty manager"
        SAFEGUARDING = "safeguarding", "Safeguarding lead"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="shifts")
    role = models.CharField(max_length=12, choices=Role.choices)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    first = models.DateTimeField()
    last = models.DateTimeField()
    telephone = models.CharField(max_length=30, blank=True)  # for text messages

    class Meta:
        ordering = ["first", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gt=models.F("first")), name="a_shift_ends_after_it_begins"
            )
        ]


class Escalation(models.Model):
    """A rung of a ladder that fell due: whom it told. Its notices are rows of `Notification`."""

    concern = models.ForeignKey(Concern, models.PROTECT, related_name="escalations")
    turn = models.PositiveSmallIntegerField(default=1)
    rung = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField()
    told = models.JSONField(default=list)  # public identifiers of persons
    result = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["concern", "turn", "rung"], name="a_rung_is_climbed_once"
            )
        ]


class HandOver(models.Model):
    """What one person on duty leaves to the next. Both sign it; what it listed stays."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="hand_overs")
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taker = models.ForeignKey(Person, models.PROTECT, related_name="+")
    concerns = models.JSONField(default=list)  # their codes
    words = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=models.F("taker")), name="two_people_hand_over"
            )
        ]


class Watch(models.Model):
    """When every timer was last looked at and what was due was done. One row, renewed."""

    looked_at = models.DateTimeField()
