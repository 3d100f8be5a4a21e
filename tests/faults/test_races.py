"""The same thing at the same moment: presses, tabs and people, at the site as it is served."""

import csv
import re
from functools import partial

import pytest

from tests.apps.trials import real
from tests.faults.kept import Kept
from tests.faults.make_site import UNITS
from tests.faults.running import Person, at_once

PRESSES = 20
SOME = 500
CODE = real.LETTERS["outcomes"]["primary"]["code"]


def answered(came):
    """The status of each answer; every press is answered, and none with a fault of ours."""
    assert None not in came, "a press was not answered"
    for each in came:
        assert each.status_code < 500, each.text
        assert "database is locked" not in each.text
    return [each.status_code for each in came]


def done(kept, action, trial):
    """How often the audit trail says that it was done."""
    return len(
        kept.rows(
            "SELECT 1 FROM accounts_auditentry WHERE action = ? AND thing = ?", action, trial
        )
    )


@pytest.mark.slow
def test_twenty_presses_on_allocate_draw_once(shared):
    running, trials = shared
    kept, trial = Kept(running.folder), trials["draw"][0]
    tabs = [Person(running, "lead")]
    tabs += [tabs[0].another_tab() for _ in range(PRESSES - 1)]
    page = f"/trials/{trial}/allocation/"

    came = at_once([partial(tab.post, page, {"act": "draw"}) for tab in tabs])

    assert answered(came) == [302] * PRESSES
    assert kept.kinds(trial) == ["registration", "list", "started"]
    assert kept.count("trials_assignment", trial) == UNITS
    assert done(kept, "place by chance", trial) == 1
    kept.verify()


@pytest.mark.slow
def test_two_tabs_register_two_trials_each_once_and_one_event_after_the_other(shared):
    running, trials = shared
    kept, lead = Kept(running.folder), Person(running, "lead")
    both = trials["register"][:2]

    came = at_once(
        [
            partial(lead.another_tab().post, f"/trials/{trial}/register/", {"agreed": "on"})
            for trial in both * 2
        ]
    )

    assert {*answered(came)} <= {200, 302}
    assert [kept.kinds(trial) for trial in both] == [["registration"]] * 2
    assert [kept.count("trials_draw", trial) for trial in both] == [1, 1]
    kept.verify()


@pytest.mark.slow
def test_two_people_on_one_question_lose_nothing_and_the_second_sees_both(shared):
    running, trials = shared
    kept, plan = Kept(running.folder), trials["plan"]
    people = [Person(running, "lead"), Person(running, "analyst")]
    page = f"/trials/{plan}/plan/team/"
    bodies = [
        {**real.LETTERS["team"], "contact": f"{who}@wrenmoor.example", "version": "1"}
        for who in ("first", "second")
    ]

    came = at_once(
        [partial(who.post, page, body) for who, body in zip(people, bodies, strict=True)]
    )
    assert sorted(answered(came)) == [302, 409]
    late = next(n for n, each in enumerate(came) if each.status_code == 409)
    version = re.search(r'name="version" value="(\d+)"', came[late].text)[1]
    again = people[late].post(page, {**bodies[late], "version": version})

    assert all(body["contact"] in came[late].text for body in bodies)
    assert again.status_code == 302
    held = kept.contacts(plan)[1:]
    assert held == [bodies[1 - late]["contact"], bodies[late]["contact"]]


@pytest.mark.slow
def test_the_same_file_loaded_in_two_tabs_at_once_is_held_once(shared):
    running, trials = shared
    kept, trial = Kept(running.folder), trials["import"][0]
    lead = Person(running, "lead")
    file = running.folder / "some.csv"
    with file.open("w", newline="") as to:
        rows = csv.writer(to)
        rows.writerow(["family", CODE])
        rows.writerows([f"F{n:05d}", n % 2] for n in range(SOME))
    tabs = [lead.another_tab(), lead.another_tab()]

    sent = at_once([partial(send, tab, f"/trials/{trial}/measure/", file) for tab in tabs])
    assert answered(sent) == [302, 302]
    came = at_once(
        [
            partial(tab.post, each.headers["Location"], {"confirm": "1"})
            for tab, each in zip(tabs, sent, strict=True)
        ]
    )

    assert sorted(answered(came)) == [200, 302]
    refused = next(each for each in came if each.status_code == 200)
    assert f"{SOME} values were recorded after this file was read" in refused.text
    assert kept.count("trials_measurement", trial) == SOME
    assert done(kept, "load outcomes", trial) == 1


def send(tab, page, file):
    """Choose a file on a page."""
    with file.open("rb") as content:
        return tab.post(page, files={"file": (file.name, content)})


@pytest.mark.slow
def test_a_file_of_250_mb_is_refused_by_its_size(shared):
    """Streamed, as a browser does: nothing of it is read, and the words say what to do."""
    running, trials = shared
    lead = Person(running, "lead")
    trial = trials["import"][1]
    kept = Kept(running.folder)
    before = kept.rows("SELECT COUNT(*) n FROM trials_upload")[0]["n"]

    came = lead.session.post(
        f"{running.address}/trials/{trial}/measure/",
        data=Form(250_000_000),
        headers={
            "X-CSRFToken": lead.session.cookies["csrftoken"],
            "Content-Type": "multipart/form-data; boundary=piece",
        },
        timeout=120,
    )

    assert came.status_code == 200
    assert "The file is 250 MB. The most we can read is 200 MB" in came.text
    assert "Split it, or take out columns we do not need" in came.text
    assert kept.rows("SELECT COUNT(*) n FROM trials_upload")[0]["n"] == before


class Form:
    """The bytes of a form with a large file, made as they are sent."""

    START = (
        b"--piece\r\nContent-Disposition: form-data; name=file; filename=all.csv\r\n"
        b"Content-Type: text/csv\r\n\r\n"
    )
    END = b"\r\n--piece--\r\n"
    ROWS = b"F00001,1\n" * 10_000

    def __init__(self, size):
        self.size = len(self.START) + size + len(self.END)
        self.pieces = self.made(size)

    def made(self, size):
        yield self.START
        for start in range(0, size, len(self.ROWS)):
            yield self.ROWS[: size - start]
        yield self.END

    def __len__(self):
        return self.size

    def read(self, _):
        return next(self.pieces, b"")
