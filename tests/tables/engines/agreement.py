"""The same trial, in memory and added up by an engine."""

import json

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from trialogue.cli.main import trialogue

ARMS = ("usual", "letter", "visit", "call", "fête")


def analyse(file, *options):
    return CliRunner().invoke(trialogue, ["analyse", str(file), *options, "--json", "--seed", "1"])


def answer(file, *options):
    done = analyse(file, *options)
    assert done.exit_code == 0, done.stderr or done.exception
    return json.loads(done.stdout)


def assert_same(found, expected, place="answer", *, close=1e-9):
    """Every estimate to 1e-9, every other number to `close`, every word to the letter.

    An end of a ratio's range is an exponential: the larger it is, the fewer digits it has.
    """
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), place
        for key, value in expected.items():
            assert_same(found[key], value, f"{place}.{key}", close=close)
    elif isinstance(expected, list):
        assert len(found) == len(expected), (place, found, expected)
        for index, value in enumerate(expected):
            assert_same(found[index], value, f"{place}[{index}]", close=close)
    elif isinstance(expected, float) and isinstance(found, float):
        digits = 1e-9 if place.endswith(".estimate") else close
        if ".ratio_" in place:
            digits *= max(1.0, abs(np.log(abs(expected) or 1.0)))
        assert found == pytest.approx(expected, rel=digits, abs=1e-11), place
    else:
        assert found == expected, place


def made_up(seed, *, arms=3, per_arm=4, missing=0.1, kind="continuous"):
    """Unequal streets in two wards, blocks, costs, and what was known before, with gaps.

    `before` differs within streets, `tenure` is a category, `green` a number of the street.
    """
    random = np.random.default_rng(seed)
    rows = []
    for number in range(arms * per_arm):
        level, green = random.normal(), random.normal() * 3 + 1000
        for _ in range(random.integers(1, 9)):
            before = random.normal() * 4 + 20
            score = 50 + 2 * level + 0.3 * before + random.normal() * 5
            rows.append(
                {
                    "street": f"S{number:02}",
                    "arm": ARMS[number % arms],
                    "ward": f"W{number // arms % 2}",
                    "block": f"B{number // arms // 2}",
                    "score": {"binary": float(score > 56), "count": float(max(0, score // 9))}.get(
                        kind, score
                    ),
                    "before": before,
                    "green": green,
                    "tenure": ["own", "rent social", "", "rent private"][random.integers(4)],
                    "cost": np.exp(random.normal()) * 10,
                }
            )
    order = random.permutation(len(rows))
    frame = pl.DataFrame([rows[i] for i in order])
    for name in ("score", "before", "cost"):
        gone = pl.Series(random.random(frame.height) < missing)
        frame = frame.with_columns(pl.when(gone).then(None).otherwise(pl.col(name)).alias(name))
    return frame


def written(frame, folder, ending):
    """Write a trial as CSV or Parquet."""
    file = folder / f"trial.{ending}"
    if ending == "parquet":
        frame.write_parquet(file)
    else:
        frame.write_csv(file)
    return file
