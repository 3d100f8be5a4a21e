import json

import pytest
from jsonschema import Draft202012Validator

from tests.apps.evidence import bodies
from trialogue.evidence import queries, schema

ACCEPTED = {
    "registration": bodies.registration(),
    "amendment": bodies.amendment(),
    "deviation": bodies.deviation(),
    "list": bodies.units_list(),
    "started": bodies.started(),
    "stopped": bodies.stopped(),
    "result": bodies.result(),
    "not-reported": bodies.not_reported(),
    "correction": {"of": bodies.HASH, "what": "Cost", "before": "", "after": "£2", "reason": "x"},
    "retraction": {"of": bodies.HASH, "reason": "The list was of another year."},
    "withdrawn": {
        key: bodies.stopped()[key]
        for key in (
            "on",
            "main_reason",
            "other_reasons",
            "words",
            "advise_another",
            "advise_words",
        )
    },
}


@pytest.mark.parametrize("kind", schema.KINDS)
def test_every_kind_of_event_is_accepted_as_the_apps_write_it(kind):
    assert schema.problems_of_event(kind, ACCEPTED[kind]) == ()


@pytest.mark.parametrize("plan", queries.starter_plans(), ids=lambda plan: plan.code)
def test_starter_plans_are_answers_that_the_schema_accepts(plan):
    refused = {
        question: schema.problems(question, body)
        for question, body in plan.answers.items()
        if schema.problems(question, body)
    }

    assert refused == {}
    assert set(schema.QUESTIONS) - set(plan.answers) == {"dates", "team"}


@pytest.mark.parametrize("name", schema.documents())
def test_every_field_has_a_title_that_a_person_can_read(name):
    def untitled(node, path=""):
        for field, inner in node.get("properties", {}).items():
            if "title" not in inner and "$ref" not in inner:
                yield f"{path}.{field}"
            yield from untitled(inner, f"{path}.{field}")
        if isinstance(node.get("items"), dict):
            yield from untitled(node["items"], f"{path}[]")

    document = schema.documents()[name]

    Draft202012Validator.check_schema(document)
    assert list(untitled(document)) == []
    assert json.dumps(document)


@pytest.mark.parametrize(
    ("question", "change", "column", "words"),
    [
        ("question", {"problem": ""}, "problem", "Enter what the problem is"),
        (
            "question",
            {"title": "x" * 94},
            "title",
            "The title is 94 characters; make it 80 or fewer",
        ),
        ("question", {"summary": "word " * 130}, "summary", "The summary is 130 words"),
        ("size", {"baseline": "4O"}, "baseline", "must be a number, like 12 or 7.5"),
        ("size", {"lost_allowed": 2}, "lost_allowed", "must be between 0 and 0.9"),
        ("dates", {"end": "2027-02-01"}, "end", "End date must be after the start date"),
        ("dates", {"end": "2027-02-31"}, "end", '"2027-02-31" is not a date'),
        ("arms", {"correction": "best"}, "correction", "Choose allowance"),
        ("arms", {"comparisons": ["nobody"]}, "comparisons", "not one of the new groups"),
        ("outcomes", {"guardrails": []}, "guardrails", "Enter at least one harm to watch"),
        ("strata", {"method": "elsewhere"}, "drawn_by", "Enter who placed them"),
        ("strata", {"surprise": 1}, "", "is not part of this answer"),
        ("question", {"replication_of": "EC-1"}, "replication_of", "like EC-7K3M9QX2WDQ"),
    ],
)
def test_problem_says_what_to_mend_and_where(question, change, column, words):
    body = {**bodies.plan()[question], **change}

    found = schema.problems(question, body)

    assert column in [problem.column for problem in found]
    assert words in " ".join(
        f"{problem.what}; {problem.mend[:1].lower()}{problem.mend[1:]}" for problem in found
    )


def test_problem_of_a_nested_field_names_its_path():
    arms = bodies.plan()["arms"]
    arms["list"][1]["share"] = 0

    (problem,) = schema.problems("arms", arms)

    assert (problem.column, problem.what) == (
        "list.1.share",
        "Share of the group must be between 1 and 1000",
    )


def test_empty_answer_is_asked_for_field_by_field():
    found = schema.problems("question", {})

    assert {problem.column for problem in found} == {
        "title",
        "summary",
        "problem",
        "other_names",
        "replication_of",
    }


def test_plan_inside_a_registration_is_held_to_the_same_rules():
    body = bodies.registration(dates={"end": "2027-01-01"})

    (problem,) = schema.problems_of_event("registration", body)

    assert problem.column == "plan.dates.end"
