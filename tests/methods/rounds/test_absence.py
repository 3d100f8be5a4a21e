"""A visitor is off: every visit ends somewhere, by the rules of another checker."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from tests.methods.rounds import independent, places
from trialogue.methods import rounds
from trialogue.methods.rounds import Plan, Travel, stand, wording
from trialogue.methods.rounds.offers import with_everyone


def visit_by_visit(content, plan) -> tuple[dict, dict]:
    """Return the week and the plan with each visit a resident of its own.

    For one day a visit may go to another round, which the rules of a week do not allow.
    """
    people = [
        {**one, "id": f"{one['id']}/{day}", "visits_per_week": 1, "patterns": [[day]]}
        for one in content["residents"]
        for day in range(len(content["days"]))
    ]
    split = json.loads(plan.as_json())
    for entry in split["visits"]:
        entry["seq"] = [[g, [f"{z}/{entry['day']}" for z in who]] for g, who in entry["seq"]]
    return {**content, "residents": people}, split


def visits(plan: Plan) -> set[tuple[str, str, int]]:
    return {(z, entry.round, entry.day) for entry in plan.visits for z in entry.residents}


def cover(content, standing, round_id, day, **options):
    """Let a visitor be off; check that nothing is lost and every rule kept."""
    before = visits(standing.plan())
    due = {z for z, r, d in before if (r, d) == (round_id, day)}

    done = rounds.visitor_off(standing, round_id, day, **options)

    assert {each.resident for each in done.visits} == due
    assert len(done.visits) == len(due)
    after = visits(done.standing.plan())
    expected = {each for each in before if (each[1], each[2]) != (round_id, day)}
    for each in done.visits:
        if each.round is not None:
            expected.add((each.resident, each.round, each.day))
        if each.made_room:
            other, to = each.made_room
            expected.remove((other, each.round, day))
            expected.add((other, to, day))
        assert (each.round is None) == (each.ending in ("telephone", "unplaced"))
        assert (each.round is None) == (each.reason is not None)
        said = wording.cover_text(each, wording.Names(content["days"]))
        assert said.startswith(each.resident)
        assert said.endswith(".")
    assert after == expected
    seen = independent.check(*visit_by_visit(content, done.standing.plan()))
    assert seen["errors"] == []
    return done


@given(places.small(residents=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_visit_ends_somewhere_and_nobody_else_moves(content):
    week = places.instance(content)
    empty = stand(week, Plan(week.name, ()), Travel(week.seconds_per_metre))
    standing = with_everyone(empty)
    for entry in standing.plan().visits:
        cover(content, standing, entry.round, entry.day)


@pytest.mark.parametrize("ladder", ["whole", "today alone"])
def test_on_the_best_parish_plan_most_visits_are_made(ladder):
    content = places.document("parish_1")
    plan = rounds.read_plan(places.best("parish_1"), file="best.json")
    if ladder == "today alone":
        for one in content["residents"]:
            one["patterns"] = [list(plan.places()[one["id"]].days)]
    week = places.instance(content)
    standing = stand(week, plan, Travel(week.seconds_per_metre))

    endings = [
        each.ending
        for entry in plan.visits[::4]
        for each in cover(content, standing, entry.round, entry.day).visits
    ]

    made = sum(each not in ("telephone", "unplaced") for each in endings)
    assert len(endings) > 40
    assert made > 0.5 * len(endings)
    assert ("other_day" in endings) == (ladder == "whole")


def test_whoever_cannot_be_telephoned_is_named_as_without_a_visit():
    content = places.document("tiny")
    plan = rounds.read_plan(places.best("tiny"), file="best.json")
    week = places.instance(content)
    standing = stand(week, plan, Travel(week.seconds_per_metre))

    done = cover(content, standing, "R1", 0, no_telephone={"Ada"})

    assert [(each.resident, each.ending) for each in done.visits] == [
        ("Ada", "unplaced"),
        ("Bob", "telephone"),
    ]
