"""A large file in the worker, and what goes wrong there: nobody waits for ever."""

import logging

import pytest

from tests.apps.trials import loop, real
from tests.apps.trials.test_own_draw import OWN
from tests.apps.trials.test_pages import words
from trialogue.accounts.models import Work
from trialogue.trials.models import StagedMeasurement, StagedUnit, Upload
from trialogue.trials.services import analysis, forgetting, loading, measurement

ROWS = "".join(f"F{n},July\n" for n in range(30))


@pytest.fixture
def lead(client, people):
    client.force_login(people["lead"])
    return client


@pytest.fixture
def trial(people):
    return loop.registered(people, OWN)


@pytest.fixture
def in_the_worker(monkeypatch):
    monkeypatch.setattr(loading, "READ_AT_ONCE", 1)


def listed(tmp_path, people, trial):
    path = tmp_path / "list.csv"
    path.write_text("family,month\n" + ROWS)
    loop.listed(people, trial, path)
    return path


def sent(lead, trial, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("family,month\n" + ROWS)
    with path.open("rb") as file:
        return lead.post(f"/trials/{trial.public_id}/units/", {"file": file})


def test_a_fault_of_ours_ends_the_waiting_with_a_reference_that_the_log_has(
    lead, trial, tmp_path, in_the_worker, caplog
):
    work = sent(lead, trial, tmp_path)
    # As after a restore without the uploads: the file is gone.
    Upload.objects.get().file.storage.delete(Upload.objects.get().file.name)

    loop.run_waiting_tasks()

    page = words(lead.get(work.url))
    assert "It ended without its result" in page
    assert "Something went wrong at our end. Try again, or quote" in page
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert record.args[0] in page
    assert "FileNotFoundError" in caplog.text
    assert "FileNotFoundError" not in page
    assert not StagedUnit.objects.exists()


@pytest.mark.parametrize("how", ["stopped", "a fault"])
def test_a_reading_that_ended_early_leads_back_to_the_files_and_not_round_in_circles(
    lead, trial, tmp_path, in_the_worker, how
):
    work = sent(lead, trial, tmp_path)
    if how == "stopped":
        lead.post(work.url)
    else:
        Upload.objects.get().file.storage.delete(Upload.objects.get().file.name)
    loop.run_waiting_tasks()

    leads_to = Work.objects.get().leads_to
    assert f'href="{leads_to}"' in lead.get(work.url).content.decode()
    assert lead.get(leads_to).url == f"/trials/{trial.public_id}/units/"


def test_the_analysis_asked_for_twice_is_run_once_and_both_pages_lead_on(
    client, people, trial, tmp_path
):
    listed(tmp_path, people, trial)
    loop.placed(people, trial)
    outcomes = tmp_path / "outcomes.csv"
    code = real.LETTERS["outcomes"]["primary"]["code"]
    outcomes.write_text(f"family,{code}\n" + "".join(f"F{n},{n % 2}\n" for n in range(30)))
    loop.measured(people, trial, outcomes)
    client.force_login(people["analyst"])
    at = loop.later(120)
    analysis.lock_data(public_id=trial.public_id, by=people["analyst"], at=at, today=at.date())
    page = f"/trials/{trial.public_id}/analyse/"
    works = [client.post(page, {"act": "run"}).url for _ in range(2)]

    loop.run_waiting_tasks()

    assert trial.analyses.count() == 1
    assert [client.get(work).url for work in works] == [page, page]


def test_what_was_staged_goes_with_the_loading_or_the_next_day(people, trial, tmp_path):
    listed(tmp_path, people, trial)
    loop.placed(people, trial)
    assert not StagedUnit.objects.exists()
    outcomes = tmp_path / "outcomes.csv"
    code = real.LETTERS["outcomes"]["primary"]["code"]
    outcomes.write_text(f"family,{code}\n" + "".join(f"F{n},1\n" for n in range(30)))
    upload = loop.uploaded(people, trial, Upload.Kind.OUTCOMES, outcomes)
    # Killed between the loading and the clearing.
    measurement._load(str(upload.public_id), frozenset(), "", by=people["lead"], at=loop.NOW)
    assert StagedMeasurement.objects.count() == trial.measurements.count() == 30

    forgetting.forget(loop.NOW)

    assert not StagedMeasurement.objects.exists()
    assert trial.measurements.count() == 30
