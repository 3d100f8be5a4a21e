"""Puts random draws into a register as trials that have stopped. Run within `manage shell`."""

import json
import sys

from tests.apps.evidence import bodies
from tests.methods.allocation.lists import Case, cases
from trialogue.evidence import services

HOW_MANY = 20


def shown() -> list[Case]:
    """Those of the two hundred that are checked on the page: all of theirs is published."""
    whole = [case for case in cases(200, seed=20270203) if case.commitment and case.list_hash]
    return whole[:HOW_MANY]


def publish() -> None:
    """Publish each, and print the identifiers of the trials."""
    json.dump([_publish(case) for case in shown()], sys.stdout)


def _publish(case: Case) -> str:
    trial = services.new_identifier()
    model, *_ = bodies.plan()["arms"]["list"]
    arms = [
        {**model, "code": arm.name, "name": arm.name, "share": arm.share, "control": not number}
        for number, arm in enumerate(case.design.arms)
    ]
    codes = [arm["code"] for arm in arms]
    design = case.design
    body = bodies.registration(
        arms={"list": arms, "comparisons": codes[1:]},
        strata={"by": list(case.strata), "method": design.method, "block": design.block},
        unit={"placed": case.cluster or "household", "clustered": bool(case.cluster)},
    )
    body["allocation"]["commitment"] = case.commitment
    events = [
        ("registration", body),
        ("list", {**bodies.units_list(case.answer()["units"]), "list_hash": case.list_hash}),
        (
            "started",
            {
                "arms": [{"code": code, "units": 1} for code in codes],
                "method": design.method,
                "list_hash": case.list_hash,
            },
        ),
        ("stopped", {**bodies.stopped(), "seed": str(case.seed)}),
    ]
    for day, (kind, event) in enumerate(events):
        services.append(trial, kind, event, at=bodies.later(day))
    return trial
