"""People in a trial answer about themselves by a link of their own, and leave by it."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.http import Http404

from tests.apps.site.words import text_of
from tests.apps.trials import loop
from tests.apps.trials.test_doors import trial  # noqa: F401  a fixture
from trialogue.accounts.models import AuditEntry
from trialogue.evidence.queries import outcome_measures
from trialogue.methods.problems import InputError
from trialogue.trials.forms.self_report import Answer
from trialogue.trials.models import Trial, UnitIdentity, Withdrawal
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.links import State, opened, token_of
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services import self_report
from trialogue.trials.services.analysis import numbers_of
from trialogue.trials.views import self_report as views

OPEN = loop.later(20)


@pytest.fixture
def unit(trial):  # noqa: F811
    return trial.units.get(study_id="F1")


@pytest.fixture
def token(trial, unit):  # noqa: F811
    codes = ["recertified", "loneliness-score"]
    return token_of(unit.pk, protocol_of(trial), 1, codes)


def answered(token, *, at=OPEN, **values):
    said = {"recertified": 1.0, "loneliness-score": 5.0} | values
    return self_report.answer(token=token, values=said, by=None, at=at, today=at.date())


def test_an_answer_is_kept_without_a_person_and_the_first_one_counts(token, unit):
    answered(token)
    answered(token, recertified=0.0)

    kept = {row.outcome: (row.value, row.by, row.version) for row in unit.measurements.all()}
    assert kept == {"recertified": (1.0, None, 1), "loneliness-score": (5.0, None, 1)}
    assert opened(token, today=OPEN.date()).state is State.ANSWERED
    entry = AuditEntry.objects.get(action="answer by link")
    assert entry.after["study_id"] == "F1"


def test_a_question_need_not_be_answered_and_the_reason_is_kept(token, unit):
    answered(token, recertified=None)

    row = unit.measurements.get(outcome="recertified")
    assert (row.value, row.missing) == (None, "would rather not say")


def test_a_value_beyond_its_scale_is_refused_here_too(token, unit):
    with pytest.raises(InputError, match="12 is above the highest"):
        answered(token, **{"loneliness-score": 12.0})
    harm = token_of(unit.pk, protocol_of(unit.trial), 1, ["ons4-anxiety"])
    with pytest.raises(InputError, match="11 is above the highest"):
        answered(harm, **{"ons4-anxiety": 11.0})
    assert not unit.measurements.exists()


@pytest.mark.parametrize("part", range(4))
def test_a_link_that_somebody_changed_opens_nothing(token, part):
    parts = token.split(".")
    parts[part] = {0: "zz", 1: "7", 2: "1", 3: "aaaaaaaaaaaaaaaa"}[part]

    with pytest.raises(Http404):
        opened(".".join(parts), today=OPEN.date())


@pytest.mark.parametrize(
    "rubbish", ["", ".", "....", "a.b.c.d", "1.1.-1.x", "é.1.1.ñ", "\0", "zzzzzzzzzzzzz.1.1.x"]
)
def test_a_link_of_rubbish_opens_nothing(db, rubbish):
    with pytest.raises(Http404):
        opened(rubbish, today=OPEN.date())


@pytest.mark.parametrize(
    ("days", "state"),
    [(11, State.EARLY), (12, State.OPEN), (106, State.OPEN), (107, State.CLOSED)],
)
def test_a_link_is_open_while_its_wave_is(token, unit, days, state):
    day = loop.later(days)

    assert opened(token, today=day.date()).state is state
    if state is not State.OPEN:
        with pytest.raises(InputError, match="not open"):
            answered(token, at=day)
        assert not unit.measurements.exists()


def test_whoever_leaves_is_asked_nothing_more_and_a_second_wish_reaches_further(token, unit):
    UnitIdentity.objects.create(unit=unit, name="Somebody")
    today = OPEN.date()
    self_report.leave_by_link(token=token, scope="measurement", by=None, at=OPEN, today=today)
    with pytest.raises(InputError):
        answered(token)
    self_report.leave_by_link(token=token, scope="consent", by=None, at=OPEN, today=today)
    self_report.leave_by_link(token=token, scope="measurement", by=None, at=OPEN, today=today)

    left = Withdrawal.objects.get(unit=unit)
    assert (left.scope, left.by) == ("consent", None)
    assert opened(token, today=today).state is State.GONE
    assert not UnitIdentity.objects.exists()


def test_a_loss_that_becomes_a_withdrawal_of_consent_is_recorded(people, trial, unit):  # noqa: F811
    said = {"public_id": trial.public_id, "study_id": "F1", "words": "", "by": people["lead"]}
    loop.withdraw(**said, scope="lost", reason="not reached", on=OPEN.date(), at=OPEN)
    later = OPEN + timedelta(days=1)
    loop.withdraw(**said, scope="consent", reason="not said", on=later.date(), at=later)

    assert Withdrawal.objects.get(unit=unit).scope == "consent"
    assert AuditEntry.objects.filter(action="record a loss").count() == 2


def test_the_sheet_holds_a_link_for_each_who_has_not_answered(client, people, trial, token):  # noqa: F811
    client.force_login(people["lead"])
    answered(token)
    page = f"/trials/{trial.public_id}/measure/links/"
    sheet = client.get(page, {"make": "1", "ask": ["recertified", "loneliness-score"]})
    file = client.get(page, {"make": "1", "ask": "loneliness-score", "csv": "1"}).content.decode()

    assert "11 families still to answer" in text_of(sheet)
    assert sheet.content.count(b"<svg") == 11
    assert sheet.content.count(b"viewBox") >= 11  # made smaller by the page, and never cut off
    assert len(file.splitlines()) == 12
    assert "F1," not in file
    link = re.search(r"http://testserver(/r/\S+)", file)[1]
    assert client.get(link).status_code == 200
    client.logout()
    assert client.get(link).status_code == 200
    assert client.get(page).status_code == 302


def test_the_page_of_a_link_says_no_group_and_no_earlier_answer(client, trial, unit, token):  # noqa: F811
    answered(token)
    said = text_of(client.get(f"/r/{token}/"))

    assert "We have your answer" in said
    assert "letter" not in said
    assert "5" not in said


def test_a_link_that_does_not_work_says_whom_to_ask(client, council):
    answer = client.get("/r/1.1.1.nonsense/")

    assert answer.status_code == 404
    assert "ask whoever gave it to you" in text_of(answer)


def test_who_leaves_after_the_lock_stays_in_the_figures_and_is_told_so(client, trial, token):  # noqa: F811
    answered(token)
    Trial.objects.filter(pk=trial.pk).update(locked_at=OPEN)
    trial.refresh_from_db()
    protocol = protocol_of(trial)
    before = Rows(trial, protocol).hash()
    later = OPEN + timedelta(days=1)

    self_report.leave_by_link(token=token, scope="consent", by=None, at=later, today=later.date())

    assert Rows(trial, protocol).hash() == before
    words = text_of(client.get(f"/r/{token}/"))
    assert "fixed before you left" in words
    assert "Nothing that we have about you is used" not in words


def test_who_leaves_before_the_lock_is_not_in_the_figures(trial, token):  # noqa: F811
    answered(token)
    self_report.leave_by_link(token=token, scope="consent", by=None, at=OPEN, today=OPEN.date())
    Trial.objects.filter(pk=trial.pk).update(locked_at=OPEN + timedelta(days=1))
    trial.refresh_from_db()

    values = Rows(trial, protocol_of(trial)).values(protocol_of(trial).outcomes.primary)

    assert np.isnan(values).all()


def test_each_who_was_not_measured_has_one_reason_and_no_other_has_any(people, trial, unit):  # noqa: F811
    protocol = protocol_of(trial)
    by_arm = {}
    for assignment in trial.assignments.select_related("unit"):
        by_arm.setdefault(assignment.arm, []).append(assignment.unit)
    arm, (said, silent, moved, *_) = next(iter(by_arm.items()))
    links = {
        each: token_of(each.pk, protocol, 1, ["recertified", "loneliness-score"])
        for each in (said, silent)
    }
    answered(links[said])
    self_report.leave_by_link(
        token=links[said], scope="measurement", by=None, at=OPEN, today=OPEN.date()
    )
    answered(links[silent], recertified=None)
    lost = {"public_id": trial.public_id, "words": "", "by": people["lead"], "at": OPEN}
    loop.withdraw(**lost, study_id=moved.study_id, scope="lost", reason="moved", on=OPEN.date())
    rows = Rows(trial, protocol)

    numbers = numbers_of(rows, protocol, rows.counts(protocol.outcomes.primary))

    found = next(row for row in numbers if row["arm"] == arm)
    reasons = {row["reason"]: row["n"] for row in found["lost"]}
    assert reasons.pop("They would rather not say") == 1
    assert reasons.pop("Moved away") == 1
    assert reasons == {"Not measured, no reason recorded": found["allocated"] - 3}
    assert found["analysed"] == 1


def test_who_does_without_the_service_can_be_lost_later(people, trial, unit):  # noqa: F811
    said = {"public_id": trial.public_id, "study_id": "F1", "words": "", "by": people["lead"]}
    loop.withdraw(**said, scope="treatment", reason="not said", on=OPEN.date(), at=OPEN)
    loop.withdraw(**said, scope="lost", reason="moved", on=OPEN.date(), at=OPEN)

    assert Withdrawal.objects.get(unit=unit).scope == "lost"


@pytest.mark.parametrize("value", [1.0000001, 0.9999999, 2.0])
def test_a_number_that_is_nearly_yes_is_refused(token, unit, value):
    with pytest.raises(InputError):
        answered(token, recertified=value)


def test_who_takes_the_links_and_who_answers_by_one_is_written_down(client, people, trial, token):  # noqa: F811
    client.force_login(people["lead"])
    client.get(f"/trials/{trial.public_id}/measure/links/", {"make": "1", "ask": "recertified"})
    client.post(f"/r/{token}/leave/", {"scope": "measurement"})

    looks = AuditEntry.objects.filter(action__contains="links to answer by")
    assert [entry.by for entry in looks] == [people["lead"].public_id]
    left = AuditEntry.objects.get(action="record a loss")
    assert left.by == people["lead"].public_id


EVERY_QUESTION = [
    (measure, question) for measure in outcome_measures() for question in measure.asked
]


@pytest.mark.parametrize(
    ("measure", "question"), EVERY_QUESTION, ids=lambda one: getattr(one, "code", "")
)
def test_a_person_is_asked_about_themselves(measure, question):
    assert re.search(r"\b(you|your)\b", question.question)
    assert measure.kind != "binary" or {value for _, value in question.answers} <= {0, 1}


@pytest.mark.parametrize("measure", outcome_measures(), ids=lambda measure: measure.code)
def test_the_answers_offered_reach_the_ends_of_the_scale_and_no_further(measure):
    offered = [[value for _, value in one.answers] for one in measure.asked if one.answers]
    if offered and measure.kind != "binary":
        ends = sum(map(min, offered)), sum(map(max, offered))
        assert ends == (measure.lowest, measure.highest)


@pytest.mark.parametrize(
    ("answers", "value"),
    [
        (("Often", "Often", "Some of the time"), 8.0),
        (("Hardly ever or never",) * 3, 3.0),
        (("Often", "not said", "Often"), None),
    ],
)
def test_a_score_is_asked_question_by_question_and_added_up(trial, unit, answers, value):  # noqa: F811
    link = token_of(unit.pk, protocol_of(trial), 1, ["loneliness-score"])
    asked = opened(link, today=OPEN.date())
    names = ["value_loneliness-score", "value_loneliness-score_1", "value_loneliness-score_2"]

    form = Answer(asked, dict(zip(names, answers, strict=True)))

    assert asked.question == "3 questions"
    assert [field.label for field in form.fields.values()] == [
        "How often do you feel that you lack companionship?",
        "How often do you feel left out?",
        "How often do you feel isolated from others?",
    ]
    assert form.is_valid(), form.errors
    assert form.values() == {"loneliness-score": value}


def test_whoever_opens_many_links_is_put_off_and_others_are_not(client, council, monkeypatch):
    monkeypatch.setattr(views, "MOST", 5)
    address = "/r/1.1.1.nonsense/"
    codes = [client.get(address).status_code for _ in range(11)]
    last = client.post(f"{address}leave/") if 429 in codes else None

    assert codes[:5] == [404] * 5
    assert "Wait ten minutes" in text_of(last)
    assert client.get(address, REMOTE_ADDR="192.0.2.7").status_code == 404
