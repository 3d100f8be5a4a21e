"""Effects of 10 million people in 10,000 streets, from a Parquet file, with one covariate.

Two arms, outcome and covariate measured, CR2 and Satterthwaite by street. Peers: DuckDB's and
Spark's own scan of the same columns, and statsmodels on the file as polars reads it. First the
answers, then the times. Spark's work is in another process, so its times are of the wall.
"""

import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from compare import compare
from results import row

from trialogue.methods import effects
from trialogue.methods.effects.cell_fit import CellSums
from trialogue.methods.effects.data import Rule, code
from trialogue.methods.effects.layout import Layout
from trialogue.methods.effects.model import fit_sums
from trialogue.tables.engines import Roles, add_up, open_engine

PEOPLE = 10_000_000
FILE = Path(__file__).parents[1] / "build" / "ten-million.parquet"
ROLES = Roles(outcome="score", arm="arm", cluster="street", covariates=(("before", False),))
RULE = Rule(control="usual", permutations=0)
COLUMNS = "sum(score), sum(before), max(street), max(arm)"
WHAT = "effects from Parquet, 10 million people, 10,000 streets, one covariate"


def main() -> None:
    make_file()
    command()
    beside_duckdb()
    beside_statsmodels()
    beside_pyfixest()
    beside_spark()


def make_file() -> None:
    """Streets in no order; each has its own level, and every number comes from a hash."""
    import duckdb

    if FILE.exists():
        return
    FILE.parent.mkdir(exist_ok=True)
    duckdb.execute(f"""
        COPY (SELECT 'S' || lpad(g::VARCHAR, 5, '0') AS street,
                     CASE WHEN g % 2 = 0 THEN 'usual' ELSE 'visit' END AS arm,
                     40 + hash(g) / 2e18 + before / 4 + hash(i, 'y') / 2e18 AS score, before
              FROM (SELECT i, hash(i, 'street') % 10000 AS g, 20 + hash(i, 'x') / 4e18 AS before
                    FROM range({PEOPLE}) AS people(i)))
        TO '{FILE}' (FORMAT parquet)""")


def command() -> None:
    """From file to JSON. First of all: a child counts what its parent held as its own."""
    subprocess.run(
        [sys.executable, "-m", "trialogue.cli", "analyse", str(FILE), "--outcome", "score",
         "--arm", "arm", "--control", "usual", "--cluster", "street", "--covariates", "before",
         "--permutations", "0", "--json"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    held = used.ru_maxrss / 1024
    found = f"{used.ru_utime + used.ru_stime:.1f} s of CPU, {held:.0f} MB"
    row(f"`trialogue analyse`, {WHAT}", "none", found, "under 500 MB", held < 500)


def ours(engine: str = "duckdb") -> effects.Analysis:
    with open_engine(engine, str(FILE)) as opened:
        done = effects.analyse_cells(add_up(opened, ROLES, RULE), RULE, seed=1)
    assert done is not None
    return done


def beside_duckdb() -> None:
    import duckdb

    def scan():
        return duckdb.connect().execute(f"SELECT {COLUMNS} FROM '{FILE}'").fetchall()

    times = 1 / compare("DuckDB's scan", scan, ours)
    row(WHAT, "DuckDB's own scan", f"{times:.1f} times its CPU", "≤ 2 times", times <= 2)


def beside_statsmodels() -> None:
    import polars as pl
    import statsmodels.api as sm

    def statsmodels():
        frame = pl.read_parquet(FILE)
        design = np.column_stack(
            [np.ones(frame.height), frame["arm"] == "visit", frame["before"]]
        ).astype(float)
        groups = frame["street"].rank("dense").to_numpy()
        model = sm.OLS(frame["score"].to_numpy(), design)
        return model.fit(cov_type="cluster", cov_kwds={"groups": groups})

    theirs = statsmodels()
    with open_engine("duckdb", str(FILE)) as opened:
        cells = add_up(opened, ROLES, RULE).cells
    coded = code(cells.groups, RULE)
    sums = CellSums(Layout(cells, coded, RULE, cells.known), cells, coded.cluster, outcomes=1)
    mine = fit_sums(sums, tested=(1,), variance="CR1S").in_units(cells.centre, cells.scale)
    np.testing.assert_allclose(mine.estimate(1), theirs.params[1], rtol=1e-8)
    np.testing.assert_allclose(mine.se(1), theirs.bse[1], rtol=1e-8)
    ratio = compare("statsmodels", statsmodels, ours, rounds=3)
    found = f"{ratio:.0f} times faster"
    row(WHAT, "polars and statsmodels, CR1", found, "30 times", ratio >= 30)


def beside_pyfixest() -> None:
    import pandas as pd
    import polars as pl
    import pyfixest

    def by_pyfixest():
        columns = {
            name: column.to_numpy() for name, column in pl.read_parquet(FILE).to_dict().items()
        }
        return pyfixest.feols(
            "score ~ arm + before", pd.DataFrame(columns), vcov={"CRV1": "street"}
        )

    theirs = by_pyfixest()
    mine = ours().effects[0].effect
    np.testing.assert_allclose(mine.estimate, theirs.coef()["arm[T.visit]"], rtol=1e-8)
    # Its error is CR1; ours, CR2, is within the square root of what few clusters change.
    np.testing.assert_allclose(mine.se, theirs.se()["arm[T.visit]"], rtol=1e-3)
    ratio = compare("pyfixest", by_pyfixest, ours, rounds=3)
    found = f"{ratio:.0f} times faster"
    row(WHAT, "polars and pyfixest, CR1", found, "30 times", ratio >= 30)


def beside_spark() -> None:
    from trialogue.tables.engines.spark import session

    spark = session()

    def scan():
        spark.read.parquet(str(FILE)).createOrReplaceTempView("scanned")
        return spark.sql(f"SELECT {COLUMNS} FROM scanned").collect()

    def answer(analysis: effects.Analysis) -> list[float]:
        effect = analysis.effects[0].effect
        return [effect.estimate, effect.se, effect.df]

    np.testing.assert_allclose(answer(ours("spark")), answer(ours()), rtol=1e-9)
    scan()
    ratios = sorted(_wall(lambda: ours("spark")) / _wall(scan) for _ in range(5))
    times = median(ratios)
    found = f"{times:.1f} times its time ({ratios[0]:.1f} to {ratios[-1]:.1f})"
    row(f"the same on Spark {spark.version}", "Spark's own scan", found, "≤ 2.5", times <= 2.5)


def _wall(job) -> float:
    start = perf_counter()
    job()
    return perf_counter() - start


if __name__ == "__main__":
    main()
