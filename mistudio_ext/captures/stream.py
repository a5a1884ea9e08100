"""Vectors straight from the model, shuffled, without the disk between: for trainings larger than it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from ..contract.errors import BadRequest
from ..workspace.workspace import Workspace
from .estimate import Needs
from .loading import loaded
from .make import plan_of
from .plan import Batch
from .run import LARGEST_BATCH, Captured, Numbers, Reader, fitting_size, stored
from .schema import Dtype, StreamActivations

if TYPE_CHECKING:
    import torch


class Stream:
    """Batches of `rows` vectors a hook point, each vector once, mixed in a buffer of `buffer` rows.

    Row i of every hook point, and of the index, is of the same token. The last batch may be smaller. Numbers are those that
    would be stored. `held_out` says whether to give the rows that are held out (True), the others (False), or all (None).
    """

    def __init__(self, reader: Reader, dtype: Dtype, *, rows: int, buffer: int, seed: int, held_out: bool | None = None):
        if buffer < 2 * rows:
            raise BadRequest(
                f"A buffer of {buffer:,} rows mixes nothing in batches of {rows:,}.",
                "Let it hold two batches at least.",
                field="buffer",
            )
        self.reader, self.dtype, self.rows, self.buffer, self.held_out = reader, dtype, rows, buffer, held_out
        self._chance = np.random.default_rng(seed)
        self._parts: list[Captured] = []

    def read(self, batches: Iterable[Batch]) -> Iterator[Captured]:
        waiting = 0
        for batch in batches:
            for part in self.reader.read(batch):
                if len(part := self._wanted(part)):
                    self._parts.append(part)
                    waiting += len(part)
            if waiting >= self.buffer:
                # Half of it goes, the other half mixes with what comes next.
                yield from self._mixed(keep=self.buffer // 2)
                waiting = sum(map(len, self._parts))
        yield from self._mixed(keep=0)

    def _wanted(self, part: Captured) -> Captured:
        vectors = {hook: stored(hook, rows, self.dtype) for hook, rows in part.vectors.items()}
        part = Captured(vectors, part.index)
        return part if self.held_out is None else _chosen(part, np.flatnonzero(part.index["held_out"] == self.held_out))

    def _mixed(self, keep: int) -> Iterator[Captured]:
        """Batches of what has come together, all but about `keep` rows."""
        if not self._parts:
            return
        pool = _joined(self._parts)
        order = self._chance.permutation(len(pool))
        given = 0
        while len(pool) - given >= (keep + self.rows if keep else 1):
            yield _chosen(pool, order[given : given + self.rows])
            given += self.rows
        self._parts = [_chosen(pool, order[given:])] if given < len(pool) else []


def _joined(parts: list[Captured]) -> Captured:
    import torch

    first = parts[0]
    return Captured(
        {hook: torch.cat([part.vectors[hook] for part in parts]) for hook in first.vectors},
        {name: np.concatenate([part.index[name] for part in parts]) for name in first.index},
    )


def _chosen(part: Captured, rows: Numbers) -> Captured:
    import torch

    places = torch.from_numpy(rows)
    vectors: dict[str, torch.Tensor] = {
        hook: tensor.index_select(0, places.to(tensor.device)) for hook, tensor in part.vectors.items()
    }
    return Captured(vectors, {name: column[rows] for name, column in part.index.items()})


def stream_from(ws: Workspace, needs: Needs, asked: StreamActivations) -> Iterator[Captured]:
    """What the options ask for, with the model loaded in this process for as long as it is wanted."""
    with loaded(
        ws.folder(needs.model.id) / "files",
        needs.facts,
        needs.hooks,
        needs.precision,
        fall_back=asked.fall_back,
        device=asked.device,
    ) as model:
        plan = plan_of(ws, needs.tokenization.id, asked)
        size = asked.batch_size or fitting_size(model.model, model.points, list(islice(plan.blocks(), LARGEST_BATCH)))
        reader = Reader(model.model, model.points, size)
        mixed = Stream(reader, asked.dtype, rows=asked.rows, buffer=asked.buffer, seed=asked.seed, held_out=asked.held_out)
        yield from mixed.read(plan.batches(size))
