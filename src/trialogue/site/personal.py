"""Which tables hold data about persons. `docs/data-protection.md` says why and how long, by field.

A test holds the two and the models together: a new field of these tables, or a field elsewhere
that is named as such fields are, fails it until it is explained.
"""

# Every table about persons.
PERSONAL = frozenset(
    {
        "accounts.Person",
        "accounts.Membership",
        "accounts.Invitation",
        "accounts.ApiToken",
        "accounts.AuditEntry",
        "accounts.Notification",
        "accounts.Work",
        "accounts.WelshPhrase",
        "ideas.Confirmation",
        "ideas.SupportAsked",
        "trials.UnitIdentity",
        "trials.Upload",
        "visits.Resident",
        "visits.Contact",
        "visits.QuestionSet",
        "visits.Agreement",
        "visits.Suspension",
        "visits.Visitor",
        "visits.ListFile",
        "visits.VisitLink",
        "visits.Device",
        "visits.VisitList",
        "visits.Visit",
        "visits.VisitEvent",
        "visits.HeldEvent",
        "visits.Answer",
        "visits.Concern",
        "visits.Acknowledgement",
        "visits.ConcernStep",
        "visits.Escalation",
        "visits.DutyShift",
        "visits.HandOver",
        "axes.AccessAttempt",
        "sessions.Session",
    }
)

# What is held about one person: each field that points at a person stands in one of the two below.

# Rows that tell of the person in this field; given to them whole, without what opens doors.
ABOUT = frozenset(
    {
        "accounts.Membership.person",
        "accounts.ServiceArea.manager",
        "accounts.ServiceArea.stand_in",
        "accounts.ApiToken.person",
        "accounts.Notification.person",
        "ideas.Idea.created_by",
        "ideas.Comment.by",
        "ideas.Support.person",
        "ideas.Follow.person",
        "trials.TrialMember.person",
        "visits.Visitor.person",
        "visits.DutyShift.person",
    }
)

# Rows that the person in this field only entered or decided, and the field that says when. They
# tell of a trial, an idea or somebody else, and may hold effects: they are counted, never shown.
WORK = {
    "accounts.AuditEntry.by": "at",
    "accounts.Invitation.invited_by": "created_at",
    "accounts.Work.started_by": "created_at",
    "accounts.WelshPhrase.by": "at",
    "ideas.Call.created_by": "created_at",
    "ideas.Idea.to_answer": "sent_at",
    "ideas.Idea.lead": "answered_at",
    "ideas.Idea.answered_by": "answered_at",
    "ideas.AnswerGiven.by": "at",
    "ideas.Comment.answered_by": "answered_at",
    "ideas.Merge.by": "at",
    "trials.Trial.created_by": "created_at",
    "trials.Answer.by": "at",
    "trials.SignOff.by": "at",
    "trials.Draw.drawn_by": "drawn_at",
    "trials.Upload.by": "at",
    "trials.Withdrawal.by": "at",
    "trials.Measurement.by": "at",
    "trials.Delivery.by": "at",
    "trials.HarmReport.by": "at",
    "trials.Look.by": "at",
    "trials.LookDecision.by": "at",
    "trials.Analysis.by": "at",
    "trials.Story.by": "at",
    "trials.StopRequest.by": "at",
    "visits.QuestionSet.approved_by": "published_at",
    "visits.RoundVersion.by": "at",
    "visits.Absence.by": "at",
    "visits.TravelTimes.by": "at",
    "visits.Backdrop.by": "at",
    "visits.ListFile.by": "at",
    "visits.Agreement.by": "at",
    "visits.Suspension.by": "at",
    "visits.VisitLink.by": "created_at",
    "visits.Plan.by": "at",
    "visits.Plan.accepted_by": "accepted_at",
    "visits.Device.revoked_by": "revoked_at",
    "visits.VisitList.by": "at",
    "visits.VisitEvent.person": "received_at",
    "visits.HeldEvent.settled_by": "settled_at",
    "visits.Concern.owner": "received_at",
    "visits.Acknowledgement.person": "at",
    "visits.ConcernStep.by": "at",
    "visits.HandOver.giver": "given_at",
    "visits.HandOver.taker": "given_at",
}

# Tables that hold an address as it was written, maybe of somebody without an account: the field,
# and what a row of it says of them.
WRITTEN = {
    "accounts.Invitation": ("email", "Invited"),
    "ideas.Confirmation": ("email", "Suggested an idea, not confirmed yet"),
    "ideas.SupportAsked": ("email", "Supported an idea, not confirmed yet"),
    "accounts.Notification": ("to_email", "Was written to"),
    "visits.Contact": ("email", "Near a resident who is visited"),
    "axes.AccessAttempt": ("username", "Tried to sign in, or somebody else with the address"),
}

# How fields about persons are named.
TELLING = frozenset(
    {
        "name",
        "email",
        "to_email",
        "job",
        "phone",
        "telephone",
        "address",
        "postcode",
        "birth_date",
        "date_of_birth",
        "ip_address",
        "user_agent",
        "username",
    }
)

# Fields so named that are about something else.
OF_THINGS = frozenset(
    {
        "accounts.Organisation.name",
        "accounts.ServiceArea.name",
        "accounts.Sweep.job",
        "auth.Group.name",
        "auth.Permission.name",
        "evidence.Publisher.name",
        "visits.Scheme.name",
        "visits.Scheme.telephone",
        "visits.Area.name",
    }
)

# Tables of the packages we use that stand empty: what they would keep is switched off.
SWITCHED_OFF = frozenset(
    {"axes.AccessLog", "axes.AccessFailureLog", "axes.AccessAttemptExpiration"}
)
