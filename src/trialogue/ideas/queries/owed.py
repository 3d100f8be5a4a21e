"""What a person owes to ideas."""

from django.db.models import Q

from trialogue.accounts.models import Person
from trialogue.ideas.models import Idea


def owed_by(person: Person) -> list[tuple[str, int, str]]:
    """Return each idea that waits for a person: its title, its number, what is owed. One query.

    For whoever hands it over when the person leaves.
    """
    waiting = Q(to_answer=person, status=Idea.Status.OPEN) | Q(lead=person, trial="")
    return [
        (
            idea.title,
            idea.pk,
            "to answer" if idea.to_answer_id == person.pk else "to lead its trial",
        )
        for idea in Idea.objects.filter(waiting).order_by("pk")
    ]
