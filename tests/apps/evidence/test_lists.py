"""Search, all trials, results due, and outcome measures."""

import csv
import io
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from tests.apps.evidence import bodies, stories
from trialogue.evidence import queries, services
from trialogue.evidence.queries.tags import STATES

ATOM = "{http://www.w3.org/2005/Atom}"


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def council_named(name):
    return {"name": name, "gss_code": "X99000009"}


def register_at(name, *events):
    """Register a trial of another council."""

    body = {**bodies.registration(), "council": council_named(name)}
    trial = services.new_identifier()
    services.append(trial, "registration", body, at=bodies.NOW)
    for day, (kind, event) in enumerate(events, start=1):
        services.append(trial, kind, event, at=bodies.later(day))
    return trial


def test_search_shows_stopped_and_unreported_trials_among_the_close_ones(council, client):
    stories.reported()
    stories.register(*stories.started(), ("stopped", bodies.stopped()))
    stories.register(*stories.started(), ("not-reported", bodies.not_reported()))

    page = client.get("/evidence/", {"q": "text the evening before a bulky collection"})

    text = page.content.decode()
    assert "Close match" in text
    assert text.count('class="app-card ') == 3
    assert "Stopped on 10 March 2027 after 38 of 200" in text
    assert "Not reported" in text


def test_search_that_finds_nothing_close_says_what_that_means(council, client):
    stories.register()

    text = client.get("/evidence/", {"q": "collection zebra quantum sourdough"}).content.decode()

    assert "Nothing close found, here is the nearest" in text
    assert "That does not mean nobody has tried." in text


def test_search_for_an_identifier_opens_the_trial(council, client):
    trial = stories.register()

    answer = client.get("/evidence/", {"q": trial.lower().replace("-", " ")})

    assert answer["Location"] == f"/evidence/{trial}/"


@pytest.mark.parametrize("asked", ["", " ", "the", "\x00", "<script>", "a" * 5000, "%_'\"; --"])
def test_search_takes_anything(council, client, asked):
    stories.register()

    page = client.get("/evidence/", {"q": asked})

    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main")[1]


def test_lists_ask_as_much_for_thirty_trials_as_for_one(
    council, client, django_assert_max_num_queries
):
    for _ in range(30):
        stories.register(*stories.started())

    for address in ("/evidence/?q=text", "/evidence/trials/", "/evidence/due/",
                    "/evidence/measures/missed-collection/"):  # fmt: skip
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_list_of_trials_is_filtered_paged_and_a_file(council, client):
    for _ in range(26):
        stories.register()
    worked = stories.reported()

    first = client.get("/evidence/trials/").content.decode()
    only = client.get("/evidence/trials/", {"verdict": "worked"}).content.decode()
    file = rows_of(client.get("/evidence/trials/", {"format": "csv", "state": "reported"}))

    assert "27 trials" in first
    assert 'rel="next"' in first
    assert "1 trial<" in only
    assert [(row["id"], row["verdict"], row["made_up"]) for row in file] == [
        (worked, "worked", "yes")
    ]


def test_filter_that_is_not_offered_filters_nothing(council, client):
    stories.register()

    page = client.get("/evidence/trials/", {"state": "'; drop", "verdict": "x", "page": "-9"})

    assert "1 trial<" in page.content.decode()


def test_tracker_counts_who_reported_and_never_what(council):
    for _ in range(3):
        register_at("Cadderby City Council", *stories.started(), ("result", bodies.result()))
    for _ in range(3):
        register_at("Cadderby City Council", *stories.started())
    register_at("Hollin Vale Council", *stories.started(), ("stopped", bodies.stopped()))
    register_at("Hollin Vale Council", ("stopped", bodies.stopped(before_start=True)))

    found = queries.tracker(today=date(2027, 10, 25))

    assert found.share == "4 of 7"  # never a share of fewer than 10
    assert found.authorities == (("Cadderby City Council", "3 of 6"),)
    assert [row.days for row in found.oldest] == [74, 74, 74]
    assert {name: count for name, count, _ in found.directions} == {
        "Better than usual service": "3 of 4",
        "No real difference": "0 of 4",
        "Worse than usual service": "0 of 4",
        "Could not tell": "1 of 4",
    }
    assert queries.reported_of_due(today=date(2027, 10, 25)) == (4, 7)


def test_days_to_publish_are_counted_from_the_end(council):
    """Ended 14 May 2027; published 3 February + 150 days = 3 July."""
    trial = stories.register(*stories.started())

    services.append(trial, "result", bodies.result(), at=bodies.later(150))
    long_over = {"start": "2020-02-14", "end": "2020-05-14", "recorded": "afterwards"}
    stories.register(
        *stories.started(), ("result", bodies.result()), dates=long_over, recorded="afterwards"
    )

    found = queries.tracker(today=date(2027, 9, 1))

    assert found.directions[0] == ("Better than usual service", "2 of 2", "50 days")


def test_nothing_due_yet_is_said(council, client):
    assert "No results are due yet." in client.get("/evidence/due/").content.decode()


def test_results_due_are_a_file_and_a_feed(council, client, settings):
    trial = stories.register(
        dates={"start": "2024-02-14", "end": "2024-05-14", "recorded": "afterwards"},
        recorded="afterwards",
    )
    overdue = client.get("/evidence/due/")
    feed = ElementTree.fromstring(client.get("/evidence/due/feed.atom").content)
    file = rows_of(client.get("/evidence/due/?format=csv"))

    assert overdue.status_code == 200
    assert feed.tag == f"{ATOM}feed"
    assert all(entry.find(f"{ATOM}id") is not None for entry in feed.findall(f"{ATOM}entry"))
    assert [row["id"] for row in file] == [trial]


def test_measures_say_where_their_figures_come_from(council, client):
    trial = stories.register()

    every = client.get("/evidence/measures/").content.decode()
    one = client.get("/evidence/measures/missed-collection/").content.decode()

    assert every.count("<li><a") == len(queries.outcome_measures())
    assert "Source: guess" in one
    assert trial in one
    assert client.get("/evidence/measures/nothing/").status_code == 404


def test_every_measure_of_the_catalogue_has_a_page(council, client):
    for measure in queries.outcome_measures():
        assert client.get(f"/evidence/measures/{measure.code}/").status_code == 200


def test_card_says_why_a_trial_stopped(council):
    stories.register(*stories.started(), ("stopped", bodies.stopped()))

    (card,) = queries.cards(queries.similar("text bulky collection"), today=date(2027, 4, 1))

    assert card.tag.words == "Stopped early"
    assert card.sentence.startswith("Stopped on 10 March 2027 after 38 of 200, because a provider")


def moved(end, at, trial):
    """The dates of a trial changed in public."""
    before = bodies.plan()["dates"]
    body = {
        "number": 1,
        "question": "dates",
        "before": before,
        "after": {**before, "end": end},
        "reason": "The school term moved.",
    }
    services.append(trial, "amendment", body, at=at)


@pytest.mark.parametrize(
    ("day", "state", "words"),
    [
        (date(2027, 5, 14), "running", "Running"),
        (date(2027, 5, 15), "ended", "Ended"),
        (date(2027, 8, 11), "ended", "Ended"),
        (date(2027, 8, 12), "due", "Result due"),
        (date(2027, 10, 10), "due", "Result due"),
        (date(2027, 10, 11), "overdue", "Result overdue, 60 days"),
    ],
)
def test_a_trial_goes_from_state_to_state_as_time_passes(council, day, state, words):
    trial = stories.register(*stories.started())
    found = queries.record(trial)

    assert found.state_on(day) == state
    assert queries.main_tag(found, day).words == words
    listed = {each.trial for each in queries.trials(state=state, today=day)}
    assert listed == {trial}
    others = set(STATES) - {state}
    assert not any(queries.trials(state=other, today=day).exists() for other in others)


def test_dates_do_not_add_up_when_the_end_is_long_past_and_it_never_started(council, client):
    trial = stories.register()
    before, after = date(2027, 7, 12), date(2027, 7, 13)

    assert queries.record(trial).state_on(before) == "ended"
    assert queries.record(trial).state_on(after) == "inconsistent"
    assert queries.main_tag(queries.record(trial), after).words == "Dates do not add up"
    assert queries.trials(state="inconsistent", today=after).count() == 1
    assert queries.tracker(today=date(2027, 8, 12)).missing == 1


def test_a_result_moved_before_it_is_due_is_due_later_and_the_days_are_told(council, client):
    trial = stories.register(*stories.started())
    moved("2027-06-13", bodies.later(60), trial)

    assert queries.tracker(today=date(2027, 9, 10)).due == 0
    (late,) = queries.tracker(today=date(2027, 9, 12)).oldest
    assert late.words == "Due 1 day ago, after it was moved by 30 days"


def test_what_is_due_stays_due_whatever_is_changed_afterwards(council):
    """Moved, withdrawn, stopped, reported, taken back: none leaves the count, day after day."""
    late, gone, out = (stories.register(*stories.started()) for _ in range(3))
    never = stories.register()
    after = bodies.later(200)  # 22 August: all four are due since the 12th
    counts = [queries.tracker(today=date(2027, 8, 21)).due]
    for trial, kind, body in (
        (never, "withdrawn", {k: v for k, v in bodies.stopped().items() if k in _WITHDRAWN}),
        (gone, "stopped", bodies.stopped()),
        (out, "result", bodies.result()),
    ):
        services.append(trial, kind, body, at=after)
        counts.append(queries.tracker(today=date(2027, 8, 23)).due)
    moved("2028-06-13", after, late)
    counts.append(queries.tracker(today=date(2027, 8, 24)).due)

    assert counts == [4] * 5
    assert queries.reported_of_due(today=date(2027, 8, 24)) == (3, 4)


_WITHDRAWN = ("on", "main_reason", "other_reasons", "words", "advise_another", "advise_words")


def test_a_trial_withdrawn_before_its_result_was_due_owes_none(council):
    body = {k: v for k, v in bodies.stopped().items() if k in _WITHDRAWN}
    stories.register(("withdrawn", body))

    assert queries.tracker(today=date(2028, 1, 1)).due == 0


def test_page_of_results_due_tells_of_a_pause_before_an_election(council, client):
    today = timezone.localdate()
    council.settings = {
        "pauses": [
            {
                "first": (today - timedelta(days=4)).isoformat(),
                "last": (today + timedelta(days=5)).isoformat(),
                "why": "Local elections",
            }
        ]
    }
    council.save()

    text = client.get("/evidence/due/").content.decode()

    assert "Local elections" in text
    assert "10 days" in text
