"""Real trials through the whole loop: one set of figures, the published one, at every place.

Each is recorded afterwards and placed elsewhere, by the services behind the pages. What the
analysis found, what the public JSON holds, what the technical page prints and what `trialogue
analyse` says of the same file are held to each other and to `expected.json`.
"""

import json
import re
import shlex
from html import unescape

import pytest
from click.testing import CliRunner
from django.conf import settings

from tests.apps.trials import loop, real
from tests.apps.trials import real_trials as trials
from trialogue.cli.main import trialogue
from trialogue.evidence.showing.analyses import figure
from trialogue.trials.services import publishing

KEYS = ("estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted")
# The same seed draws the same again, whoever asks.
SEED = 1

TRIALS = [
    pytest.param(trials.LETTERS, id="reminder letters"),
    pytest.param(trials.VISITS, id="registration visits", marks=pytest.mark.slow),
]
if trials.LITTER.file.exists():
    TRIALS.append(pytest.param(trials.LITTER, id="litter signs"))
# The lists of 195,118 and of 344,084 people go round once, on the embedded database.
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    TRIALS += [
        pytest.param(trials.FRIENDS, id="friends' texts", marks=pytest.mark.slow),
        pytest.param(trials.NEIGHBOURS, id="neighbours' letters", marks=pytest.mark.slow),
    ]


def gone_round(people, trial_of):
    """The trial, published, and the document of its main outcome."""
    trial = loop.registered(people, trial_of.plan)
    loop.listed(people, trial, trial_of.file, **trial_of.listed)
    loop.measured(people, trial, trial_of.file, **trial_of.measured)
    analysis = loop.analysed(people, trial, seed=SEED)
    loop.published(people, trial, real.STORY)
    return trial, analysis.document["outcomes"][trial_of.plan["outcomes"]["primary"]["code"]]


def commanded(trial_of):
    """What `trialogue analyse` says of the same file, with the groups as the plan codes them."""
    words = ["analyse", str(trial_of.file), *shlex.split(trial_of.flags)]
    done = CliRunner().invoke(trialogue, [*words, "--seed", str(SEED), "--json"])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def by_arm(rows, codes=None):
    codes = codes or {}
    return {codes.get(row["arm"], row["arm"]): row for row in rows}


def close(found, wanted, keys, *, rel=1e-8):
    for arm, row in wanted.items():
        for key in set(keys) & row.keys():
            same = None if row[key] is None else pytest.approx(row[key], rel=rel, abs=0)
            assert found[arm][key] == same, (arm, key)


def cells(page):
    """The table rows of a page, cell by cell."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page.content.decode(), flags=re.S)
    cell = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)
    return [
        tuple(unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in cell.findall(row))
        for row in rows
    ]


@pytest.mark.parametrize("trial_of", TRIALS)
def test_a_real_trial_goes_round_the_loop_with_the_published_figures(people, client, trial_of):
    trial, document = gone_round(people, trial_of)
    codes = {name: code for code, name in trial_of.name_of.items()}
    expected = trial_of.expected
    said = commanded(trial_of)

    public = client.get(f"/evidence/{trial.public_id}.json").json()
    result = next(e["body"] for e in public["events"] if e["type"] == "result")
    effects = by_arm(result["effects"]["effects"])
    assert result["effects"] == json.loads(json.dumps(document))
    close(effects, by_arm(expected["effects"], codes), KEYS)
    close(effects, by_arm(said["effects"], codes), KEYS)
    close(effects, by_arm(said["effects"], codes), ["p_permutation", "ratio"])
    arms = by_arm(result["effects"]["arms"])
    for wanted in (expected.get("arms", []), said["arms"]):
        close(arms, by_arm(wanted, codes), ["n", "clusters", "mean", "sd"], rel=1e-10)
    assert result["effects"]["missing"] == {codes[name]: n for name, n in said["missing"].items()}
    assert result["effects"]["sample_ratio_p"] == pytest.approx(said["sample_ratio_p"])

    assert {v["arm"]: v["words"] for v in result["verdicts"]} == trial_of.verdicts
    page = client.get(f"/evidence/{trial.public_id}/")
    shown = unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))
    for verdict in result["verdicts"]:
        assert verdict["words"] in shown
        assert verdict["sentence"] in shown
    technical = cells(client.get(f"/evidence/{trial.public_id}/technical/"))
    for arm, row in effects.items():
        wanted = tuple(figure(row[key]) for key in ("estimate", "se", "df"))
        assert (trial_of.name_of[arm], *wanted) in {row[:4] for row in technical}
    assert result["strength"]["reasons"][0] == "It was not registered before it started."
    assert result["seed"] is None


def test_families_without_a_record_count_as_missing_in_their_group(people):
    trial, document = gone_round(people, trials.LETTERS)

    assert document["missing"] == {"usual": 5, "open-letter": 5, "dated-letter": 9}
    body = publishing.prepare(trial).body
    assert "about 40 kept their support" in body["verdicts"][0]["sentence"]
