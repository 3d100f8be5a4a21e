"""How many days: the clocks that a council sets, and how long it keeps what it keeps.

What holds for every register alike is no council's to set: a result is due 90 days after the end,
and a sealed session, a try to sign in or an unconfirmed address is never kept for longer.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Period:
    """So many days of something: as it is unless the council says, the fewest and the most."""

    key: str
    words: str
    hint: str
    usual: int
    least: int
    most: int

    def of(self, settings: dict[str, Any]) -> int:
        """Return the days that a council's settings say."""
        return int(settings.get("days", {}).get(self.key, self.usual))


def working_days(days: int) -> str:
    """Write so many working days: `1 working day`, `2 working days`."""
    return f"{days} working day{'' if days == 1 else 's'}"


ANSWER = Period(
    "answer",
    "Working days to answer an idea",
    "The day is told to whoever sent the idea, and everyone sees when it is late.",
    20,
    5,
    60,
)
REMIND = Period(
    "remind",
    "Working days before that day when the manager is reminded",
    "Fewer than the days to answer.",
    5,
    1,
    20,
)
CHECK = Period(
    "check",
    "Working days to check what comes from outside",
    "An idea or a comment from outside shows once a person has read it.",
    2,
    1,
    10,
)
CLOCKS = (ANSWER, REMIND, CHECK)

FILES_READ = Period(
    "files_read",
    "Days to keep a file that was read and never loaded",
    "A list or results that a trial’s team sent and did not go on with.",
    30,
    1,
    30,
)
FILES_LOADED = Period(
    "files_loaded",
    "Days to keep loaded files after the result or the stop",
    "Long enough for the result to be questioned. A trial’s numbers stay.",
    90,
    30,
    365,
)
INVITATIONS = Period(
    "invitations",
    "Days to keep an invitation that was taken up or ended",
    "",
    30,
    1,
    90,
)
WORK = Period("work", "Days to keep how long work went", "Imports and analyses.", 90, 7, 365)
MESSAGES = Period(
    "messages",
    "Days to keep messages to people",
    "What they were told, in Your work and by e-mail.",
    365,
    30,
    730,
)
RETENTION = (FILES_READ, FILES_LOADED, INVITATIONS, WORK, MESSAGES)
