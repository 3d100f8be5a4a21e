"""Links by which people in a trial answer about themselves: made, and opened again.

A link names a unit, a time of measuring and the outcomes it asks for, signed with the site's own
key; so nothing is kept of it, nobody can guess another, and it says nothing of the group.
"""

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.http import Http404
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import base36_to_int, int_to_base36

from trialogue.evidence import queries as register
from trialogue.evidence.queries import Question
from trialogue.trials.models import Trial, Unit, Withdrawal
from trialogue.trials.protocol import Outcome, Protocol, Wave
from trialogue.trials.queries.measures import NOT_MEASURED
from trialogue.trials.queries.trials import protocol_of


class State(Enum):
    """What a link leads to."""

    OPEN = "open"
    EARLY = "early"
    CLOSED = "closed"
    ANSWERED = "answered"
    GONE = "gone"


@dataclass(frozen=True)
class Asked:
    """Whom a link asks, and what."""

    trial: Trial
    unit: Unit
    protocol: Protocol
    wave: Wave
    outcomes: tuple[Outcome, ...]
    state: State

    @property
    def in_the_result(self) -> bool:
        """Whether what is held of them stays in the result: its data were locked before they left.

        Of somebody who has not left: whether leaving now comes too late for that.
        """
        locked = self.trial.locked_at
        left = Withdrawal.objects.filter(unit=self.unit).first()
        return locked is not None and (left is None or left.at > locked)

    @property
    def question(self) -> str:
        """What the page is called: the one question, or how many there are."""
        questions = [one for outcome in self.outcomes for one in questions_of(outcome)]
        return questions[0].question if len(questions) == 1 else f"{len(questions)} questions"


def questions_of(outcome: Outcome) -> tuple[Question, ...]:
    """Return what a person is asked for an outcome: in the catalogue's words, or by its name.

    The catalogue's are for its own kind of number: "How often?" is no question for yes or no.
    """
    measure = register.outcome_measure(outcome.code)
    if measure is None or measure.kind != outcome.kind:
        return (Question(f"{outcome.name}?"),)
    return measure.asked or (Question(measure.question),)


def token_of(unit: int, protocol: Protocol, wave: int, codes: Iterable[str]) -> str:
    """Return what a link carries, for one unit."""
    chosen = [o.code for o in _in_order(protocol) if o.code in set(codes)]
    bits = sum(1 << i for i, o in enumerate(_in_order(protocol)) if o.code in chosen)
    return f"{int_to_base36(unit)}.{wave}.{bits}.{_signature(unit, wave, chosen)}"


def opened(token: str, *, today: date) -> Asked:
    """Return what a link asks. Http404 when nobody here made it, or the plan has changed since."""
    try:
        unit_key, wave_number, bits, signature = token.split(".")
        unit_id, number, chosen = base36_to_int(unit_key), int(wave_number), int(bits)
    except ValueError:
        raise Http404 from None
    unit = Unit.objects.select_related("trial").filter(pk=unit_id).first()
    if unit is None or unit.trial.started_at is None:
        raise Http404
    protocol = protocol_of(unit.trial)
    outcomes = [o for i, o in enumerate(_in_order(protocol)) if chosen >> i & 1]
    codes = [outcome.code for outcome in outcomes]
    wave = next((each for each in protocol.dates.waves if each.number == number), None)
    if wave is None or not constant_time_compare(signature, _signature(unit_id, number, codes)):
        raise Http404
    asked = tuple(o for o in protocol.outcomes.all if o.code in codes)
    state = _state(unit, wave, codes, today)
    return Asked(unit.trial, unit, protocol, wave, asked, state)


def _state(unit: Unit, wave: Wave, codes: list[str], today: date) -> State:
    trial = unit.trial
    if Withdrawal.objects.filter(unit=unit, scope__in=NOT_MEASURED).exists():
        return State.GONE
    if unit.measurements.filter(wave=wave.number, outcome__in=codes).exists():
        return State.ANSWERED
    if trial.locked_at or trial.stopped_at or today > wave.closes:
        return State.CLOSED
    return State.EARLY if today < wave.opens else State.OPEN


def _in_order(protocol: Protocol) -> list[Outcome]:
    return sorted(protocol.outcomes.all, key=lambda outcome: outcome.code)


def _signature(unit: int, wave: int, codes: list[str]) -> str:
    said = f"{unit} {wave} {' '.join(codes)}"
    digest = salted_hmac("trialogue.self-report", said, algorithm="sha256").digest()
    # Letters and digits that nobody mistakes when they type them: no 0, 1 or 8.
    return b32encode(digest[:10]).decode().lower()
