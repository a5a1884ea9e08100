"""Mean and scatter of rows that come in batches, in float64, and so that parts can be put together: no difference of large
sums is ever taken, so a mean far from 0 costs no digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Moments:
    """`scatter` is the sum of squares about the mean: one number, or, where `full`, all of the matrix."""

    def __init__(self, width: int, *, full: bool = False, device: str = "cpu"):
        import torch

        self.rows, self.full = 0, full
        self.mean = torch.zeros(width, dtype=torch.float64, device=device)
        self.scatter = torch.zeros((width, width) if full else (), dtype=torch.float64, device=device)

    def add(self, rows: Tensor) -> None:
        if not len(rows):
            return
        rows = rows.to(self.mean.device).double()
        mean = rows.mean(0)
        rows = rows - mean
        self._join(len(rows), mean, rows.T @ rows if self.full else rows.square().sum())

    def merge(self, other: Moments) -> None:
        if other.rows:
            self._join(other.rows, other.mean, other.scatter)

    def _join(self, rows: int, mean: Tensor, scatter: Tensor) -> None:
        total = self.rows + rows
        apart = mean - self.mean
        between = apart.outer(apart) if self.full else apart @ apart
        self.scatter = self.scatter + scatter + between * (self.rows * rows / total)
        self.mean = self.mean + apart * (rows / total)
        self.rows = total

    @property
    def total(self) -> float:
        """Sum of squares about the mean over all dimensions."""
        return float(self.scatter.trace() if self.full else self.scatter)
