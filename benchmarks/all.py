"""Every benchmark, one after another, and the one table of what they found.

`make bench` runs it. A benchmark that fails is named and the others go on. With names it runs
those alone and keeps the rows of the others: `python benchmarks/all.py start pages`.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from results import KEPT

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
VERSIONS = (
    "django",
    "numpy",
    "scipy",
    "numba",
    "polars",
    "duckdb",
    "statsmodels",
    "pymare",
    "cluster-experiments",
    "pyvrp",
    "ortools",
    "pyspark",
    "gunicorn",
)


def main() -> None:
    """Run, then write `RESULTS.md` and print its table."""
    scripts = sorted(HERE.glob("bench_*.py"))
    names = sys.argv[1:] or [script.stem.removeprefix("bench_") for script in scripts]
    failed = []
    for script in scripts:
        if script.stem.removeprefix("bench_") not in names:
            continue
        print(f"\n== {script.stem}", flush=True)
        (KEPT / f"{script.stem}.jsonl").unlink(missing_ok=True)
        if subprocess.run([sys.executable, str(script)], check=False).returncode:
            failed.append(script.stem)
    table = [*head(), *(line for script in scripts for line in rows(script))]
    RESULTS.write_text("\n".join([*about(), *table, ""]))
    print("\n" + "\n".join(table))
    if failed:
        raise SystemExit(f"these failed: {', '.join(failed)}")


def rows(script: Path) -> list[str]:
    """Return the rows of the table that a benchmark kept."""
    kept = KEPT / f"{script.stem}.jsonl"
    lines = kept.read_text().splitlines() if kept.exists() else []
    found = {}  # run twice, the newer row stands
    for what, against, figure, wanted, reached in map(json.loads, lines):
        cells = (what, against, figure, wanted, "yes" if reached else "**no**")
        found[what, against, wanted] = f"| {' | '.join(cells)} |"
    return list(found.values())


def head() -> list[str]:
    return ["| what | against | found | wanted | reached |", "| --- | --- | --- | --- | --- |"]


def about() -> list[str]:
    """Say on which machine and with what, since a figure without them is not a figure."""
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251  a command
    load = os.getloadavg()[2]
    used = ", ".join(f"{name} {_version(name)}" for name in VERSIONS)
    return [
        "# What `make bench` found",
        "",
        f"{day}; {_processor()}, {os.cpu_count()} cores, {_memory():.0f} GB; "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; {used}. "
        f"Load over the last 15 minutes: {load:.1f}. Times are of the wall unless they say CPU; "
        "ratios are of one run, peer and ours turn about.",
        "",
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except ModuleNotFoundError:
        return "absent"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


if __name__ == "__main__":
    main()
