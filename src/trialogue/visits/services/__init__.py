"""Everything that changes visits: one function for each thing a person does."""

from trialogue.visits.services.concerns import NewConcern, raise_concern
from trialogue.visits.services.dealing import (
    GROUNDS,
    acknowledge,
    change_level,
    close,
    join,
    make_safeguarding,
    may_take,
    pass_on,
    release,
    reopen,
    take_step,
)
from trialogue.visits.services.ladder import look_at_timers, send_test_notices
from trialogue.visits.services.listing import list_day, list_days
from trialogue.visits.services.rota import (
    NewShift,
    add_shift,
    give_over,
    on_the_rota,
    take_off,
    take_over,
    takers,
)

__all__ = [
    "GROUNDS",
    "NewConcern",
    "NewShift",
    "acknowledge",
    "add_shift",
    "change_level",
    "close",
    "give_over",
    "join",
    "list_day",
    "list_days",
    "look_at_timers",
    "make_safeguarding",
    "may_take",
    "on_the_rota",
    "pass_on",
    "raise_concern",
    "release",
    "reopen",
    "send_test_notices",
    "take_off",
    "take_over",
    "take_step",
    "takers",
]
