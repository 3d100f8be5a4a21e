"""Read an instance: JSON, plain or gzipped. Every problem is named by its field."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from trialogue.methods.problems import InputError, Problem, refuse
from trialogue.methods.rounds.instance import Instance, Resident, Round, Weights

LARGEST = 1 << 63
MOST_BYTES = 500_000_000  # unpacked; a county of 1,000 rounds is 20 MB
FAR_M = 50_000  # from every stop: a mistake, most likely
LONGEST = 60  # characters of what was found that are said again
FIELDS = {"spare_s": "spare seconds", "service_s": "seconds at the door", "start_s": "the start"}
NEEDED = {
    "number": "a number",
    "integer": "a whole number",
    "string": "text",
    "array": "a list",
    "object": "an object",
}
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
        "stops": {"type": "array"},  # its points are looked at all at once
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
    except json.JSONDecodeError as error:
        cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated")
        column = len(error.doc.rpartition("\n")[2]) if cut else error.colno
        line = error.doc.count("\n") + 1 if cut else error.lineno
        what = "the file ends in the middle" if cut else "this is not JSON"
        where = f"line {line}, column {column}: {what}"
        raise InputError(Problem(where, "Export it again", file=file)) from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InputError(Problem("this is not JSON", "Export it again", file=file)) from None
    if not isinstance(document, dict):
        raise InputError(Problem("This is not one JSON object", file=file))
    return document


def _unpacked(data: bytes, file: str) -> bytes:
    unpack = zlib.decompressobj(wbits=31)
    try:
        content = unpack.decompress(data, MOST_BYTES)
    except zlib.error:
        raise InputError(Problem("this is not gzip", "Export it again", file=file)) from None
    if unpack.unconsumed_tail:
        what = f"It is more than {MOST_BYTES // 1_000_000} MB unpacked"
        raise InputError(Problem(what, "Plan by district", file=file))
    if not unpack.eof:
        raise InputError(Problem("the gzip file ends in the middle", "Export it again", file=file))
    return content


def _misshapen(document: Mapping[str, Any]) -> Iterator[Problem]:
    from jsonschema import Draft202012Validator, validators

    types = {"number": _is_number, "integer": _is_whole, "string": _is_text}
    finite = Draft202012Validator.TYPE_CHECKER.redefine_many(types)
    kind: Any = validators.extend  # untyped
    validator = kind(Draft202012Validator, type_checker=finite)(INSTANCE)
    for error in validator.iter_errors(document):
        where = error.json_path.removeprefix("$").removeprefix(".")
        if error.validator == "required":
            missing = next(name for name in error.validator_value if name not in error.instance)
            yield Problem("missing", "Give it", column=f"{where}.{missing}".removeprefix("."))
        else:
            yield Problem(*_said(error), column=where)


def _is_number(_: Any, value: Any) -> bool:
    return _is_whole(_, value) or (isinstance(value, float) and isfinite(value))


def _is_whole(_: Any, value: Any) -> bool:
    """Whether it is written as a whole number, short enough to count with: 2, and not 2.0."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < LARGEST


def _is_text(_: Any, value: Any) -> bool:
    """Whether it is text of whole letters: JSON can name half of one, which no file holds."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _said(error: Any) -> tuple[str, str]:
    """Return what was found instead, and what is needed."""
    found, limit = json.dumps(error.instance), error.validator_value
    found = found if len(found) <= LONGEST else f"{found[:LONGEST]}…"
    fields = [step for step in error.absolute_path if isinstance(step, str)]
    what = FIELDS.get(fields[-1], fields[-1].replace("_", " ")) if fields else "it"
    needs = {
        "type": f"{NEEDED.get(str(limit), str(limit))} is needed",
        "minimum": f"{what} cannot be below {limit}",
        "exclusiveMinimum": f"{what} must be above {limit}",
        "maximum": f"{what} cannot be above {limit:,.0f}" if error.validator == "maximum" else "",
        "minItems": f"give at least {limit}",
        "maxItems": f"give at most {limit}",
        "minLength": "give it a name",
    }
    empty = error.validator == "minItems" and not error.instance
    return ("empty" if empty else found), needs[error.validator]


def _stops(rounds: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Problem]]:
    """Return the points of each round's stops, (stops, 2), and what is wrong with them."""
    found, wrong = [], []
    for i, one in enumerate(rounds):
        try:
            points = np.array(one["stops"] or np.empty((0, 2)), dtype=float)
        except (TypeError, ValueError, OverflowError):
            points = np.empty(0)
        sound = points.ndim == 2 and points.shape[1] == 2
        if not sound or not np.abs(points).max(initial=0.0) <= 1e12:
            what = "not a list of points; give [x, y] in metres for each stop"
            wrong.append(Problem(what, column=f"rounds[{i}].stops"))
        found.append(points)
    return found, wrong


def _does_not_fit(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Say what contradicts itself: ids given twice, days there are not, patterns too long."""
    days = len(document["days"])
    for what in ("rounds", "residents"):
        seen: dict[str, int] = {}
        for i, one in enumerate(document[what]):
            first = seen.setdefault(one["id"], i)
            if first != i:
                said = f'"{one["id"]}" is already {what}[{first}]'
                yield Problem(said, "Give each its own", column=f"{what}[{i}].id")
    for i, one in enumerate(document["rounds"]):
        if len(one["spare_s"]) != days:
            said = f"{len(one['spare_s'])} numbers for {days} days"
            yield Problem(said, "Give one for each day", column=f"rounds[{i}].spare_s")
    rounds = {one["id"] for one in document["rounds"]}
    for i, one in enumerate(document["residents"]):
        yield from _wrong_days(one, days, f"residents[{i}]")
        for name in one["familiar"]:
            if name not in rounds:
                said = f'"{name}" is no round of this file'
                yield Problem(said, "Take it out", column=f"residents[{i}].familiar")


def _wrong_days(one: Mapping[str, Any], days: int, where: str) -> Iterator[Problem]:
    count, last = one["visits_per_week"], f"days go from 0 to {days - 1}"
    if not one["patterns"]:
        yield Problem("empty", "Give at least one", column=f"{where}.patterns")
    for j, pattern in enumerate(one["patterns"]):
        if any(day >= days for day in pattern):
            mend = last
        elif sorted(set(pattern)) != pattern:
            mend = "days must ascend"
        elif len(pattern) != count:
            mend = f"give {count} days, as many as visits_per_week"
        else:
            continue
        yield Problem(str(pattern), mend, column=f"{where}.patterns[{j}]")
    for j, day in enumerate(one["preferred_days"]):
        if day >= days:
            yield Problem(str(day), last, column=f"{where}.preferred_days[{j}]")
    opens, closes = one["window"]
    if opens > closes:
        said = f"{opens} to {closes}"
        yield Problem(said, "the first must not be later", column=f"{where}.window")


def strays(instance: Instance) -> list[str]:
    """Return a warning for each resident so far from every stop that it must be a mistake."""
    if not instance.rounds:
        return []
    from scipy.spatial import KDTree

    near = KDTree(np.concatenate([one.points for one in instance.rounds]))
    xy = np.array([one.xy for one in instance.residents]).reshape(-1, 2)
    metres, _ = near.query(xy)
    return [
        f"{one.id} lies {far / 1000:,.0f} km from the nearest stop; are x and y swapped?"
        for one, far in zip(instance.residents, metres, strict=True)
        if far > FAR_M
    ]


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
