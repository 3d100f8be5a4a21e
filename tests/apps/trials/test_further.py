"""What the plan asks besides the verdict: did it last, for whom, and for those who got it?"""

import csv
from collections import Counter

import pytest

from tests.apps.trials import loop, real
from tests.apps.trials.test_own_draw import OWN
from trialogue.evidence import queries as register
from trialogue.evidence import showing
from trialogue.methods.problems import InputError
from trialogue.trials import further
from trialogue.trials.models import Delivery, Unit
from trialogue.trials.protocol import parse
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.services import additional, analysis, losses, publishing
from trialogue.trials.words import analysis_rule, analysis_words, problems_of_plan

WAVES = [
    {"number": 1, "name": "two weeks", "opens": "2027-02-20", "closes": "2027-03-10"},
    {"number": 2, "name": "three months", "opens": "2027-03-11", "closes": "2027-05-20"},
]
SIZE = 300


def two_waves(**outcomes):
    return {
        **OWN,
        "dates": {**OWN["dates"], "waves": WAVES},
        "outcomes": {**OWN["outcomes"], **outcomes},
    }


SUBGROUPS = [{"column": "month", "why": "Families are away in August"}]


def file_of(path, header, rows):
    with path.open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(header)
        written.writerows(rows)
    return path


@pytest.fixture
def placed(people, tmp_path):
    trial = loop.registered(people, two_waves(subgroups=SUBGROUPS))
    rows = [(f"F{n:03d}", "July" if n % 2 else "August") for n in range(SIZE)]
    loop.listed(people, trial, file_of(tmp_path / "units.csv", ("family", "month"), rows))
    loop.placed(people, trial)
    trial.refresh_from_db()
    return trial


def measure(people, trial, folder, *, wave, day, shares, turned=False):
    """The first so many of each arm and month have it, in the list's order or turned round."""
    arms = dict(trial.assignments.values_list("unit__study_id", "arm"))
    # As many in each month, or chance would now and then find that months differ.
    parts = {name: (arm, int(name[1:]) % 2) for name, arm in arms.items()}
    of, seen = Counter(parts.values()), Counter()
    rows = []
    for name in sorted(arms, reverse=turned):
        part = parts[name]
        rows.append((name, int(seen[part] < round(shares[part[0]] * of[part])), 0, 0))
        seen[part] += 1
    header = ("family", "recertified", "started", "complaint")
    path = file_of(folder / f"wave{wave}.csv", header, rows)
    loop.measured(people, trial, path, at=loop.later(day), wave=wave)


@pytest.fixture
def measured(people, placed, tmp_path):
    """It worked after two weeks; after three months nothing of it was left."""
    early = {"usual": 0.2, "open-letter": 0.8, "dated-letter": 0.8}
    late = {"usual": 0.5, "open-letter": 0.5, "dated-letter": 0.9}
    measure(people, placed, tmp_path, wave=1, day=20, shares=early)
    measure(people, placed, tmp_path, wave=2, day=60, shares=late)
    return placed


@pytest.fixture
def analysed(people, measured):
    return loop.analysed(people, measured, at=loop.later(120))


def test_the_plan_says_what_else_is_asked_before_the_start():
    protocol = parse(two_waves(subgroups=SUBGROUPS))

    words = " ".join(analysis_words(protocol))
    assert "in the same way at two weeks and three months" in words
    assert "The verdict is of three months" in words
    assert "Whether it works differently by month" in words
    rule = analysis_rule(protocol)
    assert (rule["waves"], rule["subgroups"], rule["wave"]) == ([1, 2], ["month"], 2)


def test_a_plan_that_asks_nothing_else_reads_as_before():
    protocol = parse(OWN)

    assert not {"waves", "subgroups"} & set(analysis_rule(protocol))
    assert "lasted" not in " ".join(analysis_words(protocol))


def test_a_wave_before_the_start_shows_no_difference_and_is_none_of_those():
    before = {"number": 1, "name": "before", "opens": "2027-01-20", "closes": "2027-02-10"}
    plan = two_waves()
    protocol = parse({**plan, "dates": {**plan["dates"], "waves": [before, WAVES[1]]}})

    assert [wave.name for wave in protocol.dates.waves_after_start] == ["three months"]


@pytest.mark.parametrize("column", ["ward", "recertified"])
def test_a_subgroup_is_parted_by_what_was_known_before_the_start(column):
    plan = two_waves(subgroups=[{"column": column, "why": "We wonder"}])

    problems = problems_of_plan(plan, today=loop.NOW.date())

    [problem] = [one for one in problems if one.column == "outcomes"]
    assert f"“{column}” does not part the units before the start" in problem.what
    assert "month" in problem.mend


def test_each_wave_is_analysed_in_the_registered_way(analysed):
    document = analysed.document
    found = document["lasting"]

    assert [wave["name"] for wave in found["waves"]] == ["two weeks", "three months"]
    first, last = (wave["document"]["effects"] for wave in found["waves"])
    assert [row["estimate"] for row in first] == pytest.approx([0.6, 0.6], abs=0.02)
    keys = ("arm", "estimate", "se", "df", "ci_low", "ci_high", "p", "p_adjusted")
    planned = document["outcomes"]["recertified"]["effects"]
    assert [[row[key] for key in keys] for row in last] == [
        [row[key] for key in keys] for row in planned
    ]
    answers = {each["arm"]: each["answer"] for each in found["lasting"]}
    assert answers == {"open-letter": "gone", "dated-letter": "faded"}


def test_the_files_order_of_waves_changes_nothing(people, placed, tmp_path, analysed_twice):
    one, other = analysed_twice
    assert one["lasting"] == other["lasting"]


@pytest.fixture
def analysed_twice(people, measured):
    protocol = protocol_of(measured)
    backwards = {**protocol.plan, "dates": {**protocol.plan["dates"], "waves": WAVES[::-1]}}
    found = []
    for plan in (protocol.plan, backwards):
        parsed = parse(plan)
        rows = Rows(measured, parsed)
        found.append(
            {"lasting": further.lasting(rows, parsed, seed=1, progress=lambda done, of: True)}
        )
    return found


def test_only_what_was_registered_is_asked(people, measured):
    protocol = protocol_of(measured)
    plain = parse({**protocol.plan, "outcomes": OWN["outcomes"]})

    assert plain.outcomes.subgroups == ()
    assert "subgroups" not in OWN["outcomes"]


def test_the_result_says_whether_it_lasted_and_for_whom(people, measured, analysed, client):
    loop.published(people, measured, real.STORY, at=loop.later(130))
    body = register.whole(measured.public_id).result.body

    assert [one["column"] for one in body["subgroups"]] == ["month"]
    assert body["subgroups"][0]["sentence"].startswith("There is no sign that it worked")
    assert "counts" not in body["lasting"]["waves"][0]
    address = f"/evidence/{measured.public_id}/"
    page = client.get(address).content.decode()
    assert "Did it last?" in page
    assert "It did not last: the difference shrank after two weeks, and may be gone." in page
    assert "There is no sign that it worked differently by month." in page
    technical = client.get(f"{address}technical/").content.decode()
    assert "at two weeks" in technical
    assert "how far it moved from two weeks to three months" in technical
    assert "Registered subgroups" in technical


def test_an_early_wave_that_nobody_could_be_compared_at_stops_nothing(people, placed, tmp_path):
    late = {"usual": 0.5, "open-letter": 0.5, "dated-letter": 0.9}
    measure(people, placed, tmp_path, wave=2, day=60, shares=late)

    document = loop.analysed(people, placed, at=loop.later(120)).document

    found = {row["arm"]: row for row in document["outcomes"]["recertified"]["effects"]}
    assert found["dated-letter"]["estimate"] == pytest.approx(0.4)
    assert document["lasting"]["note"].startswith("Whether it lasted is not known")


def test_small_counts_of_an_early_wave_keep_the_result_back(people, placed, tmp_path):
    measure(people, placed, tmp_path, wave=1, day=20,
            shares={"usual": 0.02, "open-letter": 0.5, "dated-letter": 0.5})  # fmt: skip
    measure(people, placed, tmp_path, wave=2, day=60,
            shares={"usual": 0.5, "open-letter": 0.5, "dated-letter": 0.5})  # fmt: skip
    loop.analysed(people, placed, at=loop.later(120))

    problems = " ".join(problem.what for problem in publishing.prepare(placed).problems)
    assert "two weeks, " in problems


def delivered(people, trial, *, day):
    arms = dict(trial.assignments.values_list("unit__study_id", "arm"))
    for number, (name, arm) in enumerate(sorted(arms.items())):
        if arm != "usual":
            losses.record_delivery(
                public_id=trial.public_id,
                study_id=name,
                on=loop.later(15).date(),
                state="done" if number % 2 else "missed",
                words="",
                by=people["lead"],
                at=loop.later(day),
            )


def ask(people, trial):
    work = additional.start_additional_analysis(
        public_id=trial.public_id,
        title="And for those who opened it?",
        outcome="recertified",
        adjust="received",
        by=people["analyst"],
        at=loop.later(123),
    )
    loop.run_waiting_tasks()
    work.refresh_from_db()
    return work


def test_the_effect_for_those_who_got_it_reads_the_delivery_log(people, measured):
    delivered(people, measured, day=16)
    loop.analysed(people, measured, at=loop.later(120))

    assert ask(people, measured).finished_at

    kept = measured.analyses.get(planned=False).document["outcomes"]["recertified"]
    effect = {row["arm"]: row["estimate"] for row in kept["effects"]}
    for row in kept["compliers"]:
        assert row["received"] == pytest.approx(0.5, abs=0.05)
        assert row["estimate"] == pytest.approx(effect[row["arm"]] / row["received"], abs=1e-9)
        assert any("additional analysis" in note for note in row["notes"])


def test_what_is_noted_after_the_lock_makes_no_effect(people, measured, analysed):
    with pytest.raises(InputError, match="Nobody noted who got it before the data were locked"):
        ask(people, measured)
    delivered(people, measured, day=122)

    with pytest.raises(InputError, match="Nobody noted who got it before the data were locked"):
        ask(people, measured)


def test_who_got_it_is_known_from_what_was_noted(people, placed):
    arms = dict(placed.assignments.values_list("unit__study_id", "arm"))
    usual = next(name for name, arm in arms.items() if arm == "usual")
    new = [name for name, arm in arms.items() if arm == "open-letter"][:4]
    noted = {new[0]: ["missed", "done"], new[1]: ["refused"], new[2]: ["unknown"]}
    for name, states in noted.items():
        for day, state in enumerate(states):
            Delivery.objects.create(
                unit=Unit.objects.get(trial=placed, study_id=name),
                on=loop.later(day).date(), state=state, by=people["lead"], at=loop.NOW,
            )  # fmt: skip

    rows = Rows(placed, protocol_of(placed))
    known = dict(zip(rows.ids, rows.received(), strict=True))

    assert [known[name] for name in (new[0], new[1], usual)] == [1, 0, 0]
    assert all(known[name] != known[name] for name in (new[2], new[3]))
    assert analysis.planned_analysis(placed) is None
    assert showing.TABLES["complier_columns"]
