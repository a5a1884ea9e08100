"""The largest entries of large tables, exactly, without sorting what is far from them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from .sparse import reaching

# Members of a group. The k-th largest of the groups' maxima is a lower bound of the k-th largest entry, and with groups this
# small a close one: few more than k entries reach it.
GROUP = 8
# Of all blocks, the first says from where on entries are kept: so many times what its share would be, and some.
SPARE = 1.25
# What is no more than this is not on.
LEAST = torch.finfo(torch.float32).tiny


def kth_largest(values: Tensor, k: int) -> Tensor:
    """Of each row (or of a vector), k from 1 on."""
    place = values.shape[-1] - k
    if values.device.type != "cpu":
        return values.kthvalue(place + 1, dim=-1).values
    import numpy as np

    # NumPy's selection runs on vector registers.
    return torch.from_numpy(np.asarray(np.partition(values.numpy(), place, axis=-1)[..., place]))


def maxima(table: Tensor) -> Tensor:
    """Of groups of each row."""
    rows, width = table.shape
    return table.view(rows, GROUP, width // GROUP).amax(1) if width % GROUP == 0 else table


def top_k(table: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Values and columns of the k largest of each row, in no particular order. Of equal ones any may be taken."""
    rows, width = table.shape
    k = min(k, width)
    if table.device.type != "cpu" or width % GROUP or width < 2 * k * GROUP:
        return _plain(table, k)
    bound = kth_largest(maxima(table), k)
    found, reached = reaching(table, bound[:, None])
    row = found.div(width, rounding_mode="floor")
    starts = torch.searchsorted(row, torch.arange(rows + 1))
    lengths = starts[1:] - starts[:-1]
    most = int(lengths.max())
    if most > 4 * k + 64 or int(lengths.min()) < k:
        # Many equal entries, or such that are not a number.
        return _plain(table, k)
    places = torch.arange(len(found)) - starts[row] + row * most
    values = table.new_full((rows * most,), -torch.inf)
    values[places] = reached
    columns = found.new_zeros(rows * most)
    columns[places] = found - row * width
    best, among = values.view(rows, most).topk(k, sorted=False)
    return best, columns.view(rows, most).gather(1, among)


def _plain(table: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, columns = table.topk(k, sorted=False)
    return values, columns


@dataclass
class Largest:
    values: Tensor
    # In the flattened table, ascending.
    positions: Tensor
    # The last that was asked for; None: there are not as many positive entries.
    smallest: Tensor | None


def largest(blocks: Callable[[], Iterable[Tensor]], per_row: int, more: int = 0) -> Largest:
    """Of a table that comes in blocks of rows, the (per_row * rows + more) largest positive entries, or all that there are.

    Entries equal to the smallest of them all count.
    """
    values, positions, rows = _reaching(blocks, per_row, None)
    count = per_row * rows + more
    if len(values) < count:
        # The first block was not like the others.
        values, positions, rows = _reaching(blocks, per_row, LEAST)
    if len(values) < count:
        return Largest(values, positions, None)
    smallest = kth_largest(values, count)
    kept = values >= smallest
    return Largest(values[kept], positions[kept], smallest)


def no_less_than(bound: Tensor, blocks: Iterable[Tensor]) -> tuple[Tensor, Tensor]:
    """Entries that are no less than the bound, and their positions."""
    return _reaching(lambda: blocks, 0, bound)[:2]


def _reaching(blocks: Callable[[], Iterable[Tensor]], per_row: int, bound: float | Tensor | None) -> tuple[Tensor, Tensor, int]:
    values, positions, rows, seen = [], [], 0, 0
    for block in blocks():
        if bound is None:
            heads = maxima(block).reshape(-1)
            wanted = math.ceil(per_row * len(block) * SPARE) + 64
            bound = LEAST if wanted >= len(heads) else kth_largest(heads, wanted).clamp_min(LEAST)
        found, reached = reaching(block, bound)
        values.append(reached)
        positions.append(found + seen)
        rows += len(block)
        seen += block.numel()
    return torch.cat(values), torch.cat(positions), rows
