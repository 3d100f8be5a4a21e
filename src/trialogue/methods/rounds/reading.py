"""Read an instance: JSON, plain or gzipped. Every problem is named by its field."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.rounds.instance import Instance, Resident, Round, Weights

MOST_BYTES = 500_000_000  # unpacked; a county of 1,000 rounds is 20 MB
NUMBER = {"type": "number", "minimum": -1e12, "maximum": 1e12}
SECONDS = {"type": "number", "minimum": 0, "maximum": 604_800}
WHOLE = {"type": "integer", "minimum": 0}
WEIGHT = {"type": "number", "minimum": 0, "maximum": 1e9}
NAME = {"type": "string", "minLength": 1}
POINT = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
SKILLS = {"type": "array", "items": {"type": "integer"}}


def _all_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}


ROUND = _all_of(
    {
        "id": NAME,
        "partner": {"type": "string"},
        "depot": POINT,
        "stops": {"type": "array", "minItems": 1},  # its points are looked at all at once
        "start_s": SECONDS,
        "stop_service_s": SECONDS,
        "spare_s": {"type": "array", "items": SECONDS},
        "skills": SKILLS,
    }
)
RESIDENT = _all_of(
    {
        "id": NAME,
        "xy": POINT,
        "visits_per_week": {"type": "integer", "minimum": 1},
        "patterns": {"type": "array", "items": {"type": "array", "items": WHOLE}},
        "service_s": SECONDS,
        "window": {"type": "array", "items": SECONDS, "minItems": 2, "maxItems": 2},
        "preferred_days": {"type": "array", "items": WHOLE},
        "familiar": {"type": "array", "items": {"type": "string"}},
        "skills": SKILLS,
    }
)
INSTANCE = _all_of(
    {
        "name": {"type": "string"},
        "days": {"type": "array", "items": NAME, "minItems": 1, "maxItems": 31},
        "seconds_per_metre": {"type": "number", "exclusiveMinimum": 0, "maximum": 1e6},
        "weights": _all_of(
            dict.fromkeys(
                ("unfamiliar_visit_s", "nonpreferred_day_s", "over80_per_s", "unserved_visit_s"),
                WEIGHT,
            )
        ),
        "rounds": {"type": "array", "items": ROUND},
        "residents": {"type": "array", "items": RESIDENT},
    }
)


def read_instance(data: bytes, *, file: str) -> Instance:
    """Read an instance from the bytes of a file. Fields it does not know are left alone.

    Raises InputError with every problem found, each with its field.
    """
    document = read_json(data, file=file)
    refuse(problem.at(file=file) for problem in _misshapen(document))
    stops, wrong = _stops(document["rounds"])
    refuse(problem.at(file=file) for problem in (*wrong, *_does_not_fit(document)))
    weights = document["weights"]
    return Instance(
        name=document["name"],
        days=tuple(document["days"]),
        seconds_per_metre=float(document["seconds_per_metre"]),
        weights=Weights(**{name: float(weights[name]) for name in Weights.__annotations__}),
        rounds=tuple(
            _round(one, points) for one, points in zip(document["rounds"], stops, strict=True)
        ),
        residents=tuple(_resident(one) for one in document["residents"]),
    )


def read_json(data: bytes, *, file: str) -> Mapping[str, Any]:
    """Return the object in a JSON file, plain or gzipped; raises InputError when there is none."""
    try:
        document = json.loads(_unpacked(data, file) if data[:2] == b"\x1f\x8b" else data)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError(Problem(f"This is not JSON{where}", "Write it anew", file=file)) from None
    if not isinstance(document, dict):
        raise InputError(Problem("This is not one JSON object", file=file))
    return document


def _unpacked(data: bytes, file: str) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(data, MOST_BYTES)
    except zlib.error:
        content = b""
    if unpack.unconsumed_tail:
        what = f"It is more than {MOST_BYTES // 1_000_000} MB unpacked"
        raise InputError(Problem(what, "Plan by district", file=file))
    if not unpack.eof:
        raise InputError(Problem("It is not a whole gzip file", "Pack it again", file=file))
    return content


def _misshapen(document: Mapping[str, Any]) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(INSTANCE).iter_errors(document):
        yield Problem(error.message, column=error.json_path.removeprefix("$").removeprefix("."))


def _stops(rounds: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Problem]]:
    """Return the points of each round's stops, (stops, 2), and what is wrong with them."""
    found, wrong = [], []
    for i, one in enumerate(rounds):
        try:
            points = np.array(one["stops"], dtype=float)
        except (TypeError, ValueError):
            points = np.empty(0)
        if points.ndim != 2 or points.shape[1] != 2 or not np.abs(points).max() <= 1e12:
            wrong.append(Problem("Not a list of points, [x, y] each", column=f"rounds[{i}].stops"))
        found.append(points)
    return found, wrong


def _does_not_fit(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Say what contradicts itself: ids given twice, days there are not, patterns too long."""
    days = len(document["days"])
    for what in ("rounds", "residents"):
        seen: set[str] = set()
        for i, one in enumerate(document[what]):
            if one["id"] in seen:
                yield Problem(f'"{one["id"]}" is there twice', column=f"{what}[{i}].id")
            seen.add(one["id"])
    for i, one in enumerate(document["rounds"]):
        if len(one["spare_s"]) != days:
            yield Problem(f"Not one number for each of {days} days", column=f"rounds[{i}].spare_s")
    for i, one in enumerate(document["residents"]):
        yield from _wrong_days(one, days, f"residents[{i}]")


def _wrong_days(one: Mapping[str, Any], days: int, where: str) -> Iterator[Problem]:
    count = one["visits_per_week"]
    for j, pattern in enumerate(one["patterns"]):
        ascending = sorted(set(pattern)) == pattern
        if not ascending or len(pattern) != count or pattern[-1] >= days:
            what = f"Not {count} different days in order, each from 0 to {days - 1}"
            yield Problem(what, column=f"{where}.patterns[{j}]")
    if any(day >= days for day in one["preferred_days"]):
        yield Problem(f"Days go from 0 to {days - 1}", column=f"{where}.preferred_days")
    if one["window"][0] > one["window"][1]:
        yield Problem("The latest arrival is before the earliest", column=f"{where}.window")


def _round(one: Mapping[str, Any], stops: Any) -> Round:
    depot = np.array([one["depot"]], dtype=float)
    return Round(
        id=one["id"],
        partner=one["partner"],
        points=np.concatenate([depot, stops, depot]),
        start_s=float(one["start_s"]),
        stop_service_s=float(one["stop_service_s"]),
        spare_s=tuple(float(spare) for spare in one["spare_s"]),
        skills=frozenset(one["skills"]),
    )


def _resident(one: Mapping[str, Any]) -> Resident:
    return Resident(
        id=one["id"],
        xy=(float(one["xy"][0]), float(one["xy"][1])),
        visits_per_week=one["visits_per_week"],
        patterns=tuple(tuple(pattern) for pattern in one["patterns"]),
        service_s=float(one["service_s"]),
        window=(float(one["window"][0]), float(one["window"][1])),
        preferred_days=frozenset(one["preferred_days"]),
        familiar=frozenset(one["familiar"]),
        skills=frozenset(one["skills"]),
    )
