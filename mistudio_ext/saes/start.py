"""Where weights start."""

from __future__ import annotations

import torch
from torch import Tensor


def unit_rows(rows: int, dimensions: int, chance: torch.Generator) -> Tensor:
    return torch.nn.functional.normalize(torch.randn(rows, dimensions, generator=chance), dim=1)


def geometric_median(rows: Tensor, rounds: int = 100, tolerance: float = 1e-5) -> Tensor:
    """The point whose distances to all rows have the smallest sum (Weiszfeld's iteration). Outliers hardly move it."""
    point = rows.mean(0)
    for _ in range(rounds):
        weights = 1 / (rows - point).norm(dim=1).clamp_min(1e-6)
        moved = weights @ rows / weights.sum()
        done = (moved - point).norm() <= tolerance * moved.norm()
        point = moved
        if done:
            break
    return point
