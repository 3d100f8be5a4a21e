"""CR2 and Satterthwaite's degrees of freedom from rows: 100,000 people in 1,000 clusters.

Six columns: 1, the arm and four numbers that are known of people. The peers are PyMARE, and R's
estimatr and clubSandwich where Rscript is at hand. Every one is asked for the arm's difference,
its CR2 standard error and its degrees of freedom. First the answers, then the times; R counts the
CPU time of the fit alone, reading and start left out.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import numpy as np
from compare import compare, cpu_seconds
from results import row

from trialogue.methods.effects.columns import Columns
from trialogue.methods.effects.model import fit_model

PEOPLE, CLUSTERS, COLUMNS = 100_000, 1_000, 6
WHAT = f"CR2 and ν from rows, {PEOPLE:,} people, {CLUSTERS:,} clusters, {COLUMNS} columns"
ROUNDS = 5
# Run by Rscript: prints what it found and its CPU time for each round.
IN_R = """
suppressPackageStartupMessages({library(estimatr); library(clubSandwich); library(jsonlite)})
d <- read.csv(commandArgs(TRUE)[1])
cpu <- function(f) { t <- proc.time(); a <- f(); t <- proc.time() - t; c(a, t[[1]] + t[[2]]) }
estimatr <- function() {
  f <- lm_robust(y ~ arm + x1 + x2 + x3 + x4, d, clusters = g, se_type = "CR2")
  c(f$coefficients[[2]], f$std.error[[2]], f$df[[2]])
}
sandwich <- function() {
  f <- lm(y ~ arm + x1 + x2 + x3 + x4, d)
  a <- coef_test(f, vcov = "CR2", cluster = d$g, test = "Satterthwaite", coefs = 2)
  c(a$beta, a$SE, a$df_Satt)
}
found <- list(estimatr = t(replicate(3, cpu(estimatr))), clubSandwich = rbind(cpu(sandwich)))
cat(toJSON(found, digits = 14))
"""


def made_up():
    """Clusters of unequal size, alike within; half of them in each arm."""
    rng = np.random.default_rng(11)
    cluster = np.sort(rng.choice(CLUSTERS, PEOPLE, p=rng.dirichlet(np.full(CLUSTERS, 5.0))))
    arm = (cluster % 2).astype(float)
    known = rng.normal(size=(PEOPLE, COLUMNS - 2)) + rng.normal(size=CLUSTERS)[cluster, None] / 2
    known -= known.mean(axis=0)
    level = rng.normal(size=CLUSTERS)[cluster] / 3
    y = 0.1 * arm + known @ np.array([0.3, 0.2, 0.1, 0.0]) + level + rng.normal(size=PEOPLE)
    return np.column_stack([np.ones(PEOPLE), arm, known]), y, cluster


def main() -> None:
    design, y, cluster = made_up()
    every = tuple(range(COLUMNS))
    columns = Columns(kept=every, arms=(1,), used=(), notes=(), matrix=design)

    def ours():
        fit = fit_model(columns, y[:, None], cluster, tested=(1,))
        return fit.estimate(1), fit.se(1), fit.df[1]

    with_pymare(design, y, cluster, ours)
    if shutil.which("Rscript"):
        with_r(design, y, cluster, ours)
    else:
        print("no Rscript here: estimatr and clubSandwich were not asked")


def with_pymare(design, y, cluster, ours) -> None:
    try:
        from pymare.stats import cluster_robust_cov, satterthwaite_dof
    except ModuleNotFoundError:
        print("no PyMARE here: it was not asked")
        return
    once = np.ones((PEOPLE, 1))

    def pymare():
        bread = np.linalg.inv(design.T @ design)
        beta = bread @ (design.T @ y[:, None])
        covariance = cluster_robust_cov(
            y[:, None],
            once,
            design,
            beta,
            cluster,
            small_sample=False,
            model_cov=bread[:, :, None],
            w=once,
            method="CR2",
        )
        df = satterthwaite_dof(design, once, cluster, model_cov=bread[:, :, None])
        return beta[1, 0], np.sqrt(covariance[1, 1, 0]), np.ravel(df[1])[0]

    np.testing.assert_allclose(ours(), pymare(), rtol=1e-8)
    ratio = compare("PyMARE", pymare, ours, rounds=ROUNDS)
    row(WHAT, "PyMARE", f"{ratio:.1f} times faster", "5 times", ratio >= 5)


def with_r(design, y, cluster, ours) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        header = "y,g,arm,x1,x2,x3,x4"
        rows = np.column_stack([y, cluster, design[:, 1:]])
        np.savetxt(file, rows, delimiter=",", header=header, comments="", fmt="%.17g")
        script = Path(folder) / "peers.R"
        script.write_text(IN_R)
        done = subprocess.run(
            ["Rscript", str(script), str(file)], check=False, capture_output=True, text=True
        )
    if done.returncode:
        print(f"R did not answer: {done.stderr.strip()[-300:]}")
        return
    own = median(cpu_seconds(ours) for _ in range(ROUNDS))
    for name, found in json.loads(done.stdout).items():
        np.testing.assert_allclose(ours(), found[0][:3], rtol=1e-8)
        theirs = median(each[3] for each in found)
        print(f"{name}: {theirs:.2f} s, ours {own:.3f} s CPU; the answers agree")
        figure = f"{theirs / own:.0f} times faster"
        row(WHAT, f"R {name}", figure, "faster", theirs > own)


if __name__ == "__main__":
    main()
