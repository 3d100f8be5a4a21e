"""Results that are due: reminders, the record that publishes itself, pauses, what is forgotten."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from tests.apps.evidence import bodies
from tests.apps.trials import loop
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts.models import AuditEntry, Membership, Notification, Person, ServiceArea
from trialogue.accounts.services import set_pauses
from trialogue.evidence import queries as register
from trialogue.evidence import services as evidence
from trialogue.methods.problems import InputError
from trialogue.trials.models import Unit, UnitIdentity, Upload
from trialogue.trials.services import clock, stopping
from trialogue.trials.services.forgetting import forget
from trialogue.trials.services.publishing import days_paused, pause_problems, publish_result
from trialogue.trials.services.uploads import keep_upload

DUE = date(2027, 8, 12)  # 14 May 2027 and 90 days


def on(days):
    """A moment of the day so many days after the result was due."""
    return loop.NOW + (DUE - loop.NOW.date() + timedelta(days=days))


def letters(letter):
    """Who was written to by a letter, and its subject."""
    rows = Notification.objects.filter(letter=letter).order_by("created_at", "to_email")
    return [
        (to.partition("@")[0], subject) for to, subject in rows.values_list("to_email", "subject")
    ]


@pytest.fixture
def trial(people, tmp_path):
    made = loop.registered(people, OWN)
    path = tmp_path / "families.csv"
    rows = (f"F{n:03d},{'July' if n % 2 else 'August'}\n" for n in range(60))
    path.write_text("family,month\n" + "".join(rows))
    loop.listed(people, made, path)
    loop.placed(people, made)
    made.refresh_from_db()
    Notification.objects.all().delete()
    return made


def test_lead_and_manager_are_reminded_four_times_and_each_time_once(trial):
    for days in range(-40, 60):
        for _ in range(2):
            clock.remind_of_results(on(days))

    said = [subject for to, subject in letters("H") if to == "lead"]
    assert said == [
        f"Result due {when}: {trial.title}"
        for when in ("in 30 days", "today", "14 days ago", "30 days ago")
    ]
    assert [to for to, _ in letters("H")] == ["lead", "manager"] * 4


def test_reminder_says_what_is_left_to_do_and_from_when_it_is_overdue(trial):
    clock.remind_of_results(on(0))

    body = Notification.objects.filter(letter="H").first().body
    assert "ended on 14 May 2027. Still to do: measure, analyse, publish." in body
    assert "If it did not work out, that is a result too." in body
    assert 'The public page says from 11 October 2027 "overdue".' in body


def test_worker_that_stood_still_sends_the_newest_reminder_alone_with_the_true_days(trial):
    clock.remind_of_results(on(37))

    assert letters("H")[0] == ("lead", f"Result due 37 days ago: {trial.title}")
    assert len(letters("H")) == 2


def test_head_of_the_service_is_written_to_when_there_is_one(trial, people, council):
    head = Person.objects.create(email="head@wrenmoor.example", name="Gareth", created_at=loop.NOW)
    Membership.objects.create(person=head, organisation=council, created_at=loop.NOW)
    ServiceArea.objects.create(name=OWN["unit"]["service"], slug="its", manager=head)

    clock.remind_of_results(on(0))

    assert {to for to, _ in letters("H")} == {"lead", "head"}


def test_nobody_is_reminded_of_a_result_that_is_out(trial, people):
    stop(trial, people)

    assert clock.remind_of_results(on(30)) == 0
    assert clock.publish_not_reported(on(200)) == 0


def stop(trial, people):
    body = {
        "main_reason": "too-few",
        "other_reasons": [],
        "words": "Three families in ten were at home.",
        "advise_another": "no",
        "advise_words": "",
    }
    stopping.ask_to_stop(public_id=trial.public_id, body=body, by=people["lead"], at=loop.NOW)
    stopping.decide_stop(
        public_id=trial.public_id, agreed=True, note="", by=people["manager"], at=loop.NOW
    )


def test_not_reported_publishes_itself_once_after_ninety_days_with_what_is_held(trial, client):
    assert clock.publish_not_reported(on(89)) == 0

    assert [clock.publish_not_reported(on(days)) for days in (90, 90, 91)] == [1, 0, 0]

    (event,) = [each for each in register.events(trial.public_id) if each.kind == "not-reported"]
    assert event.body["due"] == "2027-08-12"
    assert event.body["days_late"] == 90
    assert (event.body["enrolled"], event.body["measured"]) == (60, 0)
    assert [to for to, _ in letters("I")] == ["lead", "manager"]
    body = Notification.objects.filter(letter="I").first().body
    assert "60 enrolled, 0 measured" in body
    assert "You can still report; the record will be corrected, not erased." in body
    assert AuditEntry.objects.get(action="publish that nothing was reported").by is None
    page = client.get(f"/evidence/{trial.public_id}/").content.decode()
    assert "was not reported" in page


def test_trial_that_never_started_owes_a_result_too(people):
    trial = loop.registered(people, OWN)

    assert clock.publish_not_reported(on(90)) == 1
    assert register.record(trial.public_id).state == "not-reported"


def test_result_can_follow_a_not_reported_record_which_stays_in_the_history(trial, client):
    clock.publish_not_reported(on(90))
    evidence.append(trial.public_id, "result", bodies.result(), at=on(100))

    found = register.record(trial.public_id)
    assert (found.state, found.verdict) == ("reported", "worked")
    history = client.get(f"/evidence/{trial.public_id}/history/").content.decode()
    assert "Not reported" in history
    tracked = register.tracker(today=on(101).date())
    assert (tracked.due, tracked.missing) == (1, 0)


def test_pause_before_an_election_delays_what_publishes_itself_and_says_by_how_much(
    trial, people, council
):
    administrator = Person.objects.create(
        email="gareth@wrenmoor.example", name="Gareth", created_at=loop.NOW
    )
    Membership.objects.create(
        person=administrator, organisation=council, roles=["administrator"], created_at=loop.NOW
    )
    first, last = on(80).date(), on(99).date()
    set_pauses([(first, last, "Local elections")], by=administrator, at=loop.NOW)

    clock.remind_of_results(on(85))
    counts = [clock.publish_not_reported(on(days)) for days in (90, 100, 109, 110)]

    assert counts == [0, 0, 0, 1]
    body = Notification.objects.filter(letter="H").first().body
    assert body.endswith("Pauses before elections have delayed it by 6 days.")
    with pytest.raises(InputError) as refused:
        publish_result(public_id=trial.public_id, by=people["lead"], at=on(85))
    assert "Local elections" in refused.value.problems[0].what


def test_extending_the_end_moves_the_reminders_with_it(trial, people):
    dates = {**OWN["dates"], "end": "2027-06-13"}  # thirty days more
    loop.amending.amend_plan(
        public_id=trial.public_id,
        question="dates",
        body=dates,
        reason="The school term moved.",
        by=people["lead"],
        at=loop.later(20),
    )

    assert clock.remind_of_results(on(-30)) == 0
    assert clock.remind_of_results(on(0)) == 1
    assert "in 30 days" in letters("H")[0][1]


def test_team_is_told_when_measuring_opens_and_when_the_trial_has_ended(trial):
    days = itertools.chain(range(40), range(95, 110))
    for day in days:
        clock.tell_teams(loop.later(day))
        clock.tell_teams(loop.later(day))

    assert letters("H") == [
        ("analyst", f"Time to measure (Main): {trial.title}"),
        ("lead", f"Time to measure (Main): {trial.title}"),
        ("analyst", f"Ended: {trial.title}"),
        ("lead", f"Ended: {trial.title}"),
    ]


def test_a_hundred_trials_are_asked_of_in_few_queries(
    trial, people, django_assert_max_num_queries
):
    clock.remind_of_results(on(0))

    with django_assert_max_num_queries(4):
        clock.remind_of_results(on(1))


def test_files_are_forgotten_after_their_time_and_what_they_became_stays(
    trial, people, django_capture_on_commit_callbacks
):
    waiting = keep_upload(
        public_id=trial.public_id,
        kind="outcomes",
        file=ContentFile(b"id,fine\nF001,1\n", name="late.csv"),
        options={},
        by=people["lead"],
        at=loop.NOW,
    )
    unit = Unit.objects.first()
    UnitIdentity.objects.create(unit=unit, name="3 Heather Rise")
    loaded = Upload.objects.exclude(pk=waiting.pk).get()
    path = Path(loaded.file.path)
    stop(trial, people)

    assert forget(loop.later(29)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget(loop.later(31)) == 1
    assert not Path(waiting.file.path).exists()
    assert path.exists()
    assert forget(loop.later(91)) == 2
    assert forget(loop.later(92)) == 0
    assert not path.exists()
    assert not UnitIdentity.objects.exists()
    loaded.refresh_from_db()
    assert (loaded.filename, loaded.file.name) == ("families.csv", "")
    assert trial.units.count() == 60


def test_pause_says_when_publishing_goes_on_and_how_long_it_waits(trial, council):
    today = timezone.localdate()
    trial.ends_on = today - timedelta(days=20)
    council.settings = {"pauses": [_pause(today, 4)]}
    council.save()

    assert pause_problems(today - timedelta(days=5)) == []
    (problem,) = pause_problems(today)
    assert problem.what.endswith(": Local elections")
    assert days_paused(trial, today) == 10


def _pause(today, days):
    first, last = today - timedelta(days=days), today + timedelta(days=9 - days)
    return {"first": first.isoformat(), "last": last.isoformat(), "why": "Local elections"}
