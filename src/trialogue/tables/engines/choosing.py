"""Which engine, for which file."""

from __future__ import annotations

from pathlib import Path

from trialogue.tables.engines.engine import Engine, Progress
from trialogue.tables.engines.files import has_rows, look_at

MANY_ROWS = 1_000_000


def chosen_engine(asked: str | None, data: str) -> str | None:
    """Return the engine asked for; else DuckDB for Parquet and over a million rows; else none."""
    if asked:
        return asked
    path = Path(data)
    if not path.is_file():
        return None
    large = path.name.lower().endswith(".parquet") or has_rows(path, MANY_ROWS)
    return "duckdb" if large else None


def open_engine(name: str, data: str, *, progress: Progress | None = None) -> Engine:
    """Open a file with an engine. Raises InputError when it cannot."""
    if name == "spark":
        from trialogue.tables.engines.spark import Spark

        return Spark(data, progress)
    from trialogue.tables.engines.duck import DuckDB

    return DuckDB(look_at(Path(data), "DuckDB"), progress)
