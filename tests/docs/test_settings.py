"""Every setting that the code reads stands in the administrator's table, and the reverse."""

import re

from tests.docs.documents import ROOT

GUIDE = ROOT / "docs/guides/administrator.md"
READS = re.compile(r'environ(?:\.get\(|\[)"(\w+)"|envvar="(\w+)"|\$\{(TRIALOGUE_\w+):-')


def settings_read():
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").iterdir()]
    return {
        next(filter(None, found))
        for file in files
        if file.is_file()
        for found in READS.findall(file.read_text())
    }


def test_the_administrators_table_holds_every_setting_and_no_other():
    table = re.findall(r"^\| `([A-Z_]+)`", GUIDE.read_text(), re.MULTILINE)

    assert sorted(table) == sorted(settings_read())
