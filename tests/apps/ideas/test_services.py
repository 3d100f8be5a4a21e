from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.apps.ideas.conftest import DUE, KIND, NOW, WORDS, reply
from trialogue.accounts.models import AuditEntry, Notification
from trialogue.accounts.working_days import Calendar
from trialogue.ideas import queries, services
from trialogue.ideas.models import AnswerGiven, Comment, Idea, SimilarShown, Support
from trialogue.ideas.services import NewCall, Saving
from trialogue.ideas.words import tag
from trialogue.methods.problems import InputError


def letters(letter):
    return list(
        Notification.objects.filter(letter=letter)
        .order_by("pk")
        .values_list("to_email", flat=True)
    )


def problem_columns(refused):
    return [problem.column for problem in refused.value.problems]


def test_sending_gives_a_date_and_a_person_who_answers(idea, people):
    idea.refresh_from_db()

    assert idea.status == "open"
    assert idea.answer_due_on == DUE.date()
    assert idea.to_answer == people["manager"]
    assert letters("C") == ["author@wrenmoor.example"]
    assert letters("E") == ["manager@wrenmoor.example"]


def test_sending_twice_is_sending_once(idea, people):
    services.send(idea.pk, by=people["author"], at=NOW + timedelta(days=3))

    assert Idea.objects.get().answer_due_on == DUE.date()
    assert AuditEntry.objects.filter(action="send an idea").count() == 1
    assert len(letters("C")) == 1


def test_the_same_words_twice_are_one_draft(people):
    first, second = (services.suggest(WORDS, by=people["author"], at=NOW) for _ in range(2))

    assert first == second


def test_a_draft_without_its_questions_is_not_sent(people):
    draft = services.suggest(WORDS, by=people["author"], at=NOW)

    with pytest.raises(InputError) as refused:
        services.send(draft.pk, by=people["author"], at=NOW)

    assert problem_columns(refused) == ["collaboration", "area"]
    assert Idea.objects.get().status == "draft"


def test_nobody_changes_the_draft_of_somebody_else(draft, people):
    with pytest.raises(Idea.DoesNotExist):
        services.save_words(draft.pk, WORDS, by=people["other"], at=NOW)


def test_words_that_may_identify_a_person_are_named(people):
    words = replace(WORDS, problem="Mrs Jones calls 07700 900 123 about her bin.")

    with pytest.raises(InputError) as refused:
        services.suggest(words, by=people["author"], at=NOW)

    assert problem_columns(refused) == ["problem"]
    assert '"Mrs Jones" and "07700 900 123" may identify' in refused.value.problems[0].what


def test_words_that_are_needed_all_the_same_wait_for_a_check(people):
    words = replace(WORDS, problem="Mrs Jones asked for it.", personal_why="She asked to be named")
    draft = services.suggest(words, by=people["author"], at=NOW)
    services.save_kind(draft.pk, KIND, by=people["author"], at=NOW)
    sent = services.send(draft.pk, by=people["author"], at=NOW)

    assert sent.checked_at is None
    assert not queries.visible(people["other"]).filter(pk=sent.pk).exists()
    assert queries.visible(people["manager"]).filter(pk=sent.pk).exists()


def test_hours_and_pounds_are_kept_whole_and_in_order(draft, people):
    services.save_saving(draft.pk, Saving(pounds_low=1200), by=people["author"], at=NOW)
    draft.refresh_from_db()
    assert (draft.pence_low, draft.pence_high, draft.minutes_low) == (120_000, 120_000, None)

    with pytest.raises(InputError) as refused:
        services.save_saving(
            draft.pk, Saving(hours_low=20, hours_high=12), by=people["author"], at=NOW
        )
    assert problem_columns(refused) == ["hours_high"]


def test_what_was_shown_is_kept_with_the_answer(draft, people, trial):
    found = queries.earlier("A text reminder before missed collections of bins")
    for _ in range(2):
        services.keep_shown(draft.pk, found, answer="done better", by=people["author"], at=NOW)

    kept = SimilarShown.objects.get()
    assert kept.shown[0]["id"] == trial
    assert kept.shown[0]["band"] in {"close", "related", "nearest"}
    assert kept.answer == "done better"


def test_what_was_shown_and_what_was_answered_never_change(idea, people):
    services.answer(idea.pk, reply(), by=people["manager"], at=NOW)
    SimilarShown.objects.create(idea=idea, query="bins", shown=[], at=NOW)

    for rows in (SimilarShown.objects, AnswerGiven.objects):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(at=NOW)
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {rows.model._meta.db_table}")


def test_the_database_keeps_a_date_for_each_open_idea(idea):
    for columns in (
        {"answer_due_on": None},
        {"created_by": None},
        {"answer": "no"},
        {"status": "answered", "answer": "no", "answered_at": NOW},
        {
            "status": "answered",
            "answer": "not now",
            "answered_at": NOW,
            "answer_reason": "No money",
        },
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Idea.objects.update(**columns)


def test_an_answer_needs_a_reason_and_reaches_who_supports_it(idea, people):
    services.support(idea.pk, by=people["other"], at=NOW)
    with pytest.raises(InputError) as refused:
        services.answer(idea.pk, reply(reason=" "), by=people["manager"], at=NOW)
    assert problem_columns(refused) == ["reason"]

    services.answer(idea.pk, reply(), by=people["manager"], at=NOW)

    idea.refresh_from_db()
    assert (idea.status, idea.answer, idea.answered_by) == ("answered", "no", people["manager"])
    assert letters("F") == ["author@wrenmoor.example", "other@wrenmoor.example"]


@pytest.mark.parametrize(
    ("given", "column"),
    [
        (reply("maybe"), "answer"),
        (reply("trial"), "lead"),
        (reply("not now"), "wake"),
        (reply("not now", wake="date"), "wake_on"),
        (reply("not now", wake="money"), "wake_words"),
        (reply("no", reason="Dr Finch said no"), "reason"),
    ],
)
def test_an_answer_says_all_that_it_needs(idea, people, given, column):
    with pytest.raises(InputError) as refused:
        services.answer(idea.pk, given, by=people["manager"], at=NOW)

    assert problem_columns(refused) == [column]
    assert not AnswerGiven.objects.exists()


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("manager", True),
        ("stand_in", True),
        ("administrator", True),
        ("author", False),
        ("other", False),
        ("partner", False),
        ("resident", False),
    ],
)
def test_the_manager_and_the_stand_in_answer_and_nobody_else(idea, people, who, may):
    if may:
        services.answer(idea.pk, reply(), by=people[who], at=NOW)
    else:
        with pytest.raises(PermissionDenied):
            services.answer(idea.pk, reply(), by=people[who], at=NOW)

    assert AnswerGiven.objects.exists() is may


def test_an_answer_changes_with_a_reason_and_keeps_the_first(idea, people):
    services.answer(idea.pk, reply(), by=people["manager"], at=NOW)
    again = reply("do", "There is time now")
    with pytest.raises(InputError):
        services.answer(idea.pk, again, by=people["manager"], at=NOW)
    with pytest.raises(InputError) as refused:
        services.change_answer(idea.pk, again, why="", by=people["manager"], at=NOW)
    assert problem_columns(refused) == ["why_changed"]

    for _ in range(2):
        services.change_answer(idea.pk, again, why="A round ended", by=people["manager"], at=NOW)

    assert [given.answer for given in queries.history_of(idea)] == ["no", "do"]


def test_a_trial_takes_the_words_of_the_idea_over(idea, people):
    assert queries.idea_for_trial(idea.pk) is None
    lead = people["other"]
    services.answer(
        idea.pk, reply("trial", "Worth knowing", lead=lead.public_id), by=people["manager"], at=NOW
    )

    carried = queries.idea_for_trial(idea.pk)

    assert (carried.title, carried.problem) == (WORDS.title, WORDS.problem)
    assert (carried.service, carried.lead, carried.author) == ("Streets", lead, people["author"])


def test_a_trial_tells_what_became_of_it(idea, people):
    lead = people["other"]
    services.answer(
        idea.pk, reply("trial", "Worth knowing", lead=lead.public_id), by=people["manager"], at=NOW
    )
    services.note_trial(idea=idea.pk, public_id="EC-7K3F9", state="reported", at=NOW)

    idea.refresh_from_db()
    assert (idea.trial, idea.trial_state) == ("EC-7K3F9", "reported")
    assert str(queries.funnel()) == "Of 1 idea, 1 answered, 1 tried, 1 reported."
    with pytest.raises(InputError) as refused:
        services.change_answer(idea.pk, reply(), why="No", by=people["manager"], at=NOW)
    assert problem_columns(refused) == ["answer"]


def test_support_counts_once_and_can_be_taken_back(idea, people):
    for who in ("other", "other", "partner"):
        services.support(idea.pk, by=people[who], at=NOW)
    assert sorted(Support.objects.values_list("staff", flat=True)) == [False, True]

    for _ in range(2):
        services.unsupport(idea.pk, by=people["other"], at=NOW)
    assert Support.objects.get().person == people["partner"]


def test_two_ideas_become_one_and_supporters_count_once(idea, people):
    second = services.suggest(
        replace(WORDS, title="Remind people of their bins"), by=people["other"], at=NOW
    )
    services.save_kind(second.pk, KIND, by=people["other"], at=NOW)
    services.send(second.pk, by=people["other"], at=NOW)
    for number in (idea.pk, second.pk):
        services.support(number, by=people["stand_in"], at=NOW)
    services.support(second.pk, by=people["partner"], at=NOW)

    for _ in range(2):
        services.merge(second.pk, into=idea.pk, by=people["manager"], at=NOW)

    assert idea.supports.count() == 2
    second.refresh_from_db()
    assert (second.status, second.answer) == ("answered", "merged")
    with pytest.raises(InputError):
        services.merge(idea.pk, into=second.pk, by=people["manager"], at=NOW)


def test_a_comment_from_outside_waits_for_a_check(idea, people):
    inside, outside = (
        services.comment(idea.pk, kind="offer", text=f"{who} can help", by=people[who], at=NOW)
        for who in ("other", "partner")
    )
    assert list(queries.comments_of(idea, people["author"])) == [inside]
    assert outside in queries.comments_of(idea, people["partner"])

    services.show_comment(outside.pk, by=people["manager"], at=NOW)

    assert list(queries.comments_of(idea, people["author"])) == [inside, outside]


def test_the_same_comment_twice_is_one(idea, people):
    for _ in range(2):
        services.comment(idea.pk, kind="detail", text="On Mondays", by=people["other"], at=NOW)

    assert Comment.objects.count() == 1


def test_a_hidden_idea_tells_why_and_hears_an_appeal(idea, people):
    services.hide(idea.pk, reason="subject", words="", by=people["manager"], at=NOW)

    assert not queries.visible(people["other"]).filter(pk=idea.pk).exists()
    assert queries.visible(people["author"]).filter(pk=idea.pk).exists()
    assert letters("F") == ["author@wrenmoor.example"]
    services.appeal(idea.pk, text="It is about bins", by=people["author"], at=NOW)
    services.show(idea.pk, by=people["manager"], at=NOW)
    assert queries.visible(people["other"]).filter(pk=idea.pk).exists()


@pytest.mark.parametrize("who", ["author", "other", "stand_in", "partner", "resident"])
def test_only_managers_and_administrators_moderate(idea, people, who):
    for act in (
        lambda: services.hide(idea.pk, reason="subject", words="", by=people[who], at=NOW),
        lambda: services.show(idea.pk, by=people[who], at=NOW),
        lambda: services.merge(idea.pk, into=idea.pk, by=people[who], at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_an_idea_for_staff_opens_with_its_answer(people):
    draft = services.suggest(WORDS, by=people["author"], at=NOW)
    services.save_kind(draft.pk, replace(KIND, visibility="staff"), by=people["author"], at=NOW)
    services.send(draft.pk, by=people["author"], at=NOW)
    assert queries.visible(people["other"]).exists()
    assert not queries.visible(people["partner"]).exists()

    services.answer(draft.pk, reply(), by=people["manager"], at=NOW)

    assert queries.visible(people["partner"]).exists()


def test_a_draft_is_known_to_its_writer_alone(draft, people):
    knowing = [name for name, person in people.items() if queries.visible(person).exists()]

    assert knowing == ["author"]


def test_the_manager_is_reminded_once_before_the_date(idea, people):
    services.support(idea.pk, by=people["partner"], at=NOW)
    assert services.remind_and_mark_late(NOW) == 0

    for _ in range(2):
        services.remind_and_mark_late(DUE - timedelta(days=3))

    assert letters("E") == ["manager@wrenmoor.example"] * 2
    assert "0 staff and 1 resident support it. It might save: 12 to 20 hours" in (
        Notification.objects.filter(letter="E").order_by("-pk").first().body
    )


def test_the_stand_in_hears_once_when_the_date_has_passed(idea, people):
    services.remind_and_mark_late(DUE)
    idea.refresh_from_db()
    assert idea.told_late_at is None

    for _ in range(2):
        services.remind_and_mark_late(DUE + timedelta(days=1))

    assert letters("E").count("stand_in@wrenmoor.example") == 1
    late = tag(idea, DUE.date() + timedelta(days=5), Calendar.of({}))
    assert str(late) == "No answer yet, 3 working days late"


def test_an_idea_put_aside_until_a_day_comes_back(idea, people):
    services.answer(
        idea.pk,
        reply("not now", wake="date", wake_on=date(2027, 9, 1)),
        by=people["manager"],
        at=NOW,
    )
    assert services.wake_by_date(NOW) == 0

    later = NOW.replace(month=9)
    assert [services.wake_by_date(later) for _ in range(2)] == [1, 0]
    assert letters("O") == ["author@wrenmoor.example", "manager@wrenmoor.example"]


def test_ideas_of_a_call_are_answered_by_its_day(people):
    new = NewCall(
        title="Hack day",
        question="What wastes an hour?",
        opens_on=NOW.date(),
        closes_on=NOW.date() + timedelta(days=7),
        answers_by=NOW.date() + timedelta(days=14),
    )
    with pytest.raises(PermissionDenied):
        services.open_call(new, by=people["author"], at=NOW)
    call = services.open_call(new, by=people["manager"], at=NOW)
    assert services.open_call(new, by=people["manager"], at=NOW) == call

    draft = services.suggest(WORDS, by=people["author"], at=NOW, call=call.pk)
    services.save_kind(draft.pk, KIND, by=people["author"], at=NOW)
    sent = services.send(draft.pk, by=people["author"], at=NOW)

    assert sent.answer_due_on == new.answers_by
    assert queries.call(call.pk).sent == 1


def test_ideas_from_one_place_without_an_account_are_limited(people):
    for number in range(10):
        words = replace(WORDS, title=f"Idea {number}")
        services.suggest(words, by=None, at=NOW, came_from="here")

    with pytest.raises(InputError, match="Too many ideas"):
        services.suggest(WORDS, by=None, at=NOW, came_from="here")
    services.suggest(WORDS, by=None, at=NOW, came_from="there")
    services.suggest(WORDS, by=None, at=NOW + timedelta(hours=1), came_from="here")


def test_your_work_lists_what_waits_for_you(idea, people):
    (waiting,) = queries.ideas_waiting_for(people["stand_in"])

    assert (waiting.words, waiting.path) == (
        f"Answer the idea “{WORDS.title}”",
        f"/ideas/{idea.pk}/answer/",
    )
    assert waiting.due == DUE.date()
    assert queries.ideas_waiting_for(people["author"]) == ()
    assert [line.number for line in queries.ideas_of(people["author"], today=NOW.date())] == [
        idea.pk
    ]
    assert queries.answered_in_time(today=DUE.date() + timedelta(days=1)) == (0, 1)


def test_nothing_is_looked_up_for_a_word_or_two(people):
    assert queries.earlier("bins").hits == ()
