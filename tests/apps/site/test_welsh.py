"""Pages in Welsh: words that a Welsh speaker approved, and English marked as such."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

import trialogue
from tests.apps.conftest import NOW
from trialogue.accounts import queries, services
from trialogue.accounts.models import AuditEntry, Membership, Organisation, Person, WelshPhrase
from trialogue.methods.problems import InputError
from trialogue.site.phrases import PARTS, PHRASES, field_of

ROOT = Path(trialogue.__file__).parent
SAID = re.compile(r'{% say "([^"]*)"')
WORDS = {"Ideas": "Syniadau", "Evidence": "Tystiolaeth"}
SPEAKER = "Carys Bevan"


@pytest.fixture
def administrator(council, person):
    Membership.objects.filter(person=person).update(roles=["administrator"])
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def as_administrator(client, administrator):
    client.force_login(administrator)
    return client


@pytest.fixture
def welsh(administrator):
    services.switch_welsh(on=True, by=administrator, at=NOW)
    services.write_welsh(WORDS, approved_by=SPEAKER, by=administrator, at=NOW)


def page(client, path="/"):
    return client.get(path).content.decode()


def test_every_phrase_that_a_template_says_can_be_written():
    said = {
        phrase
        for file in ROOT.glob("*/templates/**/*.html")
        for phrase in SAID.findall(file.read_text())
    }

    assert len(said) > 50
    assert said <= set(PHRASES)
    assert len(set(PHRASES)) == len(PHRASES)
    assert len({field_of(one) for one in PHRASES}) == len(PHRASES)


def test_no_page_mentions_welsh_until_it_is_on(client, council):
    assert "Cymraeg" not in page(client)
    assert client.get("/language/?to=cy").status_code == 404
    client.cookies["language"] = "cy"

    assert '<html lang="en"' in page(client)
    assert "<span lang=" not in page(client)


def test_a_reader_chooses_welsh_and_sees_what_was_approved(client, welsh):
    there = client.get("/language/?to=cy&next=/ideas/?page=1")

    assert (there.status_code, there["Location"]) == (302, "/ideas/?page=1")
    assert there.cookies["language"]["httponly"]
    shown = page(client)
    assert '<html lang="cy"' in shown
    assert '<body class="govuk-template__body" lang="en"' in shown
    assert '<span lang="cy">Syniadau</span>' in shown
    assert '<span lang="en">Skip to main content</span>' in shown
    assert 'hreflang="en">English' in shown

    client.get("/language/?to=en")
    assert '<html lang="en"' in page(client)
    assert "Syniadau" not in page(client)


@pytest.mark.parametrize(
    "next_", ["https://elsewhere.example/", "//elsewhere.example", "", "\\\\x"]
)
def test_the_choice_leads_nowhere_else(client, welsh, next_):
    assert client.get("/language/", {"to": "cy", "next": next_})["Location"] == "/"


def test_a_draft_is_on_no_page_until_a_named_speaker_approves_it(client, welsh, administrator):
    services.write_welsh({"Ideas": "Awgrymiadau"}, by=administrator, at=NOW)
    client.get("/language/?to=cy")
    assert "Syniadau" in page(client)
    assert "Awgrymiadau" not in page(client)

    services.write_welsh({"Ideas": "Awgrymiadau"}, approved_by=SPEAKER, by=administrator, at=NOW)

    assert "Awgrymiadau" in page(client)
    assert [row.approved_by for row in WelshPhrase.objects.filter(english="Ideas")] == [
        SPEAKER,
        "",
        SPEAKER,
    ]


def test_words_are_taken_back_to_english(client, welsh, administrator):
    client.get("/language/?to=cy")
    assert services.write_welsh({"Ideas": ""}, by=administrator, at=NOW) == 1

    assert '<span lang="en">Ideas</span>' in page(client)
    assert services.write_welsh({"Ideas": " "}, by=administrator, at=NOW) == 0


def test_what_was_written_is_in_the_audit_trail_and_stays(welsh, administrator):
    entry = AuditEntry.objects.get(action="approve Welsh words")

    assert entry.after == WORDS
    assert entry.by == administrator.public_id
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        WelshPhrase.objects.update(welsh="Arall")


def test_a_name_that_the_page_fills_in_may_not_be_lost(welsh, administrator, client):
    english = "Small fair trials in {council}"
    with pytest.raises(InputError, match=r"\{council\} is missing"):
        services.write_welsh({english: "Treialon"}, approved_by=SPEAKER, by=administrator, at=NOW)
    words = {english: "Treialon <b>{council}</b>"}
    services.write_welsh(words, approved_by=SPEAKER, by=administrator, at=NOW)
    client.get("/language/?to=cy")

    name = Organisation.objects.get(kind="council").name
    assert f"Treialon &lt;b&gt;{name}&lt;/b&gt;" in page(client)


def test_only_an_administrator_writes(welsh, council):
    member = Person.objects.create(email="m@wrenmoor.example", name="Meg", created_at=NOW)
    Membership.objects.create(
        person=member, organisation=council, roles=["member"], created_at=NOW
    )
    with pytest.raises(PermissionDenied):
        services.write_welsh({"Ideas": "X"}, approved_by=SPEAKER, by=member, at=NOW)
    with pytest.raises(PermissionDenied):
        services.switch_welsh(on=False, by=member, at=NOW)


def test_words_are_written_on_a_page_and_two_people_are_both_kept(
    as_administrator, welsh, administrator
):
    address = "/settings/welsh/every-page/"
    seen = max(row.pk for row in WelshPhrase.objects.all())
    services.write_welsh({"Menu": "Dewislen"}, approved_by=SPEAKER, by=administrator, at=NOW)
    sent = {"seen": seen, field_of("Menu"): "Bwydlen", field_of("Ideas"): "Syniadau",
            field_of("Evidence"): "Tystiolaeth", "approved_by": SPEAKER}  # fmt: skip

    refused = as_administrator.post(address, sent)

    assert refused.status_code == 200
    assert "wrote “Dewislen” while you were writing" in refused.content.decode()
    assert "Bwydlen" in refused.content.decode()
    assert queries.welsh_words()["Menu"] == "Dewislen"

    newer = WelshPhrase.objects.order_by("-pk").first().pk
    assert as_administrator.post(address, sent | {"seen": newer}).status_code == 302
    assert queries.welsh_words() == WORDS | {"Menu": "Bwydlen"}


def test_a_file_of_words_is_taken_in_whole_or_not_at_all(as_administrator, welsh):
    given = as_administrator.get("/settings/welsh/words.csv").content.decode()
    assert "Ideas,Syniadau,Carys Bevan" in given.splitlines()
    assert len(given.splitlines()) == len(PHRASES) + 1

    wrong = "english,welsh\nMenu,Dewislen\nNo such phrase,Dim\nMenu,Bwydlen\n"
    refused = load(as_administrator, wrong).content.decode()
    assert "words.csv, Row 3, english: “No such phrase” is no phrase of the pages" in refused
    assert "words.csv, Row 4, english: “Menu” stands twice" in refused
    assert queries.welsh_words() == WORDS

    assert (
        load(as_administrator, "english,welsh\nMenu,Dewislen\nIdeas,Syniadau\n").status_code == 302
    )
    assert queries.welsh_words() == WORDS | {"Menu": "Dewislen"}


def load(client, text):
    file = SimpleUploadedFile("words.csv", text.encode())
    return client.post("/settings/welsh/", {"file": file, "approved_by": SPEAKER})


def test_a_file_that_is_none_is_refused_in_words(as_administrator, welsh):
    answer = load(as_administrator, "cymraeg;saesneg\na;b\n")

    assert answer.status_code == 200
    assert "english" in answer.content.decode()
    assert queries.welsh_words() == WORDS


def test_the_switch_and_the_progress_stand_in_the_settings(as_administrator, council):
    assert "Welsh is off" in page(as_administrator, "/settings/")
    as_administrator.post("/settings/welsh/switch/", {"do": "on"})

    assert "Welsh is on" in page(as_administrator, "/settings/")
    assert f"0 of {len(PHRASES)} phrases approved" in page(as_administrator, "/settings/welsh/")
    for part in PARTS:
        assert part.heading in page(as_administrator, f"/settings/welsh/{part.key}/")
    assert as_administrator.get("/settings/welsh/nothing/").status_code == 404
