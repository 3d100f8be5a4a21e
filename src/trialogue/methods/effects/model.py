"""The planned model: least squares, CR2 variances, Satterthwaite degrees of freedom.

Formulas (1) to (7) and their derivation: docs/methods/effects.md. Nothing here is n × n or G × G.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from trialogue.methods.effects.columns import Columns
from trialogue.methods.effects.data import FloatArray, IntArray
from trialogue.methods.effects.freedom import Freedom, RowMoments
from trialogue.methods.effects.sums import ClusterSums, RowSums
from trialogue.methods.results import Result
from trialogue.methods.special import tails

Variance = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
LEVERAGE_ONE = 1e-10
SINGULAR = 1e-10  # the least eigenvalue of the correlations of contrasts tested together
NOTHING = 1e-12  # a standard error this small, in units of the outcome's largest deviation, is 0


@dataclass(frozen=True, repr=False)
class JointTest(Result):
    """Several contrasts at once: the approximate Hotelling test (HTZ)."""

    f: float
    df1: int
    df2: float
    p: float


@dataclass(frozen=True, repr=False)
class Fit(Result):
    """Coefficients (p, o) of o outcomes and their covariances (o, o, p, p).

    `df`: column of a tested coefficient -> Satterthwaite's degrees of freedom, the same for every
    outcome. `joint` tests those columns at once for the first outcome. `least_se`: (o,), below
    which a standard error is nothing but rounding.
    """

    coefficients: FloatArray
    covariance: FloatArray
    df: dict[int, float]
    joint: JointTest | None
    people: int
    clusters: int
    least_se: FloatArray

    def estimate(self, column: int, outcome: int = 0) -> float:
        """Return one coefficient."""
        return float(self.coefficients[column, outcome])

    def se(self, column: int, outcome: int = 0) -> float:
        """Return the standard error of one coefficient."""
        se = float(np.sqrt(max(self.covariance[outcome, outcome, column, column], 0.0)))
        return 0.0 if se <= self.least_se[outcome] else se

    def in_units(self, centre: FloatArray, divide: FloatArray) -> "Fit":
        """Undo (y − centre) / divide, both (o,)."""
        coefficients = self.coefficients * divide
        coefficients[0] += centre
        return replace(
            self,
            coefficients=coefficients,
            covariance=self.covariance * (divide[:, None] * divide)[:, :, None, None],
            least_se=NOTHING * divide,
        )

    @property
    def residual_df(self) -> int:
        """Return N − p, which other software prints; never used for our own ranges."""
        return self.people - int(self.coefficients.shape[0])


def fit_model(
    columns: Columns,
    outcomes: FloatArray,
    cluster: IntArray,
    *,
    tested: Sequence[int],
    variance: Variance = "CR2",
) -> Fit:
    """Fit the planned model to rows.

    Parameters
    ----------
    columns : Columns
        (n, p).
    outcomes : (n, o)
        None missing.
    cluster : (n,)
        A number for the cluster each row belongs to.
    tested : sequence of int
        Columns whose degrees of freedom are wanted, and which the joint test takes together.
    variance : str
        CR2, and others for comparison with other software. With clusters of one: HC0 to HC3.
    """
    centre = outcomes.mean(axis=0)
    scale = np.abs(outcomes - centre).max(axis=0)
    scale[scale <= 1e-14 * np.abs(centre)] = 0.0  # all alike but for rounding
    divide = np.where(scale > 0, scale, 1.0)
    y = np.where(scale > 0, (outcomes - centre) / divide, 0.0)
    sums = RowSums(columns.matrix, y, cluster)
    fit = fit_sums(list(sums) if sums.few else sums, tested=tested, variance=variance)
    return fit.in_units(centre, divide)


def fit_sums(
    sums: Iterable[ClusterSums], *, tested: Sequence[int], variance: Variance = "CR2"
) -> Fit:
    """Fit the planned model to sums of clusters, read twice.

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28(2), 169-181; Pustejovsky and Tipton (2018),
    Journal of Business & Economic Statistics 36(4), 672-683: CR2, working model the identity.
    """
    total, right, people, clusters = _totals(sums)
    p, outcomes = right.shape
    solved = Solved.of(total, right, tested)
    freedom = Freedom(solved.K, p)
    meat = np.zeros((outcomes * p, outcomes * p))
    for some in sums:
        add = _add_alike if some.xx is None else _add_mixed
        meat += add(some, solved, freedom, variance)
    factor = _factor(variance, clusters, people, p)
    return _assembled(solved, meat * factor, freedom, people=people, clusters=clusters)


@dataclass(frozen=True)
class Solved:
    """The coefficients β = M Σxy, and what their variances are made of.

    R: the symmetric root of M = (Σxx′)⁻¹. C: (q, p), the tested contrasts; C = K D, D M D′ = 1.
    """

    M: FloatArray
    R: FloatArray
    R_inverse: FloatArray
    beta: FloatArray
    tested: tuple[int, ...]
    C: FloatArray
    K: FloatArray
    D: FloatArray

    @classmethod
    def of(cls, xx: FloatArray, xy: FloatArray, tested: Sequence[int]) -> "Solved":
        """Solve the normal equations, (p, p) and (p, o)."""
        values, vectors = np.linalg.eigh(xx)
        M = (vectors / values) @ vectors.T
        C = np.zeros((len(tested), len(xx)))
        C[np.arange(len(tested)), list(tested)] = 1
        K, D = _orthonormal(C, M)
        return cls(
            M=M,
            R=(vectors / np.sqrt(values)) @ vectors.T,
            R_inverse=(vectors * np.sqrt(values)) @ vectors.T,
            beta=M @ xy,
            tested=tuple(tested),
            C=C,
            K=K,
            D=D,
        )


def fit_rows(solved: Solved, moments: RowMoments) -> Fit:
    """Put together the fit of rows allocated one by one: CR2 is then HC2, formula (8)."""
    outcomes, p = len(moments.meat), len(solved.M)
    freedom = Freedom(solved.K, p)
    freedom.add_rows(moments, solved.R)
    meat = moments.meat.transpose(0, 2, 1, 3).reshape(outcomes * p, outcomes * p)
    return _assembled(solved, meat, freedom, people=moments.people, clusters=moments.people)


def _assembled(
    solved: Solved, meat: FloatArray, freedom: Freedom, *, people: int, clusters: int
) -> Fit:
    p, outcomes = solved.beta.shape
    by_outcome = meat.reshape(outcomes, p, outcomes, p).transpose(0, 2, 1, 3)
    covariance = solved.M @ by_outcome @ solved.M
    C = solved.C
    return Fit(
        coefficients=solved.beta,
        covariance=covariance,
        df=dict(zip(solved.tested, freedom.satterthwaite(), strict=True)),
        joint=_joint(freedom, C @ solved.beta[:, 0], C @ covariance[0, 0] @ C.T),
        people=people,
        clusters=clusters,
        least_se=np.full(outcomes, NOTHING),
    )


def _totals(sums: Iterable[ClusterSums]) -> tuple[FloatArray, FloatArray, int, int]:
    """Σ xx, Σ xy, people and clusters."""
    total: FloatArray | None = None
    right: FloatArray | None = None
    people = clusters = 0
    for some in sums:
        xx, xy = some.squares(), some.xy.sum(axis=0)
        total, right = (xx, xy) if total is None or right is None else (total + xx, right + xy)
        people += int(some.people.sum())
        clusters += some.people.size
    if total is None or right is None:
        raise ValueError("there are no clusters")
    return total, right, people, clusters


def _orthonormal(C: FloatArray, M: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return K and D with C = K D and D M D′ = 1: D = (C M C′)^{−1/2} C."""
    values, vectors = np.linalg.eigh(C @ M @ C.T)
    return (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T @ C


def _add_alike(
    some: ClusterSums, solved: Solved, freedom: Freedom, variance: Variance
) -> FloatArray:
    """Return Σ ŝ ŝ′, (o p, o p), and add to the degrees of freedom, of clusters of rank one.

    There is one leverage d and no eigenvalue to find, and s is a multiple of x, so that ŝ = f s.
    """
    root = some.root
    u = root @ solved.R
    d = np.minimum(np.einsum("gp,gp->g", u, u), 1.0)
    f = _adjustment(d, variance)
    freedom.add_alike(root @ (solved.M @ solved.D.T), u, d, f)
    return _outer(f[:, None, None] * some.scores(solved.beta))


def _add_mixed(
    some: ClusterSums, solved: Solved, freedom: Freedom, variance: Variance
) -> FloatArray:
    """Return the same of clusters whose rows differ: formulas (1) and (2)."""
    R = solved.R
    d, Q = np.linalg.eigh(R @ some.products @ R)
    d = np.clip(d, 0.0, 1.0)
    f = _adjustment(d, variance)
    back = Q.transpose(0, 2, 1)
    spread = back @ (R @ some.scores(solved.beta))
    freedom.add(back @ (R @ solved.D.T), d, f, Q)
    return _outer(solved.R_inverse @ (Q @ (f[:, :, None] * spread)))


def _outer(scores: FloatArray) -> FloatArray:
    """Σ s s′ of (G, p, o), as (o p, o p)."""
    flat = scores.transpose(0, 2, 1).reshape(len(scores), -1)
    product: FloatArray = flat.T @ flat
    return product


def _adjustment(d: FloatArray, variance: Variance) -> FloatArray:
    """f(d), 0 where the leverage is 1: a generalised inverse."""
    power = {"CR2": -0.5, "CR3": -1.0}.get(variance, 0.0)
    return np.where(1 - d < LEVERAGE_ONE, 0.0, np.maximum(1 - d, LEVERAGE_ONE) ** power)


def _factor(variance: Variance, clusters: int, people: int, p: int) -> float:
    if variance == "CR1":
        return clusters / (clusters - 1)
    if variance == "CR1S":
        return clusters * (people - 1) / ((clusters - 1) * (people - p))
    return 1.0


def _joint(freedom: Freedom, difference: FloatArray, variance: FloatArray) -> JointTest | None:
    """Test all contrasts at once; None where the degrees of freedom do not suffice.

    Pustejovsky and Tipton (2018), section 3.2: formula (7).
    """
    q = difference.size
    S = freedom.hotelling() if q else 0.0
    if S <= 0:
        return None
    eta = q * (q + 1) / S
    df2 = eta - q + 1
    if df2 <= 0 or not _is_regular(variance):
        return None
    f = df2 / (eta * q) * float(difference @ np.linalg.solve(variance, difference))
    return JointTest(f=f, df1=q, df2=df2, p=tails.f_above(f, q, df2))


def _is_regular(variance: FloatArray) -> bool:
    """Whether the contrasts vary apart from one another: with few clusters they may not.

    By the smallest eigenvalue of their correlations, which is the same in any unit.
    """
    spread = np.sqrt(np.maximum(np.diag(variance), 0.0))
    if not spread.all():
        return False
    return bool(np.linalg.eigvalsh(variance / spread / spread[:, None])[0] > SINGULAR)
