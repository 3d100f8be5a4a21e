"""A stepped start round the loop: areas begin one after another, in an order that chance drew."""

import csv
import io
import json
from copy import deepcopy
from datetime import date, timedelta

import numpy as np
import pytest
from click.testing import CliRunner

from tests.apps.trials import loop, real
from trialogue.cli.main import trialogue
from trialogue.evidence import queries as register
from trialogue.evidence import showing
from trialogue.evidence.showing.technical import published
from trialogue.methods.problems import InputError
from trialogue.tables import write_csv
from trialogue.trials.models import Unit, Upload
from trialogue.trials.planned_power import panel
from trialogue.trials.protocol import parse
from trialogue.trials.queries.copying import to_copy
from trialogue.trials.queries.data import Rows
from trialogue.trials.queries.starting import begun
from trialogue.trials.queries.trials import protocol_of
from trialogue.trials.queries.watching import watch
from trialogue.trials.services import additional, allocation, amending, publishing
from trialogue.trials.services.allocation import enrol_late
from trialogue.trials.words import analysis_rule, analysis_words, problems_of_plan

STEPS = ("2027-03-01", "2027-05-01", "2027-07-01", "2027-09-01")
WAVES = [
    {"number": 1, "name": "Before", "opens": "2027-02-08", "closes": "2027-02-28"},
    {"number": 2, "name": "April", "opens": "2027-04-10", "closes": "2027-04-30"},
    {"number": 3, "name": "June", "opens": "2027-06-10", "closes": "2027-06-30"},
    {"number": 4, "name": "August", "opens": "2027-08-10", "closes": "2027-08-31"},
    {"number": 5, "name": "October", "opens": "2027-10-10", "closes": "2027-10-31"},
]
AREAS, PEOPLE = 8, 6


def stepped_plan(**changes):
    """The starter plan of visits, with areas that start one after another."""
    plan = deepcopy(dict(register.starter_plan("look-in-on-the-round").answers))
    plan["unit"] |= {"placed": "area", "placed_plural": "areas", "gss_code": "E06000001"}
    plan["strata"]["by"] = []
    plan["outcomes"] |= {"secondary": [], "guardrails": plan["outcomes"]["guardrails"][:1]}
    plan["outcomes"]["covariates"] = []
    plan["size"] |= {"clusters_per_arm": 2, "cluster_size": PEOPLE, "cluster_size_cv": 0}
    plan["risks"]["looks"] = 0
    plan["team"] = {**real.LETTERS["team"]}
    plan["dates"] = {
        "recorded": "before",
        "start": STEPS[0],
        "end": "2027-11-01",
        "waves": deepcopy(WAVES),
        "steps": [{"starts": day} for day in STEPS],
        "registered_elsewhere": "",
    }
    for name, change in changes.items():
        plan[name] |= change
    return plan


def file_of(path, header, rows):
    with path.open("w", newline="") as file:
        written = csv.writer(file)
        written.writerow(header)
        written.writerows(rows)
    return path


@pytest.fixture
def placed(people, tmp_path):
    trial = loop.registered(people, stepped_plan())
    rows = [(f"R{a}{n}", f"Area {a}") for a in range(AREAS) for n in range(PEOPLE)]
    loop.listed(people, trial, file_of(tmp_path / "list.csv", ("resident", "area"), rows))
    loop.placed(people, trial)
    trial.refresh_from_db()
    return trial


@pytest.fixture
def measured(people, placed, tmp_path):
    """A score of 5 or 6 before, two lower from the first day on; a few were not reached."""
    starts = dict(placed.assignments.values_list("unit__study_id", "arm"))
    random = np.random.default_rng(4)
    for wave in WAVES:
        rows = []
        for name in sorted(starts):
            score = int(random.integers(5, 8)) - 2 * (starts[name] < wave["opens"])
            rows.append((name, "" if random.random() < 0.05 else score, 0))
        path = file_of(
            tmp_path / f"wave{wave['number']}.csv", ("resident", "loneliness", "late"), rows
        )
        columns = {"id": "resident", "loneliness-score": "loneliness", "round-late": "late"}
        day = (date.fromisoformat(wave["closes"]) - loop.NOW.date()).days
        loop.measured(
            people, placed, path, at=loop.later(day), wave=wave["number"], columns=columns
        )
    return placed


@pytest.fixture
def analysed(people, measured):
    return loop.analysed(people, measured, at=loop.later(280))


def test_the_plan_says_how_it_is_analysed():
    protocol = parse(stepped_plan())

    said = " ".join(analysis_words(protocol))
    assert "a term for each area and each time of measuring" in said
    assert "drawing again which area starts when" in said
    assert "is an average" in said
    rule = analysis_rule(protocol)
    assert rule["steps"] == list(STEPS)
    assert rule["waves"] == [1, 2, 3, 4, 5]
    assert rule["statistic"] == "difference"


def test_the_panel_says_what_so_few_areas_can_find():
    found = panel(stepped_plan())

    assert found.problems == ()
    assert found.sentences[0].startswith(
        "With 8 areas that start in 4 steps, and 6 residents measured in each, 5 times, you would"
    )
    assert found.power < 0.8
    assert panel(stepped_plan(size={"clusters_per_arm": 12, "cluster_size": 30})).enough


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"strata": {"method": "simple"}}, "strata", "Steps share out the whole list at once"),
        ({"risks": {"looks": 1}}, "risks", "There is no rule for looks for harm"),
        (
            {"dates": {"steps": [{"starts": STEPS[0]}]}},
            "dates",
            "One step is no stepped start",
        ),
        (
            {"dates": {"steps": [{"starts": day} for day in STEPS[::-1]]}},
            "dates",
            "Each step begins after the one before",
        ),
        ({"size": {"clusters_per_arm": 76}}, "size", "304 areas are too many to start in steps"),
        (
            {"outcomes": {"covariates": [{"name": "wave", "category": False}]}},
            "outcomes",
            "“wave” is a term of the analysis",
        ),
        ({"strata": {"by": ["area"]}}, "strata", "“area” is a term of the analysis"),
        (
            {"dates": {"waves": [{**wave, "number": 6 - wave["number"]} for wave in WAVES]}},
            "dates",
            "not in the order of their dates",
        ),
        ({"dates": {"start": "2027-02-20"}}, "dates", "The first step begins on the start date"),
        ({"dates": {"end": "2027-08-20"}}, "dates", "The last step begins after the end date"),
        (
            {"dates": {"steps": [{"starts": day} for day in (*STEPS[:3], "2027-08-20")]}},
            "dates",
            "It begins while “August” is measured",
        ),
        (
            {"dates": {"waves": WAVES[:1] + WAVES[2:]}},
            "dates",
            "Nothing is measured after step 1 and before the next",
        ),
        ({"dates": {"waves": WAVES[1:]}}, "dates", "Nothing is measured before the first step"),
        ({"dates": {"waves": WAVES[:4]}}, "dates", "Nothing is measured after step 4"),
    ],
)
def test_what_is_no_stepped_start_is_said_before_it_is_registered(changes, column, said):
    problems = problems_of_plan(stepped_plan(**changes), today=loop.NOW.date())

    assert any(one.column == column and said in one.what for one in problems), problems


def test_a_whole_plan_has_no_problem():
    assert problems_of_plan(stepped_plan(), today=loop.NOW.date()) == []


def test_chance_gives_each_area_a_first_day_as_many_at_each(placed):
    found = begun(placed.public_id)

    days = list(found.first_days.values())
    assert sorted(found.first_days) == [f"Area {a}" for a in range(AREAS)]
    assert sorted(days) == sorted(date.fromisoformat(day) for day in STEPS for _ in range(2))


def test_the_pages_of_the_draw_name_the_days(client, people, placed):
    client.force_login(people["lead"])

    page = client.get(f"/trials/{placed.public_id}/allocation/").content.decode()
    one_day = client.get(f"/trials/{placed.public_id}/allocation/{STEPS[1]}.csv")
    public = client.get(f"/evidence/{placed.public_id}/").content.decode()

    assert "Starts on 1 March 2027" in page
    assert one_day.status_code == 200
    assert len(one_day.content.decode().splitlines()) == 1 + 2 * PEOPLE
    assert "Placed: Starts on 1 May 2027" in public


def test_anybody_can_draw_the_order_again(people, placed, tmp_path):
    from trialogue.trials.queries.placing import list_rows
    from trialogue.trials.queries.placing import placed as counted
    from trialogue.trials.seal import unseal

    protocol = protocol_of(placed)
    command = counted(placed, protocol, placed.draw).command
    for arms, name in ((False, "list"), (True, "allocation")):
        with (tmp_path / f"{placed.public_id}-{name}.csv").open("w", newline="") as file:
            write_csv(file, *list_rows(placed, protocol, arms=arms))
    seed = str(unseal(placed.draw.sealed_seed))
    words = [
        str(tmp_path / word) if word.endswith(".csv") else word.strip('"')
        for word in command.replace("SEED", seed).split(" ")[1:]
    ]

    done = CliRunner().invoke(trialogue, [*words, "--json"])

    assert json.loads(done.stdout)["valid"], done.output


def test_the_public_page_and_the_second_programme_draw_the_order_again(client, people, placed):
    from trialogue.trials.queries.placing import list_rows
    from trialogue.trials.seal import unseal

    protocol, texts = protocol_of(placed), []
    for arms in (False, True):
        written = io.StringIO()
        write_csv(written, *list_rows(placed, protocol, arms=arms))
        texts.append(written.getvalue())
    seed = str(unseal(placed.draw.sealed_seed))
    sent = {"units_text": texts[0], "placed_text": texts[1], "cluster": "area", "seed": seed}
    page = client.post(f"/evidence/{placed.public_id}/technical/", sent).content.decode()

    assert "It was drawn as it says: all 48 are where chance put them." in page
    (whole,) = [register.whole(placed.public_id)]
    design = json.loads(published(whole))["design"]
    assert design["arms"] == [[day, 1] for day in STEPS]


def test_who_comes_late_starts_with_their_area(people, placed):
    area = Unit.objects.filter(trial=placed).first()

    late = enrol_late(
        public_id=placed.public_id,
        study_id="new",
        strata=[],
        cluster=area.cluster,
        on=date(2027, 4, 1),
        by=people["lead"],
        at=loop.later(60),
    )

    assert late.arm == area.assignment.arm


def test_who_joins_late_counts_from_then_on(people, placed):
    """Nobody could have measured them before, so nothing of theirs is missing."""
    area = Unit.objects.filter(trial=placed).first()
    enrol_late(
        public_id=placed.public_id,
        study_id="new",
        strata=[],
        cluster=area.cluster,
        on=date(2027, 7, 2),
        by=people["lead"],
        at=loop.later(149),
    )

    header, rows = Rows(placed, protocol_of(placed)).table()

    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [each["wave"] for each in found if each["id"] == "new"] == [4, 5]
    assert len(found) == AREAS * PEOPLE * len(WAVES) + 2


def test_no_new_area_draws_a_day_that_may_have_passed(people, placed):
    asked = {
        "public_id": placed.public_id,
        "strata": [],
        "on": date(2027, 3, 2),
        "by": people["lead"],
    }
    first_day = loop.later((date.fromisoformat(STEPS[0]) - loop.NOW.date()).days)

    with pytest.raises(InputError, match="The first step began on 1 March 2027"):
        enrol_late(study_id="new", cluster="Area 9", at=first_day + timedelta(days=1), **asked)

    assert not Unit.objects.filter(cluster="Area 9").exists()
    joined = enrol_late(study_id="new", cluster="Area 9", at=first_day, **asked)
    assert joined.arm in STEPS


def test_the_order_is_drawn_before_the_first_step_has_begun(people, tmp_path):
    trial = loop.registered(people, stepped_plan())
    rows = [(f"R{a}", f"Area {a}") for a in range(AREAS)]
    loop.listed(people, trial, file_of(tmp_path / "list.csv", ("resident", "area"), rows))
    asked = {"public_id": trial.public_id, "by": people["lead"]}

    with pytest.raises(InputError, match="move the steps first"):
        allocation.fix_list(**asked, at=loop.later(27))
    allocation.fix_list(**asked, at=loop.later(26))
    with pytest.raises(InputError, match="The first step began on 1 March 2027"):
        allocation.allocate(**asked, at=loop.later(27))

    assert not trial.assignments.exists()


def test_a_list_of_more_than_the_analysis_takes_is_refused(people, tmp_path):
    trial = loop.registered(people, stepped_plan())
    rows = [(f"R{a}", f"Area {a}") for a in range(301)]
    path = file_of(tmp_path / "list.csv", ("resident", "area"), rows)

    upload = loop.uploaded(people, trial, Upload.Kind.UNITS, path)

    assert "301 areas are too many to start in steps" in str(upload.report)


def test_watching_counts_by_first_day_and_shows_no_effect(placed):
    shown = watch(placed, protocol_of(placed), today=date(2027, 6, 1))

    assert [arm.placed for arm in shown.arms] == [2 * PEOPLE] * 4
    assert shown.arms[0].name == "Starts on 1 March 2027"
    assert shown.warnings == ()


def test_every_wave_counts_and_the_areas_are_compared_with_themselves(analysed, placed):
    document = analysed.document["outcomes"]["loneliness-score"]

    (row,) = document["effects"]
    assert row["arm"] == "now"
    assert row["estimate"] == pytest.approx(-2, abs=0.5)
    assert row["ci_high"] < -1
    assert document["permutation"]["exact"]
    assert document["permutation"]["draws"] == 2520
    before, after = document["arms"]
    assert (before["clusters"], after["clusters"]) == (8, 8)
    counted = {each["arm"]: each for each in analysed.document["numbers"]}
    # Areas × people × (waves before, waves after), two areas at each step.
    assert counted["later"]["allocated"] == 2 * PEOPLE * (1 + 2 + 3 + 4)
    assert counted["now"]["allocated"] == 2 * PEOPLE * (4 + 3 + 2 + 1)
    for each in counted.values():
        lost = sum(reason["n"] for reason in each["lost"])
        assert each["allocated"] - each["analysed"] == lost
    assert not analysed.document["lasting"]


def test_a_harm_of_two_people_is_small_however_often_it_was_measured(people, placed, tmp_path):
    """Each was late in all five rounds: ten measurements, and two who could be told apart."""
    for wave in WAVES:
        rows = [
            (name, 4 + wave["number"] % 5, int(name in ("R00", "R10")))
            for name in placed.units.values_list("study_id", flat=True)
        ]
        path = file_of(tmp_path / "wave.csv", ("resident", "loneliness", "late"), rows)
        columns = {"id": "resident", "loneliness-score": "loneliness", "round-late": "late"}
        day = (date.fromisoformat(wave["closes"]) - loop.NOW.date()).days
        loop.measured(
            people, placed, path, at=loop.later(day), wave=wave["number"], columns=columns
        )
    found = loop.analysed(people, placed, at=loop.later(280))

    said = " ".join(one.what for one in publishing.prepare(placed).problems)
    assert "so small that they may tell who somebody is" in said
    late = [row for row in found.document["people"] if row["outcome"] == "round-late"]
    assert {row["events"] for row in late} == {2}
    assert sum(row["events"] for row in found.document["table"] if row["events"]) == 10


def test_the_command_gives_the_same_figures_from_the_data_file(analysed, placed, tmp_path):
    rows = Rows(placed, protocol_of(placed))
    path = tmp_path / "data.csv"
    with path.open("w", newline="") as file:
        write_csv(file, *rows.table())

    done = CliRunner().invoke(
        trialogue,
        [
            "analyse", str(path), "--outcome", "loneliness-score", "--arm", "arm", "--control",
            "later", "--cluster", "area", "--period", "wave", "--statistic", "difference",
            "--kind", "continuous", "--json",
        ],
    )  # fmt: skip

    ours = analysed.document["outcomes"]["loneliness-score"]["effects"]
    assert json.loads(done.stdout)["effects"] == ours


def test_the_result_is_published_with_its_verdict_and_its_strength(
    people, client, analysed, placed
):
    loop.published(people, placed, real.STORY, at=loop.later(285))

    (whole,) = [register.whole(placed.public_id)]
    result = whole.result.body
    assert result["verdicts"][0]["code"] == "worked"
    assert result["cost"]["sentences"] == []
    page = client.get(f"/evidence/{placed.public_id}/")
    figures = client.get(f"/evidence/{placed.public_id}/technical/")
    assert page.status_code == figures.status_code == 200
    said = page.content.decode()
    assert "before their first day and after it" in said.replace("\n", " ")
    assert "Step 2" in said
    assert "1 May 2027" in said
    assert whole.of_kind("deviation") == ()
    assert whole.record.n == AREAS * PEOPLE
    assert "Stepped start" in figures.content.decode()
    assert showing.trial_page(whole, today=date(2027, 12, 1)).lasted is None


@pytest.mark.parametrize("adjust", ["lin", "received"])
def test_no_further_analysis_compares_two_groups(people, analysed, placed, adjust):
    with pytest.raises(InputError):
        additional.start_additional_analysis(
            public_id=placed.public_id,
            title="What if",
            outcome="loneliness-score",
            adjust=adjust,
            by=people["analyst"],
            at=loop.later(281),
        )


@pytest.mark.parametrize(
    ("question", "change", "said"),
    [
        (
            "dates",
            {"steps": [{"starts": day} for day in (*STEPS[:3], "2027-09-05")]},
            "so they cannot change",
        ),
        (
            "dates",
            {"waves": [*WAVES, {**WAVES[0], "number": 6, "name": "Again"}]},
            "not in the order of their dates",
        ),
        ("risks", {"looks": 1}, "There is no rule for looks for harm"),
    ],
)
def test_no_amendment_moves_a_day_that_was_drawn_or_breaks_the_plan(
    people, placed, question, change, said
):
    with pytest.raises(InputError, match=said):
        amending.amend_plan(
            public_id=placed.public_id,
            question=question,
            body=stepped_plan()[question] | change,
            reason="We changed our mind",
            by=people["lead"],
            at=loop.later(10),
        )


def test_steps_are_settled_with_the_list_whose_hash_names_them(people, tmp_path):
    trial = loop.registered(people, stepped_plan())
    rows = [(f"R{a}", f"Area {a}") for a in range(AREAS)]
    loop.listed(people, trial, file_of(tmp_path / "list.csv", ("resident", "area"), rows))
    steps = [{"starts": day} for day in (*STEPS[:3], "2027-09-05")]
    asked = {"public_id": trial.public_id, "question": "dates", "by": people["lead"]}
    moved = stepped_plan()["dates"] | {"steps": steps}
    amending.amend_plan(**asked, body=moved, reason="Later", at=loop.later(1))
    allocation.fix_list(public_id=trial.public_id, by=people["lead"], at=loop.later(2))

    with pytest.raises(InputError, match="The list is fixed for these steps"):
        amending.amend_plan(
            **asked, body=stepped_plan()["dates"], reason="As it was", at=loop.later(3)
        )


def test_a_time_of_measuring_that_has_opened_moves_past_no_step(people, placed):
    """It would change who had started when they were measured. "Before" opens on 8 February."""
    waves = [
        WAVES[0] | {"number": 1},
        *(wave | {"number": wave["number"] + 1} for wave in WAVES[1:]),
    ]
    waves.insert(1, {"number": 2, "name": "March", "opens": "2027-03-10", "closes": "2027-03-20"})
    asked = {
        "public_id": placed.public_id,
        "question": "dates",
        "body": stepped_plan()["dates"] | {"waves": waves},
        "reason": "One more",
        "by": people["lead"],
    }

    with pytest.raises(InputError, match="“June” has opened, so it cannot move past a step"):
        amending.amend_plan(**asked, at=loop.later(130))

    assert amending.amend_plan(**asked, at=loop.later(20)) == 1


def test_a_copy_keeps_the_steps_weeks_later(people, placed):
    copied = to_copy(placed.public_id, today=date(2028, 1, 5)).answers["dates"]

    first = date.fromisoformat(copied["start"])
    assert date(2028, 3, 1) <= first < date(2028, 3, 8)
    assert first.weekday() == date.fromisoformat(STEPS[0]).weekday()
    moved = first - date.fromisoformat(STEPS[0])
    days = [date.fromisoformat(step["starts"]) for step in copied["steps"]]
    assert days == [date.fromisoformat(day) + moved for day in STEPS]
    assert not problems_of_plan(stepped_plan(dates=copied), today=date(2028, 1, 5))


def test_an_amendment_may_end_it_later(people, placed):
    assert (
        amending.amend_plan(
            public_id=placed.public_id,
            question="dates",
            body=stepped_plan()["dates"] | {"end": "2027-12-01"},
            reason="The last answers came late",
            by=people["lead"],
            at=loop.later(10),
        )
        == 1
    )
