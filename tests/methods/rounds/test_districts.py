"""A county is planned by district: the same plan however many are planned at a time."""

import importlib
import json
from typing import Any

import pytest

from tests.methods.rounds import independent, places
from trialogue.methods import rounds
from trialogue.methods.rounds import Plan, Travel
from trialogue.methods.rounds import districts as by_district

search = importlib.import_module("trialogue.methods.rounds.search")  # its name is a function's too


@pytest.fixture
def county(monkeypatch) -> dict[str, Any]:
    """The parish, planned as if it were a county."""
    monkeypatch.setattr(by_district, "MOST_ROUNDS", 4)
    return places.document("parish_1")


def planned(content, *, at_once=1, watch=lambda progress: True):
    week = places.instance(content)
    return by_district.search_districts(
        week,
        Travel(week.seconds_per_metre),
        seed=1,
        effort="quick",
        at_once=at_once,
        watch=watch,
    )


def test_everyone_and_every_round_are_in_one_district_and_borders_shift(county):
    week = places.instance(county)
    cuts = [by_district.districts(week, cut, Plan(week.name, ())) for cut in (0.5, 0.35)]
    for parts in cuts:
        for kind in ("rounds", "residents"):
            there = [one.id for part in parts for one in getattr(part.instance, kind)]
            assert sorted(there) == sorted(one.id for one in getattr(week, kind))
        assert all(len(part.instance.rounds) <= 4 for part in parts)
    members = [{frozenset(r.id for r in part.instance.rounds) for part in parts} for parts in cuts]
    assert members[0] != members[1]


def test_the_number_at_a_time_changes_nothing_and_the_plan_keeps_the_rules(county):
    first, again = (planned(county, at_once=number) for number in (1, 3))
    assert first == again
    seen = independent.check(county, json.loads(first.plan.as_json()))
    assert seen["errors"] == []
    assert seen["objective_s"] <= 2.0 * places.BEST["parish_1"]


def test_stopped_at_once_a_county_has_its_first_plan(county):
    told = []
    found = planned(county, watch=lambda progress: bool(told.append(progress)))
    assert len(told) == 1
    seen = independent.check(county, json.loads(found.plan.as_json()))
    assert seen["errors"] == []
    assert seen["objective_s"] == pytest.approx(told[-1].best, abs=0.1)


def test_stopped_later_no_district_begins_that_had_not(county, monkeypatch):
    monkeypatch.setattr(search, "SLICE", 1_000)
    told = []

    def watch(progress):
        told.append(progress)
        return progress.steps == 0

    found = planned(county, watch=watch)

    assert [one.steps for one in told] == [0, 1_000]
    assert found.steps == 1_000
    seen = independent.check(county, json.loads(found.plan.as_json()))
    assert seen["errors"] == []
    assert seen["objective_s"] == pytest.approx(told[-1].best, abs=0.1)


def test_a_large_week_goes_by_district(county, monkeypatch):
    monkeypatch.setattr(rounds, "MOST_ROUNDS", 4)
    week = places.instance(county)
    done = rounds.plan_week(week, Travel(week.seconds_per_metre), seed=1, effort="quick")
    assert independent.check(county, json.loads(done.plan.as_json()))["errors"] == []
