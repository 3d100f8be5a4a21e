"""The pages of a trial from the first look to the published result, as people click through."""

import re

import pytest

from tests.apps.conftest import NOW
from tests.apps.trials import loop, real
from tests.apps.trials.test_own_draw import OWN
from tests.apps.trials.test_question_forms import typed
from trialogue.evidence import schema
from trialogue.trials.forms.questions import QuestionForm
from trialogue.trials.models import Trial
from trialogue.trials.queries.trials import protocol_of

LETTERS = real.REAL / "recertification_letters" / "families.csv"


@pytest.fixture
def as_(client, people):
    def sign_in(part):
        client.force_login(people[part])
        return client

    return sign_in


def words(page):
    text = re.sub(r"<(script|style).*?</\1>", "", page.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_a_past_trial_goes_round_by_its_pages(as_, people):
    lead = as_("lead")
    first = lead.post("/trials/new/", {"title": "Reminder letters"})
    assert "Why do you go ahead?" in words(first)
    begun = lead.post(
        "/trials/new/",
        {"title": "Reminder letters", "step": "decide", "going_ahead": "nobody close"},
    )
    trial = Trial.objects.get()
    home = f"/trials/{trial.public_id}/"
    assert begun.url == home

    for question in schema.QUESTIONS:
        data = typed(QuestionForm(question, None, real.LETTERS[question]))
        answer = lead.post(f"{home}plan/{question}/", data | {"version": "0"})
        assert answer.status_code == 302, (question, words(answer)[:800])
        assert lead.get(f"{home}plan/{question}/").status_code == 200
    checked = lead.get(f"{home}plan/check/")
    assert "you would find a real rise from 40% to 45%" in words(checked) or "miss" in words(
        checked
    )
    assert lead.post(f"{home}plan/check/").status_code == 302
    assert lead.get(f"{home}team/").status_code == 200
    lead.post(f"{home}team/", {"email": people["analyst"].email, "role": "analyst"})

    manager = as_("manager")
    register = manager.get(f"{home}register/")
    digest = re.search(r'name="document_hash" value="(\w+)"', register.content.decode()).group(1)
    manager.post(f"{home}register/", {"act": "sign", "document_hash": digest, "answer": "agreed"})
    lead = as_("lead")
    not_ticked = lead.post(f"{home}register/", {})
    assert "Tick the box" in words(not_ticked)
    lead.post(f"{home}register/", {"agreed": "on"})
    assert "Trial registered" in words(lead.get(f"{home}register/"))

    with LETTERS.open("rb") as file:
        read = lead.post(f"{home}units/", {"file": file})
    assert "3539 rows, 3539 can be loaded" in words(lead.get(read.url))
    lead.post(read.url, {"confirm": "1"})
    assert "3539 families placed" in words(lead.get(f"{home}allocation/"))

    with LETTERS.open("rb") as file:
        read = lead.post(f"{home}measure/", {"file": file})
    assert "can be loaded" in words(lead.get(read.url))
    lead.post(read.url, {"confirm": "1"})
    assert "3520 of 3539" in words(lead.get(f"{home}measure/"))
    assert "Numbers, losses and starting points look as they should" in words(
        lead.get(f"{home}watch/")
    )

    analyst = as_("analyst")
    analyst.post(f"{home}analyse/", {"act": "lock"})
    work = analyst.post(f"{home}analyse/", {"act": "run"})
    assert "Waiting for its turn" in words(analyst.get(work.url))
    loop.run_waiting_tasks()
    assert analyst.get(work.url).url == f"{home}analyse/"
    found = words(analyst.get(f"{home}analyse/"))
    assert "Worked" in found, found
    assert "about 46 with the open letter" in found

    lead = as_("lead")
    lead.post(
        f"{home}deviations/?found=1",
        {
            "item": "Measuring “Complaints”",
            "planned": "Measured",
            "done": "Not measured",
            "reason": "The data have none.",
            "effect": "none",
        },
    )
    saved = lead.post(f"{home}publish/", real.STORY | {"act": "save", "version": "0"})
    assert saved.status_code == 302, words(saved)
    assert "Still to do" not in words(lead.get(f"{home}publish/"))
    manager = as_("manager")
    page = manager.get(f"{home}publish/").content.decode()
    digest = re.search(r'name="document_hash" value="(\w+)"', page).group(1)
    manager.post(f"{home}publish/", {"act": "sign", "document_hash": digest, "answer": "agreed"})
    lead = as_("lead")
    lead.post(f"{home}publish/", {"act": "publish"})

    assert "Result published" in words(lead.get(f"{home}publish/"))
    public = words(lead.get(f"/evidence/{trial.public_id}/"))
    assert "The open letter probably increased" in public
    assert "Recorded afterwards" in public


@pytest.fixture
def own(people, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("family,month\n" + "".join(f"F{n},July\n" for n in range(30)))
    trial = loop.registered(people, OWN)
    loop.listed(people, trial, path)
    return trial


def test_a_double_click_on_place_draws_once(as_, own):
    lead = as_("lead")
    page = f"/trials/{own.public_id}/allocation/"
    lead.post(page, {"act": "fix"})

    told = [words(lead.post(page, {"act": "draw"}, follow=True)) for _ in range(2)]

    assert own.assignments.count() == 30
    assert "The list is placed. Anyone can check this" in told[0]
    assert "It cannot be done again, and nothing was." in told[1]
    assert all("30 families placed" in page for page in told)


def test_the_files_that_check_the_draw_leave_out_who_came_late(as_, people, own):
    loop.placed(people, own)
    lead = as_("lead")
    page = f"/trials/{own.public_id}/allocation/"
    lead.post(page, {"study_id": "F900", "stratum_0": "July"})

    whole = [lead.get(f"{page}{name}.csv").content.decode() for name in ("list", "allocation")]
    arms = [lead.get(f"{page}{arm}.csv").content.decode() for arm in protocol_of(own).arms.codes]

    assert own.assignments.count() == 31
    assert not any("F900" in text for text in whole)
    assert sum("F900" in text for text in arms) == 1


def test_a_trial_says_what_comes_next_by_whom_and_when(as_, people, own):
    home = f"/trials/{own.public_id}/"
    lead = as_("lead")

    before = words(lead.get(home))
    loop.placed(people, own)
    running = words(lead.get(home))

    assert f"Next: load and place the list. Who: {people['lead'].name}." in before
    assert "Next: measure and watch." in running
    assert re.search(r"Wave 1(: 0 of 30 measured| opens on 15 February 2027)", running)


def test_a_unit_is_measured_by_form_and_a_correction_needs_a_reason(as_, people, own):
    loop.placed(people, own)
    lead = as_("lead")
    page = f"/trials/{own.public_id}/measure/unit/F3/"
    lead.post(page, {"value_recertified": "1"})

    refused = lead.post(page, {"value_recertified": "0"})
    lead.post(page, {"value_recertified": "0", "reason": "Typed wrongly"})

    assert "Enter why the value held changes" in words(refused)
    held = own.measurements.filter(outcome="recertified").order_by("version")
    assert [row.value for row in held] == [1.0, 0.0]


def test_no_page_shows_an_arm_beside_an_outcome_before_the_end(as_, people, own):
    loop.placed(people, own)
    lead = as_("lead")
    for study_id in ("F1", "F2"):
        lead.post(f"/trials/{own.public_id}/measure/unit/{study_id}/", {"value_recertified": "1"})
    arm = own.assignments.get(unit__study_id="F1").arm

    unit = words(lead.get(f"/trials/{own.public_id}/measure/unit/F1/"))
    analyse = as_("analyst").get(f"/trials/{own.public_id}/analyse/")
    data = as_("analyst").get(f"/trials/{own.public_id}/analyse/data.csv")

    assert arm not in unit.replace("-", " ")
    assert "nothing to see, on purpose" in words(analyse)
    assert data.status_code == 302


def test_a_stranger_does_not_learn_that_a_draft_exists(as_, people):
    trial = loop.begun(people, real.LETTERS)

    assert as_("member").get(f"/trials/{trial.public_id}/").status_code == 404
    assert as_("member").get("/trials/EC-0000000000/").status_code == 404
    assert as_("lead").get(f"/trials/{trial.public_id}/").status_code == 200


def test_two_people_on_one_question_see_both_answers(as_, people):
    trial = loop.begun(people, real.LETTERS)
    page = f"/trials/{trial.public_id}/plan/team/"
    first = {"owner_role": "Head of streets", "contact": "a@wrenmoor.example", "version": "1"}
    as_("lead").post(page, first)

    both = as_("analyst").post(page, first | {"owner_role": "Head of bins"})

    assert both.status_code == 409
    assert "Head of streets" in words(both)
    assert "Head of bins" in words(both)


PAGES = [
    *("", "plan/check/", "register/", "units/", "allocation/", "measure/", "losses/"),
    *("delivery/", "watch/", "stop/", "analyse/", "amend/", "deviations/", "team/"),
    *("amend/dates/", "plan/size/", "plan/members/"),
]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_few_queries(as_, people, own, page, django_assert_max_num_queries):
    loop.placed(people, own)
    lead = as_("lead")
    address = f"/trials/{own.public_id}/{page}"
    lead.get(address)

    with django_assert_max_num_queries(12):
        lead.get(address)


def test_the_list_asks_as_many_queries_for_thirty_trials_as_for_one(
    as_, people, django_assert_max_num_queries
):
    lead = as_("lead")
    for n in range(30):
        Trial.objects.create(
            public_id=f"EC-{n:011d}", title=f"Trial {n}", similar={}, created_by=people["lead"],
            created_at=NOW, registered_at=NOW,
        )  # fmt: skip

    with django_assert_max_num_queries(12):
        page = lead.get("/trials/")

    assert "30 trials" in words(page)


def test_whoever_has_no_part_in_a_registered_trial_goes_on_to_its_public_page(as_, own):
    answer = as_("member").get(f"/trials/{own.public_id}/")

    assert (answer.status_code, answer["Location"]) == (302, f"/evidence/{own.public_id}/")


def test_a_page_offers_no_link_that_would_be_refused(as_, people, own):
    for who in ("lead", "analyst", "manager", "safety"):
        browser = as_(who)
        page = browser.get(f"/trials/{own.public_id}/").content.decode()
        links = set(re.findall(rf'href="(/trials/{own.public_id}/[^"]+)"', page))

        assert links or who == "safety"
        assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)
