"""Networks for tests, and the same likelihood written out plainly, whole matrices and all."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from trialogue.methods.pooling.network import trials_from_comparisons


@dataclass(frozen=True)
class Arms:
    """What a trial found in each of its arms: names, effects, variances."""

    names: tuple[str, ...]
    effect: tuple[float, ...]
    variance: tuple[float, ...]


@st.composite
def networks(draw, most_arms=5, most_in_trial=4):
    """Between 2 and 14 trials that hang together."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arms = [f"arm {i}" for i in range(draw(st.integers(2, most_arms)))]
    spread = draw(st.sampled_from([0.0, 0.2, 1.0]))
    links = [(arms[i], arms[i + 1]) for i in range(len(arms) - 1)]
    more = [
        tuple(rng.choice(arms, size=rng.integers(2, min(len(arms), most_in_trial) + 1), replace=0))
        for _ in range(draw(st.integers(2, 10)))
    ]
    truth = dict(zip(arms, rng.normal(size=len(arms)), strict=True))
    trials = []
    for names in [*links, *more]:
        variance = rng.uniform(0.02, 0.5, len(names))
        error = rng.normal(size=len(names)) * np.sqrt(variance + spread**2 / 2)
        effect = error + [truth[name] for name in names]
        trials.append(
            Arms(tuple(map(str, names)), tuple(effect.tolist()), tuple(variance.tolist()))
        )
    return trials


def as_comparisons(trials, *, turn=(), order=None):
    """The trials as rows of pairs; pairs whose number is in `turn` the other way round."""
    rows = []
    for number, trial in enumerate(trials):
        for i in range(len(trial.names)):
            for j in range(i):
                y = trial.effect[i] - trial.effect[j]
                v = trial.variance[i] + trial.variance[j]
                rows.append((f"t{number:02d}", trial.names[i], trial.names[j], y, v))
    rows = [
        (t, b, a, -y, v) if number in turn else (t, a, b, y, v)
        for number, (t, a, b, y, v) in enumerate(rows)
    ]
    rows = rows if order is None else [rows[i] for i in order]
    trial, arm, against, estimate, variance = zip(*rows, strict=True)
    return trials_from_comparisons(
        trial=np.array(trial),
        arm=np.array(arm),
        against=np.array(against),
        estimate=np.array(estimate),
        variance=np.array(variance),
    )


@dataclass(frozen=True)
class Dense:
    """Contrasts to each trial's first arm, with whole matrices. `half` and `shared` False are the
    two ways in which other software has gone wrong."""

    trials: list[Arms]
    half: bool = True
    shared: bool = True

    @cached_property
    def arms(self):
        return sorted({name for trial in self.trials for name in trial.names})

    @cached_property
    def y(self):
        return np.concatenate([np.subtract(t.effect[1:], t.effect[0]) for t in self.trials])

    @cached_property
    def design(self):
        rows = []
        for trial in self.trials:
            for name in trial.names[1:]:
                row = np.zeros(len(self.arms))
                row[self.arms.index(name)] += 1
                row[self.arms.index(trial.names[0])] -= 1
                rows.append(row[1:])
        return np.array(rows)

    def blocks(self, make):
        whole = np.zeros((self.y.size, self.y.size))
        at = 0
        for trial in self.trials:
            size = len(trial.names) - 1
            whole[at : at + size, at : at + size] = make(trial, size)
            at += size
        return whole

    @cached_property
    def sampling(self):
        def block(trial, size):
            if self.shared:
                return np.diag(trial.variance[1:]) + trial.variance[0]
            return np.diag(np.array(trial.variance[1:]) + trial.variance[0])

        return self.blocks(block)

    @cached_property
    def between(self):
        def block(trial, size):
            return (np.eye(size) + 1) / 2 if self.half else np.eye(size)

        return self.blocks(block)

    def at(self, tau2):
        """Estimates of each arm against the first, their covariance, and P."""
        W = np.linalg.inv(self.sampling + tau2 * self.between)
        covariance = np.linalg.inv(self.design.T @ W @ self.design)
        return (
            covariance @ self.design.T @ W @ self.y,
            covariance,
            W - W @ self.design @ covariance @ (self.design.T @ W),
        )

    def minus_likelihood(self, tau2):
        V = self.sampling + tau2 * self.between
        _, covariance, P = self.at(tau2)
        return (
            np.linalg.slogdet(V)[1] - np.linalg.slogdet(covariance)[1] + self.y @ P @ self.y
        ) / 2

    @cached_property
    def df(self):
        return self.y.size - len(self.arms) + 1

    def reml(self):
        """The lowest of many valleys, each looked for by scipy."""
        edges = [0, *np.geomspace(1e-3, 100, 15)]
        found = [
            minimize_scalar(
                self.minus_likelihood, bounds=pair, method="bounded", options={"xatol": 1e-12}
            )
            for pair in pairwise(edges)
        ]
        best = min(found, key=lambda valley: valley.fun)
        return 0.0 if self.minus_likelihood(0.0) <= best.fun else float(best.x)

    def dl(self):
        P = self.at(0.0)[2]
        return max(0.0, (self.y @ P @ self.y - self.df) / np.trace(P @ self.between))
