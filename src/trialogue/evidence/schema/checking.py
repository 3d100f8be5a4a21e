"""Checks a body against its schema and says in plain words what to mend."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry, Resource

from trialogue.evidence.schema import rules, sentences
from trialogue.evidence.schema.words import KINDS, QUESTIONS
from trialogue.methods.problems import Problem

Schema = dict[str, Any]
_formats = FormatChecker(formats=())


@_formats.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or len(date.fromisoformat(value).isoformat()) == len(value)


def _max_words(
    validator: Any, most: int, instance: object, schema: Schema
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and len(instance.split()) > most:
        yield ValidationError(f"more than {most} words")


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"maxWords": _max_words}
)


def problems(question: str, body: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with the answer to one question of the plan.

    Each problem's `column` is the dotted path of the field: `title`, `list.1.share`.
    """
    return _problems("questions", question, body) or tuple(rules.of_question(question, body))


def problems_of_event(kind: str, body: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with the body of an event, the plan inside a registration included."""
    found = _problems("events", kind, body)
    if found or kind != "registration":
        return found
    return tuple(
        Problem(problem.what, problem.mend, column=f"plan.{question}.{problem.column}")
        for question in QUESTIONS
        for problem in rules.of_question(question, body["plan"][question])
    )


@cache
def documents() -> dict[str, Schema]:
    """Return every schema by its address: `questions/arms`, `events/result`."""
    folder = files("trialogue.evidence") / "schema"
    names = [("questions", name) for name in QUESTIONS] + [("events", name) for name in KINDS]
    return {
        f"{kind}/{name}": json.loads((folder / kind / f"{name}.json").read_text("utf-8"))
        for kind, name in names
    }


def _problems(folder: str, name: str, body: Mapping[str, Any]) -> tuple[Problem, ...]:
    errors = _validator(folder, name).iter_errors(dict(body))
    found: dict[str, Problem] = {}
    for error in errors:
        for problem in sentences.of_error(error):
            # A required text that is empty breaks two rules; one sentence is enough.
            found.setdefault(problem.column, problem)
    return tuple(found.values())


@cache
def _validator(folder: str, name: str) -> Any:
    schemas = documents()
    registry: Registry[Schema] = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
    return _Validator(schemas[f"{folder}/{name}"], registry=registry, format_checker=_formats)
