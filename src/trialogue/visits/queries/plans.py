"""What a plan costs, what another would change, and why each place is as it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from trialogue.methods.rounds.checking import check
from trialogue.methods.rounds.differences import differences
from trialogue.methods.rounds.explaining import explain
from trialogue.methods.rounds.offers import Offer
from trialogue.methods.rounds.wording import change_text, explanation_texts, told_text
from trialogue.visits.models import Plan, Resident
from trialogue.visits.queries.kept import visits_in
from trialogue.visits.queries.week import ThisWeek, as_planned


@dataclass(frozen=True)
class Figures:
    """What a plan costs, in figures that people weigh."""

    visits: int
    residents: int
    rounds: int
    extra_minutes: float
    familiar: int  # visits by a face that the resident knows
    unplaced: int
    over: float  # minutes beyond four fifths of a round's spare time


def figures(plan: Plan, week: ThisWeek) -> Figures:
    """Return what a plan costs: as it was planned, or as its chosen places add up in a week."""
    rows = visits_in(plan)
    parts: Mapping[str, Any] = plan.report.get("parts", {})
    if not parts:
        parts = asdict(check(week.instance, as_planned(plan, week), week.travel).parts)
    return Figures(
        visits=len(rows),
        residents=len({visit.resident_id for visit in rows}),
        rounds=len({visit.round_id for visit in rows}),
        extra_minutes=parts["T"] / 60,
        familiar=len(rows) - parts["U"],
        unplaced=len(plan.report.get("unplaced", ())),
        over=parts["O"] / 60,
    )


@dataclass(frozen=True)
class Changed:
    """A resident whose place would change: what the desk reads, and what they are told."""

    resident: Resident
    desk: str
    told: str
    code: str


def changes(current: Plan, draft: Plan, week: ThisWeek) -> list[Changed]:
    """Return a line for each resident whose place a draft changes, and why."""
    old, new = (week.stand(as_planned(plan, week)) for plan in (current, draft))
    return [
        Changed(
            week.residents[one.resident],
            change_text(one, week.names),
            told_text(one, week.names),
            one.reason.code,
        )
        for one in differences(old, new)
        if one.resident in week.residents
    ]


@dataclass(frozen=True)
class NoPlace:
    """A resident without a place, and why."""

    resident: Resident
    why: str


def without_place(plan: Plan | None, week: ThisWeek) -> list[NoPlace]:
    """Say why each resident who waits has no place in a plan: a draft may have one for them."""
    if plan is None:
        return [NoPlace(one, "No week is planned yet.") for one in week.waiting]
    placed = {visit.resident_id for visit in visits_in(plan)}
    standing = week.stand(as_planned(plan, week))
    return [
        NoPlace(
            one,
            " ".join(explanation_texts(explain(standing, key), week.names))
            if (key := str(one.public_id)) in week.residents
            else "Waits for the start of the area or household, or for an agreement.",
        )
        for one in week.waiting
        if one.pk not in placed
    ]


def why_here(resident: Resident, week: ThisWeek) -> list[str]:
    """Say why a resident is called on when they are, and what else there is."""
    key = str(resident.public_id)
    if week.current is None or key not in week.residents:
        return []
    standing = week.stand(as_planned(week.current, week))
    return list(explanation_texts(explain(standing, key), week.names))


@dataclass(frozen=True)
class OfferSeen:
    """A place that a resident could have, in words, and what chooses it."""

    round: str
    days: str
    value: str
    words: str


def in_words(offers: list[Offer], week: ThisWeek) -> list[OfferSeen]:
    """Say each offer in a sentence: `Tuesday and Friday with round 7, 1 minute extra`."""
    return [
        OfferSeen(
            week.rounds[one.place.round].code,
            week.names.on(one.place.days),
            f"{one.place.round} {','.join(map(str, one.place.days))}",
            _said(one, week),
        )
        for one in offers
    ]


def _said(one: Offer, week: ThisWeek) -> str:
    minutes = round(one.parts.T / 60, 1)
    extra = "no extra travel" if minutes == 0 else f"{minutes:g} minutes extra travel a week"
    fullest = max(one.loads, key=lambda load: load.after_s / max(load.spare_s, 1))
    full = round(100 * fullest.after_s / fullest.spare_s)
    days, code = week.names.on(one.place.days), week.rounds[one.place.round].code
    return (
        f"{days} with round {code}: {extra}; "
        f"{week.names.days[fullest.day]} would then be {full}% full"
    )
