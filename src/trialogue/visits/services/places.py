"""A council's own travel times, and the boundaries and names its maps show."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate

from trialogue.accounts import permissions
from trialogue.accounts.models import Person
from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.rounds.travel import read_matrix
from trialogue.visits import queries
from trialogue.visits.models import Backdrop, Scheme, TravelTimes
from trialogue.visits.positions import looks_like_degrees, to_metres
from trialogue.visits.services.noting import note_scheme

SET_UP = "set up visits"
MOST_BYTES = 20_000_000
MOST_POINTS = 20_000
FARTHEST_M = 20_000_000.0  # half around the Earth: beyond it is no place


@transaction.atomic
def save_travel_times(
    scheme_id: int, *, file: File[bytes], by: Person, at: datetime
) -> TravelTimes:
    """Keep a council's own travel times: a CSV with from, to, seconds.

    A resident stands by reference, a stop as ROUND/number, a depot as ROUND/0. Raises InputError
    naming each row with an unknown place, a negative time or a pair that is there twice.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    name = (file.name or "file")[:200]
    content = _content(file, name)
    week = queries.named_week(scheme, day=localdate(at))
    found = read_matrix(content, week, file=name)
    pairs = [[from_, to, seconds] for (from_, to), seconds in found.items()]
    kept = TravelTimes.objects.create(scheme=scheme, filename=name, pairs=pairs, by=by, at=at)
    note_scheme("load own travel times", scheme, by, at, after={"pairs": len(pairs)})
    return kept


@transaction.atomic
def drop_travel_times(scheme_id: int, *, by: Person, at: datetime) -> None:
    """Go back to straight lines."""
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    if scheme.travel_times.all().delete()[0]:
        note_scheme("drop own travel times", scheme, by, at)


@transaction.atomic
def save_backdrop(scheme_id: int, *, file: File[bytes], by: Person, at: datetime) -> Backdrop:
    """Keep boundaries (lines, polygons) and names (points) from a GeoJSON file for the maps.

    In degrees, as GeoJSON is, or in metres on the scheme's grid. Raises InputError.
    """
    permissions.check(by, SET_UP)
    scheme = Scheme.objects.select_for_update().get(pk=scheme_id)
    name = (file.name or "file")[:200]
    document = _json(_content(file, name), name)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        what = "This is not GeoJSON: it needs a list of features"
        raise InputError(Problem(what, "Export it as GeoJSON", file=name, column="file"))
    outlines, names, problems = [], [], []
    for number, feature in enumerate(features, start=1):
        try:
            geometry = feature["geometry"]
            if geometry["type"] == "Point":
                if label := _label(feature):
                    names.append([label, _place(geometry["coordinates"], scheme.grid)])
            else:
                outlines += [
                    [_place(point, scheme.grid) for point in line] for line in _lines(geometry)
                ]
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
            problems.append(
                Problem(
                    f"feature {number} has no geometry that can be drawn",
                    "Leave it out",
                    file=name,
                    column="file",
                )
            )
    points = sum(map(len, outlines)) + len(names)
    if points > MOST_POINTS:
        what = f"{points:,} points are more than a map of {MOST_POINTS:,} can show"
        problems.append(Problem(what, "Simplify the boundaries", file=name, column="file"))
    refuse(problems)
    kept = Backdrop.objects.create(
        scheme=scheme, filename=name, outlines=outlines, names=names, by=by, at=at
    )
    note_scheme(
        "load boundaries", scheme, by, at, after={"lines": len(outlines), "names": len(names)}
    )
    return kept


def _label(feature: dict[str, Any]) -> str:
    """Return the name of a place, but for letters that nobody can see or no database keeps."""
    written = str((feature.get("properties") or {}).get("name", ""))
    return "".join(letter for letter in written if letter.isprintable()).strip()[:60]


def _lines(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        yield coordinates
    elif kind in ("Polygon", "MultiLineString"):
        yield from coordinates
    elif kind == "MultiPolygon":
        for polygon in coordinates:
            yield from polygon
    else:
        raise ValueError(kind)


def _place(point: list[float], epsg: int) -> list[float]:
    x, y = float(point[0]), float(point[1])
    if looks_like_degrees(x, y):
        x, y = to_metres(y, x, epsg)
    if not (abs(x) <= FARTHEST_M and abs(y) <= FARTHEST_M):
        raise ValueError("no place")
    return [round(x, 1), round(y, 1)]


def _content(file: File[bytes], name: str) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        what = f"{name} is larger than {MOST_BYTES // 1_000_000} MB"
        raise InputError(Problem(what, "Leave out what is not needed", column="file"))
    content: bytes = file.read()
    return content


def _json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        what = f"line {line} is not JSON"
        raise InputError(Problem(what, "Export it again", file=name, column="file")) from None
