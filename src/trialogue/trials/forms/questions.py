"""One form for each question of the plan, made from the record's own schema.

The schema says what a field is called, how long it may be and what it may hold; so the page asks
for exactly what the record takes, and a new field of the record is a new field of the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify

from trialogue.evidence import queries as register
from trialogue.evidence import schema
from trialogue.pages.forms import DateField, Form, choice, text, whole
from trialogue.trials.forms.hints import BLANK_ROWS, DEFAULTS, ENUM_WORDS, HINTS, LONG

Body = Mapping[str, Any]
Schema = dict[str, Any]
# Worked out from the rest of the answer, so nobody is asked.
NOT_ASKED = {"control", "comparisons"}
MOST_ROWS = 20
# What the catalogue says of an outcome, and a plan only repeats.
FROM_THE_CATALOGUE = ("name", "kind", "unit", "direction")
# What nobody has to say of a group's cost.
MORE_COSTS = (
    "_set_up_pence",
    "_hours",
    *(f"_{payer}_pence" for payer in schema.PAYERS),
)
# Rows that a plan can do without.
CLOSED = ("secondary", "covariates", "subgroups", "steps")


class Number(forms.FloatField):
    """A number; a share may be typed as 20%."""

    def to_python(self, value: Any) -> Any:
        """Read a number or a percentage."""
        typed = str(value or "").strip().replace(",", "")
        if typed.endswith("%"):
            found = super().to_python(typed[:-1])
            return None if found is None else found / 100
        return super().to_python(typed)


class Pounds(forms.DecimalField):
    """An amount in pounds, kept in pence."""


@dataclass(frozen=True)
class Group:
    """Fields that stand together: a heading, and whether it is one row of several.

    `use`: the part of the answer that the catalogue can fill in. `known`: fields that it has
    filled, closed. `parts`: groups that nobody has to answer, closed together. `open`: whether
    what is closed has to be seen.
    """

    heading: str
    fields: list[Any]
    rows_of: str = ""
    use: str = ""
    known: tuple[Any, ...] = ()
    parts: tuple["Group", ...] = ()
    open: bool = False


class QuestionForm(Form):
    """The form of one question. `body` is the answer as it stands.

    `moot` are fields that do not matter with the other answers, each with the value it then has:
    nobody is asked for them.
    """

    def __init__(
        self,
        question: str,
        data: QueryDict | None = None,
        body: Body | None = None,
        *,
        moot: Body | None = None,
    ):
        self.question = question
        self.opened = ""
        self.moot = moot or {}
        self.schema: Schema = schema.documents()[f"questions/{question}"]
        self.body = body or DEFAULTS.get(question, {})
        self.rows = self._count_rows(data)
        made: dict[str, forms.Field] = {}
        initial: dict[str, Any] = {}
        for path, part in self._leaves(self.schema, ""):
            held = _at(self.body, path)
            typed = held if data is None else data.get(path, held)
            made[path] = _field(question, path, part, typed)
            initial[path] = _shown(part, _at(self.body, path))
        for name, count in self.rows.items():
            made[f"rows_{name}"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=count
            )
        super().__init__(data, initial=initial)
        self.fields.update(made)
        self.dress_again()

    def _count_rows(self, data: QueryDict | None) -> dict[str, int]:
        counts = {}
        for name, part in self.schema["properties"].items():
            if part.get("type") != "array" or part["items"].get("type") != "object":
                continue
            held = len(self.body.get(name) or [])
            count = max(held, BLANK_ROWS.get(f"{self.question}.{name}", 0))
            if data is not None:
                typed = data.get(f"rows_{name}", "")
                count = int(typed) if typed.isdecimal() else count
                count += data.get("add") == name
            counts[name] = min(count, MOST_ROWS, part.get("maxItems", MOST_ROWS))
        return counts

    def _leaves(self, part: Schema, path: str) -> Iterator[tuple[str, Schema]]:
        """Yield every field of the page with the piece of schema that describes it."""
        for name, piece in part["properties"].items():
            here = f"{path}_{name}" if path else name
            if name in NOT_ASKED or here in self.moot:
                continue
            if piece.get("type") == "object":
                yield from self._leaves(piece, here)
            elif piece.get("type") == "array" and piece["items"].get("type") == "object":
                for row in range(self.rows[name]):
                    yield from self._leaves(piece["items"], f"{here}_{row}")
            else:
                yield here, piece

    def groups(self) -> list[Group]:
        """Return the fields as the page shows them: alone, by part, and row by row."""
        found = []
        for name, piece in self.schema["properties"].items():
            if name in NOT_ASKED or name in self.moot:
                continue
            if piece.get("type") == "object":
                found.append(self._group(piece["title"], name))
            elif name in self.rows:
                rows = self._rows_of(name, piece["items"])
                found += [self._closed(piece["title"], name, rows)] if name in CLOSED else rows
            else:
                found.append(Group("", [self[name]]))
        return found

    def _rows_of(self, name: str, piece: Schema) -> list[Group]:
        one = piece["title"].removeprefix("A ").removeprefix("Another ")
        rows = [
            self._group(_heading(name, one, row), f"{name}_{row}")
            for row in range(self.rows[name])
        ]
        if self.question == "arms":
            rows = [part for row in rows for part in self._costs_apart(row)]
        return [*rows, Group(one, [self[f"rows_{name}"]], rows_of=name)]

    def _costs_apart(self, group: Group) -> Iterator[Group]:
        """Yield a group of the trial, then what nobody has to say of its cost, closed."""
        costs = [field for field in group.fields if field.name.endswith(MORE_COSTS)]
        yield Group(group.heading, [field for field in group.fields if field not in costs])
        said = any(field.value() not in (None, "") for field in costs)
        wrong = any(field.errors for field in costs)
        words = f"{group.heading}: more on its cost{'' if said else ', none yet'}"
        yield Group(words, [], parts=(Group(f"{group.heading}: its cost", costs),), open=wrong)

    def _group(self, heading: str, prefix: str) -> Group:
        """Return one part, with what the catalogue filled in closed."""
        fields = self._of(prefix)
        code = next((field for field in fields if field.name == f"{prefix}_code"), None)
        if code is None or code.field.widget.is_hidden:
            return Group(heading, fields)
        measure = register.outcome_measure(str(code.value() or ""))
        names = {f"{prefix}_{name}" for name in FROM_THE_CATALOGUE} if measure else set()
        known = tuple(field for field in fields if field.name in names)
        left = [field for field in fields if field.name not in names]
        wrong = any(field.errors for field in known)
        return Group(heading, left, use=prefix, known=known, open=wrong)

    def _closed(self, heading: str, name: str, rows: list[Group]) -> Group:
        """Return the rows of a part that nobody has to answer, to stand closed together."""
        held = sum(not _empty(row) for row in self.body.get(name) or [])
        asked = self.data.get("add") == name or self.data.get("use", "").startswith(f"{name}_")
        wrong = any(self[field].errors for field in self.fields if field.startswith(f"{name}_"))
        words = f"{heading}: {held or 'none yet'}"
        return Group(words, [], parts=tuple(rows), open=wrong or asked or self.opened == name)

    def unchecked(self) -> "QuestionForm":
        """Return the same page with what was typed, and no word on what is wrong with it yet."""
        again = QuestionForm(self.question, None, self.body, moot=self.moot)
        again.rows = self.rows
        again.opened = self.data.get("add") or self.data.get("use", "").partition("_")[0]
        again.fields = self.fields
        again.initial = {
            name: field.widget.value_from_datadict(self.data, {}, name)
            for name, field in self.fields.items()
        } | {f"rows_{name}": count for name, count in self.rows.items()}
        return again

    def _of(self, prefix: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(f"{prefix}_")]

    def answer(self) -> dict[str, Any]:
        """Return the typed answer as the record has it. The form must be valid."""
        body = self._object(self.schema, "")
        if self.question == "arms":
            _complete_arms(body, self.body)
        return body

    def _object(self, part: Schema, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, piece in part["properties"].items():
            here = f"{path}_{name}" if path else name
            if name in NOT_ASKED:
                continue
            if here in self.moot:
                made[name] = self.moot[here]
            elif piece.get("type") == "object":
                made[name] = self._object(piece, here)
            elif name in self.rows and not path:
                rows = (
                    self._object(piece["items"], f"{here}_{r}") for r in range(self.rows[name])
                )
                made[name] = [row for row in rows if not _empty(row)]
            else:
                made[name] = _kept(piece, self.cleaned_data.get(here))
        # What need not be said and was not is not in the record at all.
        needed: list[str] = part.get("required", [])
        made = {name: v for name, v in made.items() if v not in (None, []) or name in needed}
        if "code" in made and not made["code"] and made.get("name"):
            made["code"] = slugify(made["name"])[:60].strip("-")
        if "number" in made and made["number"] is None and made.get("name"):
            made["number"] = int(path.rsplit("_", 1)[1]) + 1
        return made


def moot_fields(question: str, answers: Mapping[str, Body]) -> dict[str, Any]:
    """Return the fields of a question that do not matter with the other answers, with their value.

    A score has a spread, a count a spread between units, and only what is placed in groups is
    alike within them.
    """
    if question != "size" or "outcomes" not in answers or "unit" not in answers:
        return {}
    kind, clustered = answers["outcomes"]["primary"]["kind"], answers["unit"]["clustered"]
    moot: dict[str, Any] = {}
    if kind != "continuous":
        moot["sd"] = None
    if kind != "count":
        moot["between_cv"] = None
    if not clustered:
        moot |= {"icc": None, "icc_source": "", "cluster_size": 1, "cluster_size_cv": 0}
    return moot


def with_measures(data: QueryDict, body: Body | None) -> QueryDict:
    """Return what was typed with the outcomes that were chosen from the catalogue filled in.

    What is typed stays, unless it is what the catalogue said of the outcome chosen before; the
    button `use` of one outcome fills all of it.
    """
    filled = data.copy()
    for field in [name for name in data if name.endswith("_code")]:
        prefix = field.removesuffix("_code")
        measure = register.outcome_measure(str(data[field]))
        if measure is None:
            continue
        was = register.outcome_measure(str(_at(body or {}, field)))
        before = _words_of(was) if was else {}
        for name, value in _words_of(measure).items():
            typed = data.get(f"{prefix}_{name}", "")
            if data.get("use") == prefix or typed in ("", before.get(name)):
                filled[f"{prefix}_{name}"] = value
    return filled


def _words_of(measure: register.OutcomeMeasure) -> dict[str, str]:
    """Return what the catalogue says of an outcome, as it stands in the fields of the page."""
    return {
        "name": measure.name,
        "kind": measure.kind,
        "unit": measure.unit,
        "direction": measure.direction,
        "when": measure.when,
        "source": measure.source,
        "smallest_change": f"{abs(measure.smallest_change['value']):g}",
        "lowest": _end(measure.lowest),
        "highest": _end(measure.highest),
    }


def _measure(label: str, own: str, hint: str) -> forms.ChoiceField:
    """Return a choice from the catalogue. `own`: the code held, if the catalogue has none such."""
    groups = [
        (heading, [(measure.code, measure.name) for measure in measures])
        for heading, measures in register.measure_groups()
    ]
    kept = "" if register.outcome_measure(own) else own
    choices = [(kept, "One of our own"), *groups]
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint)


def _end(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _heading(name: str, one: str, row: int) -> str:
    """Return what stands over a row: the first group has the usual service."""
    if name == "list":
        return f"New {one} {row}" if row else "Usual service"
    return f"{one[0].upper()}{one[1:]} {row + 1}"


def _field(question: str, path: str, part: Schema, held: Any) -> forms.Field:
    generic = ".".join(piece for piece in path.split("_") if not piece.isdecimal())
    key = f"{question}.{generic}"
    label, hint = part["title"], HINTS.get(key, "")
    kinds = part.get("type")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if path.endswith("_code") and question == "arms":
        return forms.CharField(required=False, widget=forms.HiddenInput)
    if path.endswith("_code") and question == "outcomes":
        return _measure("Choose from the catalogue", held or "", hint)
    if path.endswith("_pence"):
        in_pounds = label.replace("in pence", "in pounds")
        return Pounds(label=in_pounds, required=False, help_text=hint, min_value=0)
    if "enum" in part:
        return choice(
            label, [(value, ENUM_WORDS[value]) for value in part["enum"]], help_text=hint
        )
    if kind == "boolean":
        return choice(label, [("yes", "Yes"), ("no", "No")], help_text=hint)
    if kind == "integer":
        return whole(label, help_text=hint)
    if kind == "number":
        messages = {"invalid": f"{label} must be a number, like 12 or 7.5"}
        widget = forms.TextInput({"class": "govuk-input--width-10", "inputmode": "decimal"})
        return Number(
            label=label, required=False, help_text=hint, error_messages=messages, widget=widget
        )
    if part.get("format") == "date":
        return DateField(label=label, required=False, help_text=hint)
    rows = LONG.get(key, 3 if kind == "array" else 0) or (
        3 if part.get("maxLength", 0) > 300 else 0
    )
    if kind == "array" and not hint:
        hint = "One a line."
    return text(label, rows=rows, help_text=hint)


def _shown(part: Schema, value: Any) -> Any:
    """Return a value of the record as the page shows it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(value)
    if part.get("format") == "date":
        return date.fromisoformat(value) if value else None
    if part["title"].endswith("in pence"):
        return f"{value / 100:g}"
    if isinstance(value, float):
        return f"{value:g}"
    return value


def _kept(part: Schema, value: Any) -> Any:
    """Return what was typed as the record keeps it."""
    kinds = part.get("type")
    optional = isinstance(kinds, list)
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if part["title"].endswith("in pence"):
        return None if value is None else round(value * 100)
    if kind == "boolean":
        return value == "yes"
    if kind == "array":
        return [line.strip() for line in (value or "").splitlines() if line.strip()]
    if part.get("format") == "date":
        return value.isoformat() if value else ""
    if kind in ("number", "integer"):
        return value
    typed = " ".join((value or "").split()) if "\n" not in (value or "") else (value or "").strip()
    return None if optional and not typed else typed


def _empty(row: Mapping[str, Any]) -> bool:
    """Whether nothing was typed in a row. A box with a choice in it alone is nothing."""
    return not any(
        value not in (None, "", [], False)
        for name, value in row.items()
        if name not in ("share", "kind", "direction", "number")
    )


def _complete_arms(body: dict[str, Any], before: Body) -> None:
    """The first group has the usual service; every other is compared with it, in order."""
    arms = body["list"]
    for index, arm in enumerate(arms):
        arm["control"] = index == 0
        arm["share"] = 1 if arm["share"] is None else arm["share"]
    new = [arm["code"] for arm in arms[1:]]
    dropped = {arm["code"] for arm in (before.get("list") or [])[1:]} - set(
        before.get("comparisons") or new
    )
    body["comparisons"] = [code for code in new if code not in dropped]


def _at(body: Any, path: str) -> Any:
    """Return the value at `list_0_name`; names may hold underscores themselves."""
    if not path or body is None:
        return body
    if isinstance(body, list):
        index, _, rest = path.partition("_")
        return _at(body[int(index)], rest) if int(index) < len(body) else None
    for name in body:
        if path == name:
            return body[name]
        if path.startswith(f"{name}_") and isinstance(body[name], dict | list):
            return _at(body[name], path[len(name) + 1 :])
    return None
