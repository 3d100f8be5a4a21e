"""One file, one thing wrong with it."""

from trialogue.methods.problems import InputError, Problem


def refused(file: str, what: str, mend: str = "", *, row: int | None = None) -> InputError:
    """Return the error that refuses a file."""
    return InputError(Problem(what, mend, file=file, row=row))
