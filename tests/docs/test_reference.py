"""The reference made from docstrings names everything that others may call."""

import inspect
import re
import subprocess
from importlib import import_module
from pkgutil import walk_packages

import pytest

from tests.docs.documents import ROOT
from trialogue import charts, methods, tables

PACKAGES = [
    *(
        import_module(each.name)
        for each in walk_packages(methods.__path__, "trialogue.methods.")
        if each.ispkg
    ),
    tables,
    charts,
]
ROOMS = [room for room in PACKAGES if "__all__" in vars(room)]  # not scipy's functions
PUBLIC = [(room, name) for room in ROOMS for name in room.__all__]


@pytest.mark.slow
def test_the_reference_is_made_and_names_everything_public(tmp_path):
    done = subprocess.run(
        [ROOT / "scripts/reference", tmp_path], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for room, name in PUBLIC:
        page = (tmp_path / f"{room.__name__.replace('.', '/')}.html").read_text()
        assert f'id="{name}"' in page, f"{room.__name__}.{name}"
    assert not re.search(r'src="https?:', page)


@pytest.mark.parametrize(
    ("room", "name"), PUBLIC, ids=[f"{room.__name__}.{name}" for room, name in PUBLIC]
)
def test_everything_public_says_what_it_is(room, name):
    public = getattr(room, name)

    if inspect.isclass(public) or inspect.isfunction(public):
        said = inspect.getdoc(public) or ""
        assert said
        assert not said.startswith(f"{name}(")  # what a dataclass writes where nobody did
