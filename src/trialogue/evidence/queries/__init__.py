"""Everything that only reads the register."""

from trialogue.evidence.entries import Entry
from trialogue.evidence.queries.catalogue import (
    OutcomeMeasure,
    StarterPlan,
    outcome_measure,
    outcome_measures,
    starter_plan,
    starter_plans,
)
from trialogue.evidence.queries.events import documents, events
from trialogue.evidence.queries.log import (
    EVENTS_A_FILE,
    checkpoint,
    log_file,
    published_keys,
)
from trialogue.evidence.queries.records import Record, record
from trialogue.evidence.queries.similar import Hit, similar

__all__ = [
    "EVENTS_A_FILE",
    "Entry",
    "Hit",
    "OutcomeMeasure",
    "Record",
    "StarterPlan",
    "checkpoint",
    "documents",
    "events",
    "log_file",
    "outcome_measure",
    "outcome_measures",
    "published_keys",
    "record",
    "similar",
    "starter_plan",
    "starter_plans",
]
