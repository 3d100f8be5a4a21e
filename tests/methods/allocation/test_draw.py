import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialogue.methods import allocation
from trialogue.methods.allocation.stream import Stream
from trialogue.methods.design import Arm, Design
from trialogue.methods.problems import InputError

PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "published/allocation_vectors.json").read_text()
)
STREAM, *CASES, LATE = PUBLISHED


def design_of(case):
    arms = tuple(Arm(name, share) for name, share in case["arms"])
    return Design(arms, method=case.get("method", "complete"), block=case["block"])


def test_stream_gives_the_published_words():
    stream = Stream(20270203, "list", "")

    assert stream.key.hex() == STREAM["key"]
    assert [f"{stream.word():016x}" for _ in range(6)] == STREAM["first_words"]
    again = Stream(20270203, "list", "")
    assert [again.below(6) for _ in range(10)] == STREAM["ten_below_6"]
    assert allocation.commitment(20270203) == STREAM["commitment"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_draw_gives_the_published_allocation(case):
    units = [
        allocation.Unit(name, cluster, (stratum,) if stratum else ())
        for name, cluster, stratum in case["units"]
    ]

    arms = allocation.draw(units, design_of(case), int(case["seed"]))

    assert {unit.placed: arm for unit, arm in zip(units, arms, strict=True)} == case["allocation"]
    assert allocation.list_hash(units, design_of(case)) == case["list_hash"]
    assert allocation.commitment(int(case["seed"])) == case["commitment"]


def test_late_arrivals_get_the_published_arms():
    assert allocation.late_arms(design_of(LATE), int(LATE["seed"]), "", 12) == LATE["late"]


names = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Cs"]), min_size=1),
    min_size=4,
    max_size=40,
    unique_by=allocation.clean,
)
shares = st.lists(st.integers(1, 3), min_size=2, max_size=4)


@settings(deadline=None, max_examples=60)
@given(ids=names, shares=shares, seed=st.integers(0, 2**256 - 1))
def test_shares_are_exact_up_to_the_remainder(ids, shares, seed):
    design = Design(tuple(Arm(f"arm {i}", share) for i, share in enumerate(shares)))
    units = [allocation.Unit(allocation.clean(name)) for name in ids]

    counts = Counter(allocation.draw(units, design, seed))

    whole = len(units) // design.ratio_total
    for arm, share in zip(design.arms, design.ratio, strict=True):
        assert whole * share <= counts[arm.name] <= (whole + 1) * share


@settings(deadline=None, max_examples=40)
@given(ids=names, seed=st.integers(0, 2**64), order=st.randoms(use_true_random=False))
def test_a_complete_draw_does_not_depend_on_the_order_of_the_list(ids, seed, order):
    design = Design((Arm("control"), Arm("letter")))
    units = [allocation.Unit(allocation.clean(name)) for name in ids]
    shuffled = units.copy()
    order.shuffle(shuffled)

    straight = dict(zip(units, allocation.draw(units, design, seed), strict=True))
    mixed = dict(zip(shuffled, allocation.draw(shuffled, design, seed), strict=True))

    assert straight == mixed
    assert allocation.list_hash(units, design) == allocation.list_hash(shuffled, design)


def test_each_unit_is_drawn_as_often_as_its_share_remainder_included():
    design = Design((Arm("control", 2), Arm("letter", 1)))
    units = [allocation.Unit(f"u{i}") for i in range(5)]
    seeds = 6_000

    letters = Counter(
        unit.id
        for seed in range(seeds)
        for unit, arm in zip(units, allocation.draw(units, design, seed), strict=True)
        if arm == "letter"
    )

    error = np.sqrt(seeds * (1 / 3) * (2 / 3))
    assert all(abs(letters[unit.id] - seeds / 3) < 4 * error for unit in units)


def test_clusters_stay_whole_and_strata_do_not_depend_on_one_another():
    design = Design((Arm("control"), Arm("letter")))
    north = [allocation.Unit(f"n{i}", f"street {i % 6}", ("North",)) for i in range(18)]
    quay = [allocation.Unit(f"q{i}", f"quay {i % 4}", ("Quay",)) for i in range(12)]

    both = allocation.draw(north + quay, design, 11)

    assert both[: len(north)] == allocation.draw(north, design, 11)
    by_cluster = {(u.cluster, arm) for u, arm in zip(north + quay, both, strict=True)}
    assert len(by_cluster) == 10


def test_one_changed_cell_is_found():
    design = Design((Arm("control"), Arm("letter")))
    units = [allocation.Unit(f"u{i}") for i in range(10)]
    drawn = dict(zip((u.id for u in units), allocation.draw(units, design, 3), strict=True))
    assert allocation.differences(units, drawn, design, 3) == []

    changed = {**drawn, "u4": "letter" if drawn["u4"] == "control" else "control", "x": "letter"}

    found = allocation.differences(units, changed, design, 3)
    assert [difference.id for difference in found] == ["u4", "x"]
    assert found[1].expected is None


@pytest.mark.parametrize(
    ("arms", "method", "block", "words"),
    [
        ([("a", 1)], "complete", 0, "two arms or more"),
        ([("a", 1), ("a", 1)], "complete", 0, "named twice"),
        ([("a", 0), ("b", 1)], "complete", 0, "1 or more"),
        ([("a", 1), ("b", 1)], "blocked", 5, "a multiple of 2"),
    ],
)
def test_a_design_that_cannot_be_is_refused(arms, method, block, words):
    with pytest.raises(InputError, match=words):
        Design(tuple(Arm(*arm) for arm in arms), method=method, block=block)


def test_fewer_units_than_arms_are_refused():
    design = Design((Arm("a"), Arm("b"), Arm("c")))

    with pytest.raises(InputError, match="2 units cannot be shared among 3 arms"):
        allocation.draw([allocation.Unit("x"), allocation.Unit("y")], design, 1)


def test_number_of_allocations_is_exact():
    assert allocation.count_allocations([{"a": 3, "b": 5}]) == 56
    assert allocation.count_allocations([{"a": 2, "b": 2}, {"a": 1, "b": 1, "c": 1}]) == 36


def test_rerandomised_draw_is_balanced():
    rng = np.random.default_rng(5)
    covariates = rng.normal(size=(30, 2))
    design = Design((Arm("a"), Arm("b")))
    units = [allocation.Unit(f"u{i:02d}") for i in range(30)]

    arms, seed = allocation.rerandomise(units, design, 1, covariates, accept=0.05)

    treated = np.array([arm == "b" for arm in arms])
    assert allocation.mahalanobis_balance(treated, covariates) < 0.1026
    assert arms == allocation.draw(units, design, seed)


def test_minimisation_score_is_the_sum_of_ranges():
    counts = [[[3, 1], [2, 2]], [[4, 3], [1, 0]]]

    assert allocation.pocock_simon(counts, [0, 1]) == [3 + 2, 1 + 0]
