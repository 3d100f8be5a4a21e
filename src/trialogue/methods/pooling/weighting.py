"""Weighted least squares by its projection P, from sums: no k × k matrix is ever made.

P = W − W X M X′ W with M = (X′WX)⁻¹; with W = I it is the residual maker H.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trialogue.methods.pooling.studies import FloatArray

ROUNDING = 1e-12  # a residual this small beside the largest estimate is rounding


@dataclass(frozen=True)
class Weighting:
    """Columns x, (k, p), and weights w, (k,)."""

    x: FloatArray
    w: FloatArray

    @cached_property
    def m(self) -> FloatArray:
        """M, (p, p)."""
        return np.asarray(np.linalg.inv(self._products(self.w)), dtype=float)

    def coefficients(self, y: FloatArray) -> FloatArray:
        """b = M X′Wy, (p,)."""
        b: FloatArray = self.m @ (self.x.T @ (self.w * y))
        return b

    def residual(self, y: FloatArray) -> FloatArray:
        """y − Xb, (k,); 0 where nothing but rounding is left."""
        left: FloatArray = y - self.x @ self.coefficients(y)
        return np.where(np.abs(left) <= ROUNDING * np.abs(y).max(initial=0.0), 0.0, left)

    def trace(self, a: FloatArray | float = 1.0) -> float:
        """tr PA for a diagonal A."""
        return float((self.w * a).sum() - (self.m * self._products(self.w**2 * a)).sum())

    def trace2(self, a: FloatArray | float = 1.0) -> float:
        """tr PAPA for a diagonal A."""
        inner = self.m @ self._products(self.w**2 * a)
        outer = self.m * self._products(self.w**3 * a**2)
        return float(((self.w * a) ** 2).sum() - 2 * outer.sum() + (inner * inner.T).sum())

    def cubed(self, residual: FloatArray) -> float:
        """y′PPPy from the residuals, since Py = W(y − Xb)."""
        u = self.x.T @ (self.w**2 * residual)
        return float((self.w**3 * residual**2).sum() - u @ self.m @ u)

    def _products(self, weight: FloatArray) -> FloatArray:
        products: FloatArray = self.x.T @ (weight[:, None] * self.x)
        return products


def at(x: FloatArray, v: FloatArray, tau2: float) -> Weighting:
    """Return the weighting by 1/(v + τ²)."""
    return Weighting(x, 1 / (v + tau2))
