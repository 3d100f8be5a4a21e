"""A trial as lists and other pages show it in short."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialogue.evidence.queries.records import Record
from trialogue.evidence.queries.similar import Hit
from trialogue.evidence.queries.tags import further_tags, main_tag
from trialogue.pages.lists import Tag


@dataclass(frozen=True)
class Card:
    """What `evidence/card.html` shows. `band` is empty but for an answer to a search."""

    id: str
    title: str
    tag: Tag
    further: tuple[Tag, ...]
    strength: str
    place: str
    year: int
    sentence: str
    band: str = ""


def cards(trials: Iterable[Record | Hit], *, today: date) -> tuple[Card, ...]:
    """Return the cards of trials or of answers to a search, in their order. No query."""
    return tuple(_card(trial, today) for trial in trials)


def _card(trial: Record | Hit, today: date) -> Card:
    record = trial.record if isinstance(trial, Hit) else trial
    return Card(
        id=record.id,
        title=record.title,
        tag=main_tag(record, today),
        further=further_tags(record, today),
        strength=record.strength,
        place=record.council,
        year=record.year,
        sentence=record.sentence or record.summary,
        band=trial.band if isinstance(trial, Hit) else "",
    )
