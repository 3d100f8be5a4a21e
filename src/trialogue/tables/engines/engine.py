"""What DuckDB and Spark have in common: tables by SQL, in a thread that can be stopped."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from threading import Event, Thread
from typing import Any, Literal

import numpy as np

from trialogue.tables import frames as pl

Held = Literal["text", "integer", "float", "other", "nested"]
# What is being done, and how far it is from 0 to 1 (None: nobody knows). False stops it.
Progress = Callable[[str, float | None], bool]
# What polars strips from a cell: every white space of Unicode.
SPACES = "".join(chr(c) for c in (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)))
SPACES += "\u2028\u2029\u202f\u205f\u3000"
EVERY = 0.2  # seconds between two looks at a running query


class Stopped(Exception):  # noqa: N818  nothing went wrong
    """The person asked for the reading to stop."""


class Engine(ABC):
    """A table somewhere, asked by SQL. Only what a query returns comes here.

    `name` and `notes` are of the file. `columns`: what each holds, under the name it is known by.
    `source`: the table, for FROM; `numbered`: the same with what `row` and `unique_row` need.
    `where`: a condition that leaves out blank rows. `unique_row`: a number no other row has.
    """

    name: str
    notes: tuple[str, ...] = ()
    columns: Mapping[str, Held]
    source: str
    numbered: str
    where: str = "TRUE"
    unique_row: str

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Leave nothing running."""

    @property
    @abstractmethod
    def row(self) -> str | None:
        """The number of a row as a spreadsheet shows it; None where nobody knows."""

    @abstractmethod
    def quoted(self, column: str) -> str:
        """Write the name of a column in SQL."""

    @abstractmethod
    def literal(self, text: str) -> str:
        """Write a text in SQL."""

    @abstractmethod
    def text_type(self) -> str:
        """Name the type of text."""

    @abstractmethod
    def trimmed(self, expression: str) -> str:
        """A text without the white space around it."""

    @abstractmethod
    def matches(self, expression: str, pattern: str) -> str:
        """Whether a text is all of a pattern."""

    @abstractmethod
    def lend(self, table: str, columns: Mapping[str, Any]) -> None:
        """Show a small table of ours to the engine under a name."""

    @abstractmethod
    def _run(self, sql: str) -> dict[str, Any]:
        """Return the columns of a query."""

    @abstractmethod
    def _done(self) -> float | None:
        """How much of the running query is done."""

    @abstractmethod
    def _stop(self) -> None:
        """Stop the running query."""

    def fetch(self, sql: str, about: str) -> pl.DataFrame:
        """Run a query; `about` says what for. Raises Stopped."""
        answer: list[dict[str, Any]] = []
        failed: list[BaseException] = []
        over = Event()  # not the thread's own end: Ctrl-C while waiting for that can lose it

        def run() -> None:
            try:
                answer.append(self._run(sql))
            except BaseException as error:  # noqa: BLE001  raised again below, in our own thread
                failed.append(error)
            finally:
                over.set()

        Thread(target=run, daemon=True).start()
        try:
            while not over.wait(EVERY):
                if self._progress and not self._progress(about, self._done()):
                    raise Stopped
        except BaseException:
            self._stop()
            while not over.wait(EVERY):  # it may not have begun when it was first told
                self._stop()
            raise
        if failed:
            raise failed[0]
        return pl.DataFrame({name: _plain(values) for name, values in answer[0].items()})


def _plain(values: Any) -> Any:
    """Turn a masked array into what polars reads: None where nothing is."""
    if isinstance(values, np.ma.MaskedArray):
        return pl.Series(values.tolist(), strict=False)
    if isinstance(values, np.ndarray) and values.dtype == object:
        return pl.Series(values.tolist(), strict=False)
    return values
