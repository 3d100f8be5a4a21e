"""What every method gives back: small, frozen, readable at a prompt, ready for JSON."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar

LONG = 90  # letters of a text, or of several values, that a line at a prompt still holds


class Result:
    """A frozen dataclass (declared with `repr=False`) that a method gives back.

    `_shown` names the fields that a prompt shows, where those are not all.
    """

    _shown: ClassVar[tuple[str, ...]] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the fields, ready for JSON. What is not known is None, never NaN or infinite."""
        return {name: plain(value) for name, value in _fields(self).items()}

    def __repr__(self) -> str:
        known = _fields(self)
        written = {name: brief(known[name]) for name in self._shown or known}
        inside = ", ".join(f"{name}={text}" for name, text in written.items() if text)
        return f"{type(self).__name__}({inside})"


def plain(value: Any) -> Any:
    """Turn results and arrays into what JSON has; numbers that it cannot hold into None."""
    if isinstance(value, Result):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return plain(_fields(value))
    if hasattr(value, "tolist"):  # numpy's, which a result without arrays need not load
        return plain(value.tolist())
    if isinstance(value, str):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return float(value) if isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def brief(value: Any) -> str:
    """Write a value for a prompt: four figures, and how many where there are many.

    Nothing of what is not known, empty, or a long text.
    """
    if value is None or (isinstance(value, str | tuple | list | Mapping) and not value):
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if getattr(value, "ndim", 0):
        return f"array{value.shape}"
    if isinstance(value, str):
        return repr(str(value)) if len(value) <= LONG else ""
    if isinstance(value, tuple | list):
        parts = [brief(item) for item in value]
        inside = ", ".join(parts)
        return f"({inside})" if all(parts) and len(inside) <= LONG else f"({len(value)} of them)"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key}: {brief(item)}" for key, item in value.items())
        return f"{{{inside}}}" if len(inside) <= 3 * LONG else f"{{{len(value)} of them}}"
    return repr(value)


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
