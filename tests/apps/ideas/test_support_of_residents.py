"""Support from somebody without an account: an address, a link, one press, counted once."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from tests.apps.ideas.conftest import NOW
from trialogue.accounts.models import Notification, Person
from trialogue.ideas import services
from trialogue.ideas.models import Idea, Support, SupportAsked
from trialogue.methods.problems import InputError

BEA = "bea@home.example"


def ask(idea, email=BEA, came_from="here", at=NOW):
    services.ask_to_support(idea.pk, email=email, came_from=came_from, at=at)


def letters(email=BEA):
    return Notification.objects.filter(to_email=email, letter="D").order_by("pk")


def token_of(letter):
    return letter.link.rstrip("/").rpartition("/")[2]


def test_a_resident_supports_an_idea_from_its_page_and_counts_once(client, idea):
    page = client.get(reverse("ideas:idea", args=[idea.pk, idea.slug])).content.decode()
    assert reverse("ideas:support", args=[idea.pk]) in page

    for _ in range(2):
        said = client.post(reverse("ideas:support", args=[idea.pk]), {"email": BEA})
        assert "We sent a link to this address" in said.content.decode()
    letter = letters().get()  # the second is the same within ten minutes
    link = letter.link[letter.link.index("/ideas/support/") :]

    assert "Confirm your support" in client.get(link).content.decode()
    assert not Support.objects.exists()  # a mail scanner opens links: opening one counts nothing
    assert "Your support counts" in client.post(link).content.decode()
    assert "This link was used" in client.post(link).content.decode()

    support = Support.objects.get()
    assert (support.idea, support.staff) == (idea, False)
    assert not support.person.has_usable_password()
    assert not SupportAsked.objects.exists()
    page = client.get(reverse("ideas:idea", args=[idea.pk, idea.slug])).content.decode()
    assert "public 1" in page
    assert BEA not in page


def test_two_links_to_one_address_count_once(idea):
    ask(idea)
    ask(idea, email=BEA.upper(), at=NOW + timedelta(minutes=20))
    first, second = letters()
    services.confirm_support(token_of(second), at=NOW + timedelta(minutes=30))

    with pytest.raises(Http404):
        services.confirm_support(token_of(first), at=NOW + timedelta(minutes=31))

    ask(idea, at=NOW + timedelta(hours=3))
    services.confirm_support(token_of(letters().last()), at=NOW + timedelta(hours=4))
    assert Support.objects.count() == 1


def test_somebody_with_an_account_counts_as_who_they_are(idea, people):
    ask(idea, email=people["other"].email)
    services.confirm_support(token_of(letters(people["other"].email).get()), at=NOW)
    services.support(idea.pk, by=people["other"], at=NOW)

    support = Support.objects.get()
    assert (support.person, support.staff) == (people["other"], True)


def test_a_program_that_fills_the_hidden_box_is_sent_nothing_and_not_told(client, idea):
    address = reverse("ideas:support", args=[idea.pk])

    said = client.post(address, {"email": BEA, "website": "http://spam.example"})

    assert "We sent a link" in said.content.decode()
    assert not letters().exists()


def test_one_place_asks_ten_times_an_hour_at_most(idea):
    for number in range(10):
        ask(idea, email=f"resident{number}@home.example")

    with pytest.raises(InputError, match="wait an hour"):
        ask(idea)
    ask(idea, came_from="elsewhere")
    ask(idea, email="late@home.example", at=NOW + timedelta(minutes=61))

    assert letters().count() == letters("late@home.example").count() == 1


def test_a_mailbox_is_not_flooded_from_many_places(idea):
    for number in range(9):
        ask(idea, came_from=f"place {number}", at=NOW + timedelta(minutes=11 * number / 2))

    assert letters().count() == 3


def test_an_address_that_is_none_is_named(client, idea):
    said = client.post(reverse("ideas:support", args=[idea.pk]), {"email": "bea"})

    assert "Enter an e-mail address like name@example.org" in said.content.decode()


def test_a_link_ends_after_seven_days_and_its_address_with_it(idea):
    ask(idea)

    with pytest.raises(Http404):
        services.confirm_support(token_of(letters().get()), at=NOW + timedelta(days=8))
    assert services.forget_unconfirmed(NOW + timedelta(days=8)) == 1
    assert not SupportAsked.objects.exists()
    assert not Person.objects.filter(email=BEA).exists()


def test_an_idea_that_the_public_does_not_see_takes_no_support(client, idea):
    Idea.objects.filter(pk=idea.pk).update(hidden_reason="abuse")

    assert client.get(reverse("ideas:support", args=[idea.pk])).status_code == 404
    with pytest.raises(Http404):
        ask(idea)


def test_a_joined_idea_sends_on_to_where_it_lives(client, idea):
    Idea.objects.filter(pk=idea.pk).update(
        status="answered", answer="merged", answer_reason="The same", answered_at=NOW
    )

    page = client.get(reverse("ideas:support", args=[idea.pk]))

    assert page.url == reverse("ideas:idea", args=[idea.pk, idea.slug])
    with pytest.raises(InputError, match="joined with another"):
        ask(idea)


def test_a_link_to_an_idea_that_was_hidden_since_finds_nothing(client, idea):
    client.post(reverse("ideas:support", args=[idea.pk]), {"email": BEA})
    link = letters().get().link
    Idea.objects.filter(pk=idea.pk).update(checked_at=None)

    assert client.post(link[link.index("/ideas/support/") :]).status_code == 404
    assert not Support.objects.exists()
