"""Real trials as plans: recorded afterwards, placed elsewhere."""

import json
from pathlib import Path

REAL = Path(__file__).parents[2] / "real"


def expected(folder):
    return json.loads((REAL / folder / "expected.json").read_text())


def arm(code, name, *, control=False, share=1, cost_pence=None):
    return {
        "code": code,
        "name": name,
        "description": name,
        "control": control,
        "share": share,
        "cost_pence": cost_pence,
    }


def plan(
    *,
    title,
    arms,
    unit,
    by=(),
    blocks="",
    outcome,
    kind,
    smallest_change,
    covariates=(),
    secondary=(),
    clustered=False,
    baseline,
    effect,
    clusters_per_arm,
    cluster_size=1,
    correction="holm",
    sd=None,
    direction="higher",
):
    """The thirteen answers of a past trial."""
    placed, placed_plural, measured, measured_plural = unit
    return {
        "question": {
            "title": title,
            "summary": "A real trial, recorded afterwards from its published data.",
            "problem": "Whether the change helped was not known before.",
            "other_names": ["a published trial"],
            "replication_of": None,
        },
        "arms": {
            "usual_practice": "What was usual there and then.",
            "cost_per": placed,
            "list": list(arms),
            "comparisons": [each["code"] for each in arms[1:]],
            "correction": correction,
        },
        "unit": {
            "placed": placed,
            "placed_plural": placed_plural,
            "measured": measured,
            "measured_plural": measured_plural,
            "clustered": clustered,
            "eligibility": "As its authors describe.",
            "setting": "As its authors describe.",
            "service": "elections",
            "gss_code": "",
        },
        "strata": {
            "by": list(by),
            "method": "elsewhere",
            "block": 0,
            "drawn_by": "Its authors",
            "drawn_how": "By a computer, as their paper says",
            "blocks": blocks,
        },
        "outcomes": {
            "primary": {
                "code": outcome[0],
                "name": outcome[1],
                "kind": kind,
                "unit": placed,
                "direction": direction,
                "when": "at the end",
                "source": "the published data",
                "smallest_change": smallest_change,
                "judged_blind": True,
            },
            "secondary": list(secondary),
            "guardrails": [
                {
                    "code": "complaint",
                    "name": "Complaints",
                    "kind": "binary",
                    "unit": placed,
                    "direction": "lower",
                    "limit": 0.01,
                }
            ],
            "covariates": [{"name": name, "category": False} for name in covariates],
        },
        "size": {
            "baseline": baseline,
            "effect": effect,
            "sd": sd,
            "icc": None,
            "icc_source": "",
            "between_cv": None,
            "clusters_per_arm": clusters_per_arm,
            "cluster_size": cluster_size,
            "cluster_size_cv": 0,
            "r2": 0,
            "lost_allowed": 0.2,
        },
        "people": {
            "residents": "Nobody had to agree.",
            "staff": "None.",
            "partner": "The authors.",
        },
        "dates": {
            "recorded": "afterwards",
            "start": "2017-07-01",
            "end": "2017-11-30",
            "waves": [
                {"number": 1, "name": "Main", "opens": "2017-07-01", "closes": "2017-12-31"}
            ],
            "registered_elsewhere": "",
        },
        "delivery": {
            "what": "Letters",
            "who": "The city",
            "where": "At home",
            "how_often": "Once",
            "how_long": "Five months",
            "tailoring": "None",
        },
        "decision": {
            "who": "Head of benefits",
            "worked": "Keep it",
            "helped": "Keep it if cheap",
            "no_difference": "Stop it",
            "worse": "Stop it",
            "too_small": "Repeat it larger",
        },
        "risks": {
            "risks": "None known.",
            "stopping": "None.",
            "looks": 0,
            "safety_person": "Data protection officer",
            "equality": "Looked at.",
            "ethics": "By its authors.",
        },
        "data_protection": {
            "basis": "Published data without names",
            "what": "No personal data",
            "how_long": "For good",
            "assessment": "Not needed",
        },
        "team": {"owner_role": "Improvement lead", "contact": "improvement@wrenmoor.example"},
    }


LETTERS = plan(
    title="Reminder letters, so that families keep their support",
    arms=[
        arm("usual", "Usual notices", control=True),
        arm("open-letter", "Open letter"),
        arm("dated-letter", "Dated letter"),
    ],
    unit=("family", "families", "family", "families"),
    by=("month",),
    outcome=("recertified", "Kept their support"),
    kind="binary",
    smallest_change=0.05,
    secondary=[
        {
            "code": "started",
            "name": "Started the form",
            "kind": "binary",
            "unit": "family",
            "direction": "higher",
            "when": "at the end",
            "source": "the published data",
        }
    ],
    baseline=0.4,
    effect=0.05,
    clusters_per_arm=1170,
)

STORY = {
    "delivered": "As planned.",
    "unexpected": "None.",
    "differently": "Nothing.",
    "people_expected": "Nobody had to agree.",
    "limitations": "One city, one year.",
    "decision": "adopt",
    "decision_by": "Its authors",
    "decision_words": "",
    "contaminated": "",
}
