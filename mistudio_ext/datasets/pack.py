"""Packing: token ids of sample after sample, cut into full blocks, with where each sample's tokens are in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Ids = np.ndarray[Any, np.dtype[np.int32]]
Rows = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Block:
    """`samples[i]` has its tokens from position `starts[i]` on; the first of them is its token number `offsets[i]`."""

    ids: Ids
    samples: Rows
    starts: Rows
    offsets: Rows


@dataclass
class Packer:
    """One stream of text on its way into blocks. What is between two blocks can be written down as plain numbers."""

    length: int
    begin: int | None
    end: int | None
    left: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    # Where each sample that has tokens in `left` begins in it; the first may have begun in an earlier block.
    samples: Rows = field(default_factory=lambda: np.empty(0, np.int64))
    starts: Rows = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def room(self) -> int:
        """Tokens of text in a block."""
        return self.length - (self.begin is not None)

    def add(self, samples: list[int], ids: list[list[int]]) -> list[Block]:
        """The blocks that are full now. A sample without tokens leaves no trace."""
        kept = [(sample, each) for sample, each in zip(samples, ids, strict=True) if each]
        if not kept:
            return []
        after = [] if self.end is None else [self.end]
        new = np.fromiter((id for _, each in kept for id in (*each, *after)), np.int32)
        lengths = np.array([len(each) + len(after) for _, each in kept], np.int64)
        starts = len(self.left) + np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return self._cut(
            np.concatenate([self.left, new]),
            np.concatenate([self.samples, np.array([sample for sample, _ in kept], np.int64)]),
            np.concatenate([self.starts, starts]),
        )

    def _cut(self, ids: Ids, samples: Rows, starts: Rows) -> list[Block]:
        blocks = []
        first = 0
        while len(ids) - first >= self.room:
            last = first + self.room
            low, high = int(np.searchsorted(starts, first, "right")) - 1, int(np.searchsorted(starts, last, "left"))
            shift = self.length - self.room
            blocks.append(
                Block(
                    ids=np.concatenate([[self.begin], ids[first:last]]).astype(np.int32) if shift else ids[first:last],
                    samples=samples[low:high],
                    starts=np.maximum(starts[low:high] - first, 0) + shift,
                    offsets=np.maximum(first - starts[low:high], 0),
                )
            )
            first = last
        self.left = ids[first:]
        low = int(np.searchsorted(starts, first, "right")) - 1 if len(self.left) else len(starts)
        self.samples, self.starts = samples[low:], starts[low:] - first
        return blocks

    def state(self) -> dict[str, list[int]]:
        return {"left": self.left.tolist(), "samples": self.samples.tolist(), "starts": self.starts.tolist()}

    def restore(self, state: dict[str, list[int]]) -> None:
        self.left = np.array(state["left"], np.int32)
        self.samples = np.array(state["samples"], np.int64)
        self.starts = np.array(state["starts"], np.int64)


def held_out(rows: Rows, share: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which samples are kept apart for evaluation: by a hash of their row, so that it is the same whoever asks."""
    mixed = rows.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53 < share
