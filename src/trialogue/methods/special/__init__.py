"""scipy.special, loaded when a function of it is first asked for, not with the package.

It takes twice as long to load as numpy, and a page that only shows a stored result needs none.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Return scipy's function of this name."""
    from scipy import special

    return getattr(special, name)
