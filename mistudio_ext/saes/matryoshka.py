"""Matryoshka: a BatchTopK whose first features must do alone (Bussmann et al., arXiv 2503.17547)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from .batch_topk import BatchTopK
from .dead import add_dead_loss
from .schema import SaeOptions
from .shape import Shape
from .sparse import Entries, decode
from .training_form import BatchState, Losses


def prefix_widths(options: SaeOptions, width: int) -> list[int]:
    """How many features each prefix has; the last has all."""
    return sorted({max(1, round(share * width)) for share in options.prefixes} | {width})


def prefixes_of(options: SaeOptions, width: int) -> list[int]:
    """The same of any SAE; others have none."""
    return prefix_widths(options, width) if options.architecture == Matryoshka.architecture else []


class Matryoshka(BatchTopK):
    architecture: ClassVar[str] = "matryoshka"

    def __init__(self, shape: Shape, options: SaeOptions, seed: int) -> None:
        super().__init__(shape, options, seed)
        self.prefixes = prefix_widths(options, shape.width)

    def select(self, centred: Tensor, state: BatchState) -> tuple[Tensor, Entries]:
        """With a row for each token and stretch between two prefixes: all tokens' rows of the first stretch come first."""
        values, entries = super().select(centred, state)
        bounds = torch.tensor(self.prefixes, device=values.device)
        stretch = torch.bucketize(entries.features, bounds, right=True)
        order = torch.sort(stretch.short(), stable=True).indices
        rows = (stretch * entries.tokens + entries.row_of)[order]
        starts = torch.searchsorted(rows, torch.arange(len(bounds) * entries.tokens, device=rows.device))
        return values[order], Entries(entries.features[order], starts, entries.width, entries.tokens)

    def prefixes_of(self, x: Tensor, z: Tensor, entries: Entries) -> Tensor:
        """What each prefix reconstructs: (prefixes, tokens, d_out)."""
        stretches = decode(z, self.W_dec, entries).view(len(self.prefixes), len(x), -1)
        return stretches.cumsum(0) + self.beside(x)

    def reconstruct(self, x: Tensor, state: BatchState) -> Tensor:
        z, entries = self.activations(self.centre(x), state)
        return self.prefixes_of(x, z, entries)[-1]

    def loss(self, x: Tensor, y: Tensor, state: BatchState) -> Losses:
        centred = self.centre(x)
        z, entries = self.activations(centred, state)
        errors = self.prefixes_of(x, z, entries) - y
        losses = Losses.of(self, errors[-1], z, entries, state)
        # The mean over the prefixes takes the place of the error of all features.
        losses.total, losses.parts = errors.new_zeros(()), {}
        losses.add("prefixes", errors.square().sum() / (errors.shape[0] * self.shape.d_out * state.tokens))
        add_dead_loss(self, losses, centred, -errors[-1], z, state)
        return losses
