"""An idea from its first sentence to what became of it, and what people said about it."""

from django.db import models
from django.db.models import Q

from trialogue.accounts.models import Person, ServiceArea


class Call(models.Model):
    """A call for ideas: a question asked for some weeks, or on a hack day."""

    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=80)
    question = models.TextField()
    opens_on = models.DateField()
    closes_on = models.DateField()
    answers_by = models.DateField()
    teams = models.PositiveSmallIntegerField(default=0)
    pot_pence = models.PositiveBigIntegerField(default=0)
    what_happened = models.TextField(blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")),
                name="a_call_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Idea(models.Model):
    """A suggestion. Its number is its key and never changes; its slug follows its title.

    Money is pence a year, time is minutes a month; both are what the sender claims.
    """

    class Collaboration(models.TextChoices):
        SECTORS = "other sectors", "Other sectors"
        WORKFORCE = "workforce", "Our own workforce"
        PUBLIC = "public", "The public"

    class Visibility(models.TextChoices):
        EVERYONE = "everyone", "Everyone"
        STAFF = "staff", "Council staff until it is answered"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"

    class Answer(models.TextChoices):
        TRIAL = "trial", "Try it in a trial"
        DO = "do", "Do it without a trial"
        NOT_NOW = "not now", "Not now"
        NO = "no", "No"
        MERGED = "merged", "Joined with another idea"

    class Wake(models.TextChoices):
        DATE = "date", "A date"
        EVIDENCE = "evidence", "New evidence"
        MONEY = "money", "Money"
        PERSON = "person", "A person"

    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=80)
    problem = models.TextField()
    proposal = models.TextField()
    collaboration = models.CharField(max_length=14, choices=Collaboration.choices, blank=True)
    area = models.ForeignKey(
        ServiceArea, models.PROTECT, null=True, blank=True, related_name="ideas"
    )
    place = models.CharField(max_length=120, blank=True)
    visibility = models.CharField(
        max_length=8, choices=Visibility.choices, default=Visibility.EVERYONE
    )
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="ideas")

    minutes_low = models.PositiveIntegerField(null=True, blank=True)
    minutes_high = models.PositiveIntegerField(null=True, blank=True)
    pence_low = models.PositiveBigIntegerField(null=True, blank=True)
    pence_high = models.PositiveBigIntegerField(null=True, blank=True)
    how_known = models.TextField(blank=True)
    who_must_agree = models.TextField(blank=True)
    # Why words that may identify a person are needed; such an idea is checked before it shows.
    personal_why = models.TextField(blank=True)

    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    sent_at = models.DateTimeField(null=True, blank=True)
    # An idea from outside the council shows once a person has checked it.
    checked_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=20, blank=True)
    hidden_words = models.TextField(blank=True)
    appeal = models.TextField(blank=True)
    appeal_answer = models.TextField(blank=True, default="")

    answer_due_on = models.DateField(null=True, blank=True)
    to_answer = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="ideas_to_answer"
    )
    reminded_at = models.DateTimeField(null=True, blank=True)
    told_late_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    answer_reason = models.TextField(blank=True)
    wake = models.CharField(max_length=8, choices=Wake.choices, blank=True)
    wake_words = models.TextField(blank=True)
    wake_on = models.DateField(null=True, blank=True)
    woken_at = models.DateTimeField(null=True, blank=True)
    lead = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="ideas_to_lead"
    )
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="ideas_answered"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    # What became of it: told from above, by `services.note_trial`.
    trial = models.CharField(max_length=16, blank=True)
    trial_state = models.CharField(max_length=40, blank=True)
    trial_noted_at = models.DateTimeField(null=True, blank=True)
    trial_verdict = models.CharField(max_length=40, blank=True, default="")
    # How many it takes to know, in words: `about 120 streets would settle it`.
    trial_settles = models.CharField(max_length=160, blank=True, default="")

    # Nobody until a resident without an account has confirmed by e-mail that it is theirs.
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="ideas")
    created_at = models.DateTimeField()
    # Where such a draft came from, hashed: it limits how many come from one place.
    came_from = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(created_by__isnull=False),
                name="a_sent_idea_has_a_sender",
            ),
            models.CheckConstraint(
                condition=~Q(status="open")
                | Q(answer_due_on__isnull=False, sent_at__isnull=False, area__isnull=False),
                name="an_open_idea_has_a_date_for_its_answer",
            ),
            models.CheckConstraint(
                condition=(
                    Q(status="answered", answered_at__isnull=False)
                    & ~Q(answer="")
                    & ~Q(answer_reason="")
                )
                | (~Q(status="answered") & Q(answer="")),
                name="an_answer_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(answer="not now") | ~Q(wake=""),
                name="not_now_names_what_would_wake_it",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "answer_due_on"], name="ideas_by_due_date"),
            models.Index(fields=["-sent_at"], name="ideas_newest_first"),
        ]

    def __str__(self) -> str:
        return self.title


class Confirmation(models.Model):
    """A link sent to a resident, who confirms with it that an idea is theirs. Kept as its hash.

    Personal: the e-mail goes with the row, once it is confirmed or has not been for seven days.
    """

    idea = models.OneToOneField(Idea, models.CASCADE, related_name="confirmation")
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=1)


class SupportAsked(models.Model):
    """A link sent to a resident, who confirms with it that they support an idea. Kept as its hash.

    Personal, as `Confirmation` is: it goes once it is used, or has not been for seven days.
    """

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(max_length=254)
    # Where it was asked from, hashed: it limits how many come from one place.
    came_from = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_index=True)


class AnswerGiven(models.Model):
    """One answer to an idea, as it was given. Append-only; `Idea` holds a copy of the latest."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="answers_given")
    answer = models.CharField(max_length=8, choices=Idea.Answer.choices)
    reason = models.TextField()
    why_changed = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SimilarShown(models.Model):
    """What the search returned while the idea was written. Append-only: the latest counts.

    `shown` is a list of `id`, `rank`, `band`; `found` is false when the search was down. The
    person's answer comes with a second row.
    """

    class Answer(models.TextChoices):
        NOBODY = "nobody close", "Nobody tried anything close to mine"
        ELSEWHERE = "other people or place", "They tried it with other people or in another place"
        BETTER = "done better", "I would do it better"
        TOO_SMALL = "earlier too small", "The earlier trial was too small to tell"
        REPEAT = "repeat on purpose", "I want to repeat it on purpose"
        OTHER = "other", "Another reason"

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="similar_shown")
    query = models.TextField()
    shown = models.JSONField()
    found = models.BooleanField(default=True)
    answer = models.CharField(max_length=24, choices=Answer.choices, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()


class Support(models.Model):
    """A person's support for an idea, once. `staff` is what they were when they gave it."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="supports")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    staff = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "idea"], name="support_once_a_person_and_idea"
            )
        ]


class Follow(models.Model):
    """Somebody who wants to hear what becomes of an idea."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "idea"], name="follow_once_a_person_and_idea"
            )
        ]


class OpenDraft(models.Model):
    """A trial's draft plan that its team opened for comments, the last day included.

    Told from above, by `services.open_draft`; the title is the one it had then.
    """

    trial = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=80)
    until = models.DateField()

    def __str__(self) -> str:
        return self.title


class Comment(models.Model):
    """A question, a detail or an offer of help, on an idea or on an open draft.

    A hidden one keeps its reason and any appeal. A draft's team answers.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        DETAIL = "detail", "Detail"
        OFFER = "offer", "Offer of help"

    idea = models.ForeignKey(Idea, models.CASCADE, null=True, related_name="comments")
    draft = models.ForeignKey(OpenDraft, models.CASCADE, null=True, related_name="comments")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.CharField(max_length=20, blank=True)
    hidden_words = models.TextField(blank=True)
    appeal = models.TextField(blank=True)
    appeal_answer = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "by", "text"], name="the_same_comment_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["draft", "by", "text"], name="the_same_comment_on_a_draft_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(idea__isnull=False, draft__isnull=True)
                | Q(idea__isnull=True, draft__isnull=False),
                name="a_comment_is_on_an_idea_or_a_draft",
            ),
        ]

    @property
    def on(self) -> Idea | OpenDraft:
        """What it is a comment on."""
        on = self.idea or self.draft
        assert on is not None  # noqa: S101  the database holds it
        return on


class Merge(models.Model):
    """Two ideas that became one: `idea` lives on in `into`."""

    idea = models.OneToOneField(Idea, models.PROTECT, related_name="merge")
    into = models.ForeignKey(Idea, models.PROTECT, related_name="merged")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(idea=models.F("into")), name="an_idea_joins_another_idea"
            )
        ]
