"""What cannot have been measured is refused in the same words by file, form and program."""

import copy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.site.words import text_of
from tests.apps.trials import loop
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts import services
from trialogue.evidence import schema
from trialogue.trials.models import Measurement

SCORE = {
    "code": "loneliness-score",
    "name": "Loneliness score",
    "kind": "continuous",
    "lowest": 3,
    "highest": 9,
    "unit": "person",
    "direction": "lower",
    "when": "after 26 weeks",
    "source": "by telephone",
}
HARM = {
    "code": "ons4-anxiety",
    "name": "Anxious yesterday",
    "kind": "continuous",
    "lowest": 0,
    "highest": 10,
    "unit": "person",
    "direction": "lower",
    "limit": 1,
}
WRONG = {
    "too high": ("12", "2027-03-01", '12 is above the highest that "Loneliness score" can be, 9'),
    "too low": ("2.5", "2027-03-01", '2.5 is below the lowest that "Loneliness score" can be, 3'),
    "a harm too high": (
        "11",
        "2027-03-01",
        '11 is above the highest that "Anxious yesterday" can be, 10',
    ),
    "a harm too low": (
        "-1",
        "2027-03-01",
        '-1 is below the lowest that "Anxious yesterday" can be, 0',
    ),
    "too early": ("5", "2027-02-14", "14 Feb 2027 is before this wave opened, 15 Feb 2027"),
    "too late": ("5", "2027-05-21", "21 May 2027 is after this wave closed, 20 May 2027"),
}


@pytest.fixture
def trial(people, tmp_path):
    plan = copy.deepcopy(OWN)
    plan["outcomes"]["secondary"] = [SCORE]
    plan["outcomes"]["guardrails"] = [*plan["outcomes"]["guardrails"], HARM]
    path = tmp_path / "list.csv"
    path.write_text("family,month\n" + "".join(f"F{n},July\n" for n in range(12)))
    made = loop.registered(people, plan)
    loop.listed(people, made, path)
    loop.placed(people, made)
    return made


def by_file(client, trial, code, score, day):
    content = f"family,{code},measured\nF1,{score},{day}\n".encode()
    file = SimpleUploadedFile("scores.csv", content)
    return client.post(f"/trials/{trial.public_id}/measure/", {"file": file}, follow=True)


def by_form(client, trial, code, score, day):
    year, month, date = day.split("-")
    typed = {
        f"value_{code}": score,
        "measured_on_day": date,
        "measured_on_month": month,
        "measured_on_year": year,
    }
    return client.post(f"/trials/{trial.public_id}/measure/unit/F1/", typed)


@pytest.mark.parametrize("kind", WRONG)
def test_what_cannot_be_is_refused_in_the_same_words_by_every_door(client, people, trial, kind):
    score, day, said = WRONG[kind]
    code = HARM["code"] if "harm" in kind else SCORE["code"]
    token = services.make_token(label="a program", by=people["lead"], at=loop.NOW)
    client.force_login(people["lead"])
    sent = client.post(
        f"/api/trials/{trial.public_id}/outcomes",
        {"rows": [{"family": "F1", code: float(score), "measured": day}]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).json()

    assert said in unquoted(by_file(client, trial, code, score, day))
    assert said in unquoted(by_form(client, trial, code, score, day))
    assert [problem["what"] for problem in sent["problems"]] == [said]
    assert (sent["problems"][0]["row"], sent["good"]) == (2, 0)
    assert not Measurement.objects.exists()


def unquoted(page):
    return text_of(page).replace("&quot;", '"')


@pytest.mark.parametrize(("score", "day"), [("3", "2027-02-15"), ("9", "2027-05-20")])
def test_the_ends_themselves_can_be(client, people, trial, score, day):
    client.force_login(people["lead"])
    by_form(client, trial, SCORE["code"], score, day)

    assert [row.value for row in trial.measurements.all()] == [float(score)]


def test_a_scale_that_is_upside_down_is_refused():
    answer = copy.deepcopy(OWN["outcomes"])
    answer["secondary"] = [SCORE | {"lowest": 9, "highest": 3}]
    answer["guardrails"] = [HARM | {"lowest": 10}]
    problems = schema.problems("outcomes", answer)

    assert [problem.column for problem in problems] == [
        "secondary.0.highest",
        "guardrails.0.highest",
    ]
