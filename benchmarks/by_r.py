"""A peer in R: run where R is, timed inside R so that its start is not counted."""

import json
import shutil
import subprocess
from tempfile import NamedTemporaryFile
from typing import Any

TIMED = """
invisible(suppressPackageStartupMessages({{ {libraries} }}))
{prepared}
invisible({job})
start <- proc.time()
answer <- {job}
used <- sum((proc.time() - start)[c(1, 2, 4, 5)], na.rm = TRUE)
cat(sprintf('{{"answer": %.17g, "seconds": %.17g}}', answer, used))
"""


def has(*packages: str) -> bool:
    """Say whether R is here with these packages."""
    if not shutil.which("Rscript"):
        return False
    asked = "; ".join(["TRUE", *(f"library({name})" for name in packages)])
    done = subprocess.run(["Rscript", "-e", asked], capture_output=True, check=False)
    return done.returncode == 0


def timed(job: str, *, prepared: str = "", libraries: tuple[str, ...] = ()) -> tuple[float, float]:
    """Return the number that an R expression gives, and the CPU seconds it took.

    It is run once before. `prepared` is R code that comes first and is not timed.
    """
    loaded = "; ".join(f"library({name})" for name in libraries)
    script = TIMED.format(libraries=loaded, prepared=prepared, job=job)
    with NamedTemporaryFile("w", suffix=".R") as file:
        file.write(script)
        file.flush()
        done = subprocess.run(["Rscript", file.name], capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return float(told["answer"]), float(told["seconds"])


def vector(values: Any) -> str:
    """Write numbers as R reads them."""
    return "c(" + ",".join(f"{float(value):.17g}" for value in values) + ")"
