"""Organisations, people who sign in, and what is kept about what they did."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from trialogue.accounts.periods import CHECK, Period, working_days
from trialogue.accounts.working_days import Calendar

# Roles that a partner's staff have; all others are the council's.
PARTNERS = frozenset({"round manager", "visitor"})


class Organisation(models.Model):
    """The council that runs this instance, or a partner that works with it."""

    class Kind(models.TextChoices):
        COUNCIL = "council", "Council"
        PARTNER = "partner", "Partner"

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    gss_code = models.CharField(max_length=9, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    zone = models.CharField(max_length=40, default="Europe/London")
    settings = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="council"), name="one_council_an_instance"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def calendar(self) -> Calendar:
        """Its working days."""
        return Calendar.of(self.settings, self.gss_code)

    @property
    def speaks_welsh(self) -> bool:
        """Whether its pages are offered in Welsh too."""
        return bool(self.settings.get("welsh"))

    def days(self, period: Period) -> int:
        """Return how many days it set, or as many as are usual."""
        return period.of(self.settings)

    @property
    def reads_within(self) -> str:
        """How long a person takes to read what comes from outside: 2 working days."""
        return working_days(self.days(CHECK))


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with this e-mail."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who signs in. Leavers keep their row: `is_active` is false and `email` is freed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Mail(models.TextChoices):
        AT_ONCE = "at once", "Each at once"
        DAILY = "daily", "What is urgent at once, the rest in one e-mail a day"
        NEVER = "never", "None but those about your account, and concerns while on duty"

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    job = models.CharField(max_length=120, blank=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.DAILY)
    is_active = models.BooleanField(default=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    # Part of the session's signature: a new one signs out everywhere.
    session_key = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_an_email")]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Return what a session is checked against: it changes on sign-out everywhere."""
        return f"{super().get_session_auth_hash()}{self.session_key.hex}"

    def get_session_auth_fallback_hash(self) -> Any:
        """Return nothing: a session from before a sign-out everywhere never counts."""
        return iter(())

    @cached_property
    def places(self) -> tuple["Membership", ...]:
        """This person's memberships with their organisations, the council first. One query."""
        found = self.memberships.select_related("organisation")
        return tuple(sorted(found, key=lambda m: (m.organisation.kind, m.organisation.name)))

    @cached_property
    def roles(self) -> frozenset[str]:
        """What this person is here: `staff` or `partner`, and the roles of their memberships.

        A role counts where it belongs: a visitor's in a partner, a manager's in the council. A
        resident, who belongs nowhere, has no account and is nothing here.
        """
        if not self.is_active or not self.places:
            return frozenset()
        roles = {"signed in"}
        for membership in self.places:
            council = membership.organisation.kind == Organisation.Kind.COUNCIL
            roles.add("staff" if council else "partner")
            roles.update(
                set(membership.roles) - PARTNERS if council else PARTNERS & set(membership.roles)
            )
        return frozenset(roles)

    @property
    def organisation(self) -> Organisation | None:
        """The organisation this person belongs to; the council first when there are two."""
        return self.places[0].organisation if self.places else None


class Membership(models.Model):
    """A person's place in an organisation, with their roles there."""

    class Role(models.TextChoices):
        MEMBER = "member", "Member"
        MANAGER = "manager", "Manager"
        ADMINISTRATOR = "administrator", "Administrator"
        DATA_PROTECTION = "data protection officer", "Data protection officer"
        DUTY_DESK = "duty desk", "Duty desk"
        DUTY_MANAGER = "duty manager", "Duty manager"
        SAFEGUARDING = "safeguarding lead", "Safeguarding lead"
        COMMISSIONER = "commissioner", "Commissioner of visits"
        ROUND_MANAGER = "round manager", "Round manager"
        VISITOR = "visitor", "Visitor"

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    roles = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation"], name="one_membership_a_person_and_organisation"
            )
        ]


class ServiceArea(models.Model):
    """A part of the council's work, the manager who answers for it and their stand-in."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    manager = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="areas_managed"
    )
    stand_in = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="areas_stood_in"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """An invitation to join, sent by e-mail. The link's token is kept only as its hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    roles = models.JSONField(default=list)
    invited_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)


class ApiToken(models.Model):
    """A key for the API, which does what its person may do. Kept only as its hash."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(models.Model):
    """Who did what, when, to which thing. The database refuses to change or delete one.

    No foreign keys, so that it outlives what it describes. `before` and `after` hold values for
    ordinary tables; for personal tables they hold the names of the fields only, so that erasing a
    person erases them everywhere.
    """

    at = models.DateTimeField(db_index=True)
    by = models.UUIDField(null=True, blank=True, db_index=True)
    action = models.CharField(max_length=80)
    thing_kind = models.CharField(max_length=40)
    thing = models.CharField(max_length=64, db_index=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]


class Notification(models.Model):
    """A message to a person, in their list and by e-mail; or a text message to their telephone.

    Written in the same transaction as its cause, and sent afterwards.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text message"

    class Delivery(models.TextChoices):
        UNKNOWN = "", "Not followed"
        SENDING = "sending", "On its way"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Did not arrive"

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    to_email = models.EmailField(max_length=254, blank=True)
    telephone = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="notifications")
    letter = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    # What the provider calls it, and what became of it there.
    provider_id = models.CharField(max_length=60, blank=True)
    delivery = models.CharField(max_length=9, choices=Delivery.choices, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel="email", telephone="") & ~models.Q(to_email="")
                | models.Q(channel="text", to_email="") & ~models.Q(telephone=""),
                name="a_message_goes_by_one_channel",
            )
        ]


class Work(models.Model):
    """A long piece of work: how far it is, and whether somebody asked it to stop."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=200)
    started_by = models.ForeignKey(Person, models.CASCADE, related_name="+")
    leads_to = models.CharField(max_length=300)
    step = models.CharField(max_length=200, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    task = models.UUIDField(null=True, blank=True)  # what does it in the worker
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)
    problems = models.JSONField(default=list, blank=True)


class Calls(models.Model):
    """How often somebody called within a period, of which the first moment is kept.

    In the database, so that the processes that serve count together. `key` says who and what
    for; an address is in it only hashed.
    """

    key = models.CharField(max_length=120)
    since = models.DateTimeField(db_index=True)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "since"], name="calls_are_counted_once")
        ]


class Sweep(models.Model):
    """A job of the clock, done for one period. Two workers do it once."""

    job = models.CharField(max_length=120)
    period = models.CharField(max_length=40)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "period"], name="a_job_once_a_period")
        ]


class WelshPhrase(models.Model):
    """The Welsh of a phrase of the pages, as somebody wrote it. Append-only: the newest counts.

    `approved_by` names the Welsh speaker who has approved it; without one it is a draft, which no
    page shows. Empty Welsh takes the phrase back to English.
    """

    english = models.TextField()
    welsh = models.TextField(blank=True)
    approved_by = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    @property
    def is_shown(self) -> bool:
        """Whether pages follow it: a draft waits."""
        return bool(self.approved_by or not self.welsh)
