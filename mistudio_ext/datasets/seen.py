"""Which texts were there before: hashes of 128 bits in a table that need not fit into memory."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ..workspace import atomic

Table = np.ndarray[Any, np.dtype[np.uint64]]
# Two numbers a hash; a place that is empty holds zeros.
HASH_BYTES = 16
ZEROS = bytes(2**20)


class Seen:
    """A hash's place is where its first number points to, or the next free one after it."""

    def __init__(self, table: Table):
        self._table = table
        self._mask = np.uint64(len(table) - 1)

    @classmethod
    def in_memory(cls, texts: int) -> Seen:
        return cls(np.zeros((_places(texts), 2), np.uint64))

    @classmethod
    def on_disk(cls, texts: int, folder: Path) -> Seen:
        """In a file without a name, which is gone with the process, however that ends."""
        places = _places(texts)
        with atomic.disk_full_says_so(folder), tempfile.TemporaryFile(dir=folder) as file:
            # Written, not merely made long: a full disk must be an error now, not a signal later.
            for start in range(0, places * HASH_BYTES, len(ZEROS)):
                file.write(ZEROS[: places * HASH_BYTES - start])
            file.flush()
            return cls(np.memmap(file, np.uint64, "r+", shape=(places, 2)))

    def add(self, texts: list[str]) -> list[bool]:
        """Which of the texts are here for the first time."""
        firsts: dict[bytes, int] = {}
        for number, text in enumerate(texts):
            firsts.setdefault(hashlib.blake2b(text.encode(), digest_size=HASH_BYTES).digest(), number)
        new = [False] * len(texts)
        hashes = np.frombuffer(b"".join(firsts), np.uint64).reshape(-1, 2)
        added = self._put(hashes)
        for number, is_new in zip(firsts.values(), added.tolist(), strict=True):
            new[number] = is_new
        return new

    def _put(self, hashes: Table) -> np.ndarray[Any, np.dtype[np.bool_]]:
        new = np.zeros(len(hashes), np.bool_)
        waiting = np.arange(len(hashes))
        place = hashes[:, 0] & self._mask
        while len(waiting):
            there = self._table[place]
            free = (there == 0).all(axis=1)
            known = (there == hashes[waiting]).all(axis=1)
            # Of several that want one free place, one takes it; the others look again.
            _, first = np.unique(place[free], return_index=True)
            takes = np.flatnonzero(free)[first]
            self._table[place[takes]] = hashes[waiting[takes]]
            new[waiting[takes]] = True
            place = np.where(free | known, place, (place + np.uint64(1)) & self._mask)
            left = ~known
            left[takes] = False
            waiting, place = waiting[left], place[left]
        return new


def _places(texts: int) -> int:
    """At most half full, so that a free place is never far."""
    return 1 << max(10, (2 * texts - 1).bit_length())
