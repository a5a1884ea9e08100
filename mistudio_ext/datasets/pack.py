"""Packing: token ids of sample after sample, cut into full blocks, with where each sample's tokens are in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .encoded import Encoded, Flags, Ids, Numbers, Roles


@dataclass(frozen=True)
class Blocks:
    """Blocks in columns. `ids` has a row a block, and so has `roles` where there are some; the other three hold, for block
    after block, `spans` entries each: sample `samples[i]` has its tokens from position `starts[i]` on, and the first of
    them is its token number `offsets[i]`.
    """

    ids: Ids
    roles: Roles | None
    spans: Numbers
    samples: Numbers
    starts: Numbers
    offsets: Numbers

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Packer:
    """One stream of text on its way into blocks. What is between two blocks can be written down as plain numbers.

    Of a conversation, the begin token that its template wrote is left out, because its block begins with one; and where
    it ends with the end token already, it gets no second one.
    """

    length: int
    begin: int | None
    end: int | None
    with_roles: bool = False
    left: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    left_roles: Roles = field(default_factory=lambda: np.empty(0, np.int8))
    # Where each sample that has tokens in `left` begins in it; the first may have begun in an earlier block.
    samples: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    starts: Numbers = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def room(self) -> int:
        """Tokens of text in a block."""
        return self.length - (self.begin is not None)

    def add(self, samples: Numbers, encoded: Encoded) -> Blocks:
        """The blocks that are full now. A sample without tokens leaves no trace."""
        encoded = without_begin(encoded, self.begin)
        some = encoded.lengths > 0
        closing = self._to_close(encoded)[some]
        lengths = encoded.lengths[some] + closing
        last = np.cumsum(lengths)
        first = len(self.left)
        text = np.ones(int(lengths.sum()), np.bool_)
        text[last[closing] - 1] = False
        self.left = _joined(self.left, encoded.ids, text, self.end or 0)
        if self.with_roles:
            roles = encoded.roles if encoded.roles is not None else np.zeros(len(encoded.ids), np.int8)
            self.left_roles = _joined(self.left_roles, roles, text, 0)
        self.samples = np.concatenate([self.samples, samples[some]])
        self.starts = np.concatenate([self.starts, first + last - lengths])
        return self._cut()

    def _to_close(self, encoded: Encoded) -> Flags:
        """After which samples the end token is put."""
        closing = np.full(len(encoded.lengths), self.end is not None)
        if self.end is not None and encoded.chats is not None:
            ended = encoded.chats & (encoded.lengths > 0)
            ended[ended] = encoded.ids[np.cumsum(encoded.lengths)[ended] - 1] == self.end
            closing &= ~ended
        return closing

    def _cut(self) -> Blocks:
        room, shift = self.room, self.length - self.room
        count = len(self.left) // room
        done = count * room
        ids = np.empty((count, self.length), np.int32)
        if self.begin is not None:
            ids[:, 0] = self.begin
        ids[:, shift:] = self.left[:done].reshape(count, room)
        roles = None
        if self.with_roles:
            roles = np.zeros((count, self.length), np.int8)
            roles[:, shift:] = self.left_roles[:done].reshape(count, room)
            self.left_roles = self.left_roles[done:].copy()
        firsts = np.arange(count, dtype=np.int64) * room
        # A block's samples are those that begin before its end, from the last one that begins at or before its start.
        low = np.searchsorted(self.starts, firsts, "right") - 1
        spans = np.searchsorted(self.starts, firsts + room, "left") - low
        entries = np.arange(int(spans.sum())) + np.repeat(low - (np.cumsum(spans) - spans), spans)
        ahead = self.starts[entries] - np.repeat(firsts, spans)
        blocks = Blocks(ids, roles, spans, self.samples[entries], np.maximum(ahead, 0) + shift, np.maximum(-ahead, 0))
        self.left = self.left[done:].copy()
        rest = int(np.searchsorted(self.starts, done, "right")) - 1 if len(self.left) else len(self.starts)
        self.samples, self.starts = self.samples[rest:], self.starts[rest:] - done
        return blocks

    def state(self) -> dict[str, list[int]]:
        return {
            "left": self.left.tolist(), "roles": self.left_roles.tolist(),
            "samples": self.samples.tolist(), "starts": self.starts.tolist(),
        }  # fmt: skip

    def restore(self, state: dict[str, list[int]]) -> None:
        self.left = np.array(state["left"], np.int32)
        self.left_roles = np.array(state["roles"], np.int8)
        self.samples = np.array(state["samples"], np.int64)
        self.starts = np.array(state["starts"], np.int64)


def without_begin(encoded: Encoded, begin: int | None) -> Encoded:
    """Conversations without the begin token that their template wrote, for they come into blocks that have one."""
    if encoded.chats is None or begin is None:
        return encoded
    firsts = np.cumsum(encoded.lengths) - encoded.lengths
    drop = encoded.chats & (encoded.lengths > 0)
    drop[drop] = encoded.ids[firsts[drop]] == begin
    kept = np.ones(len(encoded.ids), np.bool_)
    kept[firsts[drop]] = False
    roles = None if encoded.roles is None else encoded.roles[kept]
    return Encoded(encoded.ids[kept], encoded.lengths - drop, roles, encoded.chats)


def held_out(rows: Numbers, share: float) -> Flags:
    """Which samples are kept apart for evaluation: by a hash of their row, so that it is the same whoever asks."""
    mixed = rows.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53 < share


def _joined(left: Any, more: Any, places: Flags, filler: int) -> Any:
    """`left`, then `more` at the given places and `filler` at the others."""
    whole = np.empty(len(left) + len(places), left.dtype)
    whole[: len(left)] = left
    added = whole[len(left) :]
    added[places] = more
    added[~places] = filler
    return whole
