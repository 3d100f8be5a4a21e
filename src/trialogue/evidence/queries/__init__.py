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
from trialogue.evidence.queries.lists import reported_of_due, results_due, trials
from trialogue.evidence.queries.log import (
    EVENTS_A_FILE,
    checkpoint,
    log_file,
    published_keys,
)
from trialogue.evidence.queries.pages import Whole, changed_fields, whole
from trialogue.evidence.queries.records import Record, of_row, record
from trialogue.evidence.queries.similar import Hit, similar

__all__ = [
    "EVENTS_A_FILE",
    "Entry",
    "Hit",
    "OutcomeMeasure",
    "Record",
    "StarterPlan",
    "Whole",
    "changed_fields",
    "checkpoint",
    "documents",
    "events",
    "log_file",
    "of_row",
    "outcome_measure",
    "outcome_measures",
    "published_keys",
    "record",
    "reported_of_due",
    "results_due",
    "similar",
    "starter_plan",
    "starter_plans",
    "trials",
    "whole",
]
