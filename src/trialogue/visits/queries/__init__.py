"""Everything about visits that only reads."""

from trialogue.visits.queries.concerns import (
    beside,
    concern,
    desk_of,
    needs_whereabouts,
    open_concerns,
)
from trialogue.visits.queries.residents import agrees, may_start, suspended_on, visited
from trialogue.visits.queries.scheme import partners_of, question_set, scheme
from trialogue.visits.queries.visits import Shown, happened, of_day, show

__all__ = [
    "Shown",
    "agrees",
    "beside",
    "concern",
    "desk_of",
    "happened",
    "may_start",
    "needs_whereabouts",
    "of_day",
    "open_concerns",
    "partners_of",
    "question_set",
    "scheme",
    "show",
    "suspended_on",
    "visited",
]
