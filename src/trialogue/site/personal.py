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
        "ideas.Confirmation",
        "ideas.SupportAsked",
        "trials.UnitIdentity",
        "trials.Upload",
        "axes.AccessAttempt",
        "sessions.Session",
    }
)

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
    }
)

# Tables of the packages we use that stand empty: what they would keep is switched off.
SWITCHED_OFF = frozenset(
    {"axes.AccessLog", "axes.AccessFailureLog", "axes.AccessAttemptExpiration"}
)
