"""What is known of harm while a trial runs. By group, only for those whom a service let in."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from trialogue.trials.models import Look, Trial
from trialogue.trials.protocol import Outcome, Protocol
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.trials import protocol_of


@dataclass(frozen=True)
class GroupSeen:
    """One group of one harm: the rule's answer, none of usual service; and how many had it.

    `measured` and `had` are None where the figures stay closed. `had` is in words: "14 of 20".
    """

    name: str
    answer: str
    measured: int | None
    had: str | None


@dataclass(frozen=True)
class HarmSeen:
    """What a look says of one harm that is watched."""

    name: str
    groups: tuple[GroupSeen, ...]
    open: bool


def looks_of(trial: Trial) -> QuerySet[Look]:
    """Return the looks for harm so far, in their order, with who looked and who decided."""
    return trial.looks.select_related("by", "decision__by").order_by("number")


def look_of(public_id: str, number: int) -> Look:
    """Return one look. Http404 when there is none of that number."""
    found = Look.objects.select_related("trial", "by", "decision__by")
    look = found.filter(trial__public_id=public_id, number=number).first()
    if look is None:
        raise Http404
    return look


def last_look(trial: Trial) -> Look | None:
    """Return the last look for harm that was taken."""
    return looks_of(trial).last()


def looks_allowed(protocol: Protocol) -> int:
    """Return how many looks for harm the plan has."""
    return int(protocol.plan["risks"]["looks"])


def harm_seen(look: Look) -> list[HarmSeen]:
    """Return each harm with the rule's answers; after *stop and look* also the figures.

    The figures are those of what was loaded when the look was taken.
    """
    protocol = protocol_of(look.trial)
    is_open = look.result == Look.Result.STOP
    rows = Rows(look.trial, protocol, until=look.at) if is_open else None
    return [
        HarmSeen(harm.name, tuple(_groups(harm, look, protocol, rows)), is_open)
        for harm in protocol.outcomes.guardrails
    ]


def _groups(
    harm: Outcome, look: Look, protocol: Protocol, rows: Rows | None
) -> Iterable[GroupSeen]:
    said = {
        each["arm"]: each["answer"] for each in look.answers or [] if each["outcome"] == harm.code
    }
    counts = {row["arm"]: row for row in rows.counts(harm)} if rows else {}
    control = protocol.arms.codes[0]
    for arm in protocol.arms.codes:
        row = counts.get(arm)
        yield GroupSeen(
            name=protocol.arms.name(arm),
            answer="" if arm == control else said.get(arm, "not kept"),
            measured=row["measured"] if row else None,
            had=_had(harm, row["events"], row["measured"], row["mean"]) if row else None,
        )


def _had(harm: Outcome, events: int | None, measured: int, mean: float | None) -> str:
    if harm.kind == "binary":
        return f"{events} of {measured}"
    return "nothing measured" if mean is None else f"{mean:.3g} each"
