"""Degrees of freedom: Satterthwaite's of each contrast, and Hotelling's of all together.

Formulas (4) to (7): docs/methods/effects.md. Nothing here is n × n or G × G.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from trialogue.methods.effects.data import FloatArray

STEEP = 100.0  # d f² of a cluster that is not added to the others: at most p are above it


@dataclass(frozen=True)
class RowMoments:
    """Sums over rows that were each allocated by themselves, with h = x′Mx and v_i = x′MD_i′.

    Of the rows with h < 1. `meat`: Σ xx′ e_k e_l/(1 − h), (o, o, p, p). `B`: Σ xx′ v_i v_j/(1−h),
    (q, q, p, p). With v of the contrasts themselves, x′MC_i′: `trace` Σ v², `own`
    Σ v⁴(1 − 2h)/(1 − h)², (q,). `joint`: 2Σ(Σ v_i²)²(1 − 2h)/(1 − h)².
    """

    people: int
    meat: FloatArray
    B: FloatArray
    trace: FloatArray
    own: FloatArray
    joint: float


class Freedom:
    """Adds up over clusters what degrees of freedom need: formulas (4) to (6).

    Held for D, whose rows are orthonormal; those of C = K D follow. Of pairs of different clusters
    it is Σ (q_g′q_h)² that counts, and ‖B‖² − Σ h_g² gives it without looking at pairs. But where
    a leverage is nearly 1, h_g is so large that the difference keeps no digit: such clusters stay
    apart, and are paired one by one.
    """

    def __init__(self, K: FloatArray, p: int) -> None:
        self.K, self.p = K, p
        q = len(K)
        self._trace = np.zeros(q)
        self._own = np.zeros(q)
        self._joint = 0.0
        self._B = np.zeros((q * p, q * p))
        self._steep: list[FloatArray] = []

    def add(self, w: FloatArray, d: FloatArray, f: FloatArray, Q: FloatArray) -> None:
        """Add clusters: w = Q′RD′, (m, r, q)."""
        if not len(self.K):
            return
        z = f[:, :, None] * w
        weighted = d[:, :, None] * z
        excess = z.transpose(0, 2, 1) @ ((1 - d)[:, :, None] * weighted)  # a − h
        steep = (d * f**2).max(axis=1) > STEEP
        calm = weighted[~steep]
        h = calm.transpose(0, 2, 1) @ calm
        own, own_h = (np.einsum("ik,gkl,il->gi", self.K, part, self.K) for part in (excess, h))
        self._trace += own.sum(axis=0)
        self._own += (own**2).sum(axis=0) - (own_h**2).sum(axis=0)
        self._joint += _traces(excess) - _traces(h)
        flat = (Q[~steep] @ calm).transpose(0, 2, 1).reshape(len(calm), len(self._B))
        self._B += flat.T @ flat
        if steep.any():
            self._steep.append((Q[steep] @ weighted[steep]).transpose(0, 2, 1))

    def add_alike(self, v: FloatArray, u: FloatArray, d: FloatArray, f: FloatArray) -> None:
        """Add clusters of rank one, Σxx′ = xx′: v = x′MD′, (m, q), u = Rx, (m, p).

        Then a − h = f²v²(1 − d), h = f²v²d and q = f v u, (m,) each: formula (8) for x of rows.
        """
        if not len(self.K):
            return
        own, every = (v @ self.K.T) ** 2, np.einsum("gq,gq->g", v, v)
        steep = d * f**2 > STEEP
        square, h = f**2 * (1 - d), np.where(steep, 0.0, f**2 * d)
        self._trace += square @ own
        self._own += (square**2 - h**2) @ own**2
        self._joint += 2 * float((square**2 - h**2) @ every**2)
        z = f[:, None] * v
        if steep.any():
            self._steep.append(z[steep, :, None] * u[steep, None, :])
            z = np.where(steep[:, None], 0.0, z)
        blocks = self._B.reshape(len(self.K), self.p, len(self.K), self.p)
        for i, j in combinations_with_replacement(range(len(self.K)), 2):
            block = (u * (z[:, i] * z[:, j])[:, None]).T @ u
            blocks[i, :, j] += block
            if i < j:
                blocks[j, :, i] += block  # symmetric, as u u′ is

    def add_rows(self, moments: RowMoments, R: FloatArray) -> None:
        """Add rows allocated one by one."""
        self._trace += moments.trace
        self._own += moments.own
        self._joint += moments.joint
        blocks = R @ moments.B @ R
        self._B += blocks.transpose(0, 2, 1, 3).reshape(self._B.shape)

    def _blocks(self) -> FloatArray:
        """B^{ij}, (q, q, p, p)."""
        q = len(self.K)
        return self._B.reshape(q, self.p, q, self.p).transpose(0, 2, 1, 3)

    def _apart(self) -> FloatArray:
        """q_g^i of the steep clusters, (s, q, p)."""
        return np.concatenate([np.empty((0, len(self.K), self.p)), *self._steep])

    def satterthwaite(self) -> list[float]:
        """Return ν = (tr P)² / tr P² of each contrast; 0 where there is none."""
        if not len(self.K):
            return []
        square = self._own.copy()
        apart = np.einsum("ik,skp->isp", self.K, self._apart())
        for i, row in enumerate(self.K):
            B = np.einsum("k,l,klab->ab", row, row, self._blocks())
            pairs = _different(apart[i] @ apart[i].T) ** 2
            square[i] += (B**2).sum() + 2 * ((apart[i] @ B) * apart[i]).sum() + pairs.sum()
        return [
            _whole(float(t**2 / s)) if s > 1e-14 * t**2 else 0.0
            for t, s in zip(self._trace, square, strict=True)
        ]

    def hotelling(self) -> float:
        """Return S."""
        B, apart = self._blocks(), self._apart().transpose(1, 0, 2)
        within = float((B * B).sum() + (B * B.transpose(0, 1, 3, 2)).sum())
        beside = swapped = 0.0
        same = np.zeros((apart.shape[1],) * 2)
        for i, j in np.ndindex(B.shape[:2]):
            pairs = _different(apart[i] @ apart[j].T)
            swapped += float((pairs * pairs.T).sum())
            same += pairs if i == j else 0.0
            beside += float(((apart[i] @ (B[i, j] + B[j, i])) * apart[j]).sum())
        return self._joint + within + 2 * beside + swapped + float((same**2).sum())


def _whole(df: float) -> float:
    """Take off what is rounding: equal clusters have a whole ν, and rules ask for 4 or for 10."""
    return float(round(df)) if abs(df - round(df)) <= 1e-10 * df else df


def _traces(matrices: FloatArray) -> float:
    """Σ over matrices of (tr A)² + tr A′A."""
    return float((np.einsum("gii->g", matrices) ** 2).sum() + (matrices**2).sum())


def _different(pairs: FloatArray) -> FloatArray:
    """Leave out the pairs of a cluster with itself."""
    return pairs - np.diag(np.diag(pairs))
