"""Rows in slices, so that no more than a bounded number of activations is held at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

ACTIVATIONS = 2**25


def in_slices(rows: Tensor, width: int) -> tuple[Tensor, ...]:
    """Of a size at which rows x width stays below the bound; one empty slice where there are no rows."""
    import torch

    return torch.split(rows, max(1, ACTIVATIONS // width))
