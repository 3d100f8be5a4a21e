"""Everything that only reads the register."""

from trialogue.evidence.entries import Entry
from trialogue.evidence.queries.cards import Card, cards
from trialogue.evidence.queries.catalogue import (
    OutcomeMeasure,
    Question,
    StarterPlan,
    measure_groups,
    outcome_measure,
    outcome_measures,
    starter_plan,
    starter_plans,
)
from trialogue.evidence.queries.costs import PAYS, RELEASED, CostsShown, costs_shown, released_by
from trialogue.evidence.queries.events import documents, events
from trialogue.evidence.queries.lists import (
    csv_columns,
    newest_results,
    reported_of_due,
    results_due,
    trial_columns,
    trials,
    trials_measuring,
)
from trialogue.evidence.queries.log import (
    EVENTS_A_FILE,
    checkpoint,
    log_file,
    log_size,
    other_registers,
    published_keys,
    signing_keys,
)
from trialogue.evidence.queries.pages import Whole, changed_fields, whole
from trialogue.evidence.queries.records import (
    OVERDUE_DAYS,
    Record,
    due_dates,
    of_row,
    owed,
    record,
    records,
)
from trialogue.evidence.queries.similar import Hit, similar
from trialogue.evidence.queries.tags import further_tags, main_tag, state_tag, verdict_tag
from trialogue.evidence.queries.tracker import Missing, Tracker, tracker

__all__ = [
    "EVENTS_A_FILE",
    "OVERDUE_DAYS",
    "PAYS",
    "RELEASED",
    "Card",
    "CostsShown",
    "Entry",
    "Hit",
    "Missing",
    "OutcomeMeasure",
    "Question",
    "Record",
    "StarterPlan",
    "Tracker",
    "Whole",
    "cards",
    "changed_fields",
    "checkpoint",
    "costs_shown",
    "csv_columns",
    "documents",
    "due_dates",
    "events",
    "further_tags",
    "log_file",
    "log_size",
    "main_tag",
    "measure_groups",
    "newest_results",
    "of_row",
    "other_registers",
    "outcome_measure",
    "outcome_measures",
    "owed",
    "published_keys",
    "record",
    "records",
    "released_by",
    "reported_of_due",
    "results_due",
    "signing_keys",
    "similar",
    "starter_plan",
    "starter_plans",
    "state_tag",
    "tracker",
    "trial_columns",
    "trials",
    "trials_measuring",
    "verdict_tag",
    "whole",
]
