"""What is kept of a trial. The draft is its latest answers; from registration on, the record."""

from trialogue.trials.models.measuring import (
    Delivery,
    HarmReport,
    Look,
    LookDecision,
    Measurement,
    StagedMeasurement,
)
from trialogue.trials.models.placing import (
    Assignment,
    Draw,
    Enrolment,
    StagedUnit,
    Unit,
    UnitIdentity,
    Upload,
    Withdrawal,
)
from trialogue.trials.models.planning import Answer, SignOff, Trial, TrialMember
from trialogue.trials.models.reporting import Analysis, StopRequest, Story

__all__ = [
    "Analysis",
    "Answer",
    "Assignment",
    "Delivery",
    "Draw",
    "Enrolment",
    "HarmReport",
    "Look",
    "LookDecision",
    "Measurement",
    "SignOff",
    "StagedMeasurement",
    "StagedUnit",
    "StopRequest",
    "Story",
    "Trial",
    "TrialMember",
    "Unit",
    "UnitIdentity",
    "Upload",
    "Withdrawal",
]
