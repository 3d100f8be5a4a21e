"""The first page, and the page of what waits for a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.apps.conftest import NOW
from tests.apps.evidence import bodies, stories
from tests.apps.site.words import text_of
from tests.apps.trials import loop
from tests.apps.trials.test_own_draw import OWN
from trialogue.accounts import services
from trialogue.accounts.models import Person
from trialogue.ideas.models import Call, Idea
from trialogue.methods.verdicts import due_date, words_we_avoid
from trialogue.site import queries
from trialogue.trials.models import Trial


def test_a_new_council_reads_what_the_page_is_for(client, council):
    page = text_of(client.get("/"))

    assert "Small fair trials in Wrenmoor Borough Council" in page
    assert "None due yet" in page
    assert "No results yet" in page
    assert words_we_avoid(page) == ()


def test_before_there_is_a_council_the_page_stands(client, db):
    assert "Small fair trials" in text_of(client.get("/"))


def test_figures_stand_with_their_counts_and_results_by_their_verdict(client, council):
    stories.reported()
    stories.register(*stories.started(), ("stopped", bodies.stopped()))
    page = client.get("/")

    # The trials of the stories end and are due in 2027: nothing is late before that.
    assert "results reported, of those due" in text_of(page)
    assert "Worked" in text_of(page)
    assert "Stopped early" in text_of(page)
    assert page.content.decode().count('class="app-card"') == 2


def test_five_results_are_shown_however_many_there_are(
    client, council, django_assert_max_num_queries
):
    for _ in range(7):
        stories.reported()

    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()

    assert page.count('class="app-card"') == 5


def test_nothing_waits_for_someone_new(client, person):
    client.force_login(person)

    page = text_of(client.get("/your-work/"))

    assert "Nothing waits for you." in page
    assert "No messages yet." in page


def test_your_work_needs_somebody_signed_in(client, council):
    assert client.get("/your-work/").url == "/account/sign-in/?next=/your-work/"


def test_a_plan_waits_for_its_lead_and_its_sign_off_for_a_manager(client, people):
    trial = loop.begun(people, OWN)
    client.force_login(people["lead"])
    mine = client.get("/your-work/")
    client.force_login(people["member"])
    others = text_of(client.get("/your-work/"))

    assert f"Finish the plan: “{trial.title}” No day set" in text_of(mine)
    assert ' (1<span class="govuk-visually-hidden"> to do</span>)' in mine.content.decode()
    assert "Nothing waits for you." in others


def test_a_day_that_has_passed_is_late_and_the_earliest_is_first(client, people):
    today = timezone.localdate()
    late, later = loop.begun(people, OWN), loop.begun(people, OWN)
    for trial, days in ((later, 5), (late, -3)):
        Trial.objects.filter(pk=trial.pk).update(
            registered_at=NOW,
            started_at=NOW,
            title=f"Ends in {days} days",
            ends_on=today + timedelta(days=days),
        )
    client.force_login(people["lead"])

    page = text_of(client.get("/your-work/"))

    assert page.index("Ends in -3 days") < page.index("Ends in 5 days")
    assert page.count("Late") == 1


def test_an_idea_waits_for_the_manager_who_answers_it_and_shows_to_its_author(client, suggested):
    people, idea = suggested
    client.force_login(people["manager"])
    answers = text_of(client.get("/your-work/"))
    client.force_login(people["member"])
    wrote = text_of(client.get("/your-work/"))

    assert f"Answer the idea “{idea.title}” {due_date(idea.answer_due_on, today=NOW.date())}" in (
        answers
    )
    assert f"Your ideas {idea.title}" in wrote
    assert "Nothing waits for you." in wrote


def test_the_count_in_the_menu_is_that_of_the_list(suggested):
    people, _ = suggested
    asked, started = loop.begun(people, OWN), loop.registered(people, OWN)
    Trial.objects.filter(pk=asked.pk).update(sign_off_asked_at=NOW)
    Trial.objects.filter(pk=started.pk).update(started_at=NOW)

    for part in ("lead", "analyst", "manager"):
        fresh = Person.objects.get(pk=people[part].pk)
        listed = queries.tasks_of(fresh, today=NOW.date())
        assert queries.count_tasks_of(fresh, today=NOW.date()) == len(listed) > 0


def test_figures_count_ideas_answered_in_time_and_calls_are_named(client, suggested):
    _, idea = suggested
    assert "None due yet ideas answered in time" not in text_of(client.get("/"))
    today = timezone.localdate()
    Call.objects.create(
        title="What wastes your morning?",
        question="What would you stop doing?",
        slug="morning",
        opens_on=today,
        closes_on=today + timedelta(days=9),
        answers_by=today + timedelta(days=30),
        created_by=idea.created_by,
        created_at=NOW,
    )
    Idea.objects.filter(pk=idea.pk).update(answer_due_on=today - timedelta(days=2))

    page = text_of(client.get("/"))

    assert "ideas answered in time, of those due 0 of 1" in page
    assert "What wastes your morning? . Open until" in page


def test_messages_are_shown_to_the_person_they_were_sent_to(client, people):
    services.notify(
        [people["lead"]],
        letter="G",
        subject="EC-1: registered",
        body="The plan is fixed and public.",
        link="/trials/EC-1/",
        key="registered",
        at=NOW,
    )
    client.force_login(people["lead"])
    mine = text_of(client.get("/your-work/"))
    client.force_login(people["member"])

    assert "EC-1: registered" in mine
    assert "The plan is fixed and public." in mine
    assert "EC-1" not in text_of(client.get("/your-work/"))


def test_signing_in_leads_to_your_work(client, person):
    answer = client.post(
        "/account/sign-in/",
        {"username": "priya@wrenmoor.example", "password": "a-long-enough-password"},
    )

    assert answer.url == "/your-work/"


@pytest.mark.parametrize("part", ["lead", "manager"])
def test_what_greets_a_person_asks_the_database_little(
    client,
    people,
    part,
    django_assert_max_num_queries,
):
    for _ in range(5):
        loop.begun(people, OWN)
    client.force_login(people[part])
    client.get("/your-work/")

    for address in ("/your-work/", "/"):
        with django_assert_max_num_queries(12):
            client.get(address)
