"""Trials whose numbers the specification gives, and what hypothesis draws."""

from math import inf, sqrt

from hypothesis import strategies as st

from trialogue.methods.verdicts import Evidence, Outcome, Validity, Wording

MISSED = Outcome("binary", "lower", 0.05)
HIGHER = Outcome("binary", "higher", 0.05)
TEXT = Wording()


def evidence(
    estimate: float | None,
    low: float | None,
    high: float | None,
    outcome: Outcome = HIGHER,
    **facts: object,
) -> Evidence:
    facts = {"p": 0.01, "p_adjusted": 0.01, "p_permutation": 0.01, "df": 60.0} | facts
    return Evidence(outcome, estimate, low, high, **facts)  # type: ignore[arg-type]


def two_shares(
    usual: tuple[int, int], new: tuple[int, int], outcome: Outcome
) -> tuple[Evidence, float]:
    """Two shares compared with Wald's range, and the share with usual service."""
    p0, p1 = usual[0] / usual[1], new[0] / new[1]
    half = 1.959964 * sqrt(p0 * (1 - p0) / usual[1] + p1 * (1 - p1) / new[1])
    estimate = p1 - p0
    found = Evidence(outcome, estimate, estimate - half, estimate + half, df=inf)
    return found, p0


sizes = st.floats(-1, 1, allow_nan=False).filter(lambda size: abs(size) > 1e-6 or size == 0)
deltas = st.floats(0.001, 0.5)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[float, float, float]:
    low, estimate, high = sorted(draw(st.lists(sizes, min_size=3, max_size=3)))
    return estimate, low, high


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    return Outcome(
        draw(st.sampled_from(["binary", "count", "continuous"])),
        draw(st.sampled_from(["higher", "lower"])),
        draw(deltas),
    )


@st.composite
def validities(draw: st.DrawFn) -> Validity:
    return Validity(
        contaminated=draw(st.booleans()),
        clusters=draw(st.sampled_from([None, 2, 40])),
        stopped=draw(st.sampled_from(["no", "no", "by its own rule", "without a rule"])),
    )


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    estimate, low, high = draw(ranges())
    chance = st.one_of(st.none(), st.floats(0, 1))
    return Evidence(
        draw(outcomes()),
        estimate,
        low,
        high,
        p=draw(chance),
        p_adjusted=draw(chance),
        p_permutation=draw(chance),
        df=draw(st.one_of(st.none(), st.floats(1, 100))),
        arms=draw(st.integers(2, 5)),
        validity=draw(st.one_of(st.just(Validity()), validities())),
    )
