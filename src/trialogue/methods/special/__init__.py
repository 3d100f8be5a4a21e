"""scipy.special, loaded when a function of it is first asked for, not with the package.

It takes twice as long to load as numpy, and a page that only shows a stored result needs none.
"""

from typing import Any

OWN = ("tails", "dunnett")  # the modules of this package


def __getattr__(name: str) -> Any:
    """Return scipy's function of this name."""
    if name in OWN:  # asked here before its file is looked for
        raise AttributeError(name)
    from scipy import special

    return getattr(special, name)
