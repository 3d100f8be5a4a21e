"""The documents, and what tests read in them."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOR_PEOPLE = [ROOT / "README.md", *sorted((ROOT / "docs/guides").glob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def name(path):
    return str(path.relative_to(ROOT))


def links(path):
    """Where a document leads, code left out."""
    return _LINK.findall(_FENCE.sub("", path.read_text()))


def anchors(path):
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def examples(text):
    """Commands marked `$ trialogue …`, each with the lines of output shown under it."""
    found = []
    lines = [line.strip() for line in text.splitlines()]
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.startswith("$ "):
            continue
        command = line[2:]
        while command.endswith("\\"):
            command = f"{command[:-1]} {lines[number]}"
            number += 1
        shown = []
        while number < len(lines) and lines[number] and not lines[number].startswith(("$", "```")):
            shown.append(lines[number])
            number += 1
        found.append((command, shown))
    return found


def python(text):
    """Blocks of Python."""
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def said_to_print(block):
    """What comments say is printed: beside a `print`, or on the lines under it."""
    shown, under = [], False
    for line in block.splitlines():
        beside = re.match(r" *print\(.*\)  # (.+)$", line)
        if beside:
            shown.append(beside[1])
        elif under and line.startswith("# "):
            shown.append(line[2:])
            continue
        under = line.lstrip().startswith("print(")
    return shown


def words_of(command):
    """Split a command; settings before its name are left out."""
    words = shlex.split(command)
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    return words
