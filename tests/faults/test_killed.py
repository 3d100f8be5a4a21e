"""Killed without warning at any moment, twenty times, while somebody else is at work."""

import random
import threading
import time

import pytest

from tests.apps.trials import real
from tests.faults.kept import Kept
from tests.faults.make_site import MEASURED, UNITS
from tests.faults.running import PATIENCE, Person, Saving

# What goes on as the power goes, twenty times; two of them with the server itself.
ORDER = ["register", "draw", "register", "draw", "import"] * 4
ROUNDS, WHOLE = len(ORDER), {6, 14}


def register(person, trial):
    """Register a trial; whether the site said it was done."""
    came = person.post(f"/trials/{trial}/register/", {"agreed": "on"})
    # A second time it is registered already, and the page says so.
    return came is not None and (came.status_code == 302 or "Trial registered" in came.text)


def draw(person, trial):
    """Place a list by chance; whether the site said it was done."""
    came = person.post(f"/trials/{trial}/allocation/", {"act": "draw"})
    return came is not None and came.status_code == 302


def load(person, trial):
    """Send outcomes, wait until they are read, and load them; whether the site said so."""
    with (person.site.folder / "outcomes.csv").open("rb") as file:
        came = person.post(f"/trials/{trial}/measure/", files={"file": ("outcomes.csv", file)})
    if came is None:
        return False
    if "You loaded this file" in came.text:
        return True
    return came.status_code == 302 and follow(person, came.headers["Location"])


def follow(person, where):
    """Wait at the page of long work, then confirm the preview it leads to."""
    end = time.monotonic() + PATIENCE
    while where.startswith("/work/"):
        assert time.monotonic() < end, "the reading never ended"
        came = person.get(where)
        if came is None:
            return False
        if came.status_code == 302:
            where = came.headers["Location"]
        else:
            assert "ended without its result" not in came.text
            time.sleep(0.1)
    came = person.post(where, {"confirm": "1"})
    return came is not None and came.status_code == 302


DONE = {"register": register, "draw": draw, "import": load}


def check(kept, kind, trial, *, said):
    """Everything of it or nothing; everything, when the site said that it was done."""
    kinds, held = kept.kinds(trial), kept.trial(trial)
    if kind == "register":
        done = bool(held["registered_at"])
        assert kinds == ["registration"] * done
        assert (held["draw"] is not None) == done
    elif kind == "draw":
        done = bool(held["drawn_at"])
        assert kinds == ["registration", "list"] + ["started"] * done
        assert kept.count("trials_assignment", trial) == UNITS * done
        assert bool(held["started_at"]) == done
    else:
        values = kept.count("trials_measurement", trial)
        done = values > 0
        assert values in (0, MEASURED)
    assert done or not said
    return done


@pytest.mark.slow
def test_what_was_answered_is_kept_and_nothing_is_doubled_or_half_done(site):
    running, trials = site
    kept = Kept(running.folder)
    chance = random.Random()
    lead, other = Person(running, "lead"), Person(running, "other")
    body = real.LETTERS["team"]
    saving = Saving(Person(running, "lead"), trials["plan"], body, version=1)
    saving.start()
    half_way = 0
    # Within how many seconds of its beginning the power goes: as long as it took the last time.
    within = {"register": 0.4, "draw": 0.6, "import": 3.0}

    for number, kind in enumerate(ORDER):
        trial = trials[kind].pop()
        do = DONE[kind]
        said, began = [], time.monotonic()

        def doing_it(do=do, trial=trial, said=said, began=began):
            said.append((do(lead, trial), time.monotonic() - began))

        doing = threading.Thread(target=doing_it)
        doing.start()
        time.sleep(chance.uniform(0, within[kind]))
        if number in WHOLE:
            running.kill()
            running.start()
        else:
            running.kill_those_at_work(tasks=kind == "import")
        doing.join(PATIENCE)
        running.until_it_answers()

        [(told, took)] = said
        done = check(kept, kind, trial, said=told)
        half_way += not told
        if told:
            within[kind] = took
        kept.verify()
        # They look, and try again.
        start = time.monotonic()
        assert do(lead, trial), (number, kind, lead.answers[-1].text[-3000:])
        if not done:
            within[kind] = time.monotonic() - start
        assert check(kept, kind, trial, said=True)
        kept.verify()
        assert not done or check(kept, kind, trial, said=True)
    saving.stop()
    running.stop()

    stand = kept.contacts(trials["plan"])
    assert set(saving.kept) <= set(stand)
    assert len(stand) == len(set(stand))
    assert [each for each in stand if each in saving.kept] == saving.kept  # in their order
    assert len(saving.kept) > ROUNDS
    assert half_way > ROUNDS / 4, "it was hardly ever killed in the middle"
    for person in (lead, other, saving.person):
        for came in person.answers:
            assert came.status_code < 500, came.text
            assert "database is locked" not in came.text
    assert "Traceback" not in running.said.read_text(), running.said.read_text()[-4000:]
