"""Turns what a schema finds wrong into what a person can mend."""

from collections.abc import Callable, Iterator
from typing import Any

from trialogue.methods.problems import Problem

Schema = dict[str, Any]
Finding = Any  # jsonschema's ValidationError: its fields may be unset, those of a finding are not
_NO_ARTICLE = ("the ", "how ", "what ", "who ", "why ", "when ", "where ", "whether ", "today")


def of_error(error: Finding) -> Iterator[Problem]:
    """Yield the problems in one finding of the validator: one for each missing field."""
    path = [str(part) for part in error.absolute_path]
    schema: Schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "required":
        for name in _missing(error):
            field = _resolved(schema["properties"][name], name)
            yield Problem(_enter(field), column=".".join([*path, name]))
        return
    if error.validator == "additionalProperties":
        extra = sorted(set(error.instance) - set(schema["properties"]))
        for name in extra:
            yield Problem(
                f'"{name}" is not part of this answer', "Take it out", column=".".join(path)
            )
        return
    what, mend = _WORDS.get(str(error.validator), _other)(schema, error)
    yield Problem(what, mend, column=".".join(path))


def _missing(error: Finding) -> list[str]:
    # The validator reports each missing field apart, quoted in its message.
    return [name for name in error.validator_value if error.message.startswith(f"'{name}' ")]


def _resolved(field: Schema, name: str) -> Schema:
    return field if "title" in field else {"title": name.replace("_", " ").capitalize()}


def _title(schema: Schema) -> str:
    return str(schema.get("title", "This answer"))


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _enter(schema: Schema) -> str:
    if "enter" in schema:
        return str(schema["enter"])
    title = _lower(_title(schema))
    if "enum" in schema or schema.get("type") == "boolean":
        return f"Choose {title}"
    bare = title.startswith(_NO_ARTICLE)
    return f"Enter {title}" if bare else f"Enter the {title}"


def _empty(schema: Schema, error: Finding) -> tuple[str, str]:
    return _enter(schema), ""


def _too_long(schema: Schema, error: Finding) -> tuple[str, str]:
    what = f"{_title(schema)} is {len(error.instance)} characters"
    return what, f"Make it {error.validator_value} or fewer"


def _too_many_words(schema: Schema, error: Finding) -> tuple[str, str]:
    what = f"{_title(schema)} is {len(error.instance.split())} words"
    return what, f"Make it {error.validator_value} or fewer"


def _type(schema: Schema, error: Finding) -> tuple[str, str]:
    kinds = error.validator_value
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if error.instance is None or error.instance == "":
        return _enter(schema), ""
    if kind == "number":
        return f"{_title(schema)} must be a number, like 12 or 7.5", ""
    if kind == "integer":
        return f"{_title(schema)} must be a whole number, like 12", ""
    return _enter(schema), ""


def _range(schema: Schema, error: Finding) -> tuple[str, str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{_title(schema)} must be between {low} and {high}", ""
    if low is not None:
        return f"{_title(schema)} must be {low} or more", ""
    if high is not None:
        return f"{_title(schema)} must be {high} or less", ""
    if error.validator == "exclusiveMinimum":
        return f"{_title(schema)} must be more than {error.validator_value}", ""
    return f"{_title(schema)} must be less than {error.validator_value}", ""


def _pattern(schema: Schema, error: Finding) -> tuple[str, str]:
    if error.instance and _title(schema).startswith("Code of the "):
        return f'"{error.instance}" may hold small letters, numbers and hyphens only', ""
    return _enter(schema), ""


def _date(schema: Schema, error: Finding) -> tuple[str, str]:
    if not error.instance:
        return _enter(schema), ""
    return f'{_title(schema)}: "{error.instance}" is not a date', "Write it like 2027-02-28"


def _choose(schema: Schema, error: Finding) -> tuple[str, str]:
    return _enter(schema), ""


def _too_few(schema: Schema, error: Finding) -> tuple[str, str]:
    if "enter" in schema:
        return _enter(schema), ""
    return f"{_title(schema)}: add {error.validator_value} or more", ""


def _too_many(schema: Schema, error: Finding) -> tuple[str, str]:
    return f"{_title(schema)}: {len(error.instance)} is too many", (
        f"Keep {error.validator_value} or fewer"
    )


def _twice(schema: Schema, error: Finding) -> tuple[str, str]:
    return f"{_title(schema)}: one is there twice", "Keep it once"


def _other(schema: Schema, error: Finding) -> tuple[str, str]:
    return f"{_title(schema)} is not as the record needs it", ""


_WORDS: dict[str, Callable[[Schema, Finding], tuple[str, str]]] = {
    "minLength": _empty,
    "maxLength": _too_long,
    "maxWords": _too_many_words,
    "type": _type,
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": _range,
    "exclusiveMaximum": _range,
    "pattern": _pattern,
    "format": _date,
    "enum": _choose,
    "minItems": _too_few,
    "maxItems": _too_many,
    "uniqueItems": _twice,
}
