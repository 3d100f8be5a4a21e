"""From an idea to its trial, and back what became of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.evidence import bodies
from tests.apps.ideas.conftest import KIND, NOW, WORDS, reply
from tests.apps.trials import loop
from trialogue.accounts.models import Notification
from trialogue.evidence import services as evidence
from trialogue.ideas import queries, services
from trialogue.ideas.models import Idea
from trialogue.ideas.services import Words
from trialogue.methods.problems import InputError
from trialogue.trials.models import Trial
from trialogue.trials.queries.trials import draft_of, hash_of_draft, roles_in_trial
from trialogue.trials.services import planning, registration, stopping
from trialogue.trials.services.telling import claimed_by_idea, tell_ended

STOP = {
    "main_reason": "partner-withdrew",
    "other_reasons": [],
    "words": "The firm stopped.",
    "advise_another": "no",
    "advise_words": "",
}


@pytest.fixture
def to_try(idea, people):
    """An idea that is to be tried, with its lead named."""
    answer = reply("trial", "Worth knowing", lead=people["other"].public_id)
    return services.answer(idea.pk, answer, by=people["manager"], at=NOW)


def begin(idea, by, **more):
    return planning.begin_trial(
        title=WORDS.title, query="", going_ahead="nobody close", why="", by=by, at=NOW,
        idea=idea.pk, **more,
    )  # fmt: skip


def state_of(idea):
    idea.refresh_from_db()
    return idea.trial_state


def test_the_lead_plans_the_trial_with_the_words_of_the_idea(client, people, to_try):
    client.force_login(people["other"])
    address = f"{reverse('trials:new')}?idea={to_try.pk}"
    assert (f"Plan the trial of “{WORDS.title}”", address) in [
        (task.words, task.path) for task in queries.ideas_waiting_for(people["other"])
    ]
    page = client.get(reverse("ideas:idea", args=[to_try.pk, to_try.slug])).content.decode()
    assert "Plan this trial" in page
    gate = client.get(address).content.decode()
    assert WORDS.problem in gate
    assert "Why do you go ahead?" in gate

    typed = {"step": "decide", "idea": to_try.pk, "title": WORDS.title, "why": ""}
    refused = client.post(address, typed).content.decode()
    assert "Choose why you go ahead" in refused
    client.post(address, typed | {"going_ahead": "nobody close"})

    trial = Trial.objects.get()
    question = draft_of(trial)["question"]
    assert (trial.idea, question["title"]) == (to_try.pk, WORDS.title)
    assert (question["problem"], question["summary"]) == (WORDS.problem, WORDS.proposal)
    assert WORDS.proposal in trial.similar["query"]
    assert "lead" in roles_in_trial(people["other"], trial.public_id)
    assert state_of(to_try) == "planning"
    assert queries.ideas_waiting_for(people["other"]) == ()
    plan = client.get(reverse("trials:question", args=[trial.public_id, "question"]))
    assert WORDS.problem in plan.content.decode()


def test_a_manager_who_begins_the_plan_leaves_the_lead_to_who_was_named(people, to_try):
    trial = begin(to_try, people["manager"])

    assert "lead" in roles_in_trial(people["other"], trial.public_id)
    assert "lead" not in roles_in_trial(people["manager"], trial.public_id)


def test_an_idea_has_one_trial_at_a_time(people, to_try):
    begin(to_try, people["other"])

    with pytest.raises(InputError, match="has a trial already"):
        begin(to_try, people["other"])
    assert Trial.objects.count() == 1


def test_only_the_lead_and_managers_plan_the_trial_of_an_idea(people, to_try):
    with pytest.raises(InputError, match="Tom Okafor leads"):
        begin(to_try, people["author"])


def test_an_idea_that_was_not_answered_so_has_no_trial(people, idea):
    with pytest.raises(InputError, match="was not answered"):
        begin(idea, people["other"])


def test_the_list_says_what_the_trial_found_and_what_would_settle_it(client, to_try):
    told = {"idea": to_try.pk, "public_id": "EC-0123456789T", "at": NOW}
    settles = "about 315 more households in each group would settle it"
    services.note_trial(**told, state="reported", verdict="too_small_to_tell", settles=settles)

    page = client.get(reverse("ideas:ideas")).content.decode()

    assert "Trial reported: too small to tell" in page
    assert f"answered; {settles}" in page


def test_the_idea_hears_how_far_its_trial_is(people, to_try, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    people["lead"] = people["other"]
    small = {"by": [], "method": "complete", "block": 0}
    trial = begin(to_try, people["lead"], answers=bodies.plan(strata=small))
    ask = {"public_id": trial.public_id, "at": bodies.NOW, "today": bodies.NOW.date()}
    planning.ask_for_sign_off(by=people["lead"], **ask)
    planning.sign_off_plan(
        public_id=trial.public_id, document_hash=hash_of_draft(draft_of(trial)), agreed=True,
        note="", by=people["manager"], at=bodies.NOW,
    )  # fmt: skip
    registration.register_trial(by=people["lead"], **ask)
    assert state_of(to_try) == "registered"
    arm = bodies.plan()["size"]["clusters_per_arm"]
    assert to_try.trial_settles == f"about {2 * arm:,} households would settle it"

    homes = "\n".join(["household", *(f"B-{number}" for number in range(40))])
    path = tmp_path / "list.csv"
    path.write_text(homes)
    loop.listed(people, trial, path, at=bodies.NOW)
    loop.placed(people, trial, at=bodies.NOW)
    assert state_of(to_try) == "running"

    assert tell_ended(bodies.NOW + timedelta(days=200)) == 1
    assert state_of(to_try) == "ended"
    noted = to_try.trial_noted_at
    tell_ended(bodies.NOW + timedelta(days=201))
    assert (state_of(to_try), to_try.trial_noted_at) == ("ended", noted)

    Trial.objects.filter(pk=trial.pk).update(ends_on=bodies.NOW.date() + timedelta(days=90))
    stopping.ask_to_stop(public_id=trial.public_id, body=STOP, by=people["lead"], at=bodies.NOW)
    stopping.decide_stop(
        public_id=trial.public_id, agreed=True, note="", by=people["manager"], at=bodies.NOW
    )
    assert state_of(to_try) == "stopped"
    assert str(queries.funnel()) == "Of 1 idea, 1 answered, 1 tried, 0 reported."
    assert begin(to_try, people["lead"]).public_id != trial.public_id


def test_what_an_idea_claimed_stands_beside_what_its_trial_comes_to(client, to_try, trial):
    Idea.objects.filter(pk=to_try.pk).update(minutes_low=720, minutes_high=1_200)
    claimed = claimed_by_idea(Trial(idea=to_try.pk))
    assert claimed == {"hours": "12 to 20 hours a month", "pounds": "not known"}
    released = {
        "a_month": 1_600,
        "pounds": {"estimate": -48.0, "low": -48.0, "high": -48.0},
        "hours": {"estimate": 32.0, "low": 32.0, "high": 32.0},
    }
    arm = {"arm": "text", "set_up": None, "released": released, "payers": [], "worth": None}
    cost = {"sentences": [], "claimed": claimed, "arms": [arm]}
    evidence.append(trial, "list", bodies.units_list(), at=bodies.NOW)
    evidence.append(trial, "started", bodies.started(), at=bodies.NOW)
    evidence.append(trial, "result", bodies.result(cost=cost), at=bodies.later(200))
    services.note_trial(
        idea=to_try.pk, public_id=trial, state="reported", verdict="worked", settles="",
        at=bodies.later(200),
    )  # fmt: skip

    address = reverse("ideas:idea", args=[to_try.pk, to_try.slug])
    for page in (client.get(address), client.get(reverse("evidence:trial", args=[trial]))):
        text = page.content.decode()
        assert "12 to 20 hours a month" in text
        assert "It releases 32 hours a month." in text
        assert "Not known" in text
        assert "It takes £576 more a year." in text
        assert "Nobody timed each one." in text


def test_new_evidence_wakes_an_idea_put_aside_for_it_once(people, trial):
    words = Words(
        title="A text reminder for missed collections",
        problem="Households miss their bulky collection",
        proposal="Send a text the evening before the collection",
    )
    draft = services.suggest(words, by=people["author"], at=NOW)
    services.save_kind(draft.pk, KIND, by=people["author"], at=NOW)
    idea = services.send(draft.pk, by=people["author"], at=NOW)
    answer = reply("not now", "Nobody knows", wake="evidence", wake_words="A fair test")
    services.answer(idea.pk, answer, by=people["manager"], at=bodies.NOW)
    assert services.wake_by_evidence(bodies.NOW) == 0

    evidence.append(trial, "list", bodies.units_list(), at=bodies.NOW)
    evidence.append(trial, "started", bodies.started(), at=bodies.NOW)
    evidence.append(trial, "result", bodies.result(), at=bodies.later(200))

    assert services.wake_by_evidence(bodies.later(201)) == 1
    assert services.wake_by_evidence(bodies.later(202)) == 0
    letters = Notification.objects.filter(letter="O")
    assert {letter.person for letter in letters} == {people["author"], people["manager"]}
    assert "Worked" in letters[0].body
