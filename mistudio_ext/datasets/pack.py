"""Packing: token ids of sample after sample, cut into full blocks, with where each sample's tokens are in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int32]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Encoded:
    """Token ids of some samples, one after the other; `lengths` says how many each has."""

    ids: Ids
    lengths: Numbers

    def of(self, chosen: Flags) -> Encoded:
        return Encoded(self.ids[np.repeat(chosen, self.lengths)], self.lengths[chosen])


@dataclass(frozen=True)
class Blocks:
    """Blocks in columns. `ids` has a row a block; the other three hold, for block after block, `spans` entries each:
    sample `samples[i]` has its tokens from position `starts[i]` on, and the first of them is its token number `offsets[i]`.
    """

    ids: Ids
    spans: Numbers
    samples: Numbers
    starts: Numbers
    offsets: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Packer:
    """One stream of text on its way into blocks. What is between two blocks can be written down as plain numbers."""

    length: int
    begin: int | None
    end: int | None
    left: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    # Where each sample that has tokens in `left` begins in it; the first may have begun in an earlier block.
    samples: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    starts: Numbers = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def room(self) -> int:
        """Tokens of text in a block."""
        return self.length - (self.begin is not None)

    def add(self, samples: Numbers, encoded: Encoded) -> Blocks:
        """The blocks that are full now. A sample without tokens leaves no trace."""
        some = encoded.lengths > 0
        lengths = encoded.lengths[some] + (self.end is not None)
        last = np.cumsum(lengths)
        first = len(self.left)
        ids = np.empty(first + int(lengths.sum()), np.int32)
        ids[:first] = self.left
        if self.end is None:
            ids[first:] = encoded.ids
        else:
            text = np.ones(len(ids) - first, np.bool_)
            text[last - 1] = False
            ids[first:][text] = encoded.ids
            ids[first:][~text] = self.end
        self.left = ids
        self.samples = np.concatenate([self.samples, samples[some]])
        self.starts = np.concatenate([self.starts, first + last - lengths])
        return self._cut()

    def _cut(self) -> Blocks:
        room, shift = self.room, self.length - self.room
        count = len(self.left) // room
        ids = np.empty((count, self.length), np.int32)
        if self.begin is not None:
            ids[:, 0] = self.begin
        ids[:, shift:] = self.left[: count * room].reshape(count, room)
        firsts = np.arange(count, dtype=np.int64) * room
        # A block's samples are those that begin before its end, from the last one that begins at or before its start.
        low = np.searchsorted(self.starts, firsts, "right") - 1
        spans = np.searchsorted(self.starts, firsts + room, "left") - low
        entries = np.arange(int(spans.sum())) + np.repeat(low - (np.cumsum(spans) - spans), spans)
        ahead = self.starts[entries] - np.repeat(firsts, spans)
        blocks = Blocks(ids, spans, self.samples[entries], np.maximum(ahead, 0) + shift, np.maximum(-ahead, 0))
        done = count * room
        self.left = self.left[done:].copy()
        rest = int(np.searchsorted(self.starts, done, "right")) - 1 if len(self.left) else len(self.starts)
        self.samples, self.starts = self.samples[rest:], self.starts[rest:] - done
        return blocks

    def state(self) -> dict[str, list[int]]:
        return {"left": self.left.tolist(), "samples": self.samples.tolist(), "starts": self.starts.tolist()}

    def restore(self, state: dict[str, list[int]]) -> None:
        self.left = np.array(state["left"], np.int32)
        self.samples = np.array(state["samples"], np.int64)
        self.starts = np.array(state["starts"], np.int64)


def held_out(rows: Numbers, share: float) -> Flags:
    """Which samples are kept apart for evaluation: by a hash of their row, so that it is the same whoever asks."""
    mixed = rows.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53 < share
