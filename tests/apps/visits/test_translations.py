"""Questions in other languages: asked once a named speaker approved them, English until then."""

import pytest
from django.urls import reverse

from tests.apps.visits.conftest import NOW
from trialogue.methods.problems import InputError
from trialogue.visits import queries, services
from trialogue.visits.models import QuestionSet
from trialogue.visits.questions import LANGUAGES, choose
from trialogue.visits.services.residents import problems_of


@pytest.fixture
def published(scheme, cast):
    english = {
        question["key"]: question["wordings"]["en"] for question in queries.questions_of(scheme)
    }
    services.publish_questions(scheme.pk, wordings=english, by=cast.duty_manager, at=NOW)
    return english


def in_polish(english, *, but=()):
    return {
        key: ["", "", ""] if key in but else [f"{key} po polsku {n}" for n in (1, 2, 3)]
        for key in english
    }


def translate(scheme, cast, wordings, *, speaker="Ewa Nowak", language="pl"):
    return services.publish_translation(
        scheme.pk,
        language=language,
        wordings=wordings,
        speaker=speaker,
        by=cast.duty_manager,
        at=NOW,
    )


def test_who_likes_to_be_asked_in_polish_is_once_it_is_approved(scheme, cast, published):
    before = choose(queries.questions_of(scheme), before=[], first_of_week=True, language="pl")
    translate(scheme, cast, in_polish(published, but=("home",)))

    asked = choose(queries.questions_of(scheme), before=[], first_of_week=True, language="pl")
    others = choose(queries.questions_of(scheme), before=[], first_of_week=True, language="cy")

    assert {one.language for one in before} == {"en"}
    spoken = {one.key: (one.language, one.words) for one in asked}
    assert spoken["self"] == ("pl", "self po polsku 1")
    assert spoken["home"] == ("en", published["home"][0])
    assert {one.language for one in others} == {"en"}


def test_a_published_version_never_changes_and_the_same_again_makes_none(scheme, cast, published):
    first = queries.question_set(scheme)

    second = translate(scheme, cast, in_polish(published))
    third = translate(scheme, cast, in_polish(published))

    first.refresh_from_db()
    assert "pl" not in first.questions[0]["wordings"]
    assert second.number == first.number + 1
    assert third == second


def test_a_question_that_reads_otherwise_loses_its_translation(scheme, cast, published):
    translate(scheme, cast, in_polish(published))

    changed = published | {"help": ["Is there help?", "Is there enough help?", "All sorted?"]}
    services.publish_questions(scheme.pk, wordings=changed, by=cast.duty_manager, at=NOW)

    now = {question["key"]: question for question in queries.question_set(scheme).questions}
    assert set(now["help"]["wordings"]) == {"en"}
    assert now["help"]["speakers"] == {}
    assert set(now["self"]["wordings"]) == {"en", "pl"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"speaker": " "}, "Enter the name of the speaker"),
        ({"wordings": "gap"}, "enter wording 2, or none"),
    ],
)
def test_half_a_translation_is_refused(scheme, cast, published, change, said):
    wordings = in_polish(published)
    if change.pop("wordings", ""):
        wordings["self"][1] = " "

    with pytest.raises(InputError, match=said):
        translate(scheme, cast, wordings, **change)

    assert QuestionSet.objects.count() == 1


def test_nothing_is_translated_before_the_english_is_published(client, cast):
    scheme = services.begin_scheme(name="Another", grid=27700, by=cast.duty_manager, at=NOW)
    client.force_login(cast.duty_manager)

    assert client.get(reverse("visits:questions_in", args=["cy"])).status_code == 404
    with pytest.raises(InputError, match="The English is not published yet"):
        translate(scheme, cast, {})


def test_a_manager_writes_welsh_beside_the_english(client, scheme, cast, published):
    client.force_login(cast.duty_manager)
    page = reverse("visits:questions_in", args=["cy"])
    assert "Are you feeling all right today?" in client.get(page).content.decode()
    typed = {f"{key}_{n}": f"Cymraeg {key} {n}" for key in published for n in (1, 2, 3)}

    unnamed = client.post(page, typed | {"checked": "on", "speaker": ""})
    saved = client.post(page, typed | {"checked": "on", "speaker": "Megan Rees"})

    assert "Enter the name of the speaker" in unnamed.content.decode()
    assert saved.url == reverse("visits:questions")
    shown = client.get(saved.url).content.decode()
    assert "5 questions, approved by Megan Rees" in shown
    assert client.get(reverse("visits:questions_in", args=["en"])).status_code == 404
    assert client.get(reverse("visits:questions_in", args=["xx"])).status_code == 404


def test_a_welsh_council_asks_in_both_languages_before_it_begins(scheme, cast, council, published):
    def done():
        return {step.key: step.done for step in queries.steps(scheme)}["questions"]

    assert done()
    council.settings["welsh"] = True
    council.save()
    assert not done()

    translate(scheme, cast, in_polish(published), language="cy", speaker="Megan Rees")

    assert done()


def test_a_language_nobody_knows_is_refused_by_row_with_those_there_are(scheme, cast):
    problems = problems_of(
        services.ResidentGiven(full_name="Ada Kent", address="1 Mill Lane", language="welsh")
    )

    (problem,) = problems
    assert (problem.column, problem.what) == ("language", '"welsh" is not a language')
    assert "cy (Welsh)" in problem.mend
    assert set(LANGUAGES) >= {"en", "cy"}
