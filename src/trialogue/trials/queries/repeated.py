"""JSON in a column of many rows: the same few values, each read once."""

import json
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast


def as_text(column: str) -> Cast:
    """Ask for a JSON column as it is kept, to be read by `Read`."""
    return Cast(column, TextField())


class Read(dict[str, Any]):
    """What each text says. Lists come as tuples, since rows share them."""

    def __missing__(self, text: str) -> Any:
        said = json.loads(text)
        self[text] = tuple(said) if isinstance(said, list) else said
        return self[text]
