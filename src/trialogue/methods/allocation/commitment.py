"""What is published before the draw, so that nobody can choose a lucky one."""

import hashlib
from collections.abc import Sequence
from typing import Any

import rfc8785

from trialogue.methods.allocation.draw import Unit
from trialogue.methods.design import Design


def commitment(seed: int) -> str:
    """Return the seed's commitment: hex SHA-256, published with the registration."""
    return hashlib.sha256(f"trialogue-seed-v1\n{seed}\n".encode()).hexdigest()


def list_hash(units: Sequence[Unit], design: Design) -> str:
    """Return the list's hash: hex SHA-256 of its canonical JSON (RFC 8785), version 1.

    Units stand in the file's order when blocked, else by stratum, cluster and id, as bytes.
    """
    rows = [[unit.id, unit.cluster, unit.stratum] for unit in units]
    if design.method != "blocked":
        rows.sort(key=lambda row: (row[2].encode(), row[1].encode(), row[0].encode()))
    document: Any = {
        "arms": [[arm.name, arm.share] for arm in design.arms],
        "block": design.block,
        "method": design.method,
        "units": rows,
        "version": 1,
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()
