"""The planned model: least squares, CR2 variances, Satterthwaite degrees of freedom.

Formulas and their derivation: docs/methods/effects.md. From sums of clusters, never n × n.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

from trialogue.methods.effects.columns import Columns
from trialogue.methods.effects.data import FloatArray, IntArray

LEVERAGE_ONE = 1e-10
CHUNK = 2_000_000  # numbers held at once of the clusters' p × p matrices


@dataclass(frozen=True)
class ArmEffect:
    """An arm's difference from control, in the outcome's unit. None: cannot be known."""

    estimate: float | None
    se: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None


@dataclass(frozen=True)
class JointTest:
    """All arms at once: the approximate Hotelling test (HTZ)."""

    f: float
    df1: float
    df2: float
    p: float


@dataclass(frozen=True)
class Fit:
    """Coefficients and their variance, (p,) and (p, p); `df` of each contrast asked for."""

    coefficients: FloatArray
    variance: FloatArray
    df: FloatArray
    joint: JointTest | None
    scores: FloatArray  # (G, p), adjusted: for covariances with another outcome

    def estimate(self, index: int) -> float:
        """Return one coefficient."""
        return float(self.coefficients[index])

    def se(self, index: int) -> float:
        """Return the standard error of one coefficient."""
        return float(np.sqrt(max(self.variance[index, index], 0.0)))


@dataclass(frozen=True)
class _Pieces:
    """What each contrast needs of each cluster. (G, m, m), (G, m, m), (m, G, p), (G, p)."""

    a: FloatArray
    h: FloatArray
    q: FloatArray
    scores: FloatArray


def fit_model(columns: Columns, outcome: FloatArray, cluster: IntArray) -> Fit:
    """Fit the planned model.

    Parameters
    ----------
    columns : Columns
        (n, p).
    outcome : (n,)
        None missing.
    cluster : (n,)
        A number for the cluster each row belongs to.

    Returns
    -------
    Fit
        `df[a]` belongs to the coefficient of the a-th arm column, 1 + a in the matrix.

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28(2), 169-181; Pustejovsky and Tipton (2018),
    Journal of Business & Economic Statistics 36(4), 672-683: CR2, working model the identity.
    """
    x, centre = columns.matrix, float(outcome.mean())
    y = outcome - centre
    order = np.argsort(cluster, kind="stable")
    x, y = x[order], y[order]
    starts = np.flatnonzero(np.r_[True, np.diff(cluster[order]) != 0])

    values, vectors = np.linalg.eigh(x.T @ x)
    m = (vectors / values) @ vectors.T
    root = (vectors / np.sqrt(values)) @ vectors.T  # R, the symmetric root of M
    inverse = (vectors * np.sqrt(values)) @ vectors.T
    beta = m @ (x.T @ y)

    arms = len(columns.arms)
    contrasts = np.zeros((arms, x.shape[1]))
    contrasts[np.arange(arms), 1 + np.arange(arms)] = 1
    hypothesis = _orthonormal(contrasts @ m @ contrasts.T) @ contrasts
    pieces = _pieces(x, y - x @ beta, starts, root, inverse, np.vstack([contrasts, hypothesis]))
    scores = pieces.scores
    variance = m @ (scores.T @ scores) @ m
    df = np.array([_satterthwaite(pieces, i) for i in range(arms)])
    joint = _htz(contrasts, beta, variance, pieces, arms) if arms > 1 else None
    beta = beta.copy()
    beta[0] += centre
    return Fit(coefficients=beta, variance=variance, df=df, joint=joint, scores=scores @ m)


def _orthonormal(matrix: FloatArray) -> FloatArray:
    """Return the inverse of the symmetric root."""
    values, vectors = np.linalg.eigh(matrix)
    result: FloatArray = (vectors / np.sqrt(values)) @ vectors.T
    return result


def _pieces(
    x: FloatArray,
    residual: FloatArray,
    starts: NDArray[np.intp],
    root: FloatArray,
    inverse: FloatArray,
    contrasts: FloatArray,
) -> _Pieces:
    """Adjust each cluster's score and collect a, h and q of each contrast."""
    p, count = x.shape[1], len(contrasts)
    groups = starts.size
    sizes = np.diff(np.r_[starts, len(x)])
    scores = np.add.reduceat(x * residual[:, None], starts, axis=0)
    v = contrasts @ root  # R c, a row each
    a = np.empty((groups, count, count))
    h = np.empty((groups, count, count))
    q = np.empty((count, groups, p))

    alike = _alike(x, starts, sizes)
    if alike.any():
        # All rows of the cluster are one row n times: its matrix has rank one.
        u = (x[starts[alike]] * np.sqrt(sizes[alike])[:, None]) @ root
        d = (u**2).sum(axis=1)
        f = np.where(1 - d < LEVERAGE_ONE, 0.0, 1 / np.sqrt(np.maximum(1 - d, LEVERAGE_ONE)))
        w = (u @ v.T) / np.sqrt(d)[:, None]
        a[alike] = w[:, :, None] * w[:, None, :] * (d * f**2)[:, None, None]
        here = (w * (np.sqrt(d) * f)[:, None]).T[:, :, None] * u[None]
        q[:, alike] = here
        h[alike] = np.einsum("igp,jgp->gij", here, here)
        scores[alike] *= f[:, None]
    for batch in _batches(np.flatnonzero(~alike), p):
        a[batch], h[batch], q[:, batch], scores[batch] = _general(
            x, scores[batch], starts[batch], sizes[batch], root, inverse, v
        )
    return _Pieces(a=a, h=h, q=q, scores=scores)


def _alike(x: FloatArray, starts: NDArray[np.intp], sizes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether all rows of a cluster are the same."""
    same = (x == np.repeat(x[starts], sizes, axis=0)).all(axis=1)
    return np.logical_and.reduceat(same, starts)


def _batches(clusters: NDArray[np.intp], p: int) -> Iterator[NDArray[np.intp]]:
    step = max(1, CHUNK // (p * p))
    for start in range(0, clusters.size, step):
        yield clusters[start : start + step]


def _general(
    x: FloatArray,
    scores: FloatArray,
    starts: NDArray[np.intp],
    sizes: NDArray[np.intp],
    root: FloatArray,
    inverse: FloatArray,
    v: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    p = x.shape[1]
    t = np.empty((starts.size, p, p))
    for index, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        rows = x[start : start + size] @ root
        t[index] = rows.T @ rows  # T_g = R A_g R
    d, vectors = np.linalg.eigh(t)
    d = np.clip(d, 0.0, 1.0)
    f = np.where(1 - d < LEVERAGE_ONE, 0.0, 1 / np.sqrt(np.maximum(1 - d, LEVERAGE_ONE)))
    w = np.einsum("gpk,mp->gmk", vectors, v)
    a = np.einsum("gik,gjk,gk->gij", w, w, d * f**2)
    q = np.einsum("gpk,gmk,gk->mgp", vectors, w, d * f)
    h = np.einsum("igp,jgp->gij", q, q)
    spread = np.einsum("gpk,gp->gk", vectors, scores @ root)
    adjusted = np.einsum("gpk,gk->gp", vectors, f * spread) @ inverse
    return a, h, q, adjusted


def _satterthwaite(pieces: _Pieces, i: int) -> float:
    """ν = (tr P)² / tr P²."""
    a, h = pieces.a[:, i, i], pieces.h[:, i, i]
    between = pieces.q[i].T @ pieces.q[i]
    square = ((a - h) ** 2).sum() + (between**2).sum() - (h**2).sum()
    return float((a - h).sum() ** 2 / square) if square > 0 else 0.0


def _htz(
    contrasts: FloatArray, beta: FloatArray, variance: FloatArray, pieces: _Pieces, first: int
) -> JointTest | None:
    """Test all arms at once; None where its degrees of freedom do not suffice.

    Pustejovsky and Tipton (2018), section 3.2; sums: formula (7) of docs/methods/effects.md.
    """
    q = len(contrasts)
    total = 0.0
    for i in range(q):
        for j in range(q):
            ii, jj = first + i, first + j
            a, h = pieces.a[:, ii, jj], pieces.h[:, ii, jj]
            excess_i = pieces.a[:, ii, ii] - pieces.h[:, ii, ii]
            excess_j = pieces.a[:, jj, jj] - pieces.h[:, jj, jj]
            between = pieces.q[ii].T @ pieces.q[jj]
            total += float(
                (excess_i * excess_j).sum()
                - (pieces.h[:, ii, ii] * pieces.h[:, jj, jj]).sum()
                + (between**2).sum()
                + ((a - h) ** 2).sum()
                - (h**2).sum()
                + (between * between.T).sum()
            )
    if total <= 0:
        return None
    eta = q * (q + 1) / total
    df2 = eta - q + 1
    middle = contrasts @ variance @ contrasts.T
    difference = contrasts @ beta
    if df2 <= 0 or np.linalg.matrix_rank(middle) < q:
        return None
    f = df2 / (eta * q) * float(difference @ np.linalg.solve(middle, difference))
    return JointTest(f=f, df1=float(q), df2=float(df2), p=float(fdtrc(q, df2, f)))


def arm_effect(fit: Fit, column: int, *, alpha: float, ratio: bool) -> ArmEffect:
    """Return the effect that a column of the model stands for, with its range and p.

    Range and p are None when nothing varies. `ratio` adds (m₀ + τ)/m₀ by the delta method on the
    log scale, with the effect's own degrees of freedom.
    """
    estimate, se, df = fit.estimate(column), fit.se(column), float(fit.df[column - 1])
    mean = fit.estimate(0)
    scale = max(abs(mean), abs(estimate), 1e-300)
    if se <= 1e-12 * scale or df <= 0:
        return ArmEffect(estimate=estimate, se=0.0 if df > 0 else None)
    t = float(stdtrit(df, 1 - alpha / 2))
    effect = ArmEffect(
        estimate=estimate,
        se=se,
        df=df,
        ci_low=estimate - t * se,
        ci_high=estimate + t * se,
        p=float(2 * stdtr(df, -abs(estimate) / se)),
    )
    if not ratio or mean <= 0 or mean + estimate <= 0:
        return effect
    treated = mean + estimate
    gradient = np.zeros(len(fit.coefficients))
    gradient[0], gradient[column] = 1 / treated - 1 / mean, 1 / treated
    log_se = float(np.sqrt(gradient @ fit.variance @ gradient))
    value = treated / mean
    return ArmEffect(
        **{
            **effect.__dict__,
            "ratio": value,
            "ratio_low": value * float(np.exp(-t * log_se)),
            "ratio_high": value * float(np.exp(t * log_se)),
        }
    )
