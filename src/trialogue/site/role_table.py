"""Who can do what, in words, drawn from the one table of permissions."""

from trialogue.accounts.permissions import MAY

# Each role as a page names it, from the widest to the narrowest.
ROLES = {
    "anyone": "anyone, signed in or not",
    "signed in": "anyone signed in",
    "staff": "anyone at the council",
    "partner": "a partner’s staff",
    "manager": "a manager",
    "idea manager": "the manager who answers for the service",
    "administrator": "an administrator",
    "data protection officer": "the data protection officer",
    "lead": "the trial’s lead",
    "analyst": "the trial’s analyst",
    "team": "others in the trial’s team",
    "safety person": "the trial’s safety person",
    "duty desk": "the duty desk",
    "duty manager": "the duty manager",
    "safeguarding lead": "the safeguarding lead",
    "named person": "somebody a concern was passed to",
    "commissioner": "who pays for visits",
    "round manager": "a partner’s round manager",
    "visitor": "a visitor",
}


def role_rows() -> list[tuple[str, str]]:
    """Return what can be done, with who may do it, in the order of the loop."""
    return [(f"{action[:1].upper()}{action[1:]}", who(action)) for action in MAY]


def who(action: str) -> str:
    """Say who may do it: "The trial’s lead or a manager"."""
    named = [words for role, words in ROLES.items() if role in MAY[action]]
    said = named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
    return f"{said[:1].upper()}{said[1:]}"
