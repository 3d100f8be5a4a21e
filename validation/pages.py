"""The page: what agrees with whom, and where ranges and promises hold or fail."""

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import version

from trialogue.methods import effects
from validation import agreement, pooled_ranges, promises, ranges, verdicts_under_chance
from validation.figures import Figure
from validation.published import answers

Say = Callable[[str], None]
LOOKED_AT = 1_000_000
LOW = 0.935  # a 95% range that holds the truth less often than this is in bold


def head(day: str) -> Iterator[str]:
    """Say what the page is, when and with what it was made."""
    used = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "numba"))
    yield "# Validation: do the methods give right answers, and where do they not?"
    yield ""
    yield (
        f"Made by `make validate` on {day} with Python {platform.python_version()}, {used}. It "
        "needs no R: what R said is recorded in `tests/methods/published`, with the scripts that "
        "asked it. Every agreement below is also a test."
    )


def body(figures: list[Figure], say: Say) -> Iterator[str]:
    """Yield the page's lines, saying what is being worked out."""
    yield from agreements(figures)
    say("how often ranges hold the truth…")
    yield from coverage()
    say("verdicts under chance…")
    yield from chance()
    yield from looks()
    say("pooled ranges…")
    yield from pooled()
    say("promises of power, and shares of draws…")
    yield from promised()


def agreements(figures: list[Figure]) -> Iterator[str]:
    """Yield the table of methods and peers, with the worst disagreement of each."""
    yield from _section(
        "Against other software",
        "Relative differences; a figure below 1e-10 is compared as it is.",
    )
    rows = []
    for group in agreement.by_method(figures):
        worst = max(group, key=lambda figure: figure.disagreement)
        rows.append(
            (
                worst.method,
                worst.peer,
                f"{len(group):,}",
                f"{worst.disagreement:.1g}" if worst.disagreement else "0",
                worst.name,
                f"{worst.tolerance:.0e}",
                "yes" if all(figure.agrees for figure in group) else "**no**",
            )
        )
    columns = ("method", "against", "figures", "worst", "where", "allowed", "agree")
    yield from _table(columns, rows)
    versions = answers("random")["versions"]
    yield ""
    yield f"{versions['R']}, packages of Debian 12."


def coverage() -> Iterator[str]:
    """Yield the tables of coverage, and what follows from them."""
    yield from _section(
        "How often a 95% range holds the truth",
        f"{ranges.DRAWS:,} simulated trials a cell, analysed as planned (CR2, Satterthwaite, t): "
        "the share in per cent. The score has no effect; a risk rises by half of itself. *Alike*: "
        "the intra-cluster correlation. Chance alone moves a figure by 0.3. Under "
        f"{100 * LOW:.1f} in bold. Where nothing varies no range is given, and none is counted.",
    )
    rows = list(ranges.by_clusters())
    columns = ("outcome", "sizes", "alike", *map(str, ranges.CLUSTERS))
    yield "Clusters in each of two arms:"
    yield ""
    yield from _table(
        columns, [(r.outcome, r.sizes, f"{r.icc:g}", *map(_share, r.coverage)) for r in rows]
    )
    yield ""
    yield "People in each of two arms, allocated one by one:"
    yield ""
    yield from _table(
        ("outcome", *map(str, ranges.PEOPLE)),
        [(row.outcome, *map(_share, row.coverage)) for row in ranges.one_by_one()],
    )
    yield ""
    yield (
        "**Where it fails.** With sizes as unequal as these and people much alike, the range "
        "holds the truth up to three times in a hundred less often than it says with few "
        "clusters, and one less at 15 to 30 an arm: the largest clusters decide, and there are "
        "few of them. Of rare outcomes the few trials that show anything have ranges that are too "
        "wide, not too narrow; the others have none."
    )
    yield ""
    yield (
        "**What the product does then.** Below 10 degrees of freedom, which unequal sizes take "
        "away, a verdict other than *Too small to tell* needs the re-randomisation answer to "
        "agree. Fewer than 8 clusters in an arm take a step off the strength of the evidence, and "
        "the plan warns of it. Fewer than 4 in all: *Could not be tested*. An outcome that does "
        "not vary gets no range, and a line that says so."
    )


def chance() -> Iterator[str]:
    """Yield the table of false and true findings, as the product reports them."""
    yield from _section(
        "What a whole trial is told by chance alone",
        f"{verdicts_under_chance.TRIALS:,} trials a row, a row a person: 20 people a cluster on "
        f"average, a tenth of the spread between clusters. *False*: a change found where there is "
        "none, in per cent (5 is what is promised), by the range, by re-randomisation and in the "
        "verdict (*Worked*, *Helped* or *Made things worse*). *Found*: an effect that closed-form "
        "power says is found 80 times in 100. Several arms: any of them; re-randomisation is "
        "then not corrected. Chance alone moves a false share by 1.0, a found one by 1.8.",
    )
    rows = [
        (
            rate.scenario.name,
            *(
                f"{100 * share:.1f}"
                for share in (
                    rate.false_by_range,
                    rate.false_by_redraw,
                    rate.false_by_verdict,
                    rate.found_by_range,
                    rate.found_by_verdict,
                )
            ),
        )
        for rate in verdicts_under_chance.rates()
    ]
    columns = (
        *("clusters", "false: range", "false: redraw", "false: verdict"),
        *("found: range", "found: verdict"),
    )
    yield from _table(columns, rows)
    yield ""
    yield (
        "With 2 or 3 clusters an arm no re-randomisation can reach 5%, so nothing can be found: "
        "the guard says *Too small to tell* every time. With 4 it costs a quarter of the "
        "findings. From 6 it costs next to none."
    )


def looks() -> Iterator[str]:
    """Yield how often looks for harm stop a trial by chance."""
    walk = effects.crossing()
    yield from _section(
        "Looks for harm, and no harm",
        f"Trials of two arms without effect, {LOOKED_AT:,} a row, looked at after a third and two "
        "thirds of the outcomes with the boundary of 1 in 1,000 (docs/methods/looking-early.md). "
        "*Stopped*: a look says *stop and look*. *Any false claim*: that, or a final 95% range "
        "that leaves out 0; without looks it is 5. In per cent, with the error of chance.",
    )
    rows = [("very many", f"{100 * walk.crossed:.3f}", f"{100 * walk.false_claim:.2f}")]
    for per_arm in (500, 60, 15):
        found = effects.simulate_crossing(per_arm, trials=LOOKED_AT, seed=20270203)
        rows.append(
            (
                str(per_arm),
                f"{100 * found.crossed:.3f} ± {100 * found.crossed_mcse:.3f}",
                f"{100 * found.false_claim:.2f} ± {100 * found.false_claim_mcse:.2f}",
            )
        )
    yield from _table(("units an arm", "stopped", "any false claim"), rows)


def pooled() -> Iterator[str]:
    """Yield how often pooled ranges hold the truth, and what follows from it."""
    yield from _section(
        "Pooling: how often ranges hold the truth",
        f"{pooled_ranges.DRAWS:,} simulated sets of trials a row, pooled by REML: the share of "
        "95% ranges, in per cent, that hold the mean effect (normal; Knapp and Hartung's, which "
        "is the product's) and of prediction intervals (k − 1) that hold the true effect of one "
        "more trial. *Differ*: what of the differences between trials is not chance, I². Chance "
        f"alone moves a figure by 0.4. Under {100 * LOW:.1f} in bold.",
    )
    rows = [
        (
            *(str(row.trials), row.differ, row.sizes),
            *map(_share, (row.normal, row.knapp_hartung, row.prediction)),
        )
        for row in pooled_ranges.held()
    ]
    columns = ("trials", "differ", "sizes", "normal", "Knapp–Hartung", "next trial")
    yield from _table(columns, rows)
    yield ""
    yield (
        "The normal range is too sure with few trials, which is why it is not the product's. The "
        "interval for the next trial holds less than it says wherever trials differ by about as "
        "much as chance: up to ten in a hundred less with five trials, two or three less with "
        "forty. Read it as the least that a new place may see."
    )


def promised() -> Iterator[str]:
    """Yield where closed-form power promises too much, and how evenly the draw shares."""
    found = list(promises.promises())
    off = sorted(found, key=lambda each: each.played - each.promised)
    yield from _section(
        "Power: promised and played",
        f"{len(found)} plans whose effect closed form finds 80 times in 100, each played "
        f"{promises.DRAWS:,} times by the planned analysis. Those that stray by more than two in "
        "a hundred; chance alone moves a figure by 0.6.",
    )
    rows = [
        (
            *(each.kind, str(each.clusters), f"{each.spread:g}", f"{each.icc:g}"),
            *(f"{100 * each.promised:.0f}", f"{100 * each.played:.1f}"),
        )
        for each in off
        if abs(each.played - each.promised) > 0.02
    ]
    columns = ("outcome", "clusters an arm", "spread of sizes", "alike", "promised", "played")
    yield from _table(columns, rows)
    shares = list(promises.shares())
    yield from _section(
        "The draw: is it fair?",
        f"Over {promises.SEEDS:,} seeds, how often each unit, and each two units, met the first "
        "arm after control: the one furthest from its share, in standard errors. The same draw is "
        "checked to the byte against a plain reference program.",
    )
    yield from _table(
        ("design", "units", "furthest unit", "furthest pair"),
        [(s.design, str(s.looked_at), f"{s.units:.1f}", f"{s.pairs:.1f}") for s in shares],
    )


def _share(value: float, low: float = LOW) -> str:
    words = f"{100 * value:.1f}"
    return f"**{words}**" if value < low else words


def _section(title: str, about: str) -> Iterable[str]:
    return ("", f"## {title}", "", about, "")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{' --- |' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
