"""A stepped start: clusters begin one after another, in an order drawn by chance.

Everybody is measured in every period, so each cluster is compared with itself before its start
and with those that still wait. Formulas: docs/methods/effects.md.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trialogue.methods import arrays
from trialogue.methods.effects.analysis import (
    PERMUTATIONS,
    arm_effects,
    check,
    resolved,
    summaries,
)
from trialogue.methods.effects.checks import icc, sample_ratio
from trialogue.methods.effects.columns import extra_columns, model_columns
from trialogue.methods.effects.data import (
    Coded,
    Data,
    IntArray,
    Rule,
    code,
    empty_cells,
    in_two,
    numbered,
    resolve_kind,
)
from trialogue.methods.effects.planned import ArmEffect, PlannedRows, plural, unit_word
from trialogue.methods.effects.randomisation import Progress
from trialogue.methods.effects.results import Analysis, Comparison, Permutation
from trialogue.methods.effects.stepped_order import Order
from trialogue.methods.effects.words import range_note, redraw_notes
from trialogue.methods.problems import InputError, Problem, refuse


def analyse_stepped(
    data: Data,
    period: arrays.Column,
    rule: Rule,
    *,
    seed: int,
    progress: Progress | None = None,
) -> Analysis | None:
    """Analyse a stepped start; None when `progress` stopped it.

    Least squares with a term for every cluster and every period, CR2 by cluster; the second p
    draws again which cluster starts when.

    Parameters
    ----------
    data : Data
        A row a measurement, (n,): `arm` is control before the cluster's start and the other after.
        `cluster` is what starts; within `strata` and `blocks` the order was drawn apart.
    period : (n,)
        When each was measured: numbers, or text in the order of its letters.
    rule : Rule
        As registered. There are two arms: `shares` and `correction` have nothing to decide.
    seed, progress
        As in `analyse`.

    Raises
    ------
    InputError
        As `analyse`, and when no cluster is named, one stops again or has both arms in a period,
        there are more than two arms, or a covariate is called as the cluster or the period.

    References
    ----------
    Hussey and Hughes (2007), Contemporary Clinical Trials 28(2), 182-191: the model, here with
    fixed cluster terms. Ji, Fink, Robyn and Small (2017), Annals of Applied Statistics 11(1),
    1-20: drawing the order again. Variance: as `analyse`.
    """
    check(rule)
    times, time = _in_order(data, period)
    coded = _coded(data, rule)
    start = _starts(data, coded, times, time)
    rule = resolved(rule, len(coded.arms), resolve_kind(data.outcome, rule))
    planned = _plan(data, coded, times, time)
    effect = _of_three(planned, arm_effects(planned, planned.fit(data.outcome), rule)[0])
    draws = PERMUTATIONS if rule.permutations is None else rule.permutations
    redrawn = None
    if draws and effect.estimate is not None:
        order = Order.of(data, coded, planned, time, start)
        redrawn = order.redraw(rule.statistic, draws=draws, seed=seed, progress=progress)
        if redrawn is None:
            return None
    found = Comparison(coded.arms[1], effect, effect.p, redrawn.p[0] if redrawn else None)
    return Analysis(
        arms=tuple(summaries(data, coded, planned)),
        effects=(found,),
        joint=None,
        method=_method(data),
        missing=dict(
            zip(
                coded.arms,
                np.bincount(coded.arm[~planned.keep], minlength=2).tolist(),
                strict=True,
            )
        ),
        sensitivity=None,
        icc=icc(data.outcome, coded.cluster * len(times) + time, 2 * time + coded.arm),
        permutation=Permutation.of(redrawn, seed) if redrawn else None,
        sample_ratio_p=sample_ratio(*_even(start)),
        balance=(),
        kind=rule.kind,
        covariates=planned.columns.used,
        notes=(
            *planned.columns.notes,
            *_notes(data, found),
            *redraw_notes(redrawn, (found,), rule, start.size),
        ),
    )


def _in_order(data: Data, period: arrays.Column) -> tuple[tuple[str, ...], IntArray]:
    """Return the periods in their order, by name, and the number of each row's."""
    name = data.name("period")
    values = arrays.numbers_or_text(period, name=name)
    refuse(arrays.same_length({data.name("outcome"): data.outcome, name: values}))
    empty = np.isnan(values) if values.dtype.kind == "f" else values == ""
    refuse(
        Problem("empty; every row needs its period", row=data.row(int(index)), column=name)
        for index in np.flatnonzero(empty)
    )
    times, time = np.unique(values, return_inverse=True)
    return tuple(f"{t:g}" if values.dtype.kind == "f" else str(t) for t in times), time


def _coded(data: Data, rule: Rule) -> Coded:
    """Code text as numbers: a cluster changes its arm, but neither its stratum nor its block."""
    if data.cluster is None:
        what = "a stepped start needs what starts together"
        raise InputError(Problem(what, "Name its column", column="--cluster"))
    if rule.adjust == "lin":
        raise InputError(Problem("a stepped start has additive terms", column="--adjust lin"))
    refuse(
        Problem("a term of the model already", "Leave it out of the covariates", column=name)
        for name in (data.name("cluster"), data.name("period"))
        if name in data.covariates
    )
    refuse(empty_cells(data))
    coded = code(replace(data, cluster=None), rule)
    if len(coded.arms) > 2:
        what = f"{len(coded.arms)} arms: {', '.join(coded.arms)}"
        mend = "A stepped start has two, before and after"
        raise InputError(Problem(what, mend, column=data.name("arm")))
    cluster = numbered(data.cluster)[1]
    blocks = ("",) if data.blocks is None else tuple(map(str, numbered(data.blocks)[0]))
    refuse(
        [
            *in_two(data, cluster, coded.stratum, coded.strata, "strata"),
            *in_two(data, cluster, coded.block, blocks, "blocks"),
        ]
    )
    return replace(coded, cluster=cluster)


def _starts(data: Data, coded: Coded, times: tuple[str, ...], time: IntArray) -> IntArray:
    """Return the period in which each cluster started, (clusters,); after the last: it waits.

    A cluster that nobody measured when it started has the first period in which somebody did.
    """
    assert data.cluster is not None  # noqa: S101  refused before
    clusters = int(coded.cluster.max()) + 1
    start = np.full(clusters, len(times))
    np.minimum.at(start, coded.cluster[coded.arm == 1], time[coded.arm == 1])
    wrong = np.flatnonzero((coded.arm == 0) & (time >= start[coded.cluster]))
    control, other = coded.arms
    problems = []
    for row in wrong[np.unique(coded.cluster[wrong], return_index=True)[1]]:
        here = f"{data.name('cluster')} {data.cluster[row]}"
        when = times[start[coded.cluster[row]]]
        what = f'{here} is "{other}" in {when}, and "{control}" in {times[time[row]]}'
        problems.append(Problem(what, "What has started stays started", row=data.row(int(row))))
    refuse(problems)
    return start


def _plan(data: Data, coded: Coded, times: tuple[str, ...], time: IntArray) -> PlannedRows:
    """Build the model: 1, started, then a term for each cluster, period and covariate."""
    assert data.cluster is not None  # noqa: S101  refused before
    keep = ~np.isnan(data.outcome)
    arm, cluster = coded.arm[keep], coded.cluster[keep]
    terms = {data.name("cluster"): data.cluster, data.name("period"): np.array(times)[time]}
    whole = np.zeros_like(coded.stratum)
    extra = extra_columns(
        replace(data, strata=(), covariates={**terms, **data.covariates}),
        replace(coded, stratum=whole, strata=("",)),
        keep,
    )
    of_terms = sum(numbered(column[keep])[0].size - 1 for column in terms.values())
    extra = replace(
        extra, covariates=tuple(index >= of_terms for index in range(len(extra.names)))
    )
    started = np.unique(np.column_stack([cluster, arm]), axis=0)[:, 1]
    return PlannedRows(
        keep=keep,
        arm=arm,
        cluster=cluster,
        units=np.bincount(started, minlength=2),
        columns=model_columns(arm, coded.arms, extra, lin=False),
    )


def _of_three(planned: PlannedRows, effect: ArmEffect) -> ArmEffect:
    """Return the effect, of two clusters without a range: beside each other alone, both fit."""
    if np.unique(planned.cluster).size > 2:
        return effect
    known = ("estimate", "ratio", "control_mean", "arm_mean")
    return ArmEffect(**{name: getattr(effect, name) for name in known})


def _even(start: IntArray) -> tuple[list[int], list[int]]:
    """Return how many clusters started at each step, and the equal shares they were drawn in."""
    counts = np.unique(start, return_counts=True)[1].tolist()
    return counts, [1] * len(counts)


def _method(data: Data) -> str:
    word, period = unit_word(data), data.name("period")
    given = f"{word} and {period}" + (" and covariates" if data.covariates else "")
    return (
        f"Stepped start: before and after by least squares given {given}; CR2 standard errors by "
        f"{word}; Satterthwaite degrees of freedom; p redrawn by the order of the {plural(word)}."
    )


def _notes(data: Data, found: Comparison) -> Iterator[str]:
    """Say what the model takes for granted, and what stands behind the range."""
    word = unit_word(data)
    if found.effect.estimate is None:
        yield f"{found.arm}: all {plural(word)} started at once, so time alone could explain it"
        return
    yield "One effect for the whole time since the start: where it grows or fades, their average"
    if note := range_note(found.effect, found.arm, "before", word):
        yield note
