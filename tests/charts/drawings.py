"""Reads a drawing back: where its marks stand, and what every drawing must be."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import numpy as np

from trialogue.charts.effect import EffectRow
from trialogue.charts.forest import ForestRow, Together
from trialogue.charts.joining import Joining
from trialogue.charts.power_curve import PowerPoint
from trialogue.charts.starting import StartingPoint
from trialogue.methods import pooling
from trialogue.methods.verdicts import Evidence, Outcome, Share, Wording

SVG = "{http://www.w3.org/2000/svg}"
TEXT = Wording()
MISSED = Outcome("binary", "lower", 0.05)
START = date(2027, 2, 1)
NASTY = "<b>&\"' style=x"


def evidence(estimate=-0.09, low=-0.153, high=-0.027, outcome=MISSED, df=797.2):
    return Evidence(outcome, estimate, low, high, df=df)


def row(name="The text", **changes):
    return EffectRow(name, evidence(**changes), 0.33)


def joining(**changes):
    days = [(START + timedelta(days=7 * week), 12 * (week + 1)) for week in range(7)]
    known = {
        "joined": tuple(days),
        "plan": ((START, 0), (START + timedelta(days=80), 160)),
        "lost": ((START + timedelta(days=20), 3), (START + timedelta(days=40), 8)),
        "target": 160,
        "today": START + timedelta(days=50),
        "ends_on": START + timedelta(days=120),
    }
    return Joining(**{**known, **changes})


# Place, year, verdict, effect, standard error, level with usual service.
TRIALS = [
    ("Leeds", 2019, "Worked", -0.09, 0.032, 0.33),
    ("Hull", 2021, "Too small to tell", -0.04, 0.06, 0.28),
    ("York", 2020, "Helped, but less than hoped", -0.03, 0.012, 0.3),
    ("Bath", 2022, "Worked", -0.12, 0.04, 0.35),
    ("Deal", 2023, "Too small to tell", 0.1, 0.14, 0.31),
]


def pooled(trials=TRIALS):
    effects = np.array([trial[3] for trial in trials])
    variances = np.array([trial[4] ** 2 for trial in trials])
    names = tuple(trial[0] for trial in trials)
    return pooling.pool(pooling.Studies(effects, variances, names=names))


def forest_rows(trials=TRIALS, silent=(("Ely", 2020),)):
    """Rows of trials, each with its normal range, and of those that were not reported."""
    rows = [
        ForestRow(place, year, verdict, evidence(y, y - 1.96 * se, y + 1.96 * se), usual, 20.0)
        for place, year, verdict, y, se, usual in trials
    ]
    return [*rows, *(ForestRow(place, year) for place, year in silent)]


def together(found):
    """What a forest draws of all trials."""
    return Together(
        evidence(found.estimate, found.ci_low, found.ci_high),
        evidence(found.estimate, found.pi_low, found.pi_high),
        0.31,
    )


CURVE = [PowerPoint(size, min(0.99, size / 12)) for size in range(1, 16)]
PLAN = PowerPoint(9.6, 0.8)
STARTS = [StartingPoint("Age", (0.1, -0.05)), StartingPoint("Lives alone", (0.4, None))]
LOST = [("the letter", Share(12, 85)), ("usual service", Share(3, 85))]


def read(chart):
    """Parse a drawing; fails when it is not well formed."""
    return ElementTree.fromstring(chart.svg)


def circles(path):
    """Return the centres of a path of circles, each begun at its leftmost point."""
    found = re.findall(r"M([-\d.]+) ([-\d.]+)a([\d.]+) ", path.get("d"))
    return [(float(x) + float(r), float(y)) for x, y, r in found]


def written(drawing):
    """Return the words of a drawing with their places."""
    return {
        (element.text or ""): (float(element.get("x")), float(element.get("y")))
        for element in drawing.iter(f"{SVG}text")
    }
