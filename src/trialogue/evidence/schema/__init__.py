"""What may stand in the record: JSON Schemas, and the rules that a schema cannot say."""

from trialogue.evidence.schema.checking import (
    documents,
    problems,
    problems_of_event,
)
from trialogue.evidence.schema.words import KINDS, ONCE, PAYERS, QUESTIONS, STOP_REASONS

__all__ = [
    "KINDS",
    "ONCE",
    "PAYERS",
    "QUESTIONS",
    "STOP_REASONS",
    "documents",
    "problems",
    "problems_of_event",
]
