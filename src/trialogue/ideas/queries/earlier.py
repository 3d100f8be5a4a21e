"""Who tried something like it: what the register finds for the words of an idea."""

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from trialogue.evidence import queries as evidence

SHOWN = 3
SHORTEST = 12  # fewer characters than this say nothing to look for


@dataclass(frozen=True)
class Earlier:
    """The trials found for a text; `found` is false when the register could not be asked."""

    query: str
    hits: tuple[evidence.Hit, ...]
    found: bool = True

    @property
    def close(self) -> bool:
        """Whether any of them is more than the nearest of what there is."""
        return any(hit.band != "nearest" for hit in self.hits)

    @property
    def said(self) -> str:
        """Say it once, for someone who listens to the page."""
        if not self.found:
            return "We could not look up earlier trials. Your idea is safe."
        if not self.close:
            return "Nothing close found."
        near = sum(hit.band != "nearest" for hit in self.hits)
        return "1 trial found" if near == 1 else f"{near} trials found"

    def as_shown(self) -> list[dict[str, Any]]:
        """Return what is kept of it: each trial as it was shown."""
        kept = ("id", "rank", "band", "title", "verdict", "state", "place", "year", "sentence")
        return [{name: getattr(hit, name) for name in kept} for hit in self.hits]


def text_of(title: str, problem: str, proposal: str) -> str:
    """Return the words that are looked up."""
    return " ".join(part.strip() for part in (title, problem, proposal) if part.strip())


def earlier(text: str) -> Earlier:
    """Look up the nearest trials, best first. Never stops somebody from writing."""
    if len(text) < SHORTEST:
        return Earlier(query=text, hits=())
    try:
        return Earlier(query=text, hits=evidence.similar(text, limit=SHOWN))
    except (DatabaseError, OSError):
        return Earlier(query=text, hits=(), found=False)
