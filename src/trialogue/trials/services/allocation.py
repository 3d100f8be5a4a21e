"""Who gets what: the list is fixed in public, then drawn, once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from trialogue.accounts import permissions
from trialogue.accounts import services as accounts
from trialogue.accounts.models import Person
from trialogue.evidence import services as evidence
from trialogue.methods import allocation
from trialogue.methods.design import Arm, Design
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.verdicts import long_date
from trialogue.trials import seal
from trialogue.trials.models import Assignment, Draw, Enrolment, Trial, Unit
from trialogue.trials.protocol import Protocol
from trialogue.trials.queries.repeated import Read, as_text
from trialogue.trials.queries.trials import protocol_of, roles_in_trial
from trialogue.trials.services import bulk
from trialogue.trials.services.telling import tell_idea


@transaction.atomic
def fix_list(*, public_id: str, by: Person, at: datetime) -> Draw:
    """Publish the hash of the list of units. From here on the list cannot change.

    Doing it twice does nothing the second time. Raises PermissionDenied, and InputError when the
    list cannot be shared among the arms.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "allocate", also=roles_in_trial(by, public_id))
    draw = _draw_of(trial)
    if draw.list_hash:
        return draw
    protocol = protocol_of(trial)
    refuse(_too_late(protocol, at, "Move the steps first: change the dates of the plan"))
    units = units_as_drawn(trial)
    if not units:
        raise InputError(Problem("There is no list yet", "Load the list first"))
    publish_list(draw, described(units, protocol), by=by, at=at)
    return draw


def described(units: Sequence[allocation.Unit], protocol: Protocol) -> dict[str, Any]:
    """Return what is published of a list: its hash and how many, and no name from it."""
    strata = Counter(allocation.labels(units))
    clusters = {unit.cluster for unit in units if unit.cluster}
    return {
        "list_hash": allocation.list_hash(units, list_design(protocol)),
        "units": len(units),
        "clusters": len(clusters) or None,
        "strata": [
            {"stratum": " / ".join(name.split("\x1f")), "units": count}
            for name, count in sorted(strata.items())
        ],
    }


def publish_list(draw: Draw, body: dict[str, Any], *, by: Person, at: datetime) -> None:
    """Fix the list and say in the record what it is. Inside a transaction."""
    draw.list_hash = body["list_hash"]
    draw.list_fixed_at = at
    draw.save(update_fields=["list_hash", "list_fixed_at"])
    evidence.append(draw.trial.public_id, "list", body, at=at)
    accounts.record(
        by=by,
        action="fix the list",
        on="trial",
        thing=draw.trial.public_id,
        at=at,
        after={"list_hash": draw.list_hash, "units": body["units"]},
    )


def allocate(*, public_id: str, by: Person, at: datetime) -> Draw:
    """Draw, once. The list must be fixed; a second try does nothing.

    Raises PermissionDenied, and InputError when the list is not fixed or was placed elsewhere, or
    a step has begun.
    """
    trial = Trial.objects.get(public_id=public_id)
    permissions.check(by, "allocate", also=roles_in_trial(by, public_id))
    draw = Draw.objects.get(trial=trial)
    if draw.drawn_at:
        return draw
    if draw.elsewhere:
        raise InputError(
            Problem("This trial was placed elsewhere", "Load the list that says who got what")
        )
    if not draw.list_hash:
        raise InputError(
            Problem("The list is not fixed yet", "Fix the list, then place by chance")
        )
    # Worked out before the lock is taken, so that others can write meanwhile: a list that is
    # fixed and a seed that is committed give the same draw whoever asks, and whenever.
    protocol = protocol_of(trial)
    refuse(_too_late(protocol, at, "Stop this trial, and register it again with later steps"))
    units = units_as_drawn(trial)
    arms = allocation.draw(units, protocol.design, seal.unseal(draw.sealed_seed))
    return _keep_draw(trial, protocol, arms, by=by, at=at)


@transaction.atomic
def _keep_draw(
    trial: Trial, protocol: Protocol, arms: Sequence[str], *, by: Person, at: datetime
) -> Draw:
    """Keep the draw, unless somebody kept it a moment ago."""
    trial = Trial.objects.select_for_update().get(pk=trial.pk)
    draw = Draw.objects.select_for_update().get(trial=trial)
    if draw.drawn_at:
        return draw
    keys = list(trial.units.order_by("order").values_list("pk", flat=True))
    moment = connection.ops.adapt_datetimefield_value(at)
    bulk.insert(
        Assignment,
        ("trial", "unit", "arm", "sequence", "at"),
        (
            (trial.pk, key, arm, number, moment)
            for number, (key, arm) in enumerate(zip(keys, arms, strict=True), start=1)
        ),
    )
    start(trial, draw, protocol, Counter(arms), by=by, at=at)
    return draw


def start(
    trial: Trial,
    draw: Draw,
    protocol: Protocol,
    counts: Mapping[str, int],
    *,
    by: Person,
    at: datetime,
) -> None:
    """Start a trial whose units have their arms, `counts` in each. Inside a transaction."""
    draw.drawn_at, draw.drawn_by = at, by
    draw.save(update_fields=["drawn_at", "drawn_by"])
    trial.started_at = at
    trial.save(update_fields=["started_at"])
    evidence.append(
        trial.public_id,
        "started",
        {
            "arms": [
                {"code": group.code, "units": counts.get(group.code, 0)}
                for group in protocol.groups
            ],
            "method": protocol.strata.method,
            "list_hash": draw.list_hash,
        },
        at=at,
    )
    accounts.record(
        by=by,
        action="load the groups" if protocol.strata.elsewhere else "place by chance",
        on="trial",
        thing=trial.public_id,
        at=at,
        after={"units": sum(counts.values())},
    )
    tell_idea(trial, at=at)


@transaction.atomic
def enrol_late(
    *,
    public_id: str,
    study_id: str,
    strata: Sequence[str],
    cluster: str,
    on: date,
    by: Person,
    at: datetime,
) -> Assignment:
    """Enrol somebody after the draw, then show their arm, which cannot change.

    The same study identifier again finds the first answer. A member of a cluster that is placed
    already gets the cluster's arm.
    """
    trial = Trial.objects.select_for_update().get(public_id=public_id)
    permissions.check(by, "load units", also=roles_in_trial(by, public_id))
    draw = Draw.objects.select_for_update().get(trial=trial)
    if not draw.drawn_at or draw.elsewhere:
        raise InputError(Problem("Late arrivals come after the draw here", "Place the list first"))
    if trial.locked_at or trial.stopped_at:
        raise InputError(Problem("This trial has ended", "Nobody can join it now"))
    cleaned = allocation.clean(study_id)
    if not cleaned:
        raise InputError(Problem("Enter the study identifier", column="study_id"))
    found = Assignment.objects.filter(trial=trial, unit__study_id=cleaned).first()
    if found:
        return found
    protocol = protocol_of(trial)
    if len(strata) != len(protocol.strata.by) or not all(map(str.strip, strata)):
        raise InputError(
            Problem(f"Enter the {' and the '.join(protocol.strata.by)}", column="strata")
        )
    values = [allocation.clean(value) for value in strata]
    sequence = trial.assignments.count() + 1
    unit = Unit.objects.create(
        trial=trial,
        study_id=cleaned,
        cluster=allocation.clean(cluster),
        strata=values,
        order=trial.units.count() + 1,
        late=True,
    )
    Enrolment.objects.create(unit=unit, state=Enrolment.State.AGREED, on=on)
    arm = _arm_of_cluster(trial, unit)
    if arm is None:
        others = f"Enrol in one of the {protocol.unit.placed_plural} that have their day"
        mend = others if protocol.unit.clustered else "Nobody can join it now"
        refuse(_too_late(protocol, at, mend))
        arm = _next_late_arm(trial, protocol, draw, values)
    assignment = Assignment.objects.create(
        trial=trial, unit=unit, arm=arm, sequence=sequence, at=at
    )
    accounts.record(
        by=by,
        action="enrol a late arrival",
        on="trial",
        thing=trial.public_id,
        at=at,
        after={"study_id": cleaned},
    )
    return assignment


def _too_late(protocol: Protocol, at: datetime, mend: str) -> list[Problem]:
    """Return a problem once a step of a stepped start has begun: chance may draw that day."""
    if not protocol.stepped or timezone.localdate(at) <= protocol.dates.start:
        return []
    return [Problem(f"The first step began on {long_date(protocol.dates.start)}", mend)]


def _arm_of_cluster(trial: Trial, unit: Unit) -> str | None:
    if not unit.cluster:
        return None
    return (
        trial.assignments.filter(unit__cluster=unit.cluster).values_list("arm", flat=True).first()
    )


def _next_late_arm(trial: Trial, protocol: Protocol, draw: Draw, strata: list[str]) -> str:
    """Return the next of the stratum's own sequence: as many used as came late before."""
    label = allocation.stratum_label(strata)
    late = trial.units.filter(late=True).select_related("assignment").order_by("order")
    clusters = set(trial.units.filter(late=False).values_list("cluster", flat=True)) - {""}
    used = 0
    for unit in late:
        if unit.cluster and unit.cluster in clusters:
            continue  # it took its cluster's arm, and none of the sequence
        clusters.add(unit.cluster) if unit.cluster else None
        used += allocation.stratum_label(unit.strata) == label
    seed = seal.unseal(draw.sealed_seed)
    # The unit itself is in `late` already, so the sequence is one longer than those before it.
    return allocation.late_arms(protocol.design, seed, label, used)[used - 1]


def list_design(protocol: Protocol) -> Design:
    """Return the design that the list's hash names: of a trial placed elsewhere, complete."""
    if not protocol.strata.elsewhere:
        return protocol.design
    return Design(tuple(Arm(group.code, group.share) for group in protocol.groups))


def units_as_drawn(trial: Trial) -> list[allocation.Unit]:
    """Return the list in its own order, as the draw and the hash read it."""
    rows = trial.units.filter(late=False).order_by("order")
    return listed_in(rows.values_list("study_id", "cluster", as_text("strata")))


def listed_in(rows: Iterable[tuple[str, str, str]]) -> list[allocation.Unit]:
    """Return units from their identifier, cluster and strata as text."""
    read = Read()
    return [
        allocation.Unit(id=study_id, cluster=cluster, strata=read[strata])
        for study_id, cluster, strata in rows
    ]


def _draw_of(trial: Trial) -> Draw:
    draw = Draw.objects.select_for_update().filter(trial=trial).first()
    if draw is None:
        raise InputError(Problem("This trial is not registered yet", "Register it first"))
    return draw
