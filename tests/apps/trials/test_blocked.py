"""What keeps a result from being published, and how the page says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.apps.site.words import text_of
from tests.apps.trials import loop, real
from trialogue.methods.problems import InputError
from trialogue.trials.services import publishing

ARMS = ("usual", "open letter", "dated letter")


def analysed(people, path, events):
    """A past trial of 40 families in each group, of whom so many renewed."""
    rows = [f"F{n:03d},July,{ARMS[n % 3]},{int(n // 3 < events[n % 3])}\n" for n in range(120)]
    path.write_text("family,month,arm,recertified\n" + "".join(rows))
    trial = loop.registered(people, real.LETTERS)
    loop.listed(people, trial, path)
    loop.measured(people, trial, path)
    trial.refresh_from_db()
    loop.analysed(people, trial)
    return trial


def publish_page(client, people, trial):
    client.force_login(people["lead"])
    return text_of(client.get(f"/trials/{trial.public_id}/publish/"))


def test_a_count_that_may_tell_who_somebody_is_blocks_the_result_and_says_which(
    client, people, tmp_path
):
    trial = analysed(people, tmp_path / "few.csv", (2, 20, 20))
    publishing.save_story(
        public_id=trial.public_id, body=real.STORY, based_on=0, by=people["lead"], at=loop.NOW
    )
    page = publish_page(client, people, trial)

    assert "These counts are so small that they may tell who somebody is" in page
    assert "Usual" in page.partition("so small")[2][:200]
    assert "It cannot be published until small numbers are protected" in page
    assert "Cannot start yet: finish the list above" in page
    with pytest.raises(InputError):
        publishing.publish_result(public_id=trial.public_id, by=people["lead"], at=loop.NOW)
    assert client.get(f"/evidence/{trial.public_id}/counts.csv").status_code == 404


def test_counts_that_are_large_enough_block_nothing(client, people, tmp_path):
    trial = analysed(people, tmp_path / "many.csv", (15, 20, 20))

    assert "so small" not in publish_page(client, people, trial)


def test_the_page_says_what_pauses_the_result_until_when_and_for_how_long(
    client, people, council, tmp_path
):
    trial = analysed(people, tmp_path / "many.csv", (15, 20, 20))
    today = timezone.localdate()
    first, last = (today + timedelta(days=days) for days in (-2, 7))
    council.settings = {
        "pauses": [
            {"first": first.isoformat(), "last": last.isoformat(), "why": "Local elections"}
        ]
    }
    council.save()

    page = publish_page(client, people, trial)

    assert "Local elections" in page
    assert "It delays the result by 10 days" in page
