"""The best affine map from one hook point to another: what a skip connection gets for nothing, and so what a transcoder's
FVU is to be read beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .moments import Moments

if TYPE_CHECKING:
    from torch import Tensor

# Directions of the input with less than this of the largest variance say nothing in float32.
SMALLEST = 1e-12


class AffineMap:
    def __init__(self, weight: Tensor, bias: Tensor):
        self.weight, self.bias = weight, bias

    def __call__(self, x: Tensor) -> Tensor:
        """In float64."""
        return x.to(self.weight.device).double() @ self.weight + self.bias


def fit_affine(batches: Iterable[tuple[Tensor, Tensor]]) -> AffineMap:
    """By least squares on (x, y) rows: training's, never those that it is evaluated on. Where x does not decide it, the
    smallest one."""
    import torch

    moments: Moments | None = None
    d_in = 0
    for x, y in batches:
        if moments is None:
            d_in = x.shape[1]
            moments = Moments(d_in + y.shape[1], full=True, device=str(x.device))
        moments.add(torch.cat([x.double(), y.double()], 1))
    if moments is None:
        raise ValueError("no rows to fit a map to")
    variances, directions = torch.linalg.eigh(moments.scatter[:d_in, :d_in])
    kept = variances > SMALLEST * variances.max().clamp(min=0)
    inverse = (directions[:, kept] / variances[kept]) @ directions[:, kept].T
    weight = inverse @ moments.scatter[:d_in, d_in:]
    return AffineMap(weight, moments.mean[d_in:] - moments.mean[:d_in] @ weight)
