"""The form of each question asks for what the record takes, and gives it back unchanged."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from tests.apps.trials import real
from tests.apps.trials.test_own_draw import OWN
from trialogue.evidence import queries as register
from trialogue.evidence import schema
from trialogue.trials.forms.questions import QuestionForm, moot_fields, with_measures

PLANS = {
    "letters": real.LETTERS,
    "own": OWN,
    **{plan.code: plan.answers for plan in register.starter_plans()},
}


def typed(form):
    """What a browser sends when nothing is changed."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form.initial.get(name, field.initial)
        if hasattr(value, "isoformat"):
            parts = {"day": value.day, "month": value.month, "year": value.year}
            data.update({f"{name}_{part}": str(number) for part, number in parts.items()})
        elif value is not None:
            data[name] = str(value)
    return data


@pytest.mark.parametrize("code", PLANS)
@pytest.mark.parametrize("question", schema.QUESTIONS)
def test_an_answer_comes_back_as_it_was(code, question):
    body = PLANS[code].get(question)
    if body is None:
        body = real.LETTERS[question]
    form = QuestionForm(question, typed(QuestionForm(question, None, body)), body)

    assert form.is_valid(), form.errors
    assert form.answer() == body


def test_shares_may_be_typed_as_percentages_and_money_in_pounds():
    data = typed(QuestionForm("size", None, real.LETTERS["size"]))
    data["baseline"], data["effect"] = "40%", "-9%"
    arms = typed(QuestionForm("arms", None, real.LETTERS["arms"]))
    arms["list_1_cost_pence"] = "1.25"
    size, groups = QuestionForm("size", data), QuestionForm("arms", arms, real.LETTERS["arms"])

    assert size.is_valid()
    assert groups.is_valid()
    assert size.answer()["baseline"] == pytest.approx(0.4)
    assert size.answer()["effect"] == pytest.approx(-0.09)
    assert groups.answer()["list"][1]["cost_pence"] == 125


def test_another_row_can_be_asked_for_and_an_empty_one_is_left_out():
    data = typed(QuestionForm("arms", None, real.LETTERS["arms"]))
    data["add"] = "list"
    form = QuestionForm("arms", data, real.LETTERS["arms"])

    assert "list_3_name" in form.fields
    assert form.is_valid()
    assert form.answer() == real.LETTERS["arms"]


def test_a_new_group_gets_a_code_from_its_name():
    data = typed(QuestionForm("arms", None, real.LETTERS["arms"]))
    for name, value in (("rows_list", "4"), ("list_3_name", "Letter with a map")):
        data[name] = value
    form = QuestionForm("arms", data, real.LETTERS["arms"])
    assert form.is_valid()

    answer = form.answer()

    assert answer["list"][3]["code"] == "letter-with-a-map"
    assert answer["comparisons"] == ["open-letter", "dated-letter", "letter-with-a-map"]
    assert schema.problems("arms", answer) == ()


def test_any_outcome_can_come_from_the_catalogue():
    chosen = {
        "primary_code": "missed-collection",
        "secondary_0_code": "repeat-contact",
        "guardrails_0_code": "complaint",
        "guardrails_0_limit": "1%",
    }
    form = QuestionForm("outcomes", with_measures(QueryDict(urlencode(chosen)), None))
    assert form.is_valid(), form.errors

    answer = form.answer()

    assert answer["primary"]["smallest_change"] == pytest.approx(0.05)
    assert answer["primary"]["direction"] == "lower"
    assert answer["secondary"][0]["code"] == "repeat-contact"
    assert answer["guardrails"][0]["name"] == register.outcome_measure("complaint").name
    assert schema.problems("outcomes", answer) == ()


def test_words_of_ones_own_stay_and_words_of_the_outcome_chosen_before_go():
    body = register.starter_plan("evening-text").answers["outcomes"]
    data = typed(QuestionForm("outcomes", None, body))
    data["primary_code"], data["primary_source"] = "complaint", "Our own log"

    form = QuestionForm("outcomes", with_measures(data, body), body)

    assert form.is_valid(), form.errors
    primary = form.answer()["primary"]
    assert primary["name"] == register.outcome_measure("complaint").name
    assert primary["source"] == "Our own log"


def test_an_outcome_of_ones_own_keeps_its_code():
    body = real.LETTERS["outcomes"]
    form = QuestionForm("outcomes", None, body)

    codes = dict(form.fields["primary_code"].choices)

    assert register.outcome_measure(body["primary"]["code"]) is None
    assert codes[body["primary"]["code"]] == "One of our own"
    over = register.starter_plan("evening-text").answers["outcomes"]
    kept = QuestionForm("outcomes", typed(form), over)
    assert kept.is_valid(), kept.errors
    assert kept.answer()["primary"] == body["primary"]


@pytest.mark.parametrize("question", schema.QUESTIONS)
def test_an_empty_answer_names_fields_that_are_on_the_page(question):
    form = QuestionForm(question, QueryDict("x=1"))
    assert form.is_valid()

    problems = schema.problems(question, form.answer())
    form.show(problems)

    assert problems
    misplaced = form.non_field_errors()
    assert len(misplaced) <= 2, misplaced


def test_only_what_matters_for_the_outcome_and_the_unit_is_asked():
    letters = {name: real.LETTERS[name] for name in ("unit", "outcomes", "size")}
    moot = moot_fields("size", letters)
    form = QuestionForm("size", typed(QuestionForm("size", None, real.LETTERS["size"])), moot=moot)

    assert letters["outcomes"]["primary"]["kind"] == "binary"
    assert not letters["unit"]["clustered"]
    assert not {"sd", "icc", "between_cv", "cluster_size"} & set(form.fields)
    assert form.is_valid(), form.errors
    assert form.answer() == real.LETTERS["size"] | moot
    assert moot_fields("size", {}) == {}
