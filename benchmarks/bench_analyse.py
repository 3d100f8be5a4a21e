"""Cluster-robust effects: 344,084 people in 180,002 households, five arms, against statsmodels.

Same arrays, same question: each arm's difference from control with a standard error by household.
statsmodels gives CR1 and no Satterthwaite; ours gives CR2, degrees of freedom, the joint test and
everything else `analyse` reports. First the answers, then the times, then the command's memory.
"""

import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
from compare import compare
from results import row

from trialogue.methods import effects
from trialogue.methods.effects.data import Rule, code
from trialogue.methods.effects.model import fit_model
from trialogue.methods.effects.planned import plan_model
from trialogue.tables import read_table

VOTERS = Path(__file__).parents[1] / "tests/real/neighbours_letters/voters.csv.gz"
ARMS = ("civic duty", "neighbours", "self", "watched")
RULE = Rule(control="control", permutations=0)


def main() -> None:
    command()
    import statsmodels.api as sm

    table = read_table(VOTERS)
    outcome = table.number_column("voted", kind="binary")
    arm, household = (np.array(table.text(name)) for name in ("arm", "household"))
    trial = effects.Data(outcome=outcome, arm=arm, cluster=household)

    def statsmodels():
        design = np.column_stack([np.ones(arm.size), *((arm == a).astype(float) for a in ARMS)])
        groups = np.unique(household, return_inverse=True)[1]
        return sm.OLS(outcome, design).fit(cov_type="cluster", cov_kwds={"groups": groups})

    def ours():
        return effects.analyse(trial, RULE, seed=1)

    def ours_cr1s():
        planned = plan_model(trial, code(trial, RULE), RULE, ~np.isnan(outcome))
        return fit_model(
            planned.columns,
            outcome[:, None],
            planned.cluster,
            tested=planned.tested,
            variance="CR1S",
        )

    theirs, mine = statsmodels(), ours_cr1s()
    columns = [1, 2, 3, 4]
    np.testing.assert_allclose([mine.estimate(c) for c in columns], theirs.params[1:], rtol=1e-9)
    np.testing.assert_allclose([mine.se(c) for c in columns], theirs.bse[1:], rtol=1e-9)
    print(f"{outcome.size:,} people, {np.unique(household).size:,} households: answers agree")
    households = np.unique(household).size
    people = f"effects of five arms, {outcome.size:,} people in {households:,} households"
    for what, job in (("model and CR1 alone", ours_cr1s), ("all that `analyse` reports", ours)):
        ratio = compare(f"statsmodels ({what})", statsmodels, job)
        found = f"{ratio:.1f} times faster"
        row(f"{people}: {what}", "statsmodels", found, "faster", ratio >= 1)


def command() -> None:
    """From file to JSON. First of all: a child counts what its parent held as its own."""
    subprocess.run(
        [sys.executable, "-m", "trialogue.cli", "analyse", str(VOTERS), "--outcome", "voted",
         "--arm", "arm", "--control", "control", "--cluster", "household", "--json"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    held = used.ru_maxrss / 1024
    row(
        "`trialogue analyse` on the same, from file to JSON", "none",
        f"{seconds:.1f} s of CPU, {held:.0f} MB", "≤ 10 s, ≤ 1 GB",
        seconds <= 10 and held <= 1_000,
    )  # fmt: skip


if __name__ == "__main__":
    main()
