"""What was typed into a form by somebody whose session had ended, to be shown again."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import QueryDict

# Set while a page is made for somebody who has signed in again; every form looks here.
answers: ContextVar[QueryDict | None] = ContextVar("answers", default=None)


@contextmanager
def shown(typed: QueryDict | None) -> Iterator[None]:
    """Let every form made meanwhile show what was typed into it."""
    token = answers.set(typed)
    try:
        yield
    finally:
        answers.reset(token)
