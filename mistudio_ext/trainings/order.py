"""Which row is read when: a permutation of all rows, another one each round, computed where it is asked for.

Nothing is kept but the seed, so that a run goes on at any place at once. Rows that do not fit in memory together are mixed
window by window: chunks of neighboring rows are drawn by chance, as many as fit, and mixed among themselves; the disk then
reads whole chunks, not single rows.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.int64]]
# Neighboring rows that are read together.
CHUNK = 2048
# Each adds a mix of one half of a number to the other half; four are a random permutation for all that statistics can see.
TURNS = 6


class Permutation:
    """Of the numbers from 0 to before `count`: place -> number, one to one, without a table."""

    def __init__(self, count: int, *key: int):
        self.count = count
        # Numbers are written as pairs; few pairs name no number.
        self._left = max(1, math.isqrt(count))
        self._right = -(-count // self._left)
        self._keys = [_mixed(np.uint64(_folded(key) ^ (turn * 0x9E3779B97F4A7C15 % 2**64))) for turn in range(TURNS)]

    def at(self, places: Numbers) -> Numbers:
        found = self._once(places)
        # What fell outside goes on until it is inside: its way leads through numbers that nothing else comes through.
        while len(outside := np.flatnonzero(found >= self.count)):
            found[outside] = self._once(found[outside])
        return found

    def _once(self, numbers: Numbers) -> Numbers:
        left, right = numbers // self._right, numbers % self._right
        for turn, key in enumerate(self._keys):
            if turn % 2:
                right = (right + _drawn(left, key, self._right)) % self._right
            else:
                left = (left + _drawn(right, key, self._left)) % self._left
        return left * self._right + right


class Order:
    """Rows 0 to before `count`, round after round. `window`: rows that are mixed together; 0 stands for all of them."""

    def __init__(self, count: int, seed: int, window: int = 0):
        if count < 1:
            raise ValueError("there is no row to order")
        self.count, self.seed = count, seed
        self.window = 0 if not window or window >= count else max(window, CHUNK) // CHUNK * CHUNK
        self._made: tuple[int, _Round] | None = None

    def rows(self, begin: int, end: int) -> Numbers:
        """Those read at the places from `begin` to before `end`, counted through all rounds."""
        parts = []
        while begin < end:
            number, first = divmod(begin, self.count)
            last = min(self.count, first + end - begin)
            parts.append(self._round(number).rows(first, last))
            begin += last - first
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def coming(self, begin: int) -> list[tuple[int, int]]:
        """Neighboring rows, each from and to, of the window that the place `begin` lies in; none where all is one window."""
        number, first = divmod(begin, self.count)
        return self._round(number).chunks_at(first)

    def window_of(self, begin: int) -> tuple[int, int]:
        """The number of the round and of the window in it."""
        number, first = divmod(begin, self.count)
        return number, self._round(number).window_at(first)

    def _round(self, number: int) -> _Round:
        made = self._made
        if made is None or made[0] != number:
            # Two threads may ask at once, for different rounds.
            made = self._made = number, _Round(self.count, self.seed, number, self.window)
        return made[1]


class _Round:
    def __init__(self, count: int, seed: int, number: int, window: int):
        self._key = (seed, number)
        self._whole = None if window else Permutation(count, seed, number)
        if not window:
            return
        chunks = -(-count // CHUNK)
        self._chunks = Permutation(chunks, seed, number).at(np.arange(chunks))
        sizes = np.minimum((self._chunks + 1) * CHUNK, count) - self._chunks * CHUNK
        together = window // CHUNK
        self._edges = np.concatenate([[0], np.cumsum(sizes)])
        # Where each window begins, as a number of a chunk in their new order.
        self._windows = np.append(np.arange(0, chunks, together), chunks)
        self._begins = self._edges[self._windows]

    def rows(self, first: int, last: int) -> Numbers:
        if self._whole is not None:
            return self._whole.at(np.arange(first, last))
        parts = []
        while first < last:
            window = self.window_at(first)
            begin, end = int(self._begins[window]), int(self._begins[window + 1])
            stop = min(last, end)
            mixed = Permutation(end - begin, *self._key, window + 1).at(np.arange(first - begin, stop - begin)) + begin
            chunk = np.searchsorted(self._edges, mixed, "right") - 1
            parts.append(self._chunks[chunk] * CHUNK + mixed - self._edges[chunk])
            first = stop
        return np.concatenate(parts)

    def window_at(self, place: int) -> int:
        return 0 if self._whole is not None else int(np.searchsorted(self._begins, place, "right")) - 1

    def chunks_at(self, place: int) -> list[tuple[int, int]]:
        if self._whole is not None:
            return []
        window = self.window_at(place)
        chunks = range(int(self._windows[window]), int(self._windows[window + 1]))
        firsts = [int(self._chunks[each]) * CHUNK for each in chunks]
        return [
            (first, first + int(self._edges[each + 1] - self._edges[each])) for first, each in zip(firsts, chunks, strict=True)
        ]


def _drawn(numbers: Numbers, key: np.uint64, below: int) -> Numbers:
    found: Numbers = (_mixed(numbers.astype(np.uint64) ^ key) % np.uint64(below)).astype(np.int64)
    return found


def _folded(key: tuple[int, ...]) -> int:
    folded = 0x243F6A8885A308D3
    for each in key:
        folded = int(_mixed(np.uint64((folded ^ each) % 2**64)))
    return folded


def _mixed(numbers: Any) -> Any:
    """Every bit of the result hangs on every bit of what is given."""
    with np.errstate(over="ignore"):
        numbers = (numbers + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
        numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return numbers ^ (numbers >> np.uint64(31))
