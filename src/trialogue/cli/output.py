"""The one place that prints."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def show(answer: Mapping[str, Any], as_json: bool, *, readable: Callable[[], str]) -> None:
    """Print an answer: JSON alone on standard output, or the readable table."""
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(readable())


def say(message: str) -> None:
    """Tell the person something that is not the answer: on standard error."""
    click.echo(message, err=True)


def table(header: list[str], rows: list[list[str]]) -> str:
    """Lay rows out in columns under a header, numbers to the right."""
    widths = [max(len(line[i]) for line in [header, *rows]) for i in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in [header, *rows]
    )


def number(value: float | None, digits: int = 4) -> str:
    """Write a number for a readable table: significant digits, or `not known`."""
    return "not known" if value is None else f"{value:.{digits}g}"
