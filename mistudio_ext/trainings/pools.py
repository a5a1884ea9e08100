"""Where the rows of a training come from: which of them may be trained on, which are held out, and their vectors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..captures.context import locate
from ..captures.vectors import Stored, Vectors
from .order import chunks_of

if TYPE_CHECKING:
    from torch import Tensor

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Check = Callable[[], None]
# Rows that are looked at together where a window is read ahead.
AHEAD = 2**14


class Chosen:
    """Some of the rows, counted from 0. Kept as stretches, for neighbors mostly belong together."""

    def __init__(self, stretches: list[tuple[int, int]] | Numbers):
        edges = np.array(stretches, np.int64).reshape(-1, 2)
        self._begins = edges[:, 0]
        # Where each stretch begins, and the end.
        self.edges: Numbers = np.concatenate([[0], np.cumsum(edges[:, 1] - edges[:, 0])])

    def __len__(self) -> int:
        return int(self.edges[-1])

    def at(self, places: Numbers) -> Numbers:
        stretch = np.searchsorted(self.edges, places, "right") - 1
        rows: Numbers = self._begins[stretch] + places - self.edges[stretch]
        return rows


class Pool(Protocol):
    """Metrics and averages leave out rows that do not count (attention sinks); so does training."""

    id: str
    # By hook point.
    widths: dict[str, int]
    # Whether its rows are computed, window by window, and not there at any time.
    is_computed: bool
    # Of the rows that are being made ready, how many are there by now, and of how many; None where that takes no time.
    reading: tuple[int, int] | None

    @property
    def size(self) -> int | None:
        """How many blocks of text are computed together."""
        ...

    @property
    def training(self) -> Chosen: ...

    @property
    def held_out(self) -> Chosen: ...

    @property
    def chunks(self) -> Numbers:
        """Where each of the parts begins that belong together, as places among the rows for training; and the end."""
        ...

    @property
    def row_bytes(self) -> int: ...

    def make_ready(self, stretches: list[tuple[int, int]], check: Check) -> None:
        """What is asked for next is among these places, each from and to. `check` may raise, to leave it undone."""
        ...

    def tensor(self, hook: str, rows: Numbers) -> Tensor:
        """Of rows that were made ready."""
        ...

    def apart(self, rows: Numbers, hooks: Collection[str], check: Check) -> dict[str, Tensor]:
        """Of any rows, in float32, whatever was made ready."""
        ...

    def text_of(self, row: int) -> tuple[list[int], int]:
        """The ids of the block that it is of, and its position there."""
        ...


class CapturePool:
    """Rows that were captured of the text in the folder `tokenization`."""

    is_computed = False
    reading: tuple[int, int] | None = None
    size: int | None = None

    def __init__(self, id: str, folder: Path, hooks: list[str], tokenization: Path):
        self.id, self._tokenization = id, tokenization
        self.stored = Stored(folder)
        self.vectors: dict[str, Vectors] = {hook: self.stored[hook] for hook in hooks}
        self.widths = {hook: each.width for hook, each in self.vectors.items()}

    @cached_property
    def training(self) -> Chosen:
        return self._chosen(held_out=False)

    @cached_property
    def held_out(self) -> Chosen:
        return self._chosen(held_out=True)

    @property
    def chunks(self) -> Numbers:
        return chunks_of(len(self.training))

    @property
    def row_bytes(self) -> int:
        return sum(each.width * (4 if each.dtype == "float32" else 2) for each in self.vectors.values())

    def make_ready(self, stretches: list[tuple[int, int]], check: Check) -> None:
        """The disk is slow with single rows: they are read once as they lie."""
        for first, last in stretches:
            check()
            begin, end = self.training.at(np.array([first, last - 1])).tolist()
            for vectors in self.vectors.values():
                for start in range(begin, end + 1, AHEAD):
                    vectors.read(slice(start, min(start + AHEAD, end + 1)))

    def tensor(self, hook: str, rows: Numbers) -> Tensor:
        return self.vectors[hook].tensor(rows)

    def apart(self, rows: Numbers, hooks: Collection[str], check: Check) -> dict[str, Tensor]:
        check()
        return gathered([(self, rows)], hooks, len(rows))

    def text_of(self, row: int) -> tuple[list[int], int]:
        place = locate(self.stored, row, self._tokenization)
        return place.context_ids, place.position

    def _chosen(self, *, held_out: bool) -> Chosen:
        found: list[tuple[int, int]] = []
        counted = self.stored.parts("counted")
        for (start, outside), (_, counts) in zip(self.stored.parts("held_out"), counted, strict=True):
            wanted = (outside.astype(bool) == held_out) & counts.astype(bool)
            steps = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8))) + start
            found += list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))
        return Chosen(found)


def gathered(pieces: Iterable[tuple[Pool, Numbers]], hooks: Collection[str], count: int) -> dict[str, Tensor]:
    """So many rows in float32, piece after piece; row i of every hook point is of the same token. What a piece needs may be
    gone when the next one is asked for."""
    import torch

    found: dict[str, Tensor] = {}
    begin = 0
    for pool, rows in pieces:
        for hook in hooks:
            if hook not in found:
                # Memory of torch's own: products of numbers that lie elsewhere may be rounded otherwise.
                found[hook] = torch.empty((count, pool.widths[hook]))
            found[hook][begin : begin + len(rows)].copy_(pool.tensor(hook, rows))
        begin += len(rows)
    return found
