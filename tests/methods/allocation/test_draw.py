import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rfc8785
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
    assert [f"{next(stream.words):016x}" for _ in range(6)] == STREAM["first_words"]
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


@pytest.mark.parametrize("method", ["complete", "blocked", "simple"])
def test_each_unit_and_each_pair_is_drawn_as_often_as_its_share(method):
    """10,000 seeds; 5 units and a ratio of 3, so that two of the five are the remainder."""
    design = Design(
        (Arm("control", 2), Arm("letter", 1)), method=method, block=3 * (method == "blocked")
    )
    units = [
        allocation.Unit(f"u{i}", strata=("North" if i < 5 else "Quay",))
        for i in (3, 1, 4, 0, 2, 7)
    ]
    seeds = 10_000

    letters = np.array(
        [
            [arm == "letter" for arm in allocation.draw(units, design, seed)]
            for seed in range(seeds)
        ],
        dtype=float,
    )

    error = np.sqrt((1 / 3) * (2 / 3) / seeds)
    assert np.abs(letters.mean(axis=0) - 1 / 3).max() < 4 * error
    together = letters.T @ letters / seeds
    for pair, chance in PAIRS[method].items():
        error = np.sqrt(chance * (1 - chance) / seeds)
        assert together[pair] == pytest.approx(chance, abs=4 * error)


# A complete draw of five: one set of three, and two more that hold a letter with chance 2/3. Then
# two of the five are letters, and a given pair is one of the ten.
BOTH_OF_FIVE = 2 / 3 / 10
WITHIN = [(i, j) for i in range(5) for j in range(i)]
ACROSS = [(i, 5) for i in range(5)]
PAIRS = {
    "complete": dict.fromkeys(WITHIN, BOTH_OF_FIVE) | dict.fromkeys(ACROSS, 1 / 9),
    # The first block is the first three of the file: never two letters in it.
    "blocked": {(i, j): 0.0 if i < 3 or j > 2 else 1 / 9 for i, j in WITHIN}
    | dict.fromkeys(ACROSS, 1 / 9),
    "simple": dict.fromkeys(WITHIN + ACROSS, 1 / 9),
}


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
        ([("a", 0), ("b", 1)], "complete", 0, "1 to 10,000"),
        ([("a", 1), ("b", 1)], "blocked", 5, "a multiple of 2"),
        ([("a", 20_000), ("b", 1)], "complete", 0, "1 to 10,000"),
        ([("a", 1), ("b", 1)], "blocked", 2_000_000, "at most"),
        ([("a", 1), ("b", 1)], "alternate", 0, "is not a method"),
        ([("a", 1), ("b", 1)], "complete", 4, "do not agree"),
    ],
)
def test_a_design_that_cannot_be_is_refused(arms, method, block, words):
    with pytest.raises(InputError, match=words):
        Design(tuple(Arm(*arm) for arm in arms), method=method, block=block)


def test_fewer_units_than_arms_are_refused():
    design = Design((Arm("a"), Arm("b"), Arm("c")))

    with pytest.raises(InputError, match="2 units cannot be shared among 3 arms"):
        allocation.draw([allocation.Unit("x"), allocation.Unit("y")], design, 1)


def test_an_id_that_is_there_twice_is_refused():
    design = Design((Arm("a"), Arm("b")))
    units = [allocation.Unit(name) for name in ("x", "y", "x")]

    with pytest.raises(InputError, match='"x" is in the list 2 times'):
        allocation.draw(units, design, 1)


def test_a_cluster_in_two_strata_is_refused():
    design = Design((Arm("a"), Arm("b")))
    units = [allocation.Unit(f"u{i}", "Elm Road", (ward,)) for i, ward in enumerate("NS")]

    with pytest.raises(InputError, match='"Elm Road" is in two strata'):
        allocation.draw(units, design, 1)


def test_units_without_a_cluster_among_clusters_are_refused():
    design = Design((Arm("a"), Arm("b")))
    units = [allocation.Unit("u1", "Elm Road"), allocation.Unit("u2")]

    with pytest.raises(InputError, match="1 units have no cluster"):
        allocation.draw(units, design, 1)


def test_strata_smaller_than_the_ratio_are_counted():
    design = Design((Arm("a"), Arm("b"), Arm("c")))
    units = [allocation.Unit(f"u{i}", strata=(f"ward {min(i // 4, 2)}",)) for i in range(10)]

    assert allocation.small_strata(units, design) == (1, 3)


def test_blocks_are_numbered_from_one_in_each_stratum_in_file_order():
    design = Design((Arm("a"), Arm("b")), method="blocked", block=2)
    wards = "NNSNSNS"
    units = [allocation.Unit(f"u{9 - i}", strata=(ward,)) for i, ward in enumerate(wards)]

    assert allocation.blocks(units, design) == [1, 1, 1, 2, 1, 2, 2]


def test_a_sorted_blocked_list_is_told_from_a_changed_one():
    design = Design((Arm("a"), Arm("b")), method="blocked", block=4)
    units = [allocation.Unit(f"u{19 - i}") for i in range(20)]
    drawn = dict(zip((u.id for u in units), allocation.draw(units, design, 3), strict=True))
    resorted = sorted(units, key=lambda unit: unit.id)
    changed = {**drawn, "u4": "b" if drawn["u4"] == "a" else "a"}

    assert allocation.differences(resorted, drawn, design, 3)
    assert allocation.differs_only_by_order(resorted, drawn, design, 3)
    assert not allocation.differs_only_by_order(resorted, changed, design, 3)
    assert not allocation.differs_only_by_order(resorted[1:], drawn, design, 3)


any_text = st.text(st.characters(codec="utf-8"), max_size=6)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(any_text, any_text, any_text), max_size=8))
def test_what_is_hashed_is_canonical_json_in_byte_order(rows):
    design = Design((Arm("kontrolle ü", 2), Arm("\u007f\u2028\U0001f600", 4)))
    units = [allocation.Unit(name, cluster, (ward,)) for name, cluster, ward in rows]

    document = allocation.list_document(units, design)

    by_bytes = sorted(
        ([unit.id, unit.cluster, unit.stratum] for unit in units),
        key=lambda row: [text.encode() for text in row[::-1]],
    )
    assert document == rfc8785.dumps(
        {
            "arms": [["kontrolle ü", 2], ["\u007f\u2028\U0001f600", 4]],
            "block": 0,
            "method": "complete",
            "units": by_bytes,
            "version": 1,
        }
    )
    assert allocation.list_hash(units, design) == hashlib.sha256(document).hexdigest()


def test_a_new_label_for_an_arm_moves_nobody():
    units = [allocation.Unit(f"u{i}") for i in range(9)]
    plain = allocation.draw(units, Design((Arm("a", 2), Arm("b", 1))), 5)
    renamed = allocation.draw(units, Design((Arm("usual", 4), Arm("letter", 2))), 5)

    assert renamed == [{"a": "usual", "b": "letter"}[arm] for arm in plain]


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


@pytest.mark.parametrize(
    ("arms", "covariates", "accept", "words"),
    [
        (3, [[1.0], [2.0], [4.0], [3.0]], 0.1, "3 arms; balance is reckoned for two"),
        (2, [[1.0], [1.0], [1.0], [1.0]], 0.1, "a covariate is alike for all"),
        (2, [[1.0], [2.0], [4.0], [3.0]], 0.0, "no share of draws"),
        (2, [[0.0], [0.0], [0.0], [1.0]], 0.01, "no draw was balanced enough"),
    ],
)
def test_balance_that_cannot_be_had_is_refused(arms, covariates, accept, words):
    design = Design(tuple(Arm(f"arm {i}") for i in range(arms)))
    units = [allocation.Unit(f"u{i}") for i in range(4)]

    with pytest.raises(InputError, match=words):
        allocation.rerandomise(units, design, 1, np.array(covariates), accept=accept)


def test_many_allocations_are_judged_as_one_by_one():
    rng = np.random.default_rng(6)
    covariates = rng.normal(size=(15, 3)) @ np.array([[1, 0, 0], [5, 1, 0], [0, 3, 1e3]])
    rows = rng.permuted(np.tile([0, 0, 1], (300, 5)), axis=1)
    rule = allocation.Balanced.share(covariates, 0.3)

    accepted = rule(rows)

    one = [allocation.mahalanobis_balance(row == 1, covariates) <= rule.limit for row in rows]
    assert accepted.tolist() == one
    assert 30 < accepted.sum() < 150


def test_balance_is_morgan_and_rubins_distance():
    """The definition written out: (n1 n0 / n) d' S^-1 d, S over all units with n - 1."""
    treated = np.array([True, True, False, False, False])
    covariates = np.array([[1.0, 2.0], [4.0, 1.0], [3.0, 5.0], [2.0, 2.0], [7.0, 3.0]])

    centred = covariates - covariates.mean(axis=0)
    inverse = np.linalg.inv(centred.T @ centred / 4)
    gap = covariates[:2].mean(axis=0) - covariates[2:].mean(axis=0)
    expected = 2 * 3 / 5 * gap @ inverse @ gap

    assert allocation.mahalanobis_balance(treated, covariates) == pytest.approx(expected)


def test_minimisation_score_by_spread():
    counts = [[[3, 1], [2, 2]]]

    assert allocation.pocock_simon(counts, [0], measure="variance") == [4.5, 0.5]
    assert allocation.pocock_simon(counts, [0], measure="sd") == pytest.approx(
        [4.5**0.5, 0.5**0.5]
    )


def test_minimisation_score_is_the_sum_of_ranges():
    counts = [[[3, 1], [2, 2]], [[4, 3], [1, 0]]]

    assert allocation.pocock_simon(counts, [0, 1]) == [3 + 2, 1 + 0]
