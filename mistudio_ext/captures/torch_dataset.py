"""Vectors as a torch Dataset: for a DataLoader, in this process or in workers of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from .vectors import Stored, Vectors


class VectorDataset(Dataset[torch.Tensor]):
    """Item i is a vector in float32, of all rows or of those that were chosen."""

    def __init__(self, vectors: Vectors, rows: np.ndarray[Any, np.dtype[Any]] | None = None):
        self.vectors = vectors
        self.rows = rows

    def __len__(self) -> int:
        return len(self.vectors) if self.rows is None else len(self.rows)

    def __getitem__(self, item: int) -> torch.Tensor:
        return self.__getitems__([item])[0]

    def __getitems__(self, items: list[int]) -> list[torch.Tensor]:
        """What a DataLoader asks for: a whole batch in one read."""
        wanted = np.asarray(items)
        rows = wanted if self.rows is None else self.rows[wanted]
        return list(torch.from_numpy(self.vectors[rows]))


def dataset_of(stored: Stored, hook: str, held_out: bool | None) -> VectorDataset:
    """`held_out` says whether to give the rows that are held out (True), the others (False), or all (None)."""
    if held_out is None:
        return VectorDataset(stored[hook])
    parts = [start + np.flatnonzero(part == held_out) for start, part in stored.parts("held_out")]
    return VectorDataset(stored[hook], np.concatenate(parts))
