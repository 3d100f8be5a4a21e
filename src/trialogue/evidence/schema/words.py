"""The names that the record uses: questions of the plan, kinds of event, reasons to stop."""

# The thirteen questions of a plan, in the order they are asked.
QUESTIONS = (
    "question",
    "arms",
    "unit",
    "strata",
    "outcomes",
    "size",
    "people",
    "dates",
    "delivery",
    "decision",
    "risks",
    "data_protection",
    "team",
)

KINDS = (
    "registration",
    "amendment",
    "deviation",
    "list",
    "started",
    "stopped",
    "withdrawn",
    "result",
    "correction",
    "retraction",
    "not-reported",
)

# What happens to a trial once.
ONCE = {"registration", "list", "started", "result"}

# Why a trial stops. "Not known" is not offered.
STOP_REASONS = {
    "too-few": "Too few joined",
    "partner-withdrew": "A provider or partner withdrew",
    "staff-moved": "Staff or a manager moved",
    "money-ended": "The money ended",
    "could-not-deliver": "It could not be delivered as planned",
    "could-not-measure": "The outcome could not be measured",
    "contaminated": "The groups mixed",
    "harm": "Early harm or complaint",
    "early-benefit": "Early clear benefit",
    "futility": "An early rule for no effect was met",
    "law-changed": "Policy or law changed",
    "political": "An election or political decision",
    "emergency": "An emergency",
    "refused": "Data protection or ethics said no",
    "duplicate": "It repeats another trial",
    "other": "Another reason",
}

# Who may pay for a group, or gain by it, as a field of the plan starts with.
PAYERS = {
    "council": "the council",
    "nhs": "the NHS",
    "partner": "a partner",
    "residents": "residents",
}
