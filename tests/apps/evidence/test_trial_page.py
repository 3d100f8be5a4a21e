"""The public page of a trial, for every way a trial can go."""

import gzip
import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.apps.evidence import bodies, stories
from trialogue.evidence import queries, services, showing
from trialogue.methods.verdicts import banned_on_results


@pytest.fixture
def read(client):
    """Return the words of a page, in order, one space apart."""

    def words_of(address):
        page = client.get(address)
        assert page.status_code == 200, address
        body = page.content.decode().split("<main", 1)[1].split("</main>")[0]
        body = re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", body).split())

    return words_of


def page_of(trial, *, on):
    return showing.trial_page(queries.whole(trial), today=on)


def test_result_page_says_everything_in_its_order(council, read):
    text = read(f"/evidence/{stories.reported(guardrail=True)}/")

    order = [
        "Worked",
        bodies.SENTENCE,
        "It did better than usual service.",
        "Complaints rose beyond the limit set before the start.",
        "1 thing went differently",
        "How sure we are: High",
        "What difference it made",
        "What it cost",
        "What Wrenmoor Borough Council did next",
        "What we would do differently",
        "Who was counted",
        "All outcomes",
        "What went differently from the plan",
        "The plan, fixed before the start",
        "Identifier and dates",
        "Cite, copy, check",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_verdict_and_sentence_are_the_first_content_after_the_heading(council, client):
    page = client.get(f"/evidence/{stories.reported()}/").content.decode()

    after = re.sub(r"<[^>]+>", " ", page.split("</h1>")[1])
    assert " ".join(after.split()).startswith(f"Worked {bodies.SENTENCE}")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("worked", "Worked"),
        ("helped_but_less_than_hoped", "Helped, but less than hoped"),
        ("made_no_real_difference", "Made no real difference"),
        ("made_things_worse", "Made things worse"),
        ("too_small_to_tell", "Too small to tell"),
        ("could_not_be_tested", "Could not be tested"),
    ],
)
def test_every_verdict_gets_the_same_page_and_the_same_thanks(council, client, read, code, words):
    address = f"/evidence/{stories.reported(code=code, words=words)}/"

    text = read(address)

    assert words in text
    assert "Thank you to everybody who took part" in text
    assert 'class="govuk-tag govuk-tag--red"' not in client.get(address).content.decode()


@pytest.mark.parametrize("page", ["", "history/"])
def test_no_page_but_the_one_for_statisticians_says_a_p_value(council, read, page):
    assert banned_on_results(read(f"/evidence/{stories.reported()}/{page}")) == ()


def test_dots_and_people_are_drawn_with_their_words_and_numbers(council, client):
    page = client.get(f"/evidence/{stories.reported()}/").content.decode()

    assert page.count('role="img"') == 2
    assert "All 50 dots are on the side of fewer missed collections" in page
    assert "about 33 missed one with usual service" in page
    assert page.count("See the numbers") == 2
    assert "style=" not in page


@pytest.mark.parametrize("code", ["could_not_be_tested", "stopped_early"])
def test_no_plus_or_minus_is_shown_without_a_valid_end(council, client, code):
    page = client.get(f"/evidence/{stories.reported(code=code)}/").content.decode()

    assert 'role="img"' not in page
    outcomes = page.split("All outcomes</h2>")[1].split("</table>")[0]
    assert "fewer" not in outcomes
    assert "not said" in outcomes


def test_several_arms_each_have_a_verdict_in_the_registered_order(council, read):
    text = read(f"/evidence/{stories.several_arms()}/")

    first = [text.index(f"Said of {arm}.") for arm in ("vote", "name", "gift")]
    assert first == sorted(first)
    assert text.index("A vote Made no real difference") < text.index("A name and a vest Worked")
    assert "best" not in text.lower()


def test_flow_counts_everybody_on_the_way(council, read):
    text = read(f"/evidence/{stories.reported()}/")

    flow = text.split("Who was counted")[1].split("All outcomes")[0]
    for words in ("Assessed 840", "Left out before placing 40", "Placed by chance 800",
                  "Received it 390", "Lost: moved away 1", "Analysed 399"):  # fmt: skip
        assert words in flow


def test_thirteen_answers_stand_on_the_page(council, read):
    text = read(f"/evidence/{stories.register()}/")

    for heading in ("The question", "The groups", "Who or what is placed",
                    "How groups are made alike", "What is measured", "How many",
                    "Who has to take part, and why", "The dates", "What is delivered",
                    "Who decides what", "Risks", "Data protection", "The team"):  # fmt: skip
        assert heading in text
    assert "5 in 100" in text
    assert "Looked up: “text before a collection”" in text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-02-05", ["Registered", "It starts on 14 February 2027"]),
        ("2027-03-01", ["Running", "on purpose", "due by 12 August 2027"]),
        ("2027-06-01", ["Ended", "It ended on 14 May 2027"]),
        ("2027-08-12", ["Result due", "was due on Thursday 12 August 2027, today"]),
        ("2027-10-25", ["Result overdue, 74 days", "74 days ago"]),
    ],
)
def test_page_without_a_result_says_what_comes_next(council, day, words):
    events = () if day < "2027-02-14" else stories.started()
    trial = stories.register(*events)

    page = page_of(trial, on=datetime.fromisoformat(day).date())

    said = f"{page.tag.words}. {' '.join(page.opening)}"
    assert all(part in said for part in words), said


def test_stopped_trial_gives_its_reason_first_and_its_numbers(council, read):
    trial = stories.register(*stories.started(), ("stopped", bodies.stopped()))

    text = read(f"/evidence/{trial}/")

    assert "Stopped early Stopped on 10 March 2027 after 38 of 200, because a provider" in text
    assert "Joined 38" in text
    assert "Yes, with changes" in text
    assert "Thank you" in text


def test_stopped_trial_with_what_was_seen_stays_stopped(council, read):
    text = read(f"/evidence/{stories.stopped_with_what_was_seen()}/")

    assert text.index("It is not a verdict") < text.index("The trial stopped before it could say")
    assert "Why it stopped" in text


def test_withdrawn_trial_says_why(council, read):
    body = {k: v for k, v in bodies.stopped().items()
            if k not in ("numbers", "before_start", "for_harm", "seed")}  # fmt: skip

    text = read(f"/evidence/{stories.register(('withdrawn', body))}/")

    assert "Withdrawn before it started" in text
    assert "a provider or partner withdrew" in text


def test_unreported_trial_shows_what_the_register_holds(council, read):
    trial = stories.register(*stories.started(), ("not-reported", bodies.not_reported()))

    text = read(f"/evidence/{trial}/")

    assert "was not reported" in text
    assert "Joined 700" in text
    assert "Measured not known" in text


def test_page_says_what_the_record_is_not(council, read):
    trial = stories.register(
        recorded="afterwards",
        elsewhere={"by": "A university", "how": "By a computer, in blocks"},
        made_up=False,
        credit="Data: Somebody (2020), CC BY 4.0. Wrenmoor did not run this.",
    )

    text = read(f"/evidence/{trial}/")

    assert "Recorded afterwards, not registered before it started" in text
    assert "Drawn outside, cannot be checked here" in text
    assert "Real data" in text
    assert "CC BY 4.0" in text
    assert "By A university. By a computer, in blocks" in text


def test_made_up_and_unreviewed_results_say_so(council, read):
    text = read(f"/evidence/{stories.reported()}/")

    assert "Made up" in text
    assert "Not yet reviewed" in text


def test_correction_and_retraction_stand_at_the_top(council, read):
    trial = stories.reported()
    result = queries.events(trial)[-1]
    body = {"of": result.hash, "what": "The cost", "before": "£1", "after": "£2",
            "reason": "A slip."}  # fmt: skip
    services.append(trial, "correction", body, at=bodies.later(20))
    body = {"of": result.hash, "reason": "The data were wrong."}
    services.append(trial, "retraction", body, at=bodies.later(21))

    text = read(f"/evidence/{trial}/")

    assert "Corrected on 23 February 2027: The cost" in text
    assert "Taken back on 24 February 2027: The data were wrong." in text
    assert "As it is now: £2" in read(f"/evidence/{trial}/history/")


def test_short_address_and_mistyped_identifier_lead_to_the_page(council, client):
    trial = stories.register()

    for address in (f"/t/{trial}", f"/t/{trial.lower()}", f"/evidence/{trial.lower()}/"):
        assert client.get(address)["Location"] == f"/evidence/{trial}/"


@pytest.mark.parametrize("address", ["/t/EC-0123456789T", "/evidence/EC-0123456789A/",
                                     "/evidence/nothing/", "/evidence/EC-0123456789T/technical/",
                                     "/evidence/EC-0123456789T/history/"])  # fmt: skip
def test_what_the_register_does_not_have_is_not_found(council, client, address):
    assert client.get(address).status_code == 404


def test_counts_are_a_file_that_says_it_is_made_up(council, client):
    trial = stories.reported()

    file = client.get(f"/evidence/{trial}/counts.csv")

    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("trial,made_up,outcome,name,group")
    assert lines[1] == (
        f"{trial},yes,missed-collection,Missed a collection,usual,The date by letter or e-mail,"
        "400,400,0,132,0.33,"
    )
    assert client.get(f"/evidence/{stories.register()}/counts.csv").status_code == 404


def test_page_describes_itself_to_machines(council, client):
    trial = stories.register(
        question={**bodies.plan()["question"], "title": "A </script><b>text</b> & more"}
    )

    page = client.get(f"/evidence/{trial}/").content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page).group(1)
    document = json.loads(block)
    assert document["@type"] == "Dataset"
    assert document["name"] == "A </script><b>text</b> & more"
    assert "<b>text</b>" not in page


def test_history_shows_old_and_new_side_by_side_and_every_hash(reported, client, read):
    text = read(f"/evidence/{reported}/history/")

    assert "Change 1: The question" in text
    assert "The problem" in text
    assert "One drive in three finds nothing outside." in text
    assert "The title" not in text
    assert all(entry.hash in text for entry in queries.events(reported))


def test_technical_page_has_every_number(reported, read):
    text = read(f"/evidence/{reported}/technical/")

    for words in ("−0.09", "0.032", "797.2", "0.0050", "0.0060", "0.73 (0.58 to 0.91)",
                  bodies.HASH, "123456789", "0.1.0", "10,000 re-draws",
                  "CR2 standard errors"):  # fmt: skip
        assert words in text, words


def test_seed_is_kept_until_the_trial_ends(council, read):
    trial = stories.register(*stories.started())

    text = read(f"/evidence/{trial}/technical/")

    assert "kept until the trial ends" in text
    assert "--seed SEED" in text


def test_result_page_is_light_and_asks_little(council, client, django_assert_max_num_queries):
    trial = stories.reported()

    with django_assert_max_num_queries(12):
        page = client.get(f"/evidence/{trial}/")

    assert len(gzip.compress(page.content)) < 50_000


def test_pages_are_well_formed(council, client):
    """Every element is closed: an XML reader finds what a browser forgives."""
    trial = stories.several_arms()

    for page in ("", "history/", "technical/"):
        html = client.get(f"/evidence/{trial}/{page}").content.decode()
        main = "<main" + html.split("<main", 1)[1].split("</main>")[0] + "</main>"
        main = re.sub(r"<(br|input|img)([^>]*?)/?>", r"<\1\2/>", main)
        main = re.sub(r"&(?!amp|lt|gt|quot|#)\w+;", " ", main)
        main = re.sub(r"\s(novalidate|hidden|open|required|reversed)(?=[\s>])", "", main)
        ElementTree.fromstring(main)


def test_dates_are_told_in_local_time(council):
    trial = services.new_identifier()
    at = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)  # already July in London
    services.append(trial, "registration", bodies.registration(recorded="afterwards"), at=at)

    page = page_of(trial, on=timezone.localdate(at))

    assert page.registered.startswith("Registered 1 July 2027")


def test_steps_that_an_amendment_brought_count_people_and_not_measurements(council):
    before = bodies.plan()["dates"]
    waves = [
        {"number": 1, "name": "Before", "opens": "2027-02-10", "closes": "2027-02-13"},
        {"number": 2, "name": "First", "opens": "2027-02-20", "closes": "2027-02-28"},
        {"number": 3, "name": "Last", "opens": "2027-04-01", "closes": "2027-04-10"},
    ]
    steps = [{"starts": "2027-02-14"}, {"starts": "2027-03-14"}]
    after = {**before, "waves": waves, "steps": steps}
    change = {**bodies.amendment(), "question": "dates", "before": before, "after": after}

    trial = stories.register(
        ("amendment", change), *stories.started(), ("result", bodies.result())
    )

    assert queries.whole(trial).record.n == 800  # 399 and 400 analysed
