"""What the pages of the register show, made from the events of a trial: words, rows, drawings."""

from trialogue.evidence.showing.history import Change, History, history
from trialogue.evidence.showing.measures import measure_rows
from trialogue.evidence.showing.protocol import Section, protocol
from trialogue.evidence.showing.sharing import dataset
from trialogue.evidence.showing.technical import TABLES, Technical, technical
from trialogue.evidence.showing.trial import COUNTS, TrialPage, counts, trial_page

__all__ = [
    "COUNTS",
    "TABLES",
    "Change",
    "History",
    "Section",
    "Technical",
    "TrialPage",
    "counts",
    "dataset",
    "history",
    "measure_rows",
    "protocol",
    "technical",
    "trial_page",
]
