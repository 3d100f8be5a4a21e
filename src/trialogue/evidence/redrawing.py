"""How anyone draws again what was drawn, from the plan alone."""

from collections.abc import Mapping
from typing import Any

from trialogue.evidence.groups import groups_of


def verify_command(plan: Mapping[str, Any], *, files: str, seed: str = "") -> str:
    """Return the command that draws again and compares; empty for who was placed elsewhere.

    `files` are the list and the allocation, as they are called where they are downloaded.
    """
    strata, unit = plan["strata"], plan["unit"]
    if strata["method"] == "elsewhere":
        return ""
    arms = ",".join(f"{group.code}:{group.share}" for group in groups_of(plan))
    options = [f'--arms "{arms}"']
    if strata["by"]:
        options.append(f'--strata "{",".join(strata["by"])}"')
    if unit["clustered"]:
        options.append(f'--cluster "{unit["placed"]}"')
    if strata["method"] == "blocked":
        options.append(f"--block {strata['block']}")
    elif strata["method"] == "simple":
        options.append("--method simple")
    return f"trialogue verify {files} {' '.join(options)} --seed {seed or 'SEED'}"
