"""Everything that only reads accounts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from trialogue.accounts.models import Organisation, Person, Work


def council() -> Organisation | None:
    """Return the council that runs this instance; None before it is set up."""
    return Organisation.objects.filter(kind=Organisation.Kind.COUNCIL).first()


@dataclass(frozen=True)
class Progress:
    """How far a long piece of work is, for the page of whoever started it."""

    public_id: UUID
    title: str
    step: str
    done: int
    total: int
    leads_to: str
    stop_asked: bool
    finished: bool
    problems: tuple[dict[str, Any], ...]

    @property
    def percent(self) -> int | None:
        """Whole percent done; None when it is not known how much there is."""
        return 100 * min(self.done, self.total) // self.total if self.total else None


def progress(public_id: UUID, *, seen_by: Person) -> Progress | None:
    """Return how far a piece of work is; None for anyone but the person who started it."""
    work = Work.objects.filter(public_id=public_id, started_by=seen_by).first()
    if work is None:
        return None
    return Progress(
        public_id=work.public_id,
        title=work.title,
        step=work.step,
        done=work.done,
        total=work.total,
        leads_to=work.leads_to,
        stop_asked=work.stop_asked_at is not None,
        finished=work.finished_at is not None,
        problems=tuple(work.problems),
    )
