"""The pages that say what this is and how it decides."""

import pytest

from tests.apps.conftest import PASSWORD
from tests.apps.site.words import text_of
from trialogue.accounts.permissions import MAY
from trialogue.methods.verdicts import VerdictCode, words_we_avoid
from trialogue.site import glossary, role_table, worked_examples

PAGES = (
    "/about/",
    "/about/how-we-decide/",
    "/about/words/",
    "/about/privacy/",
    "/about/accessibility/",
    "/about/roles/",
    "/about/contact/",
)


@pytest.mark.parametrize("address", PAGES)
def test_page_has_one_heading_and_none_of_the_words_we_avoid(client, council, address):
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.content.decode().count("<h1") == 1
    assert words_we_avoid(text_of(answer)) == ()


def test_footer_leads_to_every_page(client, council):
    home = client.get("/").content.decode()

    assert [address for address in PAGES if f'href="{address}"' not in home] == []


def test_every_verdict_has_an_example_that_the_rule_itself_gives():
    shown = [example.tag.words for example in worked_examples.verdict_examples()]

    assert shown == [code.words for code in VerdictCode]


def test_examples_stand_on_the_page_with_their_counts(client, council):
    page = text_of(client.get("/about/how-we-decide/"))

    assert "33% (132 of 400) with usual service and 24% (96 of 400) with the text" in page
    assert "a difference of 9 fewer (likely between 3 and 15 fewer)" in page
    assert "About 315 more teams in each group would settle it" in page
    assert "One step down because 24% (48 of 200) could not be measured" in page
    assert "3 of 40 No: 3 with the outcome" in page


def test_every_role_of_the_rules_has_words_and_stands_in_the_table(client, council):
    roles = frozenset().union(*MAY.values())
    page = text_of(client.get("/about/roles/"))

    assert roles - role_table.ROLES.keys() == set()
    for action in MAY:
        assert f"{action[0].upper()}{action[1:]} {role_table.who(action)}" in page


def test_words_are_in_order_and_can_be_linked_to(client, council):
    plain = [word.plain for word in glossary.WORDS]
    page = client.get("/about/words/").content.decode()

    assert plain == sorted(plain, key=str.casefold)
    assert 'id="how-alike-neighbours-are"' in page


def test_contact_says_where_to_write_or_that_nobody_said(client, council):
    assert "has not said yet where to write" in text_of(client.get("/about/contact/"))

    council.contact = "trials@wrenmoor.example"
    council.save()

    assert (
        'href="mailto:trials@wrenmoor.example"' in client.get("/about/contact/").content.decode()
    )


def test_every_cookie_stands_on_the_privacy_page(client, person):
    client.post("/account/sign-in/", {"username": person.email, "password": PASSWORD})
    client.get("/account/sign-in/")
    page = text_of(client.get("/about/privacy/"))

    assert {"sessionid", "csrftoken"} <= set(client.cookies)
    assert [name for name in client.cookies if name not in page] == []
