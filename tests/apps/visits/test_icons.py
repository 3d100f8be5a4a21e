"""The round page installs on phones that take an SVG and on those that do not."""

import struct
import subprocess
import sys
import zlib
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).parents[3]


def test_the_manifest_names_pictures_of_the_size_it_says(client, council):
    icons = client.get("/round/round.webmanifest").json()["icons"]

    assert {(one["sizes"], one.get("purpose")) for one in icons} == {
        ("any", None),
        *((f"{size}x{size}", use) for size in (192, 512) for use in ("any", "maskable")),
    }
    for one in icons:
        path = finders.find(one["src"].removeprefix("/static/"))
        assert path, one["src"]
        if one["type"] == "image/png":
            wide, high = struct.unpack(">II", Path(path).read_bytes()[16:24])
            assert f"{wide}x{high}" == one["sizes"]


def test_the_pictures_are_those_of_the_drawing(tmp_path):
    """Made again from icon.svg they are the same, point by point: nobody changed one alone."""
    static = tmp_path / "src/trialogue/site/static"
    static.mkdir(parents=True)
    ours = ROOT / "src/trialogue/site/static"
    (static / "icon.svg").write_bytes((ours / "icon.svg").read_bytes())
    script = tmp_path / "scripts/icons"
    script.parent.mkdir()
    script.write_bytes((ROOT / "scripts/icons").read_bytes())

    subprocess.run([sys.executable, script], check=True)

    for name in ("icon-192.png", "icon-512.png"):
        assert points(static / name) == points(ours / name)


def points(path):
    written = path.read_bytes()
    start = written.index(b"IDAT")
    (length,) = struct.unpack(">I", written[start - 4 : start])
    return zlib.decompress(written[start + 4 : start + 4 + length])
