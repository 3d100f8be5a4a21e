"""What a visit scheme keeps, and what must always be true of it."""

from trialogue.visits.models.concerns import (
    Acknowledgement,
    Concern,
    ConcernStep,
    DutyShift,
    Escalation,
    HandOver,
    Watch,
)
from trialogue.visits.models.links import VisitLink
from trialogue.visits.models.lists import ListFile
from trialogue.visits.models.places import Backdrop, TravelTimes
from trialogue.visits.models.planning import Plan, PlannedVisit
from trialogue.visits.models.recording import (
    Answer,
    Device,
    HeldEvent,
    ServerKey,
    Visit,
    VisitEvent,
    VisitList,
)
from trialogue.visits.models.residents import Agreement, Contact, Resident, Suspension
from trialogue.visits.models.rounds import Absence, Round, RoundVersion, Visitor, Walk
from trialogue.visits.models.scheme import (
    Area,
    Hazard,
    LawfulBasis,
    PartnerAgreement,
    QuestionSet,
    Scheme,
)

__all__ = [
    "Absence",
    "Acknowledgement",
    "Agreement",
    "Answer",
    "Area",
    "Backdrop",
    "Concern",
    "ConcernStep",
    "Contact",
    "Device",
    "DutyShift",
    "Escalation",
    "HandOver",
    "Hazard",
    "HeldEvent",
    "LawfulBasis",
    "ListFile",
    "PartnerAgreement",
    "Plan",
    "PlannedVisit",
    "QuestionSet",
    "Resident",
    "Round",
    "RoundVersion",
    "Scheme",
    "ServerKey",
    "Suspension",
    "TravelTimes",
    "Visit",
    "VisitEvent",
    "VisitLink",
    "VisitList",
    "Visitor",
    "Walk",
    "Watch",
]
