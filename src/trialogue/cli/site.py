"""The site, for the commands that run it."""

import os
from importlib.util import find_spec

from trialogue.methods.problems import InputError, Problem


def use_site() -> None:
    """Choose the site's settings; refuse where only the methods and the commands are installed."""
    if find_spec("django") is None:
        mend = 'Install it with pip install "trialogue[site]"'
        raise InputError(Problem("The site is not installed", mend))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialogue.site.settings")
