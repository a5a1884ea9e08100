"""Rows straight from the model, a window at a time: its blocks go through the model together, and their rows are held until
the next window is due. Nothing of their size is ever written down."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..captures.blocks import Blocks
from ..captures.plan import Batch, Block
from ..captures.run import Reader, require_finite
from ..contract.errors import Conflict
from ..models.precision import rest_of
from .model_at_hand import ModelAtHand
from .pools import Check, Chosen, Numbers
from .sources import PlannedSource


@dataclass(frozen=True)
class Held:
    """Rows of some blocks: `firsts` are the numbers of each block's first row, rising, `begins` where these lie here."""

    firsts: Numbers
    begins: Numbers
    vectors: dict[str, Tensor]

    def tensor(self, hook: str, rows: Numbers) -> Tensor:
        block = np.searchsorted(self.firsts, rows, "right") - 1
        places = self.begins[block] + rows - self.firsts[block]
        if len(rows) and (block.min() < 0 or (places >= self.begins[block + 1]).any()):
            raise IndexError("these rows were not made ready")
        return self.vectors[hook].index_select(0, torch.from_numpy(places))


class StreamPool:
    """`size` blocks go through the model together, fewer when memory runs out, which `told` is told. `room`: so many rows that
    are asked for apart are kept, for they are asked for again and again."""

    is_computed = True

    def __init__(
        self, source: PlannedSource, hooks: list[str], model: ModelAtHand, *, blocks: Blocks, size: int, room: int,
        told: Callable[[str], None],
    ):  # fmt: skip
        self.id, self.model, self.blocks, self.size = source.id, model, blocks, size
        self.widths = {hook: source.widths[hook] for hook in hooks}
        self._told, self._room = told, room
        self._bytes = 4 if rest_of(source.precision, torch.device(model.device).type) == "float32" else 2
        # The number of each block's first row, and the end.
        self._edges = np.concatenate([[0], np.cumsum(blocks.counts)])
        self.training = Chosen(self._stretches(held_out=False))
        self.held_out = Chosen(self._stretches(held_out=True))
        self.reading: tuple[int, int] | None = None
        self._fitting = size
        self._held: Held | None = None
        self._kept: dict[bytes, dict[str, Tensor]] = {}

    @property
    def chunks(self) -> Numbers:
        return self.training.edges

    @property
    def row_bytes(self) -> int:
        return sum(self.widths.values()) * self._bytes

    def make_ready(self, stretches: list[tuple[int, int]], check: Check) -> None:
        # The memory of the last window is needed for this one.
        self._held = None
        edges = np.searchsorted(self.chunks, np.array(stretches).reshape(-1, 2))
        wanted = np.concatenate([np.arange(first, last) for first, last in edges.tolist()] or [np.empty(0, np.int64)])
        try:
            self._held = self._computed(np.flatnonzero(~self.blocks.held_out)[np.sort(wanted)], check, self._tell)
        finally:
            self.reading = None

    def tensor(self, hook: str, rows: Numbers) -> Tensor:
        if self._held is None:
            raise IndexError("no rows were made ready")
        return self._held.tensor(hook, rows)

    def apart(self, rows: Numbers, hooks: Collection[str], check: Check) -> dict[str, Tensor]:
        check()
        found = self._kept.get(rows.tobytes())
        if found is None:
            held = self._computed(np.unique(np.searchsorted(self._edges, rows, "right") - 1), check)
            found = {hook: held.tensor(hook, rows) for hook in self.widths}
            if sum(len(next(iter(each.values()))) for each in self._kept.values()) + len(rows) <= self._room:
                self._kept[rows.tobytes()] = found
        return {hook: found[hook].to(torch.float32, copy=True) for hook in hooks}

    def text_of(self, row: int) -> tuple[list[int], int]:
        at = int(np.searchsorted(self._edges, row, "right")) - 1
        [block] = self.blocks.read(np.array([at]))
        return block.ids.tolist(), int(np.flatnonzero(block.counted)[row - int(self._edges[at])])

    def _stretches(self, *, held_out: bool) -> Numbers:
        chosen = np.flatnonzero(self.blocks.held_out == held_out)
        found: Numbers = np.stack([self._edges[chosen], self._edges[chosen + 1]], 1)
        return found

    def _tell(self, done: int, total: int) -> None:
        self.reading = done, total

    def _computed(self, which: Numbers, check: Check, tell: Callable[[int, int], None] = lambda *_: None) -> Held:
        """The rows of these blocks, which go through the model in an order that hangs on nothing else."""
        blocks = self.blocks.read(which)
        begins = np.concatenate([[0], np.cumsum(self.blocks.counts[which])])
        # About equally long ones together.
        order = sorted(range(len(blocks)), key=lambda at: len(blocks[at].ids))
        vectors: dict[str, Tensor] = {}
        read = 0
        for number, start in enumerate(range(0, len(order), self.size)):
            tell(read, int(begins[-1]))
            check()
            together = order[start : start + self.size]
            places = torch.from_numpy(np.concatenate([np.arange(begins[at], begins[at + 1]) for at in together]))
            done = 0
            for rows in self._read(number, [blocks[at] for at in together]):
                count = len(next(iter(rows.values())))
                for hook, each in rows.items():
                    if hook not in vectors:
                        vectors[hook] = torch.empty((int(begins[-1]), each.shape[1]), dtype=each.dtype)
                    vectors[hook].index_copy_(0, places[done : done + count], each)
                done += count
            read += done
        return Held(self._edges[which], begins, vectors)

    def _read(self, number: int, blocks: list[Block]) -> list[dict[str, Tensor]]:
        """One batch; nobody else may use the model meanwhile, for what is put into it would be read."""
        with self.model.lock:
            loaded = self.model.loaded
            # Not kept: whoever holds it holds the model.
            reader = Reader(loaded.model, loaded.points, self._fitting)
            found = [self._sound(part.vectors) for part in reader.read(Batch(number, blocks))]
            if reader.size < self._fitting:
                self._told(f"The memory did not suffice for {self._fitting} sequences together; it goes on with {reader.size}.")
            self._fitting = reader.size
            return found

    def _sound(self, rows: dict[str, Any]) -> dict[str, Tensor]:
        for hook, each in rows.items():
            require_finite(hook, each)
            if each.shape[1] != self.widths[hook]:
                raise Conflict(
                    f"At {hook} the model has {each.shape[1]:,} dimensions, not {self.widths[hook]:,}.",
                    "Look at the model's hook points, then train anew.",
                    field="hooks",
                )
        return {hook: each.to("cpu") for hook, each in rows.items()}
