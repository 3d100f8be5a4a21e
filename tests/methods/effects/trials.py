"""Small trials for tests: by hypothesis, and by hand."""

import numpy as np
from hypothesis import strategies as st

from trialogue.methods import effects


def data(outcome, arm, **more):
    """Data from lists."""
    text = {
        name: np.array(values, dtype=str)
        for name, values in more.items()
        if name in ("cluster", "blocks")
    }
    strata = tuple(np.array(values, dtype=str) for values in more.get("strata", ()))
    rest = {name: more[name] for name in ("covariates", "cost", "names", "rows") if name in more}
    return effects.Data(
        outcome=np.array(outcome, dtype=float), arm=np.array(arm, dtype=str), strata=strata,
        **text, **rest,
    )  # fmt: skip


def run(trial, control="control", *, seed=1, **rule):
    """Analyse without re-randomisation, unless the rule says."""
    rule = effects.Rule(control=control, **{"permutations": 0, **rule})
    return effects.analyse(trial, rule, seed=seed)


def rows(trial, index):
    """The trial with these rows, in this order."""

    def pick(values):
        return None if values is None else values[index]

    return effects.Data(
        outcome=trial.outcome[index],
        arm=trial.arm[index],
        cluster=pick(trial.cluster),
        strata=tuple(s[index] for s in trial.strata),
        blocks=pick(trial.blocks),
        covariates={name: values[index] for name, values in trial.covariates.items()},
        cost=pick(trial.cost),
    )


@st.composite
def clustered_trials(draw, arms=("control", "letter", "visit"), strata=True):
    """Two or three arms, 3 to 5 streets an arm of 1 to 6 people, two wards, a covariate."""
    used = arms[: draw(st.integers(2, len(arms)))]
    seed = draw(st.integers(0, 2**32 - 1))
    each = draw(st.integers(3, 5))
    random = np.random.default_rng(seed)
    outcome, arm, cluster, ward = [], [], [], []
    for number in range(each * len(used)):
        size = int(random.integers(1, 7))
        level = random.normal()
        outcome += list(50 + 3 * level + random.normal(size=size) * 5)
        arm += [used[number % len(used)]] * size
        cluster += [f"S{number:02}"] * size
        ward += [f"W{number // len(used) % 2}"] * size
    n = len(outcome)
    return effects.Data(
        outcome=np.array(outcome),
        arm=np.array(arm),
        cluster=np.array(cluster),
        strata=(np.array(ward),) if strata else (),
        covariates={"before": random.normal(size=n) * 2 + 20},
        cost=np.exp(random.normal(size=n)) * 10,
    )


def numbers(analysis, *names):
    """Chosen columns of the effects, arm by arm."""
    return np.array([[row[name] for name in names] for row in analysis.to_dict()["effects"]])
