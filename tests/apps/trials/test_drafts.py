"""A draft plan that its team opens for comments: who reads it, who says what, until when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from tests.apps.site.words import text_of
from tests.apps.trials import loop
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts.models import AuditEntry, Membership, Notification, Organisation, Person
from trialogue.ideas.models import Comment, OpenDraft
from trialogue.methods.problems import InputError
from trialogue.trials.queries.lists import count_waiting_for, waiting_for
from trialogue.trials.services import drafts

NOW = datetime.now(UTC)  # noqa: TID251  pages ask the clock, so the days are of today
TODAY = timezone.localtime(NOW).date()
DAY = timedelta(days=1)


@pytest.fixture
def partner(council):
    made = Person.objects.create(email="lee@mail.example", name="Lee Marsh", created_at=NOW)
    mail = Organisation.objects.create(name="Mail", slug="mail", kind="partner", created_at=NOW)
    Membership.objects.create(person=made, organisation=mail, roles=[], created_at=NOW)
    return made


@pytest.fixture
def people(people, partner):
    return people | {"partner": partner}


@pytest.fixture
def trial(people):
    return loop.begun(people, OWN)


def open_until(people, trial, until, *, by="lead", today=TODAY):
    drafts.open_for_comments(
        public_id=trial.public_id, until=until, by=people[by], at=NOW, today=today
    )


def said(people, trial, text="Ask the schools too", *, by="member", kind="detail", today=TODAY):
    drafts.comment(
        public_id=trial.public_id, kind=kind, text=text, by=people[by], at=NOW, today=today
    )
    return Comment.objects.get(text=text)


def statuses(client, people, trial):
    """How the page of the draft answers the signed out, a partner, a colleague and the lead."""
    found = []
    for who in (None, "partner", "member", "lead"):
        client.logout()
        if who:
            client.force_login(people[who])
        found.append(client.get(f"/trials/{trial.public_id}/draft/").status_code)
    return found


def test_a_draft_is_read_by_whoever_signs_in_while_it_is_open(client, people, trial):
    never = statuses(client, people, trial)
    open_until(people, trial, TODAY)
    opened = statuses(client, people, trial)
    said(people, trial, by="member")
    OpenDraft.objects.update(until=TODAY - DAY)
    closed = statuses(client, people, trial)

    assert never == [302, 404, 404, 200]
    assert opened == [302, 200, 200, 200]
    assert closed == [302, 404, 200, 200]  # the colleague said something, and reads the answer


def test_an_open_draft_says_that_nobody_has_agreed_to_it_and_shows_no_way_to_change_it(
    client, people, trial
):
    open_until(people, trial, TODAY + DAY)
    client.force_login(people["partner"])

    page = client.get(f"/trials/{trial.public_id}/draft/").content.decode()

    assert "Draft, not yet agreed" in page
    assert "Then this page closes" in page
    assert OWN["question"]["problem"] in page
    assert "/plan/" not in page
    for other in ("", "plan/check/", "plan/arms/", "team/"):
        assert client.get(f"/trials/{trial.public_id}/{other}").status_code == 404


def test_once_the_plan_is_registered_the_draft_leads_to_the_register(client, people):
    trial = loop.registered(people, OWN)
    client.force_login(people["partner"])

    page = client.get(f"/trials/{trial.public_id}/draft/")
    with pytest.raises(InputError, match="registered and public"):
        open_until(people, trial, TODAY)

    assert page.headers["Location"] == f"/evidence/{trial.public_id}/"


@pytest.mark.parametrize("who", ["member", "manager", "safety", "partner"])
def test_only_the_team_opens_a_draft_and_answers(people, trial, who):
    with pytest.raises((PermissionDenied, Http404)):
        open_until(people, trial, TODAY, by=who)
    open_until(people, trial, TODAY)
    comment = said(people, trial, by="partner")

    with pytest.raises((PermissionDenied, Http404)):
        drafts.answer_comment(
            public_id=trial.public_id, comment=comment.pk, text="Yes", by=people[who], at=NOW
        )


def test_a_day_that_has_passed_opens_nothing_and_the_same_day_twice_is_once(people, trial):
    with pytest.raises(InputError, match="The last day has passed"):
        open_until(people, trial, TODAY - DAY)
    assert not OpenDraft.objects.exists()

    for _ in range(2):
        open_until(people, trial, TODAY + DAY)

    assert AuditEntry.objects.filter(action="open the draft for comments").count() == 1


def test_comments_follow_the_rules_of_those_on_ideas(client, people, trial):
    open_until(people, trial, TODAY)
    with pytest.raises(InputError, match='"Mrs Jones" may identify a person'):
        said(people, trial, "Mrs Jones knows")
    for _ in range(2):
        outside = said(people, trial, "We can bring them along", by="partner")
    client.force_login(people["lead"])
    before = text_of(client.get(f"/trials/{trial.public_id}/plan/check/"))
    assert outside.text not in before

    client.force_login(people["manager"])
    waits = waiting_for(people["manager"], today=TODAY)
    assert [one.words for one in waits] == [f"Check a comment on the draft of “{trial.title}”"]
    page = client.get(waits[0].path).content.decode()
    assert f"/ideas/comments/{outside.pk}/" in page
    client.post(f"/ideas/comments/{outside.pk}/", {"do": "show"})

    client.force_login(people["lead"])
    after = text_of(client.get(f"/trials/{trial.public_id}/plan/check/"))
    assert "We can bring them along" in after
    assert "Lee Marsh" not in after  # from outside the council: no name
    actions = AuditEntry.objects.filter(thing=trial.public_id).values_list("action", flat=True)
    assert [one for one in actions.order_by("pk") if one.endswith(("draft", "comment"))] == [
        "comment on a draft",
        "show a comment",
    ]


def test_a_hidden_comment_tells_its_writer_who_appeals_on_a_page_of_their_own(
    client, people, trial
):
    open_until(people, trial, TODAY)
    comment = said(people, trial, by="partner")
    client.force_login(people["manager"])
    client.post(
        f"/ideas/comments/{comment.pk}/", {"do": "hide", "reason": "advert", "words": "No prices"}
    )
    letter = Notification.objects.get(person=people["partner"])

    client.force_login(people["partner"])
    assert f"/ideas/comments/{comment.pk}/appeal/" in client.get(letter.link).content.decode()
    page = client.post(
        f"/ideas/comments/{comment.pk}/appeal/", {"text": "It is free"}, follow=True
    )

    assert "You said: It is free" in text_of(page)
    assert count_waiting_for(people["manager"]) == 1


def test_nobody_comments_on_a_draft_that_closed(client, people, trial):
    open_until(people, trial, TODAY)
    said(people, trial)
    OpenDraft.objects.update(until=TODAY - DAY)
    client.force_login(people["member"])

    page = client.post(
        f"/trials/{trial.public_id}/draft/", {"kind": "detail", "text": "One thing more"}
    )

    assert "Comments on this draft are closed" in text_of(page)
    assert Comment.objects.count() == 1


def test_the_team_answers_and_the_writer_is_told_once(client, people, trial):
    open_until(people, trial, TODAY)
    comment = said(people, trial)
    before = count_waiting_for(people["lead"])
    assert f"Answer a comment on the draft of “{trial.title}”" in [
        one.words for one in waiting_for(people["lead"], today=TODAY)
    ]

    client.force_login(people["lead"])
    for _ in range(2):
        address = f"/trials/{trial.public_id}/plan/comments/{comment.pk}/"
        page = client.post(address, {"text": "We will ask them"}, follow=True)

    assert "We will ask them" in text_of(page)
    assert count_waiting_for(people["lead"]) == before - 1
    letter = Notification.objects.get(person=people["member"])
    assert (letter.body, letter.link) == (
        "We will ask them",
        f"/trials/{trial.public_id}/draft/",
    )
    client.force_login(people["member"])
    assert "Tom Okafor answers: We will ask them" in text_of(client.get(letter.link))


def test_a_comment_is_answered_at_its_own_trial_alone(client, people, trial):
    open_until(people, trial, TODAY)
    comment = said(people, trial)
    other = loop.begun(people, OWN)
    client.force_login(people["lead"])

    page = client.post(f"/trials/{other.public_id}/plan/comments/{comment.pk}/", {"text": "Yes"})

    assert page.status_code == 404


def test_the_page_that_checks_a_plan_asks_little_however_much_was_said(
    client, people, trial, django_assert_max_num_queries
):
    open_until(people, trial, TODAY)
    for number in range(30):
        said(people, trial, f"Thing {number}")
    client.force_login(people["manager"])
    client.get("/about/")

    for address in ("plan/check/", "draft/"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/trials/{trial.public_id}/{address}").status_code == 200


def test_a_comment_is_on_one_thing(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.create(kind="detail", text="On nothing", by=people["member"], at=NOW)
