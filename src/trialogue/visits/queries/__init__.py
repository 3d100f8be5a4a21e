"""Everything about visits that only reads."""

from trialogue.visits.queries.residents import agrees, may_start, suspended_on, visited
from trialogue.visits.queries.scheme import partners_of, question_set, scheme
from trialogue.visits.queries.visits import Shown, happened, of_day, show

__all__ = [
    "Shown",
    "agrees",
    "happened",
    "may_start",
    "of_day",
    "partners_of",
    "question_set",
    "scheme",
    "show",
    "suspended_on",
    "visited",
]
