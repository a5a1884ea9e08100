"""What several SAEs share that read the same hook points on the same scale: the scale, the scaled batch, its mean lately."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ..saes.normalization import Normalizer
from .plan import PlannedSae

# Batches over whose mean the variance is taken that the live FVU is a share of: metrics.md.
LATELY = 100


class Scaled(NamedTuple):
    """A batch as SAEs see it; for an autoencoder `y` is `x` itself."""

    x: Tensor
    y: Tensor


class View:
    def __init__(self, planned: PlannedSae, device: torch.device):
        self.hook, self.out_hook = planned.hook, planned.out_hook
        self.own_target = planned.options.target != "autoencode"
        self.kind = planned.options.normalization
        self.device = device
        self.normalizer: Normalizer | None = None
        self.means = torch.zeros(LATELY, planned.d_out, device=device)
        self.batches = 0

    @staticmethod
    def key(planned: PlannedSae) -> tuple[str, ...]:
        return planned.hook, planned.out_hook, planned.options.normalization, planned.options.target

    def fit(self, vectors: dict[str, Tensor]) -> None:
        x, y = (vectors[hook].to(self.device) for hook in (self.hook, self.out_hook))
        self.normalizer = Normalizer.fit(self.kind, x, y if self.own_target else None)

    def see(self, vectors: dict[str, Tensor]) -> Scaled:
        """The next batch."""
        assert self.normalizer is not None
        x = self.normalizer.apply(vectors[self.hook])
        y = self.normalizer.apply_target(vectors[self.out_hook]) if self.own_target else x
        self.means[self.batches % LATELY] = y.mean(0)
        self.batches += 1
        return Scaled(x, y)

    @property
    def saw_numbers(self) -> bool:
        """Whether the last batch held nothing else."""
        return bool(self.means[(self.batches - 1) % LATELY].isfinite().all())

    def scale(self, vectors: dict[str, Tensor]) -> Scaled:
        """Any rows, without being noted."""
        assert self.normalizer is not None
        x = self.normalizer.apply(vectors[self.hook].to(self.device))
        return Scaled(x, self.normalizer.apply_target(vectors[self.out_hook].to(self.device)) if self.own_target else x)

    def variance(self, y: Tensor) -> float:
        """The squares of a batch about the mean of the latest batches."""
        mean = self.means[: min(self.batches, LATELY)].mean(0)
        return float((y - mean).square().sum(dtype=torch.float64))

    @property
    def unit(self) -> float | None:
        """What a target's 1 on the common scale is in the model's own units; none where there is no single factor."""
        assert self.normalizer is not None
        inverse = (self.normalizer.own_target or self.normalizer.input).inverse
        single = inverse.dim() == 0 and (self.own_target or self.kind != "layer_norm")
        return float(inverse) if single else None

    def tensors(self) -> dict[str, Tensor]:
        assert self.normalizer is not None
        return {"means": self.means, **{f"normalizer.{name}": each for name, each in self.normalizer.state().items()}}

    def restore(self, tensors: dict[str, Tensor], batches: int) -> None:
        scale = {
            name.removeprefix("normalizer."): each.clone() for name, each in tensors.items() if name.startswith("normalizer.")
        }
        self.normalizer = Normalizer.restore(self.kind, scale).to(self.device)
        self.means.copy_(tensors["means"])
        self.batches = batches
