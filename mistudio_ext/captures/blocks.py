"""The blocks of a text in any order: how many tokens of each count is found out once, then any of them can be read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ..datasets.samples import list_shards, open_shard
from .plan import Block, Numbers, Plan, Stretch, blocks_of


class Blocks:
    """Those in which a token counts, in the order of the text: `counts` says how many of each do, `held_out` which blocks are
    held out. `check` is called now and then while they are counted."""

    def __init__(self, plan: Plan, check: Callable[[], None]):
        self.plan = plan
        # Of the block in which the plan ends, only so many kept tokens belong to it.
        self._cut: tuple[int, int] | None = None
        found = []
        met = 0
        for first, stretch, kept in plan.stretches():
            check()
            found.append((first + np.arange(len(kept)), self._counted(first, stretch, kept, plan.end - met), stretch.held_out))
            met += int(kept.sum())
            if met >= plan.end:
                break
        numbers, counts, held_out = (np.concatenate(each) for each in zip(*found, strict=True)) if found else [np.empty(0)] * 3
        there = counts > 0
        self.numbers: Numbers = numbers[there].astype(np.int64)
        self.counts: Numbers = counts[there].astype(np.int64)
        self.held_out: Numbers = held_out[there].astype(bool)

    def read(self, places: Numbers) -> list[Block]:
        """Those at these places among all of them, in the order asked for, with nothing kept but what counts."""
        wanted = self.numbers[places]
        found: dict[int, Block] = {}
        of = np.searchsorted(self._firsts, wanted, "right") - 1
        for record in np.unique(of).tolist():
            numbers = np.unique(wanted[of == record])
            stretch = self.plan.stretch(self._records[record].take((numbers - self._firsts[record]).tolist()))
            for block in blocks_of(stretch, numbers, np.diff(stretch.edges)):
                whole = block if self._cut is None or block.number != self._cut[0] else block.part(0, self._cut[1])
                found[block.number] = whole._replace(kept=whole.counted, rows=int(whole.counted.sum()))
        return [found[number] for number in wanted.tolist()]

    def _counted(self, first: int, stretch: Stretch, kept: Numbers, room: int) -> Numbers:
        """Of each block, as far as there is room for so many kept tokens."""
        counted = stretch.counted
        if kept.sum() > room:
            order = np.cumsum(stretch.kept)
            counted = counted & (order <= room)
            last = int(np.searchsorted(np.cumsum(kept), room, "right"))
            self._cut = first + last, room - int(kept[:last].sum())
        found: Numbers = np.diff(np.concatenate([[0], np.cumsum(counted)])[stretch.edges])
        return found

    @cached_property
    def _records(self) -> list[Any]:
        """Memory-mapped."""
        return [record for file, rows in list_shards(self.plan.folder) for record in open_shard(file, rows).to_batches()]

    @cached_property
    def _firsts(self) -> Numbers:
        """The number of the first block of each."""
        sizes = np.array([record.num_rows for record in self._records], np.int64)
        found: Numbers = np.cumsum(sizes) - sizes
        return found
