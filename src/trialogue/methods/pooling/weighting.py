"""Weighted least squares by its projection P, from sums: no k × k matrix is ever made.

P = W − W X M X′ W with M = (X′WX)⁻¹; with W = I it is the residual maker H.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trialogue.methods.pooling.studies import BoolArray, FloatArray
from trialogue.methods.problems import InputError, Problem

ROUNDING = 1e-12  # a residual this small beside the largest estimate is rounding
LOST = 1e-10  # a difference this small beside what it is taken from has too few digits left


@dataclass(frozen=True)
class Weighting:
    """Columns x, (k, p), and weights w, (k,); or several sets of weights, (…, k), at once."""

    x: FloatArray
    w: FloatArray

    @cached_property
    def m(self) -> FloatArray:
        """M, (…, p, p)."""
        return np.asarray(np.linalg.inv(self._products(self.w)), dtype=float)

    def coefficients(self, y: FloatArray) -> FloatArray:
        """b = M X′Wy, (…, p)."""
        b: FloatArray = (self.m @ ((self.w * y) @ self.x)[..., None])[..., 0]
        return b

    def residual(self, y: FloatArray) -> FloatArray:
        """y − Xb, (…, k); 0 where nothing but rounding is left."""
        left: FloatArray = y - self.coefficients(y) @ self.x.T
        return np.where(np.abs(left) <= ROUNDING * np.abs(y).max(initial=0.0), 0.0, left)

    def trace(self, a: FloatArray | float = 1.0) -> FloatArray:
        """tr PA for a diagonal A."""
        inner = self.m * self._products(self.w**2 * a)
        traced: FloatArray = (self.w * a).sum(axis=-1) - inner.sum(axis=(-2, -1))
        return traced

    def trace2(self, a: FloatArray | float = 1.0) -> FloatArray:
        """tr PAPA for a diagonal A."""
        inner = self.m @ self._products(self.w**2 * a)
        outer = self.m * self._products(self.w**3 * a**2)
        twice = (inner * inner.swapaxes(-2, -1)).sum(axis=(-2, -1))
        traced: FloatArray = (
            ((self.w * a) ** 2).sum(axis=-1) - 2 * outer.sum(axis=(-2, -1)) + twice
        )
        return traced

    def cubed(self, residual: FloatArray) -> FloatArray:
        """y′PPPy from the residuals, since Py = W(y − Xb)."""
        u = (self.w**2 * residual) @ self.x
        inner = (u[..., None, :] @ self.m @ u[..., None])[..., 0, 0]
        product: FloatArray = (self.w**3 * residual**2).sum(axis=-1) - inner
        return product

    def _products(self, weight: FloatArray) -> FloatArray:
        products: FloatArray = (weight[..., None, :] * self.x.T) @ self.x
        return products


def at(x: FloatArray, v: FloatArray, tau2: float | FloatArray) -> Weighting:
    """Return the weighting by 1/(v + τ²), one for each τ²."""
    return Weighting(x, 1 / (v + np.asarray(tau2)[..., None]))


def far_apart(w: FloatArray, *, columns: int = 1) -> BoolArray:
    """Say where the heaviest weights, as many as columns, leave nothing to the others, (…).

    With moderators no weight may be nothing beside another: X′WX could not be inverted.
    """
    in_order = np.sort(w, axis=-1)
    heaviest = in_order[..., -1]
    apart: BoolArray = in_order[..., :-columns].sum(axis=-1) < LOST * heaviest
    return apart | (in_order[..., 0] < LOST * heaviest) if columns > 1 else apart


def too_far_apart() -> InputError:
    """Return the error that refuses variances of which one outweighs all others."""
    what = "the variances are too far apart to be added up"
    return InputError(Problem(what, "Look for a slip in one of them"))
