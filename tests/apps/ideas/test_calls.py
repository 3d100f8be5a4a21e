"""Calls for ideas: opened, answered to, closed with what happened."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.apps.ideas.conftest import KIND, NOW, WORDS, reply
from trialogue.ideas import queries, services
from trialogue.ideas.models import Call, Idea
from trialogue.ideas.services import NewCall

TYPED = {
    "title": "What wastes your morning?",
    "question": "What do you do before midday that helps no resident?",
    "teams": "5",
    "pot": "250",
}


def at_noon():
    """Today, as the pages ask the clock for it."""
    return datetime.combine(timezone.localdate(), time(12), tzinfo=UTC)


def days(**named):
    return {
        f"{name}_{part}": str(getattr(day, part))
        for name, day in named.items()
        for part in ("day", "month", "year")
    }


@pytest.fixture
def as_manager(client, people):
    client.force_login(people["manager"])
    return client


@pytest.fixture
def call(people):
    """A call that is open today."""
    today = timezone.localdate()
    new = NewCall("Mornings", "What wastes them?", today, today, today + timedelta(days=30))
    return services.open_call(new, by=people["manager"], at=at_noon())


def page(client, name, *args):
    return client.get(reverse(f"ideas:{name}", args=args)).content.decode()


def test_a_manager_opens_a_call_on_its_page(as_manager):
    today = timezone.localdate()
    typed = TYPED | days(
        opens_on=today, closes_on=today + timedelta(days=7), answers_by=today + timedelta(days=30)
    )

    for _ in range(2):
        as_manager.post(reverse("ideas:open_call"), typed)

    call = Call.objects.get()
    assert (call.teams, call.pot_pence) == (5, 25000)
    shown = page(as_manager, "call", call.pk, call.slug)
    assert "Suggest for this call" in shown
    assert "5 teams" in shown
    assert "£250" in shown
    assert call.title in page(as_manager, "calls")
    assert call.title in as_manager.get("/").content.decode()


def test_a_call_says_all_that_it_still_needs(as_manager):
    empty = as_manager.post(reverse("ideas:open_call"), {}).content.decode()
    day = days(opens_on=date(2027, 3, 2), closes_on=date(2027, 3, 1), answers_by=date(2027, 2, 1))
    wrong = as_manager.post(reverse("ideas:open_call"), TYPED | day).content.decode()

    assert "Enter the day it closes" in empty
    assert "It closes before it opens" in wrong
    assert "The answers are due before it closes" in wrong
    assert not Call.objects.exists()


@pytest.mark.parametrize("who", [None, "other", "stand_in", "partner"])
def test_only_managers_and_administrators_open_and_close_calls(client, people, call, who):
    if who:
        client.force_login(people[who])

    for name, args in (("open_call", ()), ("close_call", (call.pk,))):
        status = client.get(reverse(f"ideas:{name}", args=args)).status_code
        assert status == (403 if who else 302)
    assert "Close this call" not in page(client, "call", call.pk, call.slug)


def test_an_idea_for_a_call_is_answered_by_its_day(client, people, call):
    client.force_login(people["author"])
    first = f"{reverse('ideas:problem')}?call={call.pk}"
    assert call.question in client.get(first).content.decode()

    words = {"title": WORDS.title, "problem": WORDS.problem, "proposal": WORDS.proposal}
    client.post(first, words)

    idea = Idea.objects.get()
    assert idea.call == call
    services.save_kind(idea.pk, KIND, by=people["author"], at=at_noon())
    sent = services.send(idea.pk, by=people["author"], at=at_noon())
    assert sent.answer_due_on == call.answers_by
    assert WORDS.title in page(client, "call", call.pk, call.slug)


def test_a_closed_call_says_what_happened_and_takes_no_more(client, people, call):
    client.force_login(people["manager"])
    address = reverse("ideas:close_call", args=[call.pk])
    assert "Enter what happened" in client.post(address, {"what_happened": ""}).content.decode()

    client.post(address, {"what_happened": "Five teams met."})

    shown = page(client, "call", call.pk, call.slug)
    assert "Five teams met." in shown
    assert "Closed" in shown
    assert "Suggest for this call" not in shown
    assert not queries.open_calls(timezone.localdate()).exists()
    late = services.suggest(WORDS, by=people["author"], at=at_noon(), call=call.pk)
    assert late.call is None


def test_a_call_that_opens_later_is_not_closed_before(people):
    soon = NOW.date() + timedelta(days=5)
    new = NewCall("Soon", "What?", soon, soon, soon)
    call = services.open_call(new, by=people["manager"], at=NOW)

    with pytest.raises(Exception, match="has not opened yet"):
        services.close_call(call.pk, what_happened="x", by=people["manager"], at=NOW)


def test_the_page_of_a_call_says_what_became_of_each_idea(client, people, call):
    draft = services.suggest(WORDS, by=people["author"], at=at_noon(), call=call.pk)
    services.save_kind(draft.pk, KIND, by=people["author"], at=at_noon())
    services.send(draft.pk, by=people["author"], at=at_noon())
    services.answer(draft.pk, reply(), by=people["manager"], at=at_noon())

    assert "no spare time this year" in page(client, "call", call.pk, call.slug)
    assert "1 idea, 1 answered" in page(client, "calls")
    moved = client.get(f"/ideas/calls/{call.pk}-old/")
    assert (moved.status_code, moved["Location"]) == (301, f"/ideas/calls/{call.pk}-mornings/")
    assert client.get("/ideas/calls/99-x/").status_code == 404
    file = client.get(f"/ideas/calls/{call.pk}-mornings/?format=csv").content.decode()
    assert WORDS.title in file


def test_pages_of_calls_ask_little_of_the_database(
    client, people, call, django_assert_max_num_queries
):
    for number in range(30):
        new = NewCall(f"Call {number}", "What?", NOW.date(), NOW.date(), NOW.date())
        services.open_call(new, by=people["manager"], at=NOW)
    client.force_login(people["manager"])
    client.get("/")

    for name, args in (("calls", ()), ("call", (call.pk, call.slug)), ("close_call", (call.pk,))):
        with django_assert_max_num_queries(12):
            assert client.get(reverse(f"ideas:{name}", args=args)).status_code == 200
