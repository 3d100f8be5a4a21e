"""A trial that could not settle it leads on to one like it."""

import pytest

from tests.apps.site.words import text_of
from tests.apps.trials import loop, real
from trialogue.methods.problems import InputError
from trialogue.trials.queries.trials import draft_of
from trialogue.trials.services import planning


def begun_like(people, code):
    return planning.begin_trial(
        title="Letters, once more",
        query="letters",
        going_ahead="too small",
        why="",
        starter=code,
        by=people["analyst"],
        at=loop.NOW,
    )


def test_a_plan_begins_from_a_public_trial_without_its_dates_people_and_draw(people):
    first = loop.registered(people, real.LETTERS)
    draft = draft_of(begun_like(people, first.public_id))

    assert set(draft) == set(real.LETTERS) - {"dates", "team"}
    assert draft["question"]["title"] == "Letters, once more"
    assert draft["question"]["replication_of"] == first.public_id
    assert draft["outcomes"] == real.LETTERS["outcomes"]
    assert (draft["strata"]["method"], draft["strata"]["drawn_by"]) == ("complete", "")


@pytest.mark.parametrize("code", ["EC-0000000000", "nothing", "EC-\0"])
def test_what_is_not_public_cannot_be_copied(people, code):
    with pytest.raises(InputError, match="no such plan"):
        begun_like(people, code)


def test_the_gate_carries_the_trial_to_be_repeated(client, people):
    first = loop.registered(people, real.LETTERS)
    draft = loop.begun(people, real.LETTERS)
    client.force_login(people["member"])
    page = client.get(f"/trials/new/?starter={first.public_id}").content.decode()

    assert f'name="starter" value="{first.public_id}"' in page
    assert (
        draft.public_id
        not in client.get(f"/trials/new/?starter={draft.public_id}").content.decode()
    )
    public = client.get(f"/evidence/{first.public_id}/")
    assert "Start a trial like this" not in text_of(public)
