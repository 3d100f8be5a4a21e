import re
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.apps.ideas.conftest import KIND, NOW, WORDS, reply
from trialogue.accounts.models import Notification, ServiceArea
from trialogue.accounts.working_days import Calendar
from trialogue.ideas import services, words
from trialogue.ideas.models import AnswerGiven, Comment, Confirmation, Idea, SimilarShown

LIKE_THE_TRIAL = {
    "title": "A text reminder for missed collections",
    "problem": "Households miss their bin collection",
    "proposal": "Send a text reminder the evening before the collection",
    "personal_why": "",
}
KIND_TYPED = {
    "collaboration": "public",
    "area": "streets",
    "place": "",
    "visibility": "everyone",
}
SAVING_TYPED = {"hours_low": "12", "hours_high": "20", "pounds_not_sure": "on"}
PLAIN = asdict(WORDS)


@pytest.fixture
def sent(people):
    """An idea that was sent."""
    now = NOW
    draft = services.suggest(WORDS, by=people["author"], at=now)
    services.save_kind(draft.pk, KIND, by=people["author"], at=now)
    return services.send(draft.pk, by=people["author"], at=now)


@pytest.fixture
def as_author(client, people):
    client.force_login(people["author"])
    return client


def page(client, name, *args, query=""):
    return client.get(reverse(f"ideas:{name}", args=args) + query)


def test_an_idea_is_written_question_by_question_and_sent(as_author, people, trial):
    first = as_author.post(reverse("ideas:problem"), LIKE_THE_TRIAL)
    shown = as_author.get(first["Location"]).content.decode()
    assert "Who tried something like it?" in shown
    assert trial in shown
    key = re.search(r'name="seen" value="([^"]+)"', shown).group(1)
    address = first["Location"].split("&")[0]

    if "How is your idea different?" in shown:
        refused = as_author.post(address, LIKE_THE_TRIAL | {"seen": key}).content.decode()
        assert "Choose how your idea is different" in refused
    kind = as_author.post(
        address, LIKE_THE_TRIAL | {"seen": key, "different": "done better", "different_words": ""}
    )["Location"]
    saving = as_author.post(kind, KIND_TYPED)["Location"]
    check = as_author.post(saving, SAVING_TYPED)["Location"]
    assert "12 to 20 hours a month" in as_author.get(check).content.decode()
    done = as_author.post(check, {})["Location"]

    idea = Idea.objects.get()
    assert idea.status == "open"
    assert SimilarShown.objects.get().answer == "done better"
    assert "Ruth Adeyemi answers by" in as_author.get(done).content.decode()


def test_the_panel_follows_the_typing_and_saves_nothing(as_author, trial):
    panel = as_author.post(
        reverse("ideas:problem"), LIKE_THE_TRIAL, headers={"X-Panel": "power"}
    ).content.decode()

    assert trial in panel
    assert "<html" not in panel
    assert not Idea.objects.exists()


def test_an_idea_that_nobody_tried_goes_straight_on(as_author, people):
    answer = as_author.post(reverse("ideas:problem"), PLAIN)

    assert answer["Location"].startswith(reverse("ideas:kind"))
    assert SimilarShown.objects.get().shown == []


def test_words_are_kept_when_an_answer_is_missing(as_author, people):
    shown = as_author.post(reverse("ideas:problem"), PLAIN | {"title": ""}).content.decode()

    assert "Enter a short name for your idea" in shown
    assert WORDS.problem in shown
    assert "<title>Error: " in shown


def test_words_of_a_person_are_refused_on_the_page(as_author, people):
    typed = PLAIN | {"problem": "Mrs Jones calls often"}

    shown = as_author.post(reverse("ideas:problem"), typed).content.decode()

    assert "Mrs Jones&quot; may identify a person" in shown
    assert not Idea.objects.exists()


def test_saving_asks_for_a_number_or_not_sure(as_author, people):
    draft = services.suggest(WORDS, by=people["author"], at=NOW)
    address = f"{reverse('ideas:saving')}?draft={draft.pk}"

    shown = as_author.post(address, {"hours_low": "twelve"}).content.decode()

    assert "Hours a month, at least must be a number, like 12 or 7.5" in shown
    assert "Pounds a year: enter a number, or choose Not sure" in shown


@pytest.mark.parametrize("step", ["problem", "kind", "saving", "check", "sent"])
@pytest.mark.parametrize("who", [None, "other", "manager", "administrator"])
def test_a_draft_opens_for_its_writer_alone(client, people, step, who):
    draft = services.suggest(WORDS, by=people["author"], at=NOW)
    if who:
        client.force_login(people[who])

    assert page(client, step, query=f"?draft={draft.pk}").status_code == 404
    assert page(client, step, query="?draft=x").status_code == 404


def test_a_resident_confirms_by_e_mail_and_the_idea_waits_for_a_check(client, people):
    kind = client.post(reverse("ideas:problem"), PLAIN)["Location"]
    saving = client.post(kind, KIND_TYPED)["Location"]
    check = client.post(saving, SAVING_TYPED)["Location"]
    typed = {"name": "Bea Lund", "email": "bea@home.example", "website": ""}
    for _ in range(2):
        assert "Check your e-mail" in client.post(check, typed).content.decode()
    letter = Notification.objects.get(letter="D")
    link = letter.link[letter.link.index("/ideas/confirm/") :]
    assert Idea.objects.get().status == "draft"

    assert "Send idea" in client.get(link).content.decode()
    assert Idea.objects.get().status == "draft"
    assert "Idea sent" in client.post(link).content.decode()

    idea = Idea.objects.get()
    assert (idea.status, idea.checked_at, idea.created_by.name) == ("open", None, "Bea Lund")
    assert not Confirmation.objects.exists()
    assert "was used" in client.get(link).content.decode()
    assert page(client, "idea", idea.pk, idea.slug).status_code == 404


def test_a_program_that_fills_in_every_box_sends_nothing(client, people):
    kind = client.post(reverse("ideas:problem"), PLAIN)["Location"]
    saving = client.post(kind, KIND_TYPED)["Location"]
    check = client.post(saving, SAVING_TYPED)["Location"]

    client.post(check, {"name": "Bot", "email": "bot@home.example", "website": "x"})

    assert not Confirmation.objects.exists()
    assert not Notification.objects.filter(letter="D").exists()


def test_an_unconfirmed_address_is_forgotten_after_seven_days(client, people):
    now = NOW
    draft = services.suggest(WORDS, by=None, at=now)
    services.save_kind(draft.pk, KIND, by=None, at=now)
    services.ask_to_confirm(draft.pk, email="bea@home.example", name="Bea", at=now)

    assert services.forget_unconfirmed(now + timedelta(days=6)) == 0
    assert services.forget_unconfirmed(now + timedelta(days=8)) == 1


def test_anybody_reads_an_idea_and_nobody_reads_an_address(client, people, sent):
    services.support(sent.pk, by=people["partner"], at=NOW)
    services.comment(sent.pk, kind="offer", text="I can help", by=people["partner"], at=NOW)

    shown = page(client, "idea", sent.pk, sent.slug).content.decode()

    assert "Staff 0, public 1" in shown
    assert "Priya Nair, who works here" in shown
    assert "I can help" not in shown
    assert "@" not in re.sub(r"<head>.*?</head>", "", shown, flags=re.S)


def test_an_idea_keeps_its_number_when_its_title_changes(client, sent):
    answer = client.get(f"/ideas/{sent.pk}-an-older-title/")

    assert (answer.status_code, answer["Location"]) == (301, f"/ideas/{sent.pk}-{sent.slug}/")


def test_a_trial_that_an_answer_names_is_a_link_and_nothing_else_is(client, people, sent, trial):
    reason = f"{trial} tried it. So did EC-ZZZZZZZZZZB. <b>No</b>"
    services.answer(sent.pk, reply("no", reason), by=people["manager"], at=NOW)

    page = client.get(reverse("ideas:idea", args=[sent.pk, sent.slug])).content.decode()

    assert f'href="/t/{trial}">{trial}</a> tried it. So did EC-ZZZZZZZZZZB. &lt;b&gt;No' in page


def test_support_and_comments_come_from_the_page(client, people, sent):
    client.force_login(people["other"])
    back = client.post(reverse("ideas:support", args=[sent.pk]), {"do": "support"})
    client.post(
        reverse("ideas:comment", args=[sent.pk]), {"kind": "question", "text": "Which wards?"}
    )

    shown = client.get(back["Location"]).content.decode()

    assert "Staff 1, public 0" in shown
    assert "Which wards?" in shown
    assert "Take your support back" in shown


def test_a_comment_without_words_is_refused_on_the_page(client, people, sent):
    client.force_login(people["other"])

    shown = client.post(reverse("ideas:comment", args=[sent.pk]), {"kind": "question", "text": ""})

    assert "Enter what you want to say" in shown.content.decode()
    assert not Comment.objects.exists()


def test_an_answer_is_looked_at_before_it_is_published(client, people, sent):
    client.force_login(people["manager"])
    address = reverse("ideas:answer", args=[sent.pk])
    typed = {
        "answer": "trial",
        "reason": "Worth knowing",
        "lead": str(people["other"].public_id),
        "wake": "",
        "wake_words": "",
    }

    shown = client.post(address, typed).content.decode()
    assert "Check your answer" in shown
    assert "Tom Okafor" in shown
    assert not AnswerGiven.objects.exists()
    after = client.post(address, typed | {"sure": "1"}, follow=True).content.decode()

    assert "Try it in a trial" in after
    assert f"{reverse('trials:new')}?idea={sent.pk}" in after
    client.logout()
    assert "Worth knowing" in page(client, "idea", sent.pk, sent.slug).content.decode()


def test_what_an_answer_still_needs_stands_beside_its_question(client, people, sent):
    client.force_login(people["manager"])

    shown = client.post(
        reverse("ideas:answer", args=[sent.pk]), {"answer": "not now", "reason": ""}
    ).content.decode()

    assert "Enter the reason" in shown
    assert "Choose what would wake this idea" in shown


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("author", 403),
        ("other", 403),
        ("partner", 403),
        ("resident", 302),
        ("manager", 200),
        ("stand_in", 200),
        ("administrator", 200),
    ],
)
def test_the_answer_opens_for_those_who_give_it(client, people, sent, who, status):
    if who:
        client.force_login(people[who])

    assert page(client, "answer", sent.pk).status_code == status


@pytest.mark.parametrize("who", [None, "partner", "resident"])
def test_an_idea_for_staff_is_not_told_to_others(client, people, who):
    now = NOW
    draft = services.suggest(WORDS, by=people["author"], at=now)
    services.save_kind(draft.pk, replace(KIND, visibility="staff"), by=people["author"], at=now)
    idea = services.send(draft.pk, by=people["author"], at=now)
    if who:
        client.force_login(people[who])

    assert page(client, "idea", idea.pk, idea.slug).status_code == 404
    assert WORDS.title not in page(client, "ideas").content.decode()
    assert WORDS.title not in page(client, "ideas", query="?format=csv").content.decode()


def test_the_list_filters_searches_and_downloads(client, people, sent):
    services.answer(sent.pk, reply(), by=people["manager"], at=NOW)

    assert "Of 1 idea, 1 answered, 0 tried, 0 reported." in page(client, "ideas").content.decode()
    for query, found in (
        ("?state=no", True),
        ("?state=open", False),
        ("?text=bins+text", True),
        ("?text=libraries", False),
        ("?area=streets&collaboration=public&call=", True),
        ("?collaboration=workforce", False),
        ("?area=nowhere&call=x&text=%00", True),
    ):
        assert (WORDS.title in page(client, "ideas", query=query).content.decode()) is found, query
    file = page(client, "ideas", query="?format=csv").content.decode()
    assert "no spare time this year" in file


def test_the_empty_list_says_what_will_be_here(client, people):
    assert "The first one is usually about a form nobody needs" in (
        page(client, "ideas").content.decode()
    )


@pytest.mark.parametrize("who", [None, "resident", "manager"])
def test_pages_ask_little_of_the_database(
    client, people, sent, trial, who, django_assert_max_num_queries
):
    now = NOW
    for number in range(30):
        words = replace(WORDS, title=f"Another idea, number {number}")
        draft = services.suggest(words, by=people["author"], at=now)
        services.save_kind(draft.pk, KIND, by=people["author"], at=now)
        services.send(draft.pk, by=people["author"], at=now)
        services.comment(sent.pk, kind="detail", text=f"{number}", by=people["other"], at=now)
    if who:
        client.force_login(people[who])
    client.get("/")  # the visit itself is noted on the first page only
    names = [("ideas", ()), ("idea", (sent.pk, sent.slug)), ("problem", ())]
    if who == "manager":
        names.append(("answer", (sent.pk,)))

    for name, args in names:
        with django_assert_max_num_queries(12):
            assert page(client, name, *args).status_code == 200, name
    with django_assert_max_num_queries(12):
        client.post(reverse("ideas:problem"), LIKE_THE_TRIAL, headers={"X-Panel": "power"})


def test_the_same_idea_is_offered_for_support_and_nobody_is_stopped(client, people, sent):
    client.force_login(people["other"])
    panel = client.post(reverse("ideas:problem"), PLAIN, headers={"X-Panel": "1"})

    assert "Support it and add a detail" in panel.content.decode()
    assert reverse("ideas:idea", args=[sent.pk, sent.slug]) in panel.content.decode()
    assert client.post(reverse("ideas:problem"), PLAIN)["Location"].startswith(
        reverse("ideas:kind")
    )


def test_why_a_name_must_stay_is_asked_only_where_there_is_one(as_author, people):
    typed = PLAIN | {"problem": "Mrs Jones calls often"}

    assert "why is it needed" not in page(as_author, "problem").content.decode()
    refused = as_author.post(reverse("ideas:problem"), typed).content.decode()
    assert "why is it needed" in refused
    as_author.post(reverse("ideas:problem"), typed | {"personal_why": "She agreed to it"})

    assert Idea.objects.get().personal_why == "She agreed to it"


def test_a_writer_goes_on_with_a_draft_and_sees_nobody_elses(client, people):
    services.suggest(WORDS, by=people["author"], at=NOW)
    mine = f"Go on with “{WORDS.title}”"

    client.force_login(people["other"])
    assert mine not in page(client, "problem").content.decode()
    client.force_login(people["author"])
    assert mine in page(client, "problem").content.decode()


def test_a_resident_goes_on_with_a_draft_of_the_same_visit(client, people):
    client.post(reverse("ideas:problem"), PLAIN)
    mine = f"Go on with “{WORDS.title}”"

    assert mine in page(client, "problem").content.decode()
    client.cookies.clear()
    assert mine not in page(client, "problem").content.decode()


def test_an_idea_is_said_to_be_late_in_working_days(sent):
    thursday, usual = sent.answer_due_on, Calendar.of({})

    assert str(words.tag(sent, thursday, usual)) == "Open"
    assert str(words.tag(sent, thursday + timedelta(days=1), usual)) == (
        "No answer yet, 1 working day late"
    )
    late = words.tag(sent, thursday + timedelta(days=5), usual)
    assert (str(late), late.colour) == ("No answer yet, 3 working days late", "red")


@pytest.mark.parametrize(
    ("left", "answers"), [((), "manager"), (("manager",), "stand_in"), (None, "administrator")]
)
def test_who_answers_when_somebody_left_or_nobody_answers_for_the_service(people, left, answers):
    if left is None:
        ServiceArea.objects.update(manager=None, stand_in=None)
    for part in left or ():
        people[part].is_active = False
        people[part].save()
    draft = services.suggest(WORDS, by=people["author"], at=NOW)
    services.save_kind(draft.pk, KIND, by=people["author"], at=NOW)

    assert services.send(draft.pk, by=people["author"], at=NOW).to_answer == people[answers]
