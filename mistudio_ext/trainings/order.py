"""Which row is read when: a permutation of all rows, another one each round, computed where it is asked for.

Nothing is kept but the seed, so that a run goes on at any place at once. Rows that do not fit in memory together are mixed
window by window: chunks of neighboring rows are drawn by chance, as many as fit, and mixed among themselves; the disk then
reads whole chunks, not single rows. Where rows are computed, a chunk is what is computed together: a block of text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
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
    """Rows 0 to before `count`, round after round. `window`: so many are mixed together, in whole chunks; 0
    stands for all of them. `edges`: where each chunk begins, and the last one's end."""

    def __init__(self, count: int, seed: int, window: int = 0, edges: Numbers | None = None):
        if count < 1:
            raise ValueError("there is no row to order")
        self.count, self.seed = count, seed
        self.edges = chunks_of(count) if edges is None else edges
        self.window = 0 if window >= count else window
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
        """Neighboring rows, each from and to, of the window that the place `begin` lies in."""
        if not self.window:
            return [(0, self.count)]
        number, first = divmod(begin, self.count)
        return self._round(number).chunks_at(first)

    def window_of(self, begin: int) -> tuple[int, int]:
        """The number of the round and of the window in it; always the same where all is one window."""
        if not self.window:
            return 0, 0
        number, first = divmod(begin, self.count)
        return number, self._round(number).window_at(first)

    def in_windows(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The places from `begin` to before `end`, cut where another window begins."""
        while self.window and begin < end:
            number, first = divmod(begin, self.count)
            stop = min(end, number * self.count + self._round(number).end_of_window(first))
            yield begin, stop
            begin = stop
        if begin < end:
            yield begin, end

    def unmixed(self, count: int) -> Numbers:
        """The first chunks that are read, up to so many rows, and each as it lies."""
        parts, left = [], count
        for first, last in self.coming(0):
            parts.append(np.arange(first, min(last, first + left)))
            left -= len(parts[-1])
            if not left:
                break
        return np.concatenate(parts)

    def _round(self, number: int) -> _Round:
        made = self._made
        if made is None or made[0] != number:
            # Two threads may ask at once, for different rounds.
            made = self._made = number, _Round(self, number)
        return made[1]


class _Round:
    def __init__(self, order: Order, number: int):
        self._key = (order.seed, number)
        self._whole = None if order.window else Permutation(order.count, order.seed, number)
        if not order.window:
            return
        chunks = len(order.edges) - 1
        mixed = Permutation(chunks, order.seed, number).at(np.arange(chunks))
        # Of the chunks in their new order: where each lies among the rows, and where it begins among the places.
        self._firsts = order.edges[mixed]
        self._edges = np.concatenate([[0], np.cumsum(order.edges[mixed + 1] - self._firsts)])
        # Where each window begins: as a number of a chunk in their new order, and among the places.
        windows = [0]
        while windows[-1] < chunks:
            full = int(np.searchsorted(self._edges, self._edges[windows[-1]] + order.window, "right")) - 1
            windows.append(max(full, windows[-1] + 1))
        self._windows = np.array(windows)
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
            parts.append(self._firsts[chunk] + mixed - self._edges[chunk])
            first = stop
        return np.concatenate(parts)

    def window_at(self, place: int) -> int:
        return int(np.searchsorted(self._begins, place, "right")) - 1

    def end_of_window(self, place: int) -> int:
        return int(self._begins[self.window_at(place) + 1])

    def chunks_at(self, place: int) -> list[tuple[int, int]]:
        window = self.window_at(place)
        here = slice(int(self._windows[window]), int(self._windows[window + 1]))
        sizes = self._edges[here.start + 1 : here.stop + 1] - self._edges[here]
        return list(zip(self._firsts[here].tolist(), (self._firsts[here] + sizes).tolist(), strict=True))


def chunks_of(count: int) -> Numbers:
    """Where each begins, and the end, where nothing else says it."""
    return np.append(np.arange(0, count, CHUNK), count)


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
