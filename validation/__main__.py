"""Write `docs/validation.md`: `make validate`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from validation import agreement, pages

PAGE = Path(__file__).parents[1] / "docs/validation.md"


def main() -> None:
    """Compare, simulate, write; leave with 1 where something does not agree."""
    figures = agreement.figures()
    apart = [figure for figure in figures if not figure.agrees]
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  a command
    PAGE.write_text("\n".join([*pages.head(day), *pages.body(figures, _say), ""]))
    print(f"{len(figures):,} figures compared; written to {PAGE.name}")  # noqa: T201
    for figure in apart:
        print(f"DISAGREES: {figure}", file=sys.stderr)  # noqa: T201
    sys.exit(bool(apart))


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
