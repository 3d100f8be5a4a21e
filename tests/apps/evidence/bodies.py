"""Bodies of events for tests: a trial of reminder texts, as the other apps would record it."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

from trialogue.evidence import queries

NOW = datetime(2027, 2, 3, 14, 15, tzinfo=UTC)
HASH = "ab" * 32


def plan(**changes):
    answers = {
        **deepcopy(dict(queries.starter_plan("evening-text").answers)),
        "dates": {
            "recorded": "before",
            "start": "2027-02-14",
            "end": "2027-05-14",
            "waves": [
                {"number": 1, "name": "Main", "opens": "2027-02-15", "closes": "2027-05-20"}
            ],
            "registered_elsewhere": "",
        },
        "team": {"owner_role": "Improvement lead", "contact": "improvement@wrenmoor.example"},
    }
    for question, change in changes.items():
        answers[question] = {**answers[question], **change}
    return answers


def registration(*, recorded="before", elsewhere=None, made_up=True, credit="", **changes):
    return {
        "version": 1,
        "plan": plan(**changes),
        "similar": {
            "query": "text before a collection",
            "shown": [{"id": "EC-0123456789T", "rank": 1, "band": "related"}],
            "answer": "nobody close",
            "text": "",
        },
        "analysis": {
            "words": ["Everybody counts in the group where chance put them."],
            "rule": {"kind": "binary", "control": "usual", "comparisons": ["text"]},
            "version": 1,
        },
        "allocation": {"commitment": None if elsewhere else HASH, "elsewhere": elsewhere},
        "council": {"name": "Wrenmoor Borough Council", "gss_code": "X99000001"},
        "results_due": "2027-08-12",
        "recorded": recorded,
        "made_up": made_up,
        "credit": credit,
    }


def units_list(units=800):
    return {"list_hash": HASH, "units": units, "clusters": None, "strata": []}


def started(units=400):
    return {
        "arms": [{"code": "usual", "units": units}, {"code": "text", "units": units}],
        "method": "complete",
        "list_hash": HASH,
    }


def document(estimate=-0.09, low=-0.153, high=-0.027, p=0.005):
    return {
        "arms": [
            {"arm": "usual", "n": 400, "clusters": None, "mean": 0.33, "sd": 0.47},
            {"arm": "text", "n": 400, "clusters": None, "mean": 0.33 + estimate, "sd": 0.43},
        ],
        "effects": [
            {
                "arm": "text",
                "estimate": estimate,
                "se": 0.032,
                "df": 797.2,
                "ci_low": low,
                "ci_high": high,
                "p": p,
                "p_adjusted": p,
                "p_permutation": 0.006,
                "ratio": 0.73,
                "ratio_low": 0.58,
                "ratio_high": 0.91,
            }
        ],
        "joint": None,
        "joint_p": p,
        "method": "Difference in means with CR2 standard errors.",
        "missing": {"usual": 0, "text": 0},
        "sensitivity": None,
        "icc": None,
        "permutation": {"draws": 10000, "exact": False, "statistic": "t", "seed": "7"},
        "sample_ratio_p": 1.0,
        "balance": [],
        "kind": "binary",
        "covariates": [],
        "costs": [],
        "notes": [],
    }


SENTENCE = (
    "A text the evening before reduced missed collections. Out of 100 households, about 33 missed "
    "one with usual service and about 24 with the text: a difference of 9 fewer (likely between "
    "3 and 15 fewer)."
)


def result(*, code="worked", words="Worked", guardrail=False, deviations=0, **changes):
    numbers = [
        {
            "arm": arm,
            "assessed": 420,
            "allocated": 400,
            "received": 390,
            "analysed": 400 - len(lost),
            "lost": lost,
        }
        for arm, lost in (("usual", []), ("text", [{"reason": "Moved away", "n": 1}]))
    ]
    return {
        "dates": {"started": "2027-02-14", "ended": "2027-05-14", "locked": "2027-05-21"},
        "numbers": numbers,
        "effects": document(),
        "verdicts": [
            {
                "arm": "text",
                "code": code,
                "words": words,
                "sentence": SENTENCE,
                "verdict_sentence": "It did better than usual service.",
                "clearly_worthwhile": False,
                "more_needed": 315 if code == "too_small_to_tell" else None,
                "reason": "the groups mixed" if code == "could_not_be_tested" else "",
            }
        ],
        "strength": {"word": "High", "start": "High", "reasons": []},
        "guardrails": [
            {
                "code": "complaint",
                "name": "Complaints",
                "limit": 0.01,
                "arms": [
                    {
                        "arm": "text",
                        "estimate": 0.02,
                        "ci_low": 0.01,
                        "ci_high": 0.03,
                        "crossed": guardrail,
                        "sentence": "Complaints rose beyond the limit set before the start.",
                    }
                ],
            }
        ],
        "secondary": [
            {
                "code": "repeat-contact",
                "name": "Had to contact us again",
                "unit": "household",
                "direction": "lower",
                "document": document(estimate=-0.01, low=-0.05, high=0.03),
            }
        ],
        "subgroups": [],
        "cost": {"sentences": ["A collection not missed cost about £0.33."]},
        "deviations": deviations,
        "story": {
            "delivered": "Nearly all texts went out.",
            "delivered_percent": 97.5,
            "unexpected": "Nothing.",
            "differently": "Send the text at five, not six.",
            "people_expected": "Yes: people wanted the reminder.",
            "limitations": "One council, one summer.",
        },
        "decision": {"what": "adopt", "by": "Head of Neighbourhoods", "words": "For all homes."},
        "seed": "123456789",
        "data_hash": HASH,
        "code_version": "0.1.0",
        "rule_version": 1,
        "table": [
            {
                "outcome": "missed-collection",
                "name": "Missed a collection",
                "arm": arm,
                "units": 400,
                "measured": 400,
                "missing": 0,
                "events": events,
                "mean": events / 400,
                "sd": None,
            }
            for arm, events in (("usual", 132), ("text", 96))
        ],
        "pooling": None,
        "protected": False,
        "reviewed": False,
        "not_planned": [],
        **changes,
    }


def stopped(*, before_start=False, reason="partner-withdrew"):
    return {
        "on": "2027-03-10",
        "main_reason": reason,
        "other_reasons": ["money-ended"],
        "words": "The firm that sends the texts left.",
        "numbers": {"planned": 200, "enrolled": 38, "measured": 12},
        "advise_another": "with changes",
        "advise_words": "Sign a contract for the whole time.",
        "before_start": before_start,
        "for_harm": False,
        "seed": None if before_start else "123456789",
    }


def amendment(number=1):
    before = plan()["question"]
    return {
        "number": number,
        "question": "question",
        "before": before,
        "after": {**before, "problem": "One drive in three finds nothing outside."},
        "reason": "Counted again before the start.",
    }


def deviation():
    return {
        "item": "Time of the text",
        "planned": "Six in the evening",
        "done": "Half past six for nine days",
        "reason": "The computer was mended.",
        "when": "before data",
        "effect": "small",
        "found_by": "person",
    }


def not_reported():
    return {
        "due": "2027-08-12",
        "days_late": 90,
        "planned": 800,
        "enrolled": 700,
        "measured": None,
    }


def later(days):
    return NOW + timedelta(days=days)
