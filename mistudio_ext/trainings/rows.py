"""Batches of vectors from one or several captures: rows that may be trained on, in their order, mixed as asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..captures.vectors import Stored, Vectors
from ..contract.errors import Conflict
from .order import Order
from .schema import Mixing, Source

if TYPE_CHECKING:
    from torch import Tensor

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Pieces = list[tuple["Pool", Numbers]]
# Rows that are looked at together where a window is read ahead.
AHEAD = 2**14
# Rows that are held at once where many are gone through.
PART = 4096


class Chosen:
    """Some of a capture's rows, counted from 0. Kept as stretches, for neighbors mostly belong together."""

    def __init__(self, stretches: list[tuple[int, int]]):
        edges = np.array(stretches, np.int64).reshape(-1, 2)
        self._begins = edges[:, 0]
        self._edges = np.concatenate([[0], np.cumsum(edges[:, 1] - edges[:, 0])])

    def __len__(self) -> int:
        return int(self._edges[-1])

    def at(self, places: Numbers) -> Numbers:
        stretch = np.searchsorted(self._edges, places, "right") - 1
        rows: Numbers = self._begins[stretch] + places - self._edges[stretch]
        return rows


class Pool:
    """A capture, and which of its rows are for training and which are held out. Metrics and averages leave out rows that
    do not count (attention sinks); so does training."""

    def __init__(self, id: str, folder: Path, hooks: list[str]):
        self.id = id
        self.stored = Stored(folder)
        self.vectors: dict[str, Vectors] = {hook: self.stored[hook] for hook in hooks}

    @cached_property
    def training(self) -> Chosen:
        return self._chosen(held_out=False)

    @cached_property
    def held_out(self) -> Chosen:
        return self._chosen(held_out=True)

    def _chosen(self, *, held_out: bool) -> Chosen:
        found: list[tuple[int, int]] = []
        counted = self.stored.parts("counted")
        for (start, outside), (_, counts) in zip(self.stored.parts("held_out"), counted, strict=True):
            wanted = (outside.astype(bool) == held_out) & counts.astype(bool)
            steps = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8))) + start
            found += list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))
        return Chosen(found)

    @property
    def row_bytes(self) -> int:
        return sum(each.width * (4 if each.dtype == "float32" else 2) for each in self.vectors.values())


@dataclass(frozen=True)
class Batch:
    """`vectors`: rows x width in float32, by hook point. `after`: where the next batch begins."""

    step: int
    vectors: dict[str, Tensor]
    after: dict[str, Any]


class Feed:
    """Step after step the rows that are due. `state` is the whole of what must be known to go on."""

    def __init__(
        self, pools: list[Pool], sources: list[Source], mixing: Mixing, *, batch: int, steps: int, seed: int, window: int
    ):
        if empty := [each.id for each in pools if not len(each.training)]:
            raise Conflict(f"The capture {empty[0]} has no row to train on.", "Capture text that is not all held out.")
        self.pools, self.sources, self.batch_size, self.steps, self.window = pools, sources, batch, steps, window
        self.hooks = list(pools[0].vectors)
        self.mixing: Mixing = mixing if len(pools) > 1 else "uniform"
        self._sizes = np.array([len(each.training) for each in pools])
        self._edges = np.concatenate([[0], np.cumsum(self._sizes)])
        self.count = int(self._edges[-1])
        # Windows are shared out like rows.
        self._together = Order(self.count, seed, window)
        self._orders = [
            Order(size, seed + 1 + number, int(window * size / self.count)) for number, size in enumerate(self._sizes.tolist())
        ]
        self.state: dict[str, Any] = {"place": 0, "read": [0] * len(pools), "owed": [0.0] * len(pools)}
        self._ahead: list[Any] = [None] * (len(pools) + 1)

    def next(self, step: int) -> Batch:
        pieces = self._pieces(step)
        read = [done + sum(len(rows) for pool, rows in pieces if pool is mine)
                for done, mine in zip(self.state["read"], self.pools, strict=True)]  # fmt: skip
        self.state = self.state | {"place": self.state["place"] + self.batch_size, "read": read}
        return Batch(step, gathered(pieces, self.hooks), self.state)

    def first_pieces(self, count: int) -> Pieces:
        """The rows that training sees first, whatever was read by now; all there are, where there are fewer."""
        if self.mixing == "uniform":
            return self._of_all(self._together.rows(0, min(count, self.count)))
        if self.mixing == "sequence":
            return self._in_sequence(0, min(count, self.count))
        counts, _ = shared_out(count, shares_at(self.sources, 0.0), [0.0] * len(self.pools))
        taken = [min(each, size) for each, size in zip(counts, self._sizes.tolist(), strict=True)]
        return [self._of_one(number, 0, each) for number, each in enumerate(taken) if each]

    def first(self, count: int, hooks: Collection[str]) -> Iterator[dict[str, Tensor]]:
        """Their vectors, in parts."""
        for pool, rows in self.first_pieces(count):
            for start in range(0, len(rows), PART):
                yield gathered([(pool, rows[start : start + PART])], hooks)

    def held_out(self, count: int, hooks: Collection[str]) -> Iterator[dict[str, Tensor]]:
        """Rows that are never trained on, an equal part of each capture, in parts."""
        for pool in self.pools:
            taken = min(count // len(self.pools), len(pool.held_out))
            for start in range(0, taken, PART):
                rows = pool.held_out.at(np.arange(start, min(start + PART, taken)))
                yield gathered([(pool, rows)], hooks)

    def _pieces(self, step: int) -> Pieces:
        begin = self.state["place"]
        end = begin + self.batch_size
        if self.mixing == "uniform":
            self._read_ahead(len(self.pools), self._together, begin)
            return self._of_all(self._together.rows(begin, end))
        if self.mixing == "sequence":
            return self._in_sequence(begin, end, ahead=True)
        done = (step - 1) / max(self.steps - 1, 1) if self.mixing == "curriculum" else 0.0
        counts, owed = shared_out(self.batch_size, shares_at(self.sources, done), self.state["owed"])
        read = self.state["read"]
        self.state = self.state | {"owed": owed}
        return [self._of_one(number, read[number], read[number] + each, ahead=True) for number, each in enumerate(counts) if each]

    def _in_sequence(self, begin: int, end: int, *, ahead: bool = False) -> Pieces:
        """One capture after another, each whole; behind the last the first again."""
        pieces = []
        while begin < end:
            turn, place = divmod(begin, self.count)
            number = int(np.searchsorted(self._edges, place, "right")) - 1
            size, offset = int(self._sizes[number]), place - int(self._edges[number])
            taken = min(end - begin, size - offset)
            pieces.append(self._of_one(number, turn * size + offset, turn * size + offset + taken, ahead=ahead))
            begin += taken
        return pieces

    def _of_one(self, number: int, begin: int, end: int, *, ahead: bool = False) -> tuple[Pool, Numbers]:
        if ahead:
            self._read_ahead(number, self._orders[number], begin)
        pool = self.pools[number]
        return pool, pool.training.at(self._orders[number].rows(begin, end))

    def _of_all(self, places: Numbers) -> Pieces:
        owners = np.searchsorted(self._edges, places, "right") - 1
        pieces = []
        for number in np.unique(owners).tolist():
            pool = self.pools[number]
            pieces.append((pool, pool.training.at(places[owners == number] - self._edges[number])))
        return pieces

    def _read_ahead(self, which: int, order: Order, begin: int) -> None:
        """A window is read chunk by chunk before its rows are picked: the disk is slow with single rows."""
        if not order.window or self._ahead[which] == order.window_of(begin):
            return
        self._ahead[which] = order.window_of(begin)
        base = 0 if which == len(self.pools) else int(self._edges[which])
        for first, last in order.coming(begin):
            for pool, rows in self._of_all(np.array([base + first, base + last - 1])):
                for vectors in pool.vectors.values():
                    for start in range(int(rows.min()), int(rows.max()) + 1, AHEAD):
                        vectors.read(slice(start, min(start + AHEAD, int(rows.max()) + 1)))


def gathered(pieces: Pieces, hooks: Collection[str]) -> dict[str, Tensor]:
    """Rows in float32, piece after piece; row i of every hook point is of the same token."""
    import torch

    count = sum(len(rows) for _, rows in pieces)
    found = {}
    for hook in hooks:
        # Memory of torch's own: products of numbers that lie elsewhere may be rounded otherwise.
        into = torch.empty((count, pieces[0][0].vectors[hook].width))
        begin = 0
        for pool, rows in pieces:
            into[begin : begin + len(rows)].copy_(pool.vectors[hook].tensor(rows))
            begin += len(rows)
        found[hook] = into
    return found


def shares_at(sources: list[Source], done: float) -> list[float]:
    """Of each capture, when this part of the run is done; weights that do not move stay."""
    ends = [each.weight if each.weight_at_end is None else each.weight_at_end for each in sources]
    weights = [(1 - done) * each.weight + done * end for each, end in zip(sources, ends, strict=True)]
    total = sum(weights)
    return [each / total for each in weights] if total else [1 / len(weights)] * len(weights)


def shared_out(count: int, shares: list[float], owed: list[float]) -> tuple[list[int], list[float]]:
    """Whole rows of each; what a capture got too few of is made up for later, so that the shares hold exactly in the end."""
    wanted = [count * share + each for share, each in zip(shares, owed, strict=True)]
    given = [max(0, int(np.floor(each))) for each in wanted]
    behind = sorted(range(len(wanted)), key=lambda each: given[each] - wanted[each])
    for each in behind[: count - sum(given)]:
        given[each] += 1
    for each in reversed(behind):
        # More than a batch was owed altogether.
        surplus = max(0, sum(given) - count)
        given[each] -= min(surplus, given[each])
    return given, [each - got for each, got in zip(wanted, given, strict=True)]
