"""What pooling says of itself: the method in one sentence, and notes."""

from collections.abc import Iterator, Sequence

from trialogue.methods.pooling.results import Estimate, Pooled
from trialogue.methods.pooling.studies import FEW, Rule

NAMES = {
    "REML": "restricted maximum likelihood (REML)",
    "ML": "maximum likelihood (ML)",
    "PM": "Paule and Mandel's method (PM)",
    "EB": "empirical Bayes (EB)",
    "DL": "DerSimonian and Laird's method (DL)",
    "HE": "Hedges' method (HE)",
    "HS": "Hunter and Schmidt's method (HS)",
    "SJ": "Sidik and Jonkman's method (SJ)",
}


def method_sentence(rule: Rule, df: float | None, *, k: int, moderators: Sequence[str]) -> str:
    """Name the model, how τ² was found, the standard errors and the distribution."""
    given = f" given {', '.join(moderators)}" if moderators else ""
    if k == 1:
        return "One trial: its own result, with a normal range."
    if rule.method == "FE":
        return f"Common-effect model{given}, weights 1/v; normal ranges."
    model = f"Random-effects model{given}, tau² by {NAMES[rule.method]}"
    if df is None:
        return f"{model}; normal ranges."
    degrees = f"{df:g} degree{'s' * (df != 1)} of freedom"
    return f"{model}; Knapp and Hartung's standard errors, ranges by t with {degrees}."


def left_out(*, untold: int, lacking: int) -> Iterator[str]:
    """Count the trials that are not in the answer, and say why."""
    if untold:
        what = (
            "trial was left out, its table tells"
            if untold == 1
            else ("trials were left out, their tables tell")
        )
        yield f"{untold} {what} nothing: the same happened to nobody, or to all, in both arms"
    if lacking:
        what = (
            "trial lacks a moderator and was"
            if lacking == 1
            else ("trials lack a moderator and were")
        )
        yield f"{lacking} {what} left out"


def few_trials(pooled: Pooled, rule: Rule) -> Iterator[str]:
    """Say what cannot be known of so few trials, or by this model."""
    if pooled.k == 1:
        yield "One trial cannot show how much results vary, nor what a new place may see"
        return
    if pooled.k == 2:
        yield "Two trials cannot show how much results vary: look at each of them"
    if rule.method == "FE":
        yield (
            "A common-effect model takes it that every place has the same effect, so there is "
            "no range for a new place"
        )
    elif pooled.pi_method is not None and pooled.pi_low is None:
        yield "Too little varies, or there are too few trials, for a range of a new place"
    if pooled.k < FEW and pooled.moderator_test is not None:
        yield f"Fewer than {FEW} trials: do not rely on moderators"
    if pooled.egger is None:
        yield "No test of small trials: it needs three trials of different precision"
    elif pooled.k < FEW:
        yield f"Fewer than {FEW} trials: do not rely on the test of small trials"


def narrow(pooled: Pooled, s2: float | None, normal: Estimate) -> Iterator[str]:
    """Where the standard error is below the normal one, s² < 1, say what that range would be."""
    if s2 is None or s2 >= 1 or normal.ci_low is None or normal.ci_high is None:
        return
    low, high = f"{normal.ci_low:.4g}", f"{normal.ci_high:.4g}"
    if pooled.ci_low is None or pooled.ci_high is None:
        yield f"All trials found the same: there is no range by t; by z it is {low} to {high}"
        return
    wider = normal.ci_high - normal.ci_low > pooled.ci_high - pooled.ci_low
    yield (
        f"The standard error is smaller than the one by z: the range by z is {low} to {high}, "
        f"{'wider' if wider else 'and no wider'} than the one given"
    )
