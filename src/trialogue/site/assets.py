"""Copies what the browser gets from others out of `node_modules`, without GOV.UK's own typeface.

GDS Transport may be used on GOV.UK alone, and no font need be fetched: run by `scripts/setup`.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"


def copy_assets() -> None:
    """Fill `static/vendor` from `node_modules`."""
    frontend = ROOT / "node_modules/govuk-frontend/dist/govuk"
    VENDOR.mkdir(parents=True, exist_ok=True)
    style = (frontend / "govuk-frontend.min.css").read_text()
    style = re.sub(r"@font-face\{[^}]*\}", "", style).replace("GDS Transport,", "")
    style = re.sub(r"/\*# sourceMappingURL.*?\*/", "", style)
    (VENDOR / "govuk-frontend.css").write_text(style)
    script = (frontend / "govuk-frontend.min.js").read_text()
    (VENDOR / "govuk-frontend.js").write_text(re.sub(r"//# sourceMappingURL.*", "", script))
    shutil.copy(ROOT / "node_modules/idb/build/index.js", VENDOR / "idb.js")


if __name__ == "__main__":
    copy_assets()
