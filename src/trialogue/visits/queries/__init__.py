"""Everything about visits that only reads."""

from trialogue.visits.queries.day import accounts_of, day_of, sheets_of
from trialogue.visits.queries.phones import (
    concerns_of,
    devices_of,
    for_the_phone,
    next_day,
    phones,
    stops_of,
    today,
    visitors_of,
)
from trialogue.visits.queries.residents import agrees, may_start, suspended_on, visited
from trialogue.visits.queries.scheme import partners_of, question_set, scheme
from trialogue.visits.queries.visits import Shown, happened, of_day, show

__all__ = [
    "accounts_of",
    "Shown",
    "agrees",
    "concerns_of",
    "day_of",
    "devices_of",
    "for_the_phone",
    "happened",
    "may_start",
    "next_day",
    "of_day",
    "partners_of",
    "phones",
    "question_set",
    "scheme",
    "sheets_of",
    "show",
    "stops_of",
    "suspended_on",
    "today",
    "visited",
    "visitors_of",
]
