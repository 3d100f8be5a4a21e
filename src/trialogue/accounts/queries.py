"""Everything that only reads accounts."""

from uuid import UUID

from trialogue.accounts.models import Person, Work


def work_of(seen_by: Person, public_id: UUID) -> Work | None:
    """Return a long piece of work that this person started; None when it is not theirs."""
    return (
        Work.objects.filter(public_id=public_id, started_by=seen_by)
        .select_related("started_by")
        .first()
    )
