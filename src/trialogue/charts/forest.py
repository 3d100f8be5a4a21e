"""All trials of one question: a row each, what they say together, what a new council may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from trialogue.charts.chart import Chart, Table
from trialogue.charts.effect_axis import under_axis, unit_words
from trialogue.charts.svg import (
    ARMS,
    BAND,
    EDGE,
    INK,
    TYPE,
    WIDTH,
    Axis,
    element,
    line,
    picture,
    wrap,
    write,
)
from trialogue.methods.verdicts import (
    NOT_KNOWN,
    Amounts,
    Evidence,
    Wording,
    amounts,
    difference_words,
    range_words,
)

FEWEST_TOGETHER = 3  # two trials are looked at one by one
SILENT = "not reported"
_LEFT, _RIGHT = 12.0, WIDTH - 12.0
_LARGEST, _SMALLEST = 11.0, 2.5  # half the side of a square of all the weight; at least
_STRIP = 26.0  # height of the part of a row that is drawn in


@dataclass(frozen=True)
class ForestRow:
    """One trial. `evidence` None: registered, and not reported.

    `verdict` is its word, `usual` the level with usual service, `weight` its per cent of the
    pooled estimate.
    """

    place: str
    year: int
    verdict: str = ""
    evidence: Evidence | None = None
    usual: float = 0.0
    weight: float = 0.0


@dataclass(frozen=True)
class Together:
    """The pooled estimate, and the same with the range of a new place where there is one."""

    pooled: Evidence
    new_place: Evidence | None
    usual: float


@dataclass(frozen=True)
class _Drawn:
    """A row with its numbers as they are said; None of a trial that was not reported."""

    row: ForestRow
    found: Amounts | None


def forest_chart(
    rows: Sequence[ForestRow],
    together: Together | None,
    wording: Wording,
    *,
    sentence: str,
    chart_id: str,
) -> Chart:
    """Draw each trial's effect by year in the outcome's own unit, an empty row for a silent one.

    A square's area is the trial's weight. The diamond is all trials together, the thin bar under
    it what a new council may see; neither is drawn of fewer than three reported trials.
    `sentence` is the pooled sentence: it stands for the picture, with a line for each trial.
    """
    title = f"All trials: {wording.outcome}"
    seen = [
        _Drawn(row, amounts(row.evidence, usual=row.usual, unit=wording.unit))
        if row.evidence
        else _Drawn(row, None)
        for row in sorted(rows, key=lambda row: (row.year, row.place))
    ]
    reported = [drawn for drawn in seen if drawn.found]
    if len(reported) < FEWEST_TOGETHER:
        together = None
    table = Table(
        ("Trial", "Verdict", "Difference", "Likely", "Weight, in 100"),
        (*(_cells(drawn) for drawn in seen), *_cells_together(together, wording)),
    )
    text = " ".join([sentence, *(f"{_said(drawn)}." for drawn in seen)])
    if len(reported) < 2:
        return Chart(title, "", text, table)
    body, height = _Drawing(seen, together, wording).draw()
    return Chart(title, picture(chart_id, title, text, height, body), text, table)


def _name(row: ForestRow) -> str:
    return f"{row.place}, {row.year}"


def _said(drawn: _Drawn) -> str:
    """Read a row: Leeds, 2019: worked, 9 fewer (between 3 and 15 fewer)."""
    if drawn.found is None:
        return f"{_name(drawn.row)}: {drawn.row.verdict or SILENT}"
    likely = range_words(drawn.found)
    return (
        f"{_name(drawn.row)}: {drawn.row.verdict}, {difference_words(drawn.found)}"
        f"{f' ({likely})' if likely else ''}"
    )


def _cells(drawn: _Drawn) -> tuple[str, ...]:
    row, found = drawn.row, drawn.found
    if found is None:
        return (_name(row), row.verdict or SILENT, NOT_KNOWN, NOT_KNOWN, "")
    likely = range_words(found) or NOT_KNOWN
    return (_name(row), row.verdict, difference_words(found), likely, f"{row.weight:.0f}")


def _cells_together(together: Together | None, wording: Wording) -> list[tuple[str, ...]]:
    if together is None:
        return []
    ranges = [("All together", together.pooled), ("A new council", together.new_place)]
    rows: list[tuple[str, ...]] = []
    for name, evidence in ranges:
        found = evidence and amounts(evidence, usual=together.usual, unit=wording.unit)
        if found:
            middle = difference_words(found) if evidence is together.pooled else ""
            rows.append((name, "", middle, range_words(found) or NOT_KNOWN, ""))
    return rows


class _Drawing:
    """Lays the rows out from the top."""

    def __init__(
        self, seen: Sequence[_Drawn], together: Together | None, wording: Wording
    ) -> None:
        self.seen, self.together, self.wording = seen, together, wording
        evidence = [drawn.row.evidence for drawn in seen if drawn.row.evidence]
        self.outcome = evidence[0].outcome
        self.per = max(drawn.found.per for drawn in seen if drawn.found)
        self.delta = self.per * self.outcome.smallest_change
        self.axis = self._axis(evidence)
        self.y = 0.0

    def _axis(self, trials: Sequence[Evidence]) -> Axis:
        """Hold every estimate and the pooled ranges; a very long whisker is cut and points on."""
        held = [self.per * e.estimate for e in trials if e.estimate is not None]
        pooled = (self.together.pooled, self.together.new_place) if self.together else ()
        held += [end for evidence in pooled if evidence for end in self._ends(evidence)]
        held += [-self.delta, self.delta]
        reach = max(held) - min(held)
        ends = [end for evidence in trials for end in self._ends(evidence)] + held
        low, high = max(min(ends), min(held) - reach), min(max(ends), max(held) + reach)
        room = 0.04 * (high - low)
        return Axis(low - room, high + room, _LEFT, _RIGHT)

    def _ends(self, evidence: Evidence) -> list[float]:
        ends = (evidence.ci_low, evidence.ci_high)
        return [self.per * end for end in ends if end is not None]

    def draw(self) -> tuple[list[str], float]:
        """Return the elements, and how high they stand."""
        zero = self.axis.at(0.0)
        body = []
        for name in ("too small to matter", "no change"):
            self.y += TYPE + 4
            body.append(write(name, zero, self.y, anchor="middle"))
        self.y += 4
        body += [piece for drawn in self.seen for piece in self._row(drawn)]
        if self.together:
            body += self._diamond(self.together.pooled)
            body += self._bar(self.together.new_place) if self.together.new_place else []
        self.y += 6
        body.append(line(self.axis.start, self.y, self.axis.end, self.y, width=1))
        unit = unit_words(self.per, self.outcome, self.wording)
        body += under_axis(self.axis, self.y, self.outcome, unit)
        return body, self.y + 84

    def _strip(self, words: str, *, bold: bool = False) -> list[str]:
        """Write a label and, under it, the band and the line that its marks stand on.

        Afterwards `y` is the middle of the strip; the label is clear of band and line.
        """
        pieces = []
        for text_line in wrap(words, WIDTH - 16):
            self.y += TYPE + 4
            pieces.append(write(text_line, 8, self.y, bold=bold))
        top, bottom = self.y + 6, self.y + 6 + _STRIP
        left, zero, right = (self.axis.at(x) for x in (-self.delta, 0.0, self.delta))
        pieces += [
            element(
                "rect",
                x=left,
                y=top,
                width=right - left,
                height=_STRIP,
                class_="chart-band",
                fill=BAND,
                stroke=EDGE,
            ),
            line(zero, top, zero, bottom),
        ]
        self.y = (top + bottom) / 2
        return pieces

    def _row(self, drawn: _Drawn) -> list[str]:
        row, evidence = drawn.row, drawn.row.evidence
        pieces = self._strip(f"{_name(row)}: {row.verdict or SILENT}")
        if evidence is not None and evidence.estimate is not None:
            pieces += self._whisker(evidence)
            half = max(_SMALLEST, _LARGEST * sqrt(row.weight / 100))
            x = self.axis.at(self.per * evidence.estimate)
            pieces.append(
                element(
                    "rect",
                    x=x - half,
                    y=self.y - half,
                    width=2 * half,
                    height=2 * half,
                    fill=ARMS[0],
                )
            )
        self.y += _STRIP / 2
        return pieces

    def _whisker(self, evidence: Evidence) -> list[str]:
        """Draw a range; an end beyond the picture is an arrow."""
        ends = self._ends(evidence)
        if len(ends) < 2:
            return []
        start, stop = (min(max(self.axis.at(end), _LEFT), _RIGHT) for end in ends)
        pieces = [line(start, self.y, stop, self.y)]
        if self.axis.at(ends[0]) < _LEFT:
            pieces.append(_arrow(start, self.y, 1))
        if self.axis.at(ends[1]) > _RIGHT:
            pieces.append(_arrow(stop, self.y, -1))
        return pieces

    def _diamond(self, pooled: Evidence) -> list[str]:
        pieces = self._strip("All together", bold=True)
        ends = self._ends(pooled)
        if pooled.estimate is not None and len(ends) == 2:
            middle = self.axis.at(self.per * pooled.estimate)
            low, high = (self.axis.at(end) for end in ends)
            d = (
                f"M{low:.1f} {self.y:.1f}L{middle:.1f} {self.y - 9:.1f}"
                f"L{high:.1f} {self.y:.1f}L{middle:.1f} {self.y + 9:.1f}z"
            )
            pieces.append(element("path", d=d, fill=ARMS[1], stroke=INK, stroke_width=1))
        self.y += _STRIP / 2
        return pieces

    def _bar(self, ahead: Evidence) -> list[str]:
        ends = self._ends(ahead)
        if len(ends) < 2:
            return []
        pieces = self._strip("What a new council may see")
        start, stop = (self.axis.at(end) for end in ends)
        pieces += [
            element("rect", x=start, y=self.y - 3, width=stop - start, height=6, fill=ARMS[1]),
            line(start, self.y - 8, start, self.y + 8),
            line(stop, self.y - 8, stop, self.y + 8),
        ]
        self.y += _STRIP / 2
        return pieces


def _arrow(x: float, y: float, way: int) -> str:
    return element("path", d=f"M{x:.1f} {y:.1f}l{8 * way} -6v12z", fill=INK)
