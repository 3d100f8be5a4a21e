"""The points of a round, packed into one column."""

import struct
from collections.abc import Sequence

Place = tuple[float, float]
PLACE_BYTES = 16


def pack(points: Sequence[Place]) -> bytes:
    """Return points as a version of a round keeps them."""
    return struct.pack(f"<{2 * len(points)}d", *(part for place in points for part in place))


def unpack(packed: bytes | memoryview) -> list[Place]:
    """Return the depot and the stops of a version of a round."""
    numbers = struct.unpack(f"<{len(packed) // 8}d", bytes(packed))
    return list(zip(numbers[::2], numbers[1::2], strict=True))
