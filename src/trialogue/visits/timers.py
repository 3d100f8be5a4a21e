"""Every time that a scheme may set for itself: how long until what, and for how long kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

UNITS = {"minutes": 60, "hours": 3600, "days": 86_400, "working days": 0, "months": 0}


@dataclass(frozen=True)
class Timer:
    """So many units of time: as it is unless the scheme says, the fewest and the most."""

    key: str
    words: str
    unit: str
    usual: int
    least: int
    most: int
    hint: str = ""

    def of(self, settings: dict[str, Any]) -> int:
        """Return how many units the settings of a scheme say."""
        return int(settings.get("timers", {}).get(self.key, self.usual))

    def span(self, settings: dict[str, Any]) -> timedelta:
        """Return the time itself. Working days and months are counted by a calendar instead."""
        return timedelta(seconds=self.of(settings) * UNITS[self.unit])


# A concern waits for somebody to acknowledge it: who is told when, from its receipt.
RED = Timer("red", "Acknowledge a red concern within", "minutes", 15, 5, 60)
RED_DEPUTY = Timer("red_deputy", "Tell the deputy of a red concern after", "minutes", 5, 1, 30)
RED_MANAGER = Timer("red_manager", "Tell the duty manager after", "minutes", 10, 2, 60)
RED_AGAIN = Timer("red_again", "Then tell everyone again every", "minutes", 5, 1, 30)
AMBER = Timer("amber", "Acknowledge an amber concern within", "minutes", 240, 30, 480)
AMBER_DEPUTY = Timer(
    "amber_deputy", "Tell the deputy of an amber concern after", "minutes", 120, 15, 480
)
AMBER_MANAGER = Timer("amber_manager", "Tell the duty manager after", "minutes", 180, 20, 480)
AMBER_AGAIN = Timer("amber_again", "Then tell everyone again every", "minutes", 60, 15, 480)
REQUEST = Timer("request", "Acknowledge a request within", "working days", 1, 1, 10)
RED_OPEN = Timer("red_open", "A red concern not closed comes back after", "hours", 24, 1, 168)
AMBER_OPEN = Timer(
    "amber_open", "An amber concern not closed comes back after", "working days", 5, 1, 20
)
CLOCKS = (
    RED,
    RED_DEPUTY,
    RED_MANAGER,
    RED_AGAIN,
    AMBER,
    AMBER_DEPUTY,
    AMBER_MANAGER,
    AMBER_AGAIN,
    REQUEST,
    RED_OPEN,
    AMBER_OPEN,
)

# Nobody came to the door: the steps of the visitor (minutes at the door), then of the desk.
KNOCK_AGAIN = Timer(
    "knock_again", "The visitor knocks again and telephones after", "minutes", 2, 1, 10
)
CARD = Timer(
    "card", "The visitor asks a neighbour, leaves a card and sends after", "minutes", 4, 2, 20
)
DESK_RINGS = Timer("desk_rings", "The desk telephones the resident after", "minutes", 15, 5, 120)
FIRST_CONTACT = Timer(
    "first_contact", "The desk telephones the first contact after", "minutes", 30, 10, 240
)
NEXT_CONTACT = Timer(
    "next_contact", "The desk telephones the next contact after", "minutes", 45, 15, 240
)
SOMEBODY_GOES = Timer("somebody_goes", "Somebody goes to the home after", "minutes", 120, 30, 480)
SOMEBODY_GOES_HIGH = Timer(
    "somebody_goes_high", "The same, where the resident has high priority", "minutes", 60, 15, 480
)
LADDER = (
    KNOCK_AGAIN,
    CARD,
    DESK_RINGS,
    FIRST_CONTACT,
    NEXT_CONTACT,
    SOMEBODY_GOES_HIGH,
    SOMEBODY_GOES,
)

NOT_HEARD = Timer("not_heard", "A visit counts as not heard of after", "minutes", 120, 30, 480)
NOT_ASKED = Timer("not_asked", "The desk sees a question not asked for", "days", 14, 7, 60)
SHIFT_OVER = Timer(
    "shift_over", "The round manager is told of a round not ended after", "minutes", 30, 10, 120
)
SHIFT_DESK = Timer(
    "shift_desk", "The desk is told of a round not ended after", "minutes", 45, 10, 240
)
LIST_LASTS = Timer("list_lasts", "A phone keeps a day’s list for", "hours", 16, 4, 24)
ROUNDS = (NOT_HEARD, NOT_ASKED, SHIFT_OVER, SHIFT_DESK, LIST_LASTS)

KEEP_PLANNED = Timer("keep_planned", "Keep planned times for", "months", 3, 1, 12)
KEEP_ANSWERS = Timer("keep_answers", "Keep answers and notes for", "months", 13, 3, 36)
KEEP_CONCERNS = Timer("keep_concerns", "Keep closed concerns for", "months", 72, 12, 120)
KEEP_LEAVERS = Timer("keep_leavers", "Keep who left for", "months", 3, 1, 12)
KEEPING = (KEEP_PLANNED, KEEP_ANSWERS, KEEP_CONCERNS, KEEP_LEAVERS)

ALL = (*CLOCKS, *LADDER, *ROUNDS, *KEEPING)
