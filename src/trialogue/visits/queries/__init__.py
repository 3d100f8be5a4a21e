"""Everything about visits that only reads."""

from trialogue.visits.queries.phones import (
    concerns_of,
    devices_of,
    for_the_phone,
    next_day,
    stops_of,
    today,
    visitors_of,
)
from trialogue.visits.queries.residents import agrees, may_start, suspended_on, visited
from trialogue.visits.queries.scheme import partners_of, question_set, scheme
from trialogue.visits.queries.visits import Shown, happened, of_day, show

__all__ = [
    "Shown",
    "agrees",
    "concerns_of",
    "devices_of",
    "for_the_phone",
    "happened",
    "may_start",
    "next_day",
    "of_day",
    "partners_of",
    "question_set",
    "scheme",
    "show",
    "stops_of",
    "suspended_on",
    "today",
    "visited",
    "visitors_of",
]
