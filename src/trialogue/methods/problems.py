"""The one way any door refuses an input."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Problem:
    """What is wrong with an input, where, and how to mend it.

    `row` counts as a spreadsheet does, the header being row 1. `column` is a column of a file, an
    option of a command or a field of a form.
    """

    what: str
    mend: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""

    def at(
        self, *, file: str | None = None, row: int | None = None, column: str | None = None
    ) -> "Problem":
        """Return the same problem with more of its place filled in; what is there stays."""
        return replace(
            self,
            file=self.file or file or "",
            row=self.row if self.row is not None else row,
            column=self.column or column or "",
        )

    @property
    def place(self) -> str:
        """Where it is, in words: `litter.csv, row 14, column kg`; empty when nowhere."""
        if self.column.startswith("--"):
            return self.column
        row = f"row {self.row}" if self.row is not None else ""
        column = f"column {self.column}" if self.row is not None and self.column else self.column
        return ", ".join(part for part in (self.file, row, column) if part)

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        mend = f"; {self.mend[0].lower()}{self.mend[1:]}" if self.mend else ""
        return f"{where}{self.what}{mend}"


class InputError(Exception):
    """An input was refused, with every problem found in it. Nothing was changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def refuse(problems: Iterable[Problem]) -> None:
    """Raise InputError with all of `problems`, if there are any."""
    found = tuple(problems)
    if found:
        raise InputError(*found)
