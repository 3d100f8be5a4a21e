"""Places, reasons and differences: every figure is what another checker finds."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.methods.rounds import independent, places
from trialogue.methods import rounds
from trialogue.methods.rounds import Place, Plan, Standing, Travel, stand, wording
from trialogue.methods.rounds.offers import offers, with_everyone

slowly = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def standing(content, plan=None) -> Standing:
    week = places.instance(content)
    return stand(week, plan or Plan(week.name, ()), Travel(week.seconds_per_metre))


def cost(content, plan: Standing, *, kept: bool = True) -> float:
    """Return what a plan costs; without somebody, those after them may be reached too early."""
    seen = independent.check(content, json.loads(plan.plan().as_json()))
    assert seen["errors"] == [] or not kept
    return seen["objective_s"]


def every_way(plan: Standing, resident, cells):
    """Yield the plan with somebody in every spot of each round-day, whatever the rules."""
    if not len(cells):
        yield plan
        return
    spots = plan.spots(cells[:1])
    for spot in range(spots.start[-1]):
        yield from every_way(plan.with_visit(resident, spots, spot), resident, cells[1:])


def least_by_trying(content, plan: Standing, resident, place: Place) -> float | None:
    """Return the least cost of the plan with somebody at a place; None where no way is allowed."""
    costs = []
    for tried in every_way(plan, resident, plan.at(place)):
        seen = independent.check(content, json.loads(tried.plan().as_json()))
        if not seen["errors"]:
            costs.append(seen["objective_s"])
    return min(costs, default=None)


@given(places.small(residents=4))
@slowly
def test_the_places_offered_are_all_there_are_and_cost_what_trying_each_spot_finds(content):
    full = with_everyone(standing(content))
    for one in full.instance.residents:
        rest = full.without(one.id) if one.id in full.places else full
        alone = cost(content, rest, kept=False)
        left_out = content["weights"]["unserved_visit_s"] * one.visits_per_week
        found = {o.place: o for o in offers(rest, one, rest.able(one), one.patterns)}
        for r in full.instance.rounds:
            for pattern in one.patterns:
                place = Place(r.id, pattern)
                least = least_by_trying(content, rest, one, place)
                assert (least is not None) == (place in found)
                if least is not None:
                    assert found[place].cost_s == pytest.approx(least - alone + left_out, abs=0.2)
        best = [offer.cost_s for offer in rounds.best_places(rest, one)]
        assert best == sorted(offer.cost_s for offer in found.values())[:5]


@given(places.small())
@slowly
def test_an_explanation_costs_what_the_plan_costs_more_with_the_resident(content):
    full = with_everyone(standing(content))
    for one in full.instance.residents:
        said = rounds.explain(full, one.id)
        if said.chosen is None:
            assert said.broken is not None
            assert said.broken.code in ("no_room", "window", "skill", "less_travel")
            continue
        gone = cost(content, full.without(one.id), kept=False)
        left_out = content["weights"]["unserved_visit_s"] * one.visits_per_week
        more = cost(content, full) - gone + left_out
        assert said.chosen.cost_s == pytest.approx(more, abs=0.2)
        for load in said.chosen.loads:
            assert load.before_s < load.after_s <= load.spare_s + 1e-6
        for other in said.others:
            there = full.without(one.id).with_resident(one, other.place)
            assert said.more_s(other) == pytest.approx(
                cost(content, there) - cost(content, full), abs=0.2
            )


@given(places.small(residents=6), st.randoms(use_true_random=False))
@slowly
def test_each_difference_is_true_when_the_resident_is_put_back(content, random):
    people = content["residents"]
    old = with_everyone(standing(content))
    order = people[:]
    random.shuffle(order)
    changed = {**content, "residents": order}
    if random.random() < 0.5 and content["rounds"]:
        first = content["rounds"][0]
        off = {**first, "spare_s": [0, *first["spare_s"][1:]]}
        changed["rounds"] = [off, *content["rounds"][1:]]
    new = with_everyone(standing(changed))

    found = rounds.differences(old, new)

    moved = {z["id"] for z in people if old.places.get(z["id"]) != new.places.get(z["id"])}
    assert {each.resident for each in found} == moved
    for each in found:
        if each.before is None:
            assert each.reason.code == "new"
            continue
        one = new.instance.residents[new.instance.resident_index[each.resident]]
        rest = new.without(one.id) if each.after else new
        back = least_by_trying(changed, rest, one, each.before)
        if each.saves is None:
            assert back is None
            assert each.reason.code in ("visitor_off", "no_room", "window", "made_room_for")
            if each.made_room_for:
                fewer = rest.without(each.made_room_for)
                assert least_by_trying(changed, fewer, one, each.before) is not None
            if each.reason.code in ("no_room", "made_room_for"):
                assert each.reason.needs_s > each.reason.left_s
        else:
            dearer = back - cost(changed, new)
            assert each.reason.cost_s == pytest.approx(dearer, abs=0.2)
            assert (each.reason.code == "no_gain") == (each.reason.cost_s <= 0)
        text = wording.change_text(each, wording.Names(content["days"]))
        assert text.startswith(each.resident)
        assert text.endswith(".")
        told = wording.told_text(each, wording.Names(content["days"]))
        assert not any(z["id"] in told for z in people)


@given(places.small(residents=6), st.randoms(use_true_random=False))
@slowly
def test_a_week_made_anew_changes_nothing_for_nothing(content, random):
    old = with_everyone(standing(content))
    order = content["residents"][:]
    random.shuffle(order)
    again = {**content, "residents": order}
    new = with_everyone(standing(again))

    kept = rounds.settled(old, new)

    assert cost(again, kept) <= cost(again, new) + 0.2
    assert all(each.reason.code != "no_gain" for each in rounds.differences(old, kept))


def kay() -> dict:
    """A week in which somebody new takes the minutes that Mrs K had on Tuesday."""
    tiny = places.document("tiny")
    ada, bob = tiny["residents"]
    r1, r2 = tiny["rounds"]
    ada |= {"id": "K", "patterns": [[0], [1]], "window": [0, 86_400], "preferred_days": []}
    bob |= {"id": "B", "patterns": [[0]], "window": [0, 86_400], "familiar": []}
    r1 |= {"spare_s": [520, 520]}
    r2 |= {"spare_s": [0, 0]}
    return tiny


def test_room_that_went_to_somebody_new_is_said_to_the_desk_and_not_to_the_resident():
    content = kay()
    before = {**content, "residents": content["residents"][:1]}
    old = with_everyone(standing(before))
    week = places.instance(content)
    assert old.places["K"].days == (0,)
    new = stand(week, Plan(week.name, ()), Travel(week.seconds_per_metre))
    new = new.with_resident(week.residents[1], Place("R1", (0,)))
    new = with_everyone(new)
    names = wording.Names(
        ("Tuesday", "Monday"), {"K": "Mrs K", "B": "Mr B"}, {"R1": "Anya's round"}
    )

    changes = {each.resident: each for each in rounds.differences(old, new)}

    assert changes["B"].reason.code == "new"
    assert wording.change_text(changes["K"], names) == (
        "Mrs K moves from Tuesday to Monday because Anya's round has no room left on Tuesday: "
        "the visit needs 6 minutes, 4 are left. That room went to Mr B. Same visitor."
    )
    assert wording.told_text(changes["K"], names) == (
        "Your visit is now on Monday, not Tuesday, by the same visitor."
    )


def test_whoever_has_left_or_is_suspended_is_said_so():
    content = kay()
    old = with_everyone(standing(content))
    fewer = with_everyone(standing({**content, "residents": content["residents"][1:]}))
    codes = [
        [(each.resident, each.reason.code) for each in rounds.differences(old, fewer, suspended=s)]
        for s in ((), ("K",))
    ]
    assert codes[0][-1] == ("K", "ended")
    assert codes[1][-1] == ("K", "suspended")


def test_every_reason_has_a_sentence():
    week = standing(places.document("tiny"))
    one = week.instance.residents[0]
    names = wording.Names(week.instance.days)
    hard = replace(one, skills=frozenset({9}))
    assert wording.reason_text(rounds.reasons.no_place(week, hard), names) == (
        "No round has the skills needed: 9."
    )
    early = replace(one, window=(0.0, 100.0))
    said = wording.reason_text(rounds.reasons.no_place(week, early), names)
    assert "outside the hours 00:00 to 00:01" in said
    long = replace(one, service_s=7_200.0)
    assert "needs 120 minutes, 10 are left" in wording.reason_text(
        rounds.reasons.no_place(week, long), names
    )


def test_a_web_process_never_loads_the_compiler():
    script = (
        "import sys, json; from trialogue.methods import rounds; from pathlib import Path;"
        "week = rounds.read_instance(Path(sys.argv[1]).read_bytes(), file='x');"
        "plan = rounds.read_plan(json.loads(Path(sys.argv[2]).read_text()), file='y');"
        "s = rounds.stand(week, plan, rounds.Travel(week.seconds_per_metre));"
        "rounds.explain(s, week.residents[0].id); rounds.differences(s, s);"
        "rounds.best_places(s.without(week.residents[0].id), week.residents[0]);"
        "assert 'numba' not in sys.modules"
    )
    files = (places.FOLDER / "parish_1.json.gz", places.FOLDER / "best" / "parish_1.json")
    subprocess.run([sys.executable, "-c", script, *map(str, files)], check=True)
