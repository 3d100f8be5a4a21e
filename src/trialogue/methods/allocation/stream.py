"""Random numbers from SHA-256 and a seed: the same on every machine, for ever.

Version 1. No library's own stream is used: numpy's may change between versions (NEP 19).
"""

import hashlib
import struct
from collections.abc import Iterator
from itertools import count
from typing import TypeVar

Item = TypeVar("Item")
WORDS = 2**64


class Stream:
    """64-bit words from SHA-256(key ‖ counter), four to a digest, big-endian."""

    def __init__(self, seed: int, purpose: str, stratum: str) -> None:
        text = f"trialogue-allocation-v1\n{seed}\n{purpose}\n{stratum}"
        self.key = hashlib.sha256(text.encode()).digest()
        self.words = self._endless()

    def _endless(self) -> Iterator[int]:
        unpack = struct.Struct(">4Q").unpack
        for counter in count():
            yield from unpack(hashlib.sha256(self.key + counter.to_bytes(8, "big")).digest())

    def below(self, n: int) -> int:
        """Return a whole number from 0 to n − 1, each as likely; n = 1 uses no word."""
        if n == 1:
            return 0
        limit = WORDS - WORDS % n
        while (word := next(self.words)) >= limit:
            pass
        return word % n

    def shuffle(self, items: list[Item]) -> list[Item]:
        """Shuffle in place, Fisher–Yates from the end, and return the list."""
        for i in range(len(items) - 1, 0, -1):
            j = self.below(i + 1)
            items[i], items[j] = items[j], items[i]
        return items
