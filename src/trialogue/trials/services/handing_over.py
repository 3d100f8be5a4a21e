"""Handing over: a leaver's parts in trials go to a colleague, all at once."""

from datetime import datetime

from django.db import transaction

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.methods.problems import Problem, refuse
from trialogue.trials.models import TrialMember

# The safety person is not the lead.
_APART = frozenset({TrialMember.Role.LEAD.value, TrialMember.Role.SAFETY.value})


@transaction.atomic
def hand_over(*, giver: Person, taker: Person, by: Person, at: datetime) -> int:
    """Give every part that `giver` has in a trial to `taker`; return how many. Twice is as once.

    Refused as a whole where it would make one person both lead and safety person.
    """
    permissions.check(by, "manage people")
    parts = list(
        TrialMember.objects.select_for_update()
        .filter(person=giver)
        .select_related("trial")
        .order_by("pk")
    )
    held: dict[int, set[str]] = {}
    for trial, role in TrialMember.objects.filter(person=taker).values_list("trial_id", "role"):
        held.setdefault(trial, set()).add(role)
    for part in parts:
        held.setdefault(part.trial_id, set()).add(part.role)
    refuse(
        Problem(
            f"{taker.name} would be both lead and safety person of {title}",
            "Choose somebody else",
            column="to",
        )
        for title in dict.fromkeys(
            part.trial.title for part in parts if held[part.trial_id] >= _APART
        )
    )
    for part in parts:
        if TrialMember.objects.filter(trial=part.trial, person=taker, role=part.role).exists():
            part.delete()
        else:
            part.person, part.since = taker, at
            part.save(update_fields=["person", "since"])
        accounts.record(
            by=by,
            action="hand over",
            on="trial",
            thing=part.trial.public_id,
            at=at,
            before={"person": str(giver.public_id), "role": part.role},
            after={"person": str(taker.public_id), "role": part.role},
        )
    return len(parts)
