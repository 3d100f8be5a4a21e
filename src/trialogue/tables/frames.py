"""polars, loaded when the first file is read: it takes most of a second, and few pages read one.

Modules that name its types in signatures have their annotations left as text, so that reading
the signature loads nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polars import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Return what polars calls by this name."""
    import polars

    return getattr(polars, name)
