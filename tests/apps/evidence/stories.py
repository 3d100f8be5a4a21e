"""Trials of every kind in the register, for the tests of its pages."""

from copy import deepcopy

from tests.apps.evidence import bodies
from trialogue.evidence import services


def register(*events, at=0, **registration):
    """Register a trial and append events to it, a day apart; return its identifier."""
    identifier = services.new_identifier()
    body = bodies.registration(**registration)
    services.append(identifier, "registration", body, at=bodies.later(at))
    for days, (kind, body) in enumerate(events, start=at + 1):
        services.append(identifier, kind, body, at=bodies.later(days))
    return identifier


def started():
    return ("list", bodies.units_list()), ("started", bodies.started())


def reported(**result):
    return register(*started(), ("deviation", bodies.deviation()),
                    ("result", bodies.result(deviations=1, **result)), at=0)  # fmt: skip


def several_arms():
    """Four arms, three comparisons, the first of which made no difference."""
    arms = bodies.plan()["arms"]
    names = [("usual", "Plain invitation"), ("name", "A name and a vest"), ("vote", "A vote"),
             ("gift", "A gift")]  # fmt: skip
    arms = {
        **arms,
        "list": [
            {**arms["list"][0], "code": code, "name": name, "control": code == "usual"}
            for code, name in names
        ],
        "comparisons": ["vote", "name", "gift"],
        "correction": "holm",
    }
    result = bodies.result()
    document = result["effects"]
    effect, arm = document["effects"][0], document["arms"][0]
    document["effects"] = [{**effect, "arm": code} for code in ("vote", "name", "gift")]
    document["arms"] = [{**arm, "arm": code} for code, _ in names]
    document["missing"] = {code: 0 for code, _ in names}
    result["secondary"] = []
    result["numbers"] = [{**result["numbers"][0], "arm": code} for code, _ in names]
    result["guardrails"] = []
    told = result["verdicts"][0]
    said = [
        ("vote", "made_no_real_difference", "Made no real difference"),
        ("name", "worked", "Worked"),
        ("gift", "made_things_worse", "Made things worse"),
    ]
    result["verdicts"] = [
        {**told, "arm": arm, "code": code, "words": words, "sentence": f"Said of {arm}."}
        for arm, code, words in said
    ]
    begun = bodies.started()
    begun["arms"] = [{"code": code, "units": 200} for code, _ in names]
    return register(
        ("list", bodies.units_list()), ("started", begun), ("result", result), arms=arms
    )


def stopped_with_what_was_seen():
    seen = deepcopy(bodies.result(code="stopped_early", words="Stopped early"))
    seen["verdicts"][0] |= {
        "sentence": "The trial stopped before it could say whether the text changed it.",
        "verdict_sentence": "Stopped on 10 March 2027 after 38 of 200, because the firm left. "
        "What was seen is below. It is not a verdict.",
    }
    return register(*started(), ("stopped", bodies.stopped()), ("result", seen))
