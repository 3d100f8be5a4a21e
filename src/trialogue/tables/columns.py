"""Names of columns, as options give them."""

import csv
from collections.abc import Mapping
from difflib import get_close_matches

from trialogue.methods.problems import Problem, refuse
from trialogue.tables.table import Table


def split_columns(option: str) -> tuple[str, ...]:
    """Split `ward, "age, in years"` into its names; spaces around them do not count."""
    if not option.strip():
        return ()
    row = next(csv.reader([option], skipinitialspace=True))
    return tuple(name.strip() for name in row if name.strip())


def need_columns(table: Table, wanted: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse when a column named in an option is not in the table.

    `wanted`: option -> names of columns. The message guesses what was meant.
    """
    problems = []
    for option, names in wanted.items():
        for name in names:
            if name in table.columns:
                continue
            close = get_close_matches(name, table.columns, n=1)
            guess = f'; did you mean "{close[0]}"?' if close else ""
            problems.append(Problem(f"no such column{guess}", column=f"{option} {name}"))
    refuse(problems)
