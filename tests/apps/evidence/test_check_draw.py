"""Anybody checks a draw in the page, with the list, the allocation and the seed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.apps.evidence import bodies, stories
from trialogue.evidence import queries, services
from trialogue.methods import allocation
from trialogue.methods.design import Arm, Design

SEED = 2**90 + 7
DESIGN = Design((Arm("usual"), Arm("text")))
UNITS = [allocation.Unit(f"H-{n:03d}", "", ("North" if n % 3 else "South",)) for n in range(40)]
LIST = "household,ward\n" + "".join(f"{unit.id},{unit.strata[0]}\n" for unit in UNITS)


@pytest.fixture
def drawn(council):
    """A trial whose seed, list and draw are real, and ended."""
    strata = {"by": ["ward"], "method": "complete", "block": 0}
    body = bodies.registration(strata=strata)
    body["allocation"]["commitment"] = allocation.commitment(SEED)
    trial = services.new_identifier()
    fixed = {**bodies.units_list(40), "list_hash": allocation.list_hash(UNITS, DESIGN)}
    result = bodies.result(seed=str(SEED))
    for day, (kind, event) in enumerate(
        [
            ("registration", body),
            ("list", fixed),
            ("started", bodies.started(20)),
            ("result", result),
        ]
    ):
        services.append(trial, kind, event, at=bodies.later(day))
    return trial


def placed(arms=None):
    arms = arms or allocation.draw(UNITS, DESIGN, SEED)
    rows = zip(UNITS, arms, strict=True)
    return "household,arm\n" + "".join(f"{unit.id},{arm}\n" for unit, arm in rows)


def check(client, trial, **typed):
    sent = {"units_text": LIST, "placed_text": placed(), "cluster": "", "seed": str(SEED)} | typed
    return client.post(f"/evidence/{trial}/technical/", sent).content.decode()


def test_honest_draw_is_found_honest(drawn, client):
    page = check(client, drawn)

    assert "It was drawn as it says: all 40 are where chance put them." in page
    assert "is the one that was fixed before the draw" in page
    assert "is the one that was committed to at registration" in page


def test_files_say_the_same_as_pasted_words(drawn, client):
    files = {
        "units_file": SimpleUploadedFile("streets.csv", LIST.encode("utf-16")),
        "placed_file": SimpleUploadedFile("placed.csv", placed().replace(",", ";").encode()),
    }

    page = check(client, drawn, units_text="", placed_text="", **files)

    assert "It was drawn as it says" in page


def test_one_household_moved_by_hand_is_named(drawn, client):
    arms = allocation.draw(UNITS, DESIGN, SEED)
    arms[5] = "usual" if arms[5] == "text" else "text"

    page = check(client, drawn, placed_text=placed(arms))

    assert "It is not as it says." in page
    assert "1 of 40 differ from the draw" in page
    assert "H-005" in page


def test_another_seed_is_not_the_one_committed_to(drawn, client):
    page = check(client, drawn, seed="8")

    assert "is not the one that was committed to at registration" in page
    assert "It is not as it says." in page


def test_list_with_one_more_row_is_not_the_published_one(drawn, client):
    page = check(client, drawn, units_text=f"{LIST}H-999,North\n")

    assert "is not the one that was fixed before the draw" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"units_text": ""}, "Choose or paste the list that was placed"),
        ({"placed_text": ""}, "Choose or paste who got what"),
        ({"seed": ""}, "Enter the seed"),
        ({"seed": "seven"}, "The seed must be whole digits"),
        ({"units_text": "household,ward\n"}, "no rows"),
        ({"units_text": "household,area\nH-1,North\n"}, "no such column"),
        ({"units_text": LIST + "H-001,North\n"}, "is also in row 3"),
        ({"placed_text": "household,group\nH-1,text\n"}, "There is no column"),
    ],
)
def test_what_cannot_be_read_is_named_and_what_was_typed_is_kept(drawn, client, typed, words):
    page = check(client, drawn, **typed)

    assert "There is a problem" in page
    assert words in page
    if "seed" not in typed:
        assert str(SEED) in page


def test_checking_keeps_nothing(drawn, client):
    before = queries.events(drawn)

    check(client, drawn)

    assert queries.events(drawn) == before


def test_trial_placed_elsewhere_offers_no_check(council, client):
    trial = stories.register(elsewhere={"by": "A university", "how": "By computer"},
                             strata={"method": "elsewhere", "block": 0, "drawn_by": "A university",
                                     "drawn_how": "By computer"})  # fmt: skip

    page = client.get(f"/evidence/{trial}/technical/").content.decode()

    assert "cannot be checked here" in page
    assert "<form method" not in page.split("<main")[1]


def test_page_and_command_draw_by_the_same_words(drawn, client):
    page = client.get(f"/evidence/{drawn}/technical/").content.decode()

    assert (
        "trialogue verify units.csv allocation.csv --arms &quot;usual:1,text:1&quot; "
        f"--strata &quot;ward&quot; --seed {SEED}"
    ) in page
