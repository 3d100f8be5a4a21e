import gzip
import re
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.templatetags.static import static

SHEETS = Path(__file__).parents[3] / "src/trialogue/site/static/css"
IMPORTED = re.compile(r'@import url\("([^"]+)"\)|\bfrom "([^"]+)"')


@pytest.fixture
def gathered(settings, tmp_path):
    """The files as `trialogue serve` gathers them."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def needed(page, folder):
    """What the browser fetches to show a page: its links and scripts, and what those import."""
    waiting = re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="([^"]+)"', page)
    found = {}
    while waiting:
        address = waiting.pop()
        assert not urlsplit(address).netloc, f"{address} is of another host"
        if address in found:
            continue
        name = address.removeprefix("/static/")
        packed = folder / f"{name}.gz"
        found[address] = (packed if packed.exists() else folder / name).read_bytes()
        if name.endswith((".css", ".js")):
            head = (folder / name).read_text()[:3000]
            waiting += [
                normpath(join(address, "..", one or other))
                for one, other in IMPORTED.findall(head)
            ]
    return found


def test_a_first_visit_weighs_a_hundred_kilobytes_at_most(client, council, gathered):
    page = client.get("/").content

    found = needed(page.decode(), gathered)

    assert {Path(name).suffix for name in found} >= {".css", ".js"}
    assert len(gzip.compress(page)) + sum(map(len, found.values())) <= 100_000


def test_the_browser_asks_for_two_sheets_and_two_scripts(client, council, gathered):
    found = needed(client.get("/").content.decode(), gathered)

    assert sorted(Path(name).suffix for name in found) == [".css", ".css", ".js", ".js", ".svg"]


def test_every_file_is_named_by_its_content_so_that_it_can_be_kept_for_ever(gathered):
    for name in ("css/trialogue.css", "js/start.js", "vendor/govuk-frontend.css"):
        stem, suffix = name.rsplit(".", 1)
        assert re.fullmatch(rf"/static/{stem}\.[0-9a-f]{{12}}\.{suffix}", static(name))


def test_one_sheet_holds_every_component(gathered):
    whole = (gathered / static("css/trialogue.css").removeprefix("/static/")).read_text()

    assert "@import" not in whole
    for sheet in SHEETS.glob("*.css"):
        if sheet.name != "trialogue.css":
            assert sheet.read_text() in whole, f"{sheet.name} is not imported"


def test_where_nothing_was_gathered_files_keep_their_own_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path

    assert static("css/trialogue.css") == "/static/css/trialogue.css"
