"""Batches of vectors from one or several sources: rows that may be trained on, in their order, mixed as asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..contract.errors import Conflict
from .order import Order
from .pools import Check, Numbers, Pool, gathered
from .schema import Mixing
from .source_schema import Share

if TYPE_CHECKING:
    from torch import Tensor

Piece = tuple[Pool, Numbers]
# Rows that are held at once where many are gone through.
PART = 4096


@dataclass(frozen=True)
class Batch:
    """`vectors`: rows x width in float32, by hook point. `after`: where the next batch begins."""

    step: int
    vectors: dict[str, Tensor]
    after: dict[str, Any]


def go_on() -> None:
    """A check that never ends anything."""


class Feed:
    """Step after step the rows that are due. `state` is the whole of what must be known to go on. `check` may raise: it is
    called while rows are computed that are not for the next batch."""

    def __init__(
        self, pools: Sequence[Pool], sources: Sequence[Share], mixing: Mixing, *, batch: int, steps: int, seed: int, window: int
    ):
        if empty := [each.id for each in pools if not len(each.training)]:
            raise Conflict(f"Of {empty[0]} there is no row to train on.", "Choose text that is not all held out.")
        self.pools, self.sources, self.batch_size, self.steps, self.window = pools, sources, batch, steps, window
        self.hooks = list(pools[0].widths)
        self.mixing: Mixing = mixing if len(pools) > 1 else "uniform"
        self.check: Check = go_on
        self._sizes = np.array([len(each.training) for each in pools])
        self._edges = np.concatenate([[0], np.cumsum(self._sizes)])
        self.count = int(self._edges[-1])
        # Windows are shared out like rows.
        least = min(window, 1)
        self._orders = [
            Order(size, seed + 1 + number, max(least, int(window * size / self.count)), pools[number].chunks)
            for number, size in enumerate(self._sizes.tolist())
        ]
        chunks = [each.edges[:-1] + base for each, base in zip(self._orders, self._edges.tolist(), strict=False)]
        self._together = Order(self.count, seed, window, np.append(np.concatenate(chunks), self.count))
        self.state: dict[str, Any] = {"place": 0, "read": [0] * len(pools), "owed": [0.0] * len(pools)}
        self._ready: dict[int, tuple[int, int]] = {}

    @property
    def together(self) -> list[int | None]:
        """How many blocks of text go through the model together, by source; None where none do."""
        return [pool.size for pool in self.pools]

    @property
    def reading(self) -> tuple[int, int] | None:
        """Of the window that is being computed, how many rows are there, and of how many; None where none is."""
        return next((found for pool in self.pools if (found := pool.reading)), None)

    def next(self, step: int, check: Check = go_on) -> Batch:
        read = list(self.state["read"])

        def counted() -> Iterator[Piece]:
            for pool, rows in self._pieces(step, check):
                read[self.pools.index(pool)] += len(rows)
                yield pool, rows

        vectors = gathered(counted(), self.hooks, self.batch_size)
        self.state = self.state | {"place": self.state["place"] + self.batch_size, "read": read}
        return Batch(step, vectors, self.state)

    def first_pieces(self, count: int) -> list[Piece]:
        """The first rows of each source, as many as its share in the whole run; all there are, where there are fewer. Where rows
        are computed, those of the first blocks: theirs is the first window, but no whole window is computed for them."""
        if self.mixing == "uniform":
            taken = min(count, self.count)
            computed = any(pool.is_computed for pool in self.pools)
            return self._of_all(self._together.unmixed(taken) if computed else self._together.rows(0, taken))
        # The weights of a curriculum move straight: those of its middle are their mean.
        shares = (self._sizes / self.count).tolist() if self.mixing == "sequence" else shares_at(self.sources, 0.5)
        wanted, _ = shared_out(count, shares, [0.0] * len(self.pools))
        counts = np.minimum(wanted, self._sizes).tolist()
        return [self._first_of(number, each) for number, each in enumerate(counts) if each]

    def first(self, count: int, hooks: Collection[str]) -> Iterator[dict[str, Tensor]]:
        """Their vectors, in parts."""
        for pool, rows in self.first_pieces(count):
            yield from self._apart(pool, rows, hooks)

    def held_out(self, count: int, hooks: Collection[str]) -> Iterator[dict[str, Tensor]]:
        """Rows that are never trained on, an equal part of each source, in parts."""
        for pool in self.pools:
            taken = min(count // len(self.pools), len(pool.held_out))
            yield from self._apart(pool, pool.held_out.at(np.arange(taken)), hooks)

    def _apart(self, pool: Pool, rows: Numbers, hooks: Collection[str]) -> Iterator[dict[str, Tensor]]:
        for start in range(0, len(rows), PART):
            yield pool.apart(rows[start : start + PART], hooks, self.check)

    def _pieces(self, step: int, check: Check) -> Iterator[Piece]:
        begin = self.state["place"]
        end = begin + self.batch_size
        if self.mixing == "uniform":
            for first, last in self._together.in_windows(begin, end):
                self._make_ready(None, first, check)
                yield from self._of_all(self._together.rows(first, last))
        elif self.mixing == "sequence":
            yield from self._in_sequence(begin, end, check)
        else:
            # An extension goes on with the weights of the end.
            done = min(1.0, (step - 1) / max(self.steps - 1, 1)) if self.mixing == "curriculum" else 0.0
            counts, owed = shared_out(self.batch_size, shares_at(self.sources, done), self.state["owed"])
            read = self.state["read"]
            self.state = self.state | {"owed": owed}
            for number, each in enumerate(counts):
                yield from self._of_one(number, read[number], read[number] + each, check)

    def _in_sequence(self, begin: int, end: int, check: Check) -> Iterator[Piece]:
        """One source after another, each whole; behind the last the first again."""
        while begin < end:
            turn, place = divmod(begin, self.count)
            number = int(np.searchsorted(self._edges, place, "right")) - 1
            size, offset = int(self._sizes[number]), place - int(self._edges[number])
            taken = min(end - begin, size - offset)
            yield from self._of_one(number, turn * size + offset, turn * size + offset + taken, check)
            begin += taken

    def _of_one(self, number: int, begin: int, end: int, check: Check) -> Iterator[Piece]:
        pool, order = self.pools[number], self._orders[number]
        for first, last in order.in_windows(begin, end):
            self._make_ready(number, first, check)
            yield pool, pool.training.at(order.rows(first, last))

    def _first_of(self, number: int, count: int) -> Piece:
        pool, order = self.pools[number], self._orders[number]
        return pool, pool.training.at(order.unmixed(count) if pool.is_computed else order.rows(0, count))

    def _of_all(self, places: Numbers) -> list[Piece]:
        owners = np.searchsorted(self._edges, places, "right") - 1
        pieces = []
        for number in np.unique(owners).tolist():
            pool = self.pools[number]
            pieces.append((pool, pool.training.at(places[owners == number] - self._edges[number])))
        return pieces

    def _make_ready(self, which: int | None, begin: int, check: Check) -> None:
        """The window that a place lies in: of one source, or of all of them together."""
        order = self._together if which is None else self._orders[which]
        numbers = range(len(self.pools)) if which is None else [which]
        window = order.window_of(begin)
        for number in numbers:
            pool, base, size = self.pools[number], 0 if which is not None else int(self._edges[number]), int(self._sizes[number])
            # What fits into memory as a whole is there at any time, if it need not be computed.
            if self._ready.get(number) == window or not (order.window or pool.is_computed):
                continue
            self._ready.pop(number, None)
            here = [(first - base, last - base) for first, last in order.coming(begin) if base <= first < base + size]
            pool.make_ready(here if order.window else [(0, size)], check)
            self._ready[number] = window


def shares_at(sources: Sequence[Share], done: float) -> list[float]:
    """Of each source, when this part of the run is done; weights that do not move stay."""
    ends = [each.weight if each.weight_at_end is None else each.weight_at_end for each in sources]
    weights = [(1 - done) * each.weight + done * end for each, end in zip(sources, ends, strict=True)]
    total = sum(weights)
    return [each / total for each in weights] if total else [1 / len(weights)] * len(weights)


def shared_out(count: int, shares: list[float], owed: list[float]) -> tuple[list[int], list[float]]:
    """Whole rows of each; what a source got too few of is made up for later, so that the shares hold exactly in the end."""
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
