"""Which tokens a capture keeps, and in which batches they go through the model: the same for whoever asks again.

Batches are cut from the tokenization once, by the batch size of the first start; a capture that was interrupted goes on at
a border between two of them, and so sees every text in the same company as one that was not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..datasets.encoded import spread
from ..datasets.samples import list_shards, open_shard
from ..datasets.tokenizing_schema import ROLES
from .schema import ForwardOptions

Numbers = np.ndarray[Any, np.dtype[Any]]
# Rows of unequal length are sorted within so many batches, so that neighbors are about equally long.
WINDOW = 64
# Blocks are looked at together, so many at a time: few steps in Python, little memory.
AT_ONCE = 1024
NO_END = 2**62


class Block(NamedTuple):
    """A block or row of the tokenization, without padding. `kept` and `counted` say which of its tokens are stored, and
    which of these every average is taken over."""

    number: int
    ids: Numbers
    held_out: bool
    samples: Numbers
    kept: Numbers
    counted: Numbers
    # How many are kept.
    rows: int

    def part(self, begin: int, end: int) -> Block:
        """With its kept tokens from number `begin` to before `end` alone."""
        order = np.cumsum(self.kept)
        kept = self.kept & (order > begin) & (order <= end)
        return self._replace(kept=kept, counted=self.counted & kept, rows=int(kept.sum()))


class Batch(NamedTuple):
    number: int
    blocks: list[Block]

    @property
    def rows(self) -> int:
        return sum(block.rows for block in self.blocks)


class Plan:
    """Of a tokenization whose blocks are in `folder` and whose special tokens have the ids `special`: the tokens that the
    options keep, from number `begin` to before `end`, in the order of the tokenization."""

    def __init__(self, folder: Path, options: ForwardOptions, special: frozenset[int], begin: int = 0, end: int | None = None):
        self.folder, self.options, self.begin = folder, options, begin
        self.end = NO_END if end is None else end
        self._special = np.array(sorted(special), np.int64)
        self._role = ROLES.index(options.role) if options.role else None
        self._samples = _chosen_samples(folder, options)

    def batches(self, size: int, skip: int = 0) -> Iterator[Batch]:
        """Batches of `size` blocks, without the first `skip` of them."""
        number = 0
        blocks = self.blocks()
        while window := list(islice(blocks, size * WINDOW)):
            # Stable: blocks of equal length stay in order, and packed ones all are.
            window.sort(key=lambda block: len(block.ids))
            for start in range(0, len(window), size):
                if number >= skip:
                    yield Batch(number, window[start : start + size])
                number += 1

    def blocks(self) -> Iterator[Block]:
        """Those of which something is kept, in order."""
        met = 0
        for block in self._all_blocks():
            before, met = met, met + block.rows
            if met <= self.begin:
                continue
            inside = before >= self.begin and met <= self.end
            yield block if inside else block.part(self.begin - before, self.end - before)
            if met >= self.end:
                return

    def count(self) -> int:
        """How many tokens there are."""
        met = sum(int(counts.sum()) for _, _, counts in self.stretches())
        return max(0, min(met, self.end) - self.begin)

    def _all_blocks(self) -> Iterator[Block]:
        return chain.from_iterable(
            blocks_of(stretch, np.arange(number, number + len(counts)), counts)
            for number, stretch, counts in self.stretches()
            if counts.any()
        )

    def stretches(self) -> Iterator[tuple[int, Stretch, Numbers]]:
        """Neighboring blocks, the number of the first of them, and how many tokens of each are kept."""
        number = 0
        for file, rows in list_shards(self.folder):
            for record in open_shard(file, rows).to_batches(max_chunksize=AT_ONCE):
                stretch = self.stretch(record)
                yield number, stretch, np.diff(np.concatenate([[0], np.cumsum(stretch.kept)])[stretch.edges])
                number += record.num_rows

    def stretch(self, record: Any) -> Stretch:
        """Of blocks as they are stored."""
        first, lengths = _numbers(record, "first").astype(np.int64), _numbers(record, "length").astype(np.int64)
        widths = record.column("input_ids").value_lengths().to_numpy().astype(np.int64)
        starts = np.cumsum(widths) - widths
        edges = np.concatenate([[0], np.cumsum(lengths)])
        real = spread(starts + first, lengths)
        ids = _values(record, "input_ids")[real]
        positions = np.arange(edges[-1]) - np.repeat(edges[:-1], lengths)
        # Where each sample's tokens begin; what a tokenizer puts before the first one of a block counts to that.
        spans = record.column("samples").value_lengths().to_numpy().astype(np.int64)
        begins = np.searchsorted(real, _values(record, "starts") + np.repeat(starts, spans))
        leading = (np.cumsum(spans) - spans)[spans > 0]
        begins[leading] = edges[:-1][spans > 0]
        each = np.diff(np.append(begins, edges[-1]))
        samples = _values(record, "samples").astype(np.int64)
        ordinary = ~np.isin(ids, self._special)
        kept = positions >= self.options.drop_first
        if self.options.drop_special:
            kept &= ordinary
        if self._role is not None:
            # Without conversations nobody has a role.
            kept &= _values(record, "roles")[real] == self._role if "roles" in record.schema.names else False
        if self._samples is not None:
            kept &= np.repeat(np.isin(samples, self._samples), each)
        held_out = record.column("held_out").to_numpy(zero_copy_only=False)
        counted = kept & ordinary & (positions > 0)
        return Stretch(edges, held_out, ids, np.repeat(samples, each), kept, counted)


class Stretch(NamedTuple):
    """Neighboring blocks, one after another: `edges` says where each begins, the last where all end."""

    edges: Numbers
    held_out: Numbers
    ids: Numbers
    samples: Numbers
    kept: Numbers
    counted: Numbers


def blocks_of(of: Stretch, numbers: Numbers, counts: Numbers) -> Iterator[Block]:
    """Each by itself, those without a kept token left out; `counts` says how many there are of each."""
    for at in np.flatnonzero(counts).tolist():
        part = slice(of.edges[at], of.edges[at + 1])
        yield Block(
            int(numbers[at]), of.ids[part], bool(of.held_out[at]), of.samples[part], of.kept[part], of.counted[part],
            int(counts[at]),
        )  # fmt: skip


def _numbers(record: Any, name: str) -> Numbers:
    values: Numbers = record.column(name).to_numpy()
    return values


def _values(record: Any, name: str) -> Numbers:
    values: Numbers = record.column(name).flatten().to_numpy()
    return values


def _chosen_samples(folder: Path, options: ForwardOptions) -> Numbers | None:
    """The samples to use, where not all are: those that a hash of seed and number puts first."""
    if options.max_samples is None:
        return None
    chosen = np.empty(0, np.int64)
    for file, rows in list_shards(folder):
        for record in open_shard(file, rows).select(["samples"]).to_batches(max_chunksize=AT_ONCE * 64):
            chosen = np.union1d(chosen, _values(record, "samples"))
            if len(chosen) > options.max_samples:
                chosen = chosen[np.argsort(_mixed(chosen, options.seed), kind="stable")[: options.max_samples]]
    return np.sort(chosen)


def _mixed(numbers: Numbers, seed: int) -> Numbers:
    mixed = numbers.astype(np.uint64) + np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    result: Numbers = mixed ^ (mixed >> np.uint64(31))
    return result
