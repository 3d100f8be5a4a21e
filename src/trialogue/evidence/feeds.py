"""Atom feeds, written small."""

from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape, quoteattr

from trialogue.evidence.queries.tracker import Missing


def due_feed(
    trials: Iterable[Missing], *, address: str, trial_address: Callable[[str], str]
) -> str:
    """Return the results that are due and missing, the longest missing first."""
    rows = list(trials)
    updated = max(
        (row.record.changed_at.isoformat() for row in rows), default="1970-01-01T00:00:00Z"
    )
    entries = "".join(
        "<entry>"
        f"<id>{escape(trial_address(row.record.id))}</id>"
        f"<title>{escape(row.record.title)}</title>"
        f"<link href={quoteattr(trial_address(row.record.id))}/>"
        f"<updated>{row.record.changed_at.isoformat()}</updated>"
        f"<author><name>{escape(row.record.council)}</name></author>"
        f"<summary>{escape(row.words)}</summary>"
        "</entry>"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{escape(address)}</id><title>Results due</title>"
        f"<link href={quoteattr(address)}/><updated>{updated}</updated>{entries}</feed>\n"
    )
