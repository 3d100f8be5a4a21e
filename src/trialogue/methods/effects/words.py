"""What the analysis says of itself: the method in one sentence, and notes."""

from collections.abc import Iterator, Sequence

import numpy as np

from trialogue.methods.effects.data import Coded, Data, Rule
from trialogue.methods.effects.model import JointTest
from trialogue.methods.effects.planned import ArmEffect, Planned, plural, unit_word
from trialogue.methods.effects.randomisation import Redrawn
from trialogue.methods.effects.results import Comparison

FEW_DF = 4
CORRECTIONS = {
    "none": "no correction for several arms",
    "holm": "Holm's correction for several arms",
    "maxt": "max-T correction for several arms by re-randomisation",
}


def method_sentence(data: Data, rule: Rule) -> str:
    """Name the model, the variance, the degrees of freedom and the correction."""
    given = [
        *(["strata"] if data.strata else []),
        *(["covariates"] if data.covariates else []),
    ]
    model = f" given {' and '.join(given)}" if given else ""
    slopes = ", each arm with its own slopes (Lin)" if rule.adjust == "lin" else ""
    unit = f"by {unit_word(data)}" if data.cluster is not None else "by row"
    several = f"; {CORRECTIONS[rule.correction or 'none']}" if rule.correction != "none" else ""
    return (
        f"Difference in means by least squares{model}{slopes}, everyone in the arm they were "
        f"allocated to; CR2 standard errors {unit}; Satterthwaite degrees of freedom{several}."
    )


def model_notes(
    data: Data, coded: Coded, planned: Planned, effects: Sequence[ArmEffect]
) -> Iterator[str]:
    """Say what was left out of the model, and of which arm little or nothing can be said."""
    yield from planned.columns.notes
    yield from _stratum_notes(data, coded, planned)
    word, control = unit_word(data), coded.arms[0]
    for arm, effect in enumerate(effects, 1):
        name = coded.arms[arm]
        alone = [coded.arms[index] for index in (0, arm) if planned.units[index] == 1]
        if arm not in planned.columns.arms:
            yield f"{name}: no outcomes"
        elif effect.estimate is None:
            yield f"{name}: strata or covariates alone determine who is in it"
        elif alone:
            yield f"{alone[0]}: one {word} cannot show how much {plural(word)} vary"
        elif note := range_note(effect, name, control, word):
            yield note


def range_note(effect: ArmEffect, name: str, control: str, word: str) -> str:
    """Say why there is no range, or that few stand behind it; empty where there is no need."""
    if effect.se == 0:
        return f"{name}: the outcomes of it and of {control} do not vary, so there is no range"
    if effect.df is None:
        return f"{name}: too few {plural(word)} for a range"
    if effect.df < FEW_DF:
        return f"{name}: few {plural(word)}: rely on the re-randomisation answer"
    return ""


def _stratum_notes(data: Data, coded: Coded, planned: Planned) -> Iterator[str]:
    """Count strata that tell nothing about the effect."""
    if not data.strata:
        return
    stratum = coded.stratum[planned.keep]
    pairs = np.unique(np.column_stack([stratum, planned.arm]), axis=0)
    arms_in = np.bincount(pairs[:, 0])
    one, total = int((arms_in == 1).sum()), int((arms_in > 0).sum())
    if one:
        has, tells = ("has", "tells") if one == 1 else ("have", "tell")
        yield f"{one} of {total} strata {has} one arm only and {tells} nothing about the effect"


def joint_notes(planned: Planned, joint: JointTest | None) -> Iterator[str]:
    """Say why there is no test of all arms at once."""
    if joint is None and len(planned.tested) > 1:
        yield "Too little varies, or too few degrees of freedom, for a test of all arms at once"


def redraw_notes(
    redrawn: Redrawn | None, comparisons: Sequence[Comparison], rule: Rule, units: int
) -> Iterator[str]:
    """Say what stands in the way of re-randomisation, and where the two answers disagree."""
    if redrawn is None:
        asked = "; ask for it with --permutations" if rule.permutations is None else ""
        yield f"No re-randomisation of {units:,} units{asked}"
        return
    if redrawn.statistic != rule.statistic:
        yield "An arm has a single unit, so re-randomisation compares plain differences"
    for row in comparisons:
        if row.effect.p is None or row.p_permutation is None:
            continue
        if (row.effect.p < rule.alpha) != (row.p_permutation < rule.alpha):
            yield f"{row.arm}: the two ways of checking disagree"
