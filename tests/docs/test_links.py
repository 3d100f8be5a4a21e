"""Links between documents lead somewhere, and what must have a document has one."""

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, anchors, links, name

# Words of a workplace, not of the project.
NOT_OURS = re.compile(
    r"\b(jira|issue tracker|helper agent|sub-?agent|chat session|prompt)\b", re.I
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_links_between_documents_lead_somewhere(path):
    lost = []
    for link in links(path):
        where, _, anchor = link.partition("#")
        if ":" in where:
            continue
        target = (path.parent / where).resolve() if where else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)

    assert lost == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_documents_name_files_that_are_there(path):
    named = re.findall(r"`((?:src|tests|docs|scripts|benchmarks)/[\w./-]+)`", path.read_text())

    assert [each for each in named if not (ROOT / each).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_documents_speak_of_the_project_alone(path):
    assert NOT_OURS.findall(path.read_text()) == []


def test_every_document_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        inside = ((path.parent / link.partition("#")[0]).resolve() for link in links(path))
        for target in inside:
            waiting += [target] if target.suffix == ".md" else []
            waiting += target.glob("*.md") if target.is_dir() and target != ROOT else []

    assert {name(path) for path in DOCUMENTS} - {name(path) for path in reached} == set()


def test_every_method_has_its_page():
    methods = {
        folder.name
        for folder in (ROOT / "src/trialogue/methods").iterdir()
        if (folder / "__init__.py").exists()
    }
    methods.remove("special")  # distributions, which methods share

    assert methods <= {path.stem for path in (ROOT / "docs/methods").glob("*.md")}


def test_every_app_and_room_stands_in_the_architecture():
    rooms = {
        path.name
        for path in (ROOT / "src/trialogue").iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    }
    text = (ROOT / "ARCHITECTURE.md").read_text()

    assert {room for room in rooms if not re.search(rf"\b{room}\b", text)} == set()


def test_decisions_are_numbered_once_each():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]

    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def test_picture_of_the_readme_is_small():
    for picture in (ROOT / "docs/pictures").iterdir():
        assert picture.stat().st_size < 200_000, Path(picture).name
