"""What the planner says, in one place: reasons and changes as sentences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from trialogue.methods.rounds.absence import Covered
from trialogue.methods.rounds.differences import Difference
from trialogue.methods.rounds.explaining import Explanation
from trialogue.methods.rounds.offers import Offer
from trialogue.methods.rounds.plan import Place, Unplaced
from trialogue.methods.rounds.reasons import Reason, no_place
from trialogue.methods.rounds.standing import Standing


@dataclass(frozen=True)
class Names:
    """How days, residents and rounds are called; whoever has no name is called by their id."""

    days: Sequence[str]
    residents: Mapping[str, str] = field(default_factory=dict)
    rounds: Mapping[str, str] = field(default_factory=dict)

    def resident(self, one: str) -> str:
        """Return what a resident is called."""
        return self.residents.get(one, one)

    def round(self, one: str | None) -> str:
        """Return what a round is called."""
        return "the round" if one is None else self.rounds.get(one, f"round {one}")

    def on(self, days: Sequence[int]) -> str:
        """Return `Monday`, `Monday and Thursday`."""
        *rest, last = (self.days[day] for day in days)
        return f"{', '.join(rest)} and {last}" if rest else last


def reason_text(reason: Reason, names: Names) -> str:
    """Say why somebody has no place."""
    return _capital(f"{_SAID[reason.code](reason, names)}.")


def unplaced(plan: Standing) -> tuple[Unplaced, ...]:
    """Return everyone whom no round of a plan visits, each with the reason."""
    names = Names(plan.instance.days)
    found = []
    for one in plan.instance.residents:
        if one.id not in plan.places:
            reason = no_place(plan, one)
            text = reason_text(reason, names)
            found.append(Unplaced(one.id, one.visits_per_week, reason.code, text))
    return tuple(found)


def change_text(change: Difference, names: Names) -> str:
    """Say to the desk what changed for a resident, and why."""
    said = [f"{names.resident(change.resident)} {_moves(change, names)}{_because(change, names)}."]
    if change.made_room_for:
        said.append(f"That room went to {names.resident(change.made_room_for)}.")
    if change.before and change.after:
        said.append(_same(change.before, change.after))
    if change.instead and change.before:
        said.append(_instead(change.instead, names))
    return " ".join(each for each in said if each)


def cover_text(covered: Covered, names: Names) -> str:
    """Say to the desk what becomes of a visit whose visitor is off."""
    who, place = names.resident(covered.resident), names.round(covered.round)
    if covered.day is None:
        on = "to telephone" if covered.ending == "telephone" else "not visited, and not telephoned"
        why = f": {_SAID[covered.reason.code](covered.reason, names)}" if covered.reason else ""
        return f"{who}: {on}{why}."
    if covered.made_room:
        other, to = covered.made_room
        return (
            f"{who}: {place}, where {names.resident(other)} makes room and goes to "
            f"{names.round(to)}."
        )
    return f"{who}: {place} on {names.days[covered.day]}."


def told_text(change: Difference, names: Names) -> str:
    """Say to the resident what changes for them. Nobody else is in it."""
    if change.after is None:
        return "We cannot visit you for now. We will ring you about it."
    days = names.on(change.after.days)
    visit = "visit is" if len(change.after.days) == 1 else "visits are"
    if change.before is None:
        return f"Your {visit} on {days}."
    same = change.before.round == change.after.round
    face = "by the same visitor" if same else "by another visitor"
    if change.before.days == change.after.days:
        return f"Your {visit} still on {days}, {face}."
    return f"Your {visit} now on {days}, not {names.on(change.before.days)}, {face}."


def explanation_texts(explanation: Explanation, names: Names) -> tuple[str, ...]:
    """Say where somebody stands and what else there is, a sentence each."""
    if explanation.chosen is None:
        broken = explanation.broken
        return (reason_text(broken, names),) if broken else ()
    chosen = explanation.chosen
    loads = "; ".join(
        f"{names.days[load.day]} goes from {_minutes(load.before_s)} to {_minutes(load.after_s)} "
        f"of {_minutes(load.spare_s)} spare"
        for load in chosen.loads
    )
    return (
        f"{_place(chosen.place, names)}: {_parts(chosen)}. {_capital(loads)}.",
        *(
            f"{_place(other.place, names)} would cost {explanation.more_s(other):+,.0f} seconds "
            f"a week: {_parts(other)}."
            for other in explanation.others
        ),
    )


def _moves(change: Difference, names: Names) -> str:
    before, after = change.before, change.after
    if change.reason.code in ("suspended", "ended"):
        return "is not visited this week" if change.reason.code == "suspended" else "has left"
    if after is None:
        return "has no place now"
    if before is None:
        return f"is now visited by {_place(after, names)}"
    if before.days == after.days:
        return f"moves from {names.round(before.round)} to {names.round(after.round)}"
    if before.round == after.round:
        return f"moves from {names.on(before.days)} to {names.on(after.days)}"
    return f"moves from {_place(before, names)} to {_place(after, names)}"


def _because(change: Difference, names: Names) -> str:
    reason = change.reason
    return (
        ""
        if reason.code in ("suspended", "ended", "new")
        else (f" because {_SAID[reason.code](reason, names)}")
    )


def _same(before: Place, after: Place) -> str:
    if before.round == after.round:
        apart = [b - a for a, b in zip(before.days, before.days[1:], strict=False)]
        now = [b - a for a, b in zip(after.days, after.days[1:], strict=False)]
        return "Same visitor, same days apart." if apart and apart == now else "Same visitor."
    return "Same days, another visitor." if before.days == after.days else ""


def _instead(offer: Offer, names: Names) -> str:
    strange = " and a face they do not know" if offer.parts.U else ""
    return (
        f"{_capital(names.round(offer.place.round))} could come on {names.on(offer.place.days)}: "
        f"{_minutes(offer.parts.T)} of travel a week{strange}."
    )


def _no_room(reason: Reason, names: Names) -> str:
    needs, left = ceil(reason.needs_s or 0.0), int(reason.left_s or 0.0)
    figures = f"the visit needs {_needed(needs)}, {_left(left)}"
    if reason.round is None:
        return f"no round has room on the days that suit: {figures}"
    day = names.days[reason.day] if reason.day is not None else "that day"
    full = "above four fifths full" if reason.cost_s is not None else ""
    said = f"would be {full} on {day}" if full else f"has no room left on {day}"
    return f"{names.round(reason.round)} {said}: {figures}"


def _needed(seconds: int) -> str:
    return _count(ceil(seconds / 60), "minute") if seconds >= 60 else _count(seconds, "second")


def _left(seconds: int) -> str:
    minutes = seconds // 60
    return f"{minutes} {'is' if minutes == 1 else 'are'} left" if minutes else "none is left"


def _window(reason: Reason, names: Names) -> str:
    day = names.days[reason.day] if reason.day is not None else "that day"
    if reason.arrives_s is None or reason.window is None:
        return (
            f"{names.round(reason.round)} would reach somebody else outside their hours on {day}"
        )
    opens, closes = (_clock(each) for each in reason.window)
    return (
        f"{names.round(reason.round)} would come at {_clock(reason.arrives_s)} on {day}, "
        f"outside the hours {opens} to {closes}"
    )


def _skill(reason: Reason, names: Names) -> str:
    skills = ", ".join(str(skill) for skill in reason.skills)
    if reason.round is None:
        return f"no round has the skills needed: {skills}"
    return f"{names.round(reason.round)} does not have the skills needed: {skills}"


def _off(reason: Reason, names: Names) -> str:
    if reason.day is None:
        return f"{names.round(reason.round)} no longer runs"
    return f"{names.round(reason.round)} takes no visits on {names.days[reason.day]}"


def _preferred(reason: Reason, names: Names) -> str:
    if reason.cost_s is None:
        return "the days that suit have changed"
    return "the new days are preferred"


def _less_travel(reason: Reason, names: Names) -> str:
    if reason.cost_s is None:
        return "it is less travel"
    place = f"the place with {names.round(reason.round)}"
    return f"{place} would cost {reason.cost_s:,.0f} seconds a week more"


_SAID: dict[str, Callable[[Reason, Names], str]] = {
    "no_room": _no_room,
    "made_room_for": _no_room,
    "window": _window,
    "skill": _skill,
    "visitor_off": _off,
    "preferred": _preferred,
    "familiar": lambda reason, names: "the new visitor is a face they know",
    "less_travel": _less_travel,
    "shares_stop": lambda reason, names: (
        f"the new place shares a stop with another visit, {_minutes(reason.cost_s or 0.0)} a week "
        "cheaper in all"
    ),
    "no_gain": lambda reason, names: (
        "the search ended so; the old place is free and costs no more"
    ),
}


def _place(place: Place, names: Names) -> str:
    return f"{names.round(place.round)} on {names.on(place.days)}"


def _parts(offer: Offer) -> str:
    said = [f"{_minutes(offer.parts.T)} of travel"]
    if offer.parts.U:
        said.append("a face they do not know")
    if offer.parts.N:
        said.append(f"{_count(offer.parts.N, 'day')} not preferred")
    return ", ".join(said)


def _minutes(seconds: float) -> str:
    return _count(round(seconds / 60), "minute")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600 % 24:02}:{int(seconds) % 3600 // 60:02}"


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
