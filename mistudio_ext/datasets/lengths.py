"""How many tokens each sample of a tokenization has, without what packing or the tokenizer put around and between."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pyarrow as pa

from .derive import Stored, in_batches
from .encoded import Flags, Numbers
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizationRecord

Small = np.ndarray[Any, np.dtype[np.int32]]


class SampleLengths(ABC):
    """Batch after batch of blocks through `take`, then `finish`: `lengths` of the samples that are `there`, and which of
    them are `held` out."""

    def __init__(self, stored: Stored, tokenizer: Tokenizer):
        self.stored = stored
        self.tokenizer = tokenizer
        self.lengths: Small = np.zeros(len(stored), np.int32)
        self.there: Flags = np.zeros(len(stored), np.bool_)
        self.held: Flags = np.zeros(len(stored), np.bool_)

    def take(self, batch: pa.RecordBatch) -> None:
        samples = batch.column("samples").flatten().to_numpy()
        entries = np.diff(batch.column("samples").offsets.to_numpy())
        self.there[samples] = True
        self.held[samples] = np.repeat(_held_out(batch), entries)
        self._take(batch, samples)

    @abstractmethod
    def _take(self, batch: pa.RecordBatch, samples: Numbers) -> None:
        """`samples`: those of all the blocks, one after the other."""

    @abstractmethod
    def finish(self) -> None:
        """What can only be said when all blocks were seen."""


class Packed(SampleLengths):
    """`left`: what the packers were left with, by whether it is held out. It filled no block, and is of its samples all
    the same."""

    def __init__(self, stored: Stored, tokenizer: Tokenizer, left: dict[str, dict[str, list[int]]]):
        super().__init__(stored, tokenizer)
        self._left = left

    def _take(self, batch: pa.RecordBatch, samples: Numbers) -> None:
        """A sample's tokens go from where it starts to where the next one does, or to the block's end."""
        last = np.cumsum(np.diff(batch.column("samples").offsets.to_numpy())) - 1
        starts = batch.column("starts").flatten().to_numpy()
        ends = np.append(starts[1:], 0)
        ends[last] = np.diff(batch.column("input_ids").offsets.to_numpy())
        np.add.at(self.lengths, samples, (ends - starts).astype(np.int32))

    def finish(self) -> None:
        for kind, packer in self._left.items():
            samples = np.array(packer["samples"], np.int64)
            starts = np.maximum(np.array(packer["starts"], np.int64), 0)  # the first may have begun in a block
            self.lengths[samples] += np.diff(np.append(starts, len(packer["left"]))).astype(np.int32)
            self.there[samples] = True
            self.held[samples] = kind.lower() == "true"
        # The end token that closes a sample is none of its own.
        if self.tokenizer.end is not None:
            self.lengths -= self.there


class InRows(SampleLengths):
    """A sample has one row, or with a stride several, which overlap."""

    def __init__(self, stored: Stored, tokenizer: Tokenizer, record: TokenizationRecord):
        super().__init__(stored, tokenizer)
        self._around = tokenizer.around(pair=record.second is not None).size if record.special_tokens else 0
        # A chat template writes all that stands around a conversation: that is the sample itself.
        self._chats = stored.conversations() if self._around else None
        self._stride = record.stride if record.truncation == "only_second" else None
        self._begins: Small = np.full(len(stored), np.iinfo(np.int32).max, np.int32)
        self._rows: Small = np.zeros(len(stored), np.int32)

    def _take(self, batch: pa.RecordBatch, samples: Numbers) -> None:
        offsets = batch.column("offsets").flatten().to_numpy().astype(np.int32)
        tokens = batch.column("length").to_numpy() - self._around
        if self._chats is not None:
            tokens = tokens + self._around * self._chats[samples]
        if self._stride is not None:
            np.add.at(self.lengths, samples, tokens)
            np.add.at(self._rows, samples, 1)
        else:
            np.maximum.at(self.lengths, samples, offsets + tokens)
            np.minimum.at(self._begins, samples, offsets)

    def finish(self) -> None:
        if self._stride is None:
            self.lengths[self.there] -= self._begins[self.there]
            return
        # Each further row of a pair repeats the first text, whose length no row tells, and some tokens of the second.
        several = np.flatnonzero(self._rows > 1)
        for start, end in in_batches(several, self.stored.sizes()):
            part = several[start:end]
            first = self.tokenizer.encode(self.stored.take(part)["text"].to_pylist()).lengths
            self.lengths[part] -= ((self._rows[part] - 1) * (first + self._stride)).astype(np.int32)


def _held_out(batch: pa.RecordBatch) -> Flags:
    flags: Flags = batch.column("held_out").to_numpy(zero_copy_only=False)
    return flags
