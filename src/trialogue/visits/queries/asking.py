"""What the trial of a scheme asks of residents, when that is due, and who is to be asked."""

from dataclasses import dataclass
from datetime import date

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.methods.verdicts import long_date
from trialogue.trials.queries.starting import Begun
from trialogue.trials.queries.trials import roles_in_trial
from trialogue.visits.instruments import Instrument, instrument_of
from trialogue.visits.models import Resident, Scheme
from trialogue.visits.queries.residents import known_as


@dataclass(frozen=True)
class Asked:
    """An instrument with the outcomes of the trial that it gives."""

    instrument: Instrument
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class Due:
    """A time of asking, and how near it is."""

    name: str
    words: str


def instruments_of(trial: Begun) -> list[Asked]:
    """Return what residents are asked, in the order of the trial's outcomes."""
    found: dict[str, tuple[Instrument, list[str]]] = {}
    for outcome in trial.outcomes:
        if one := instrument_of(outcome.code):
            found.setdefault(one.name, (one, []))[1].append(outcome.name)
    return [Asked(one, tuple(names)) for one, names in found.values()]


def due(trial: Begun, *, today: date) -> list[Due]:
    """Return the times of asking, the earliest first."""
    waves = sorted(trial.waves, key=lambda one: one.opens)
    return [Due(one.name, _when(one.opens, one.closes, today)) for one in waves]


def _when(opens: date, closes: date, today: date) -> str:
    if today < opens:
        return f"due from {long_date(opens)} to {long_date(closes)}"
    if today <= closes:
        return f"due now, until {long_date(closes)}"
    return f"closed on {long_date(closes)}"


def to_ask(scheme: Scheme, trial: Begun) -> list[tuple[str, Resident]]:
    """Return the residents in the trial by their number in it, those who wait too.

    In the order of their names, which says nothing of the groups.
    """
    states = (Resident.State.AGREED, Resident.State.ACTIVE, Resident.State.PAUSED)
    rows = Resident.objects.filter(scheme=scheme, state__in=states, erased_at=None)
    return [
        (number, one)
        for one in rows.order_by("full_name", "pk")
        if (number := known_as(one, trial.units))
    ]


def may_measure(person: Person, trial: Begun) -> bool:
    """Whether somebody is on the trial's team, and so opens its sheet."""
    roles = roles_in_trial(person, trial.public_id)
    return permissions.allows(person, "measure", also=roles)
