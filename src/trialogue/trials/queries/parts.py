"""Who has which part in which trial."""

from trialogue.accounts.models import Person
from trialogue.trials.models import TrialMember


def parts_of(person: Person) -> list[tuple[str, str, str]]:
    """Return each part a person has: the trial's title, its identifier, the part. One query.

    For whoever hands it over when the person leaves.
    """
    parts = TrialMember.objects.filter(person=person).select_related("trial")
    return [(part.trial.title, part.trial.public_id, part.role) for part in parts.order_by("pk")]
