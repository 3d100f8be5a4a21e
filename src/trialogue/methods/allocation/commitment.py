"""What is published before the draw, so that nobody can choose a lucky one."""

import hashlib
import json
from collections.abc import Sequence

from trialogue.methods.allocation.draw import Unit, labels
from trialogue.methods.design import Design


def commitment(seed: int) -> str:
    """Return the seed's commitment: hex SHA-256, published with the registration."""
    return hashlib.sha256(f"trialogue-seed-v1\n{seed}\n".encode()).hexdigest()


def list_hash(units: Sequence[Unit], design: Design) -> str:
    """Return the hash of the list and its design: hex SHA-256, published before the draw runs."""
    return hashlib.sha256(list_document(units, design)).hexdigest()


def list_document(units: Sequence[Unit], design: Design) -> bytes:
    """Return what is hashed: canonical JSON (RFC 8785), version 1.

    Units stand in the file's order when blocked, else by stratum, cluster and id, as bytes.
    """
    rows = [
        (label, unit.cluster, unit.id) for unit, label in zip(units, labels(units), strict=True)
    ]
    if design.method != "blocked":
        rows.sort()  # by code point, which is the byte order of UTF-8
    document = {
        "arms": [[arm.name, arm.share] for arm in design.arms],
        "block": design.block,
        "method": design.method,
        "units": [(name, cluster, label) for label, cluster, name in rows],
        "version": 1,
    }
    # With text and whole numbers alone, and keys in ASCII, this is what RFC 8785 asks for: four
    # times faster than its library, and a test holds the two together.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
