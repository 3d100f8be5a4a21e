"""A slip of the keyboard, in our words: what was typed, and what to type."""

from typing import Any

import click

from trialogue.methods.problems import InputError, Problem


class OneOf(click.Choice[str]):
    """One of a few words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word, or refuse it with those that there are."""
        if value in self.choices:
            return str(value)
        *others, last = self.choices
        raise _refused(f"use {', '.join(others)} or {last}", value, param)


class Number(click.ParamType[float]):
    """A number."""

    name = "number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or refuse what is none."""
        try:
            return float(value)
        except ValueError:
            raise _refused("not a number", value, param) from None


class Whole(click.ParamType[int]):
    """A whole number of 0 or more."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or refuse what is none."""
        text = str(value)
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        raise _refused("must be a whole number, 0 or more", value, param)


def _refused(what: str, value: object, param: click.Parameter | None) -> InputError:
    option = param.opts[0] if param else ""
    return InputError(Problem(what, column=f"{option} {value}"))


def in_our_words(error: click.UsageError) -> str:
    """Say what click found wrong with the words of a command."""
    if isinstance(error, click.MissingParameter) and error.param:
        option = isinstance(error.param, click.Option)
        where = error.param.opts[0] if option else error.param.human_readable_name
        return str(Problem("needed", column=where))
    if isinstance(error, click.NoSuchOption):
        guess = f"; did you mean {error.possibilities[0]}?" if error.possibilities else ""
        return str(Problem(f"no such option{guess}", column=error.option_name))
    if isinstance(error, click.BadOptionUsage):
        return str(Problem("needs a value", column=error.option_name))
    return error.format_message()
