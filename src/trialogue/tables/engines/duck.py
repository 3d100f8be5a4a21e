"""DuckDB: a file on this machine, larger than its memory if need be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from tempfile import TemporaryDirectory
from typing import Any

from trialogue.methods.problems import InputError
from trialogue.tables.engines.engine import SPACES, Engine, Held, Progress
from trialogue.tables.engines.files import Opened, has_blank_lines
from trialogue.tables.refusals import refused

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
LINE = re.compile(r"CSV Error on Line: (\d+)")
CELLS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


class DuckDB(Engine):
    """A CSV or Parquet file. What does not fit in memory goes to a folder that is then removed."""

    def __init__(self, file: Opened, progress: Progress | None) -> None:
        """Look at the header."""
        super().__init__(progress)
        import duckdb

        self._spill = TemporaryDirectory(prefix="trialogue-")
        # The rows of a CSV are counted in their order; Parquet counts for itself.
        ordered = file.header is not None
        self._connection = duckdb.connect(
            config={"temp_directory": self._spill.name, "preserve_insertion_order": ordered}
        )
        # From the least and greatest of a Parquet file it would conclude that nothing is NaN.
        self._connection.execute("SET disabled_optimizers = 'statistics_propagation'")
        self._connection.execute("SET enable_progress_bar = true")
        self._connection.execute("SET enable_progress_bar_print = false")
        self._file = file
        self.name, self.notes = file.name, file.notes
        path = self.literal(str(file.path))
        if file.header is None:
            self.source = f"read_parquet({path})"
            self.numbered = f"read_parquet({path}, file_row_number = true)"
            self.unique_row = "file_row_number"
            self._columns_of_parquet(path)
        else:
            self._read_csv(path, file)

    def _columns_of_parquet(self, path: str) -> None:
        import duckdb

        try:
            described = self._connection.execute(f"DESCRIBE FROM read_parquet({path})").fetchall()
        except duckdb.Error:
            raise refused(
                self.name, "The file cannot be read", "Write it again as Parquet"
            ) from None
        self.columns = {row[0]: _held(row[1]) for row in described}

    def _read_csv(self, path: str, file: Opened) -> None:
        header = file.header or ()
        self._places = {name: f"c{place}" for place, name in enumerate(header) if name}
        types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header)))
        self.source = (
            f"read_csv({path}, header = true, auto_detect = false, strict_mode = true, "
            f"delim = {self.literal(file.separator)}, quote = '\"', escape = '\"', "
            f"columns = {{{types}}})"
        )
        self.columns = dict.fromkeys(self._places, "text")
        cells = " || ".join(f"coalesce(c{place}, '')" for place in range(len(header)))
        self.where = f"{self.trimmed(cells)} <> ''"
        self.numbered = f"(SELECT *, row_number() OVER () AS line FROM {self.source})"
        self.unique_row = "line"

    @cached_property
    def row(self) -> str | None:
        """DuckDB skips blank lines of a CSV without counting them."""
        if self._file.header is None:
            return "file_row_number + 2"
        return None if has_blank_lines(self._file.path) else "line + 1"

    def close(self) -> None:
        """Close the connection and remove what was spilled."""
        self._connection.close()
        self._spill.cleanup()

    def quoted(self, column: str) -> str:
        """Columns of a CSV go by their place: two may differ by a capital letter alone."""
        places: dict[str, str] = getattr(self, "_places", {})
        if column in places:
            return places[column]
        doubled = column.replace('"', '""')
        return f'"{doubled}"'

    def literal(self, text: str) -> str:
        """Double the quotes."""
        doubled = text.replace("'", "''")
        return f"'{doubled}'"

    def text_type(self) -> str:
        """VARCHAR."""
        return "VARCHAR"

    def trimmed(self, expression: str) -> str:
        """Of all of `SPACES`."""
        return f"trim({expression}, {self.literal(SPACES)})"

    def matches(self, expression: str, pattern: str) -> str:
        """RE2."""
        return f"regexp_full_match({expression}, {self.literal(pattern)})"

    def lend(self, table: str, columns: Mapping[str, Any]) -> None:
        """By reference: nothing is copied."""
        self._connection.register(table, dict(columns))

    def _run(self, sql: str) -> dict[str, Any]:
        import duckdb

        try:
            found: dict[str, Any] = self._connection.execute(sql).fetchnumpy()
        except duckdb.Error as error:
            problem = self._problem(str(error))
            if problem:
                raise problem from None
            raise
        return found

    def _problem(self, said: str) -> InputError | None:
        """Say in our words what DuckDB found wrong with a CSV."""
        line = LINE.search(said)
        if not line:
            return None
        row = int(line[1])
        if cells := CELLS.search(said):
            return refused(
                self.name,
                f"{cells[2]} cells where the header has {cells[1]}",
                "A cell with a comma in it goes in double quotes",
                row=row,
            )
        if "not utf-8" in said:
            what, mend = "letters we cannot read", 'Save the file as "CSV UTF-8"'
            return refused(self.name, what, mend, row=row)
        what = "a double quote that does not open or close a whole cell"
        return refused(
            self.name, what, 'Take the quote out, or write the cell like "5"" pipe"', row=row
        )

    def _done(self) -> float | None:
        percent = float(self._connection.query_progress())
        return percent / 100 if percent >= 0 else None

    def _stop(self) -> None:
        self._connection.interrupt()


def _held(kind: str) -> Held:
    if kind == "VARCHAR":
        return "text"
    if kind.removeprefix("U") in WHOLE:
        return "integer"
    if kind in ("FLOAT", "DOUBLE") or kind.startswith("DECIMAL"):
        return "float"
    if kind == "BLOB" or kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return "nested"
    return "other"
