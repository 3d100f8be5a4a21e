"""What a benchmark found: a row each of the one table, printed now and kept for `RESULTS.md`."""

import json
import sys
from pathlib import Path

KEPT = Path(__file__).parents[1] / "build" / "bench-rows"


def row(what: str, against: str, found: str, wanted: str, reached: bool) -> None:
    """Print a finding, and keep it: what was done, its peer, the figure, what it should be."""
    print(f"{'reached' if reached else 'MISSED'}: {what}: {found} (wanted: {wanted})", flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"{Path(sys.argv[0]).stem}.jsonl").open("a") as file:
        file.write(json.dumps([what, against, found, wanted, reached]) + "\n")
