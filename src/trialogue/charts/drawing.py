"""Results drawn as they stand, for a notebook: `charts.effects(analysis, ...)`."""

from trialogue.charts.chart import Chart
from trialogue.charts.effect import EffectRow, effect_chart
from trialogue.charts.power_curve import plan_chart
from trialogue.methods.effects import Analysis
from trialogue.methods.power import Plan, Words, sentences
from trialogue.methods.power import power as power_of
from trialogue.methods.verdicts import Outcome, Wording, comparisons


def effects(
    analysis: Analysis, outcome: Outcome, wording: Wording, *, chart_id: str = "effects"
) -> Chart:
    """Draw each arm's effect with its likely range: 50 dots, and what is worth having.

    `chart_id` sets two drawings of one page apart.
    """
    usual = analysis.arms[0].mean or 0.0  # control has outcomes, or there is no analysis
    rows = [EffectRow(arm, found, usual) for arm, found in comparisons(analysis, outcome)]
    return effect_chart(rows, wording, chart_id=chart_id)


def power(
    plan: Plan,
    words: Words | None = None,
    *,
    smallest_change: float | None = None,
    unit: str = "",
    chart_id: str = "power",
) -> Chart:
    """Draw how often a trial as planned would find a real change, by the size of the change.

    `smallest_change` is what is worth having, by default the change planned for; `unit` that of
    an average or of what is counted. Raises InputError where the plan has no clusters yet.
    """
    found = power_of(plan)
    return plan_chart(
        plan,
        reached=found.power or 0.0,
        smallest_change=abs(plan.effect) if smallest_change is None else smallest_change,
        unit="in 100" if plan.kind == "binary" else unit,
        sentence=sentences(plan, found, words or Words())[0],
        chart_id=chart_id,
    )
