"""Who tried something like it."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Avg, Count, Q

from trialogue.evidence.models import TrialRecord
from trialogue.evidence.queries.records import Record, of_row
from trialogue.evidence.queries.records import rows as all_rows
from trialogue.evidence.searching import scores, words_of

# Share of the weight of the words asked for that a record holds.
CLOSE, RELATED = 0.6, 0.3


@dataclass(frozen=True)
class Hit:
    """A trial that may be like it. `band`: close, related or nearest; `rank` from 1."""

    id: str
    title: str
    verdict: str
    state: str
    place: str
    year: int
    sentence: str
    band: str
    rank: int
    record: Record


def similar(text: str, *, limit: int = 5) -> tuple[Hit, ...]:
    """Return the trials whose words are most like `text`, best first. Three queries.

    Stopped and unreported trials are among them. Where nothing is close, the nearest are given
    and named so.
    """
    words = list(dict.fromkeys(words_of(text)))[:40]
    if not words:
        return ()
    some = reduce(or_, (Q(words__contains=f" {word} ") for word in words))
    records = dict(TrialRecord.objects.filter(some).values_list("pk", "words"))
    whole = TrialRecord.objects.aggregate(total=Count("pk"), average=Avg("length"))
    found = scores(words, records, total=whole["total"], average=whole["average"] or 1.0)
    best = sorted(found, key=lambda pk: (-found[pk][0], pk))[:limit]
    rows = all_rows().in_bulk(best)
    return tuple(
        Hit(
            id=rows[pk].trial,
            title=rows[pk].title,
            verdict=rows[pk].verdict,
            state=rows[pk].state,
            place=rows[pk].council,
            year=rows[pk].year,
            sentence=rows[pk].sentence or rows[pk].summary,
            band=_band(found[pk][1]),
            rank=rank,
            record=of_row(rows[pk]),
        )
        for rank, pk in enumerate(best, start=1)
    )


def _band(held: float) -> str:
    if held >= CLOSE:
        return "close"
    return "related" if held >= RELATED else "nearest"
