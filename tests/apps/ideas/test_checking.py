"""Checking ideas and comments, appeals, and joining two ideas, on their pages."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.apps.ideas.conftest import KIND, NOW, WORDS
from trialogue.accounts.models import AuditEntry, Notification
from trialogue.ideas import queries, services
from trialogue.ideas.models import Comment, Idea, Merge
from trialogue.methods.problems import InputError

EVERYBODY = [None, "other", "stand_in", "partner", "author"]


def text(client, name, *args):
    return client.get(reverse(f"ideas:{name}", args=args)).content.decode()


def post(client, name, *args, **typed):
    return client.post(reverse(f"ideas:{name}", args=args), typed, follow=True).content.decode()


@pytest.fixture
def from_outside(people):
    """An idea that a resident confirmed and nobody has checked."""
    draft = services.suggest(WORDS, by=None, at=NOW)
    services.save_kind(draft.pk, KIND, by=None, at=NOW)
    services.ask_to_confirm(draft.pk, email="bea@home.example", name="Bea Lund", at=NOW)
    link = Notification.objects.get(letter="D").link
    return services.confirm(link.rstrip("/").rpartition("/")[2], at=NOW)


@pytest.fixture
def comment(people, idea):
    """A comment from outside the council."""
    return services.comment(idea.pk, kind="offer", text="I help", by=people["partner"], at=NOW)


@pytest.fixture
def as_manager(client, people):
    client.force_login(people["manager"])
    return client


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_managers_and_administrators_see_the_pages_of_checking(
    client, people, idea, comment, who
):
    if who:
        client.force_login(people[who])

    for name, args in (("moderate", (idea.pk,)), ("moderate_comment", (comment.pk,))):
        status = client.get(reverse(f"ideas:{name}", args=args)).status_code
        assert status in ((302,) if who is None else (403, 404)), name


def test_what_a_resident_sent_waits_for_the_manager_and_shows_once_checked(
    client, people, from_outside
):
    (task,) = queries.ideas_waiting_for(people["manager"])
    assert (task.words, task.due.isoformat()) == (f"Check the idea “{WORDS.title}”", "2027-04-16")
    assert client.get(reverse("ideas:idea", args=[from_outside.pk, "x"])).status_code == 404
    client.force_login(people["manager"])
    assert "Read it by 16 April 2027" in text(client, "moderate", from_outside.pk)

    for _ in range(2):
        assert "The idea shows" in post(client, "moderate", from_outside.pk, do="show")

    client.logout()
    assert WORDS.problem in text(client, "idea", from_outside.pk, from_outside.slug)
    assert AuditEntry.objects.filter(action="show an idea").count() == 1
    assert queries.ideas_waiting_for(people["manager"])[0].words.startswith("Answer the idea")


def test_hiding_needs_a_reason_and_changes_nothing_without(as_manager, idea):
    shown = post(as_manager, "moderate", idea.pk, do="hide", words="x")

    assert "Choose why it is hidden" in shown
    assert "<title>Error: " in shown
    assert Idea.objects.get().hidden_reason == ""


def test_the_author_of_a_hidden_idea_appeals_and_is_answered(as_manager, client, people, idea):
    post(as_manager, "moderate", idea.pk, do="hide", reason="advert", words="It names a shop.")
    letter = Notification.objects.get(letter="F")
    assert "It advertises something. It names a shop." in letter.body
    client.force_login(people["author"])
    assert "It names a shop." in text(client, "idea", idea.pk, idea.slug)
    assert "Enter why it should show" in post(client, "appeal", idea.pk, text="")
    for _ in range(2):
        sent = post(client, "appeal", idea.pk, text="It is the only shop")
    assert "Who checks ideas will read it" in sent

    client.force_login(people["manager"])
    tasks = [task.words for task in queries.ideas_waiting_for(people["manager"])]
    assert tasks == [f"Answer an appeal on “{WORDS.title}”"]
    assert "It is the only shop" in text(client, "moderate", idea.pk)
    assert "Enter why it stays hidden" in post(client, "moderate", idea.pk, do="keep", why="")
    post(client, "moderate", idea.pk, do="keep", why="Write “a shop”.")

    assert "stays hidden" in Notification.objects.filter(letter="F").latest("pk").subject
    assert not queries.ideas_waiting_for(people["manager"])
    client.force_login(people["author"])
    assert "Write “a shop”." in text(client, "appeal", idea.pk)
    with pytest.raises(InputError, match="answered already"):
        services.appeal(idea.pk, text="Once more", by=people["author"], at=NOW)

    services.show(idea.pk, by=people["manager"], at=NOW)
    assert "not hidden" in text(client, "appeal", idea.pk)


def test_a_resident_without_an_account_appeals_from_the_e_mail(client, people, from_outside):
    services.hide(from_outside.pk, reason="subject", words="", by=people["manager"], at=NOW)
    link = urlsplit(Notification.objects.filter(letter="F").latest("pk").link).path
    assert "It is hidden" in client.get(link).content.decode()

    client.post(link, {"text": "It is about our bins"})

    assert Idea.objects.get().appeal == "It is about our bins"
    assert client.get(f"{link[:-2]}x/").status_code == 404


@pytest.mark.parametrize("who", [None, "other", "manager", "administrator"])
def test_nobody_appeals_for_another(client, people, idea, comment, who):
    if who:
        client.force_login(people[who])

    assert client.get(reverse("ideas:appeal", args=[idea.pk])).status_code == 404
    address = reverse("ideas:appeal_comment", args=[comment.pk])
    assert client.get(address).status_code == (404 if who else 302)


def test_a_comment_is_checked_hidden_appealed_and_shown_again(as_manager, client, people, comment):
    address = (comment.pk,)
    assert [task.words for task in queries.ideas_waiting_for(people["manager"])][1:] == [
        f"Check a comment on “{WORDS.title}”"
    ]
    assert "Choose why it is hidden" in post(as_manager, "moderate_comment", *address, do="hide")
    post(as_manager, "moderate_comment", *address, do="hide", reason="abuse", words="")
    client.force_login(people["partner"])
    assert "Send appeal" in text(client, "appeal_comment", *address)
    post(client, "appeal_comment", *address, text="I meant it kindly")

    client.force_login(people["manager"])
    assert "I meant it kindly" in text(client, "moderate_comment", *address)
    for _ in range(2):
        post(client, "moderate_comment", *address, do="show")

    shown = Comment.objects.get()
    assert (shown.hidden_reason, shown.appeal) == ("", "")
    assert AuditEntry.objects.filter(action="show a comment").count() == 1
    client.logout()
    assert "I help" in text(client, "idea", comment.idea_id, comment.idea.slug)


def test_an_appeal_on_a_comment_can_be_refused_with_a_reason(as_manager, client, people, comment):
    address = (comment.pk,)
    services.hide_comment(comment.pk, reason="abuse", words="", by=people["manager"], at=NOW)
    services.appeal_comment(comment.pk, text="No", by=people["partner"], at=NOW)

    assert "Enter why it stays hidden" in post(as_manager, "moderate_comment", *address, do="keep")
    post(as_manager, "moderate_comment", *address, do="keep", why="It names a neighbour")

    assert Comment.objects.get().appeal_answer == "It names a neighbour"


def test_two_ideas_are_joined_on_the_page_and_the_reader_is_led_on(as_manager, people, idea):
    second = services.suggest(replace(WORDS, title="Bins by text"), by=people["other"], at=NOW)
    services.save_kind(second.pk, KIND, by=people["other"], at=NOW)
    second = services.send(second.pk, by=people["other"], at=NOW)
    assert "Choose an idea" in post(as_manager, "moderate", second.pk, do="join", into="")

    assert idea.title in text(as_manager, "moderate", second.pk)

    post(as_manager, "moderate", second.pk, do="join", into=str(idea.pk))

    assert Merge.objects.get().into == idea
    shown = text(as_manager, "idea", second.pk, second.slug)
    assert "support that one and add a detail" in shown
    assert reverse("ideas:idea", args=[idea.pk, idea.slug]) in shown
    assert "Support this idea" not in shown


def test_an_idea_that_says_something_else_is_joined_by_its_address(as_manager, people, idea):
    words = replace(
        WORDS, title="Swim at dawn", problem="The pool is closed.", proposal="Open it."
    )
    second = services.suggest(words, by=people["other"], at=NOW)
    services.save_kind(second.pk, KIND, by=people["other"], at=NOW)
    services.send(second.pk, by=people["other"], at=NOW)
    assert idea.title not in text(as_manager, "moderate", second.pk)
    asked = {"do": "join", "into": "another"}
    refused = post(as_manager, "moderate", second.pk, **asked, address="the one on bins")
    assert "Enter the address of an idea" in refused

    address = reverse("ideas:idea", args=[idea.pk, idea.slug])
    post(as_manager, "moderate", second.pk, **asked, address=f"http://testserver{address}")

    assert Merge.objects.get().into == idea


def test_hidden_ideas_ask_nobody_for_an_answer(people, idea):
    services.hide(idea.pk, reason="abuse", words="", by=people["manager"], at=NOW)
    later = NOW.replace(month=9)

    assert queries.ideas_waiting_for(people["manager"]) == ()
    assert services.remind_and_mark_late(later) == 0


def test_pages_of_checking_ask_little_of_the_database(
    as_manager, people, idea, comment, django_assert_max_num_queries
):
    for number in range(30):
        services.comment(idea.pk, kind="detail", text=f"{number}", by=people["other"], at=NOW)
    as_manager.get("/")

    for name, args in (("moderate", (idea.pk,)), ("moderate_comment", (comment.pk,))):
        with django_assert_max_num_queries(12):
            assert as_manager.get(reverse(f"ideas:{name}", args=args)).status_code == 200
