"""TopK: the k largest features of each token (Gao et al., arXiv 2406.04093)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from .dead import add_dead_loss
from .largest import top_k
from .net import Activation
from .sparse import Entries, decode, encode, product_at
from .training_form import BatchState, Losses, TrainingSae


class TopK(TrainingSae):
    architecture: ClassVar[str] = "topk"
    activation: ClassVar[Activation] = "topk"

    @torch.no_grad()
    def select(self, centred: Tensor, state: BatchState) -> tuple[Tensor, Entries]:  # noqa: ARG002
        """Pre-activations that may be on, and where they are."""
        found = [top_k(block, self.options.k) for block in self.blocks(centred)]
        entries = Entries.regular(torch.cat([columns for _, columns in found]), self.shape.width)
        return torch.cat([values for values, _ in found]).reshape(-1), entries

    def activations(self, centred: Tensor, state: BatchState) -> tuple[Tensor, Entries]:
        with torch.no_grad():
            values, entries = self.select(centred, state)
            if self.compute != torch.float32:
                # The quick product says which; how much is computed in float32.
                values = product_at(entries, centred, self.W_enc, self.b_enc)
        return encode(values, centred, self.W_enc, self.b_enc, self.centre_bias, entries).relu(), entries

    def reconstruct(self, x: Tensor, state: BatchState) -> Tensor:
        z, entries = self.activations(self.centre(x), state)
        return decode(z, self.W_dec, entries) + self.beside(x)

    def loss(self, x: Tensor, y: Tensor, state: BatchState) -> Losses:
        centred = self.centre(x)
        z, entries = self.activations(centred, state)
        y_hat = decode(z, self.W_dec, entries) + self.beside(x)
        losses = Losses.of(self, y_hat - y, z, entries, state)
        add_dead_loss(self, losses, centred, y - y_hat, z, state)
        return losses

    def bar(self, z: Tensor, features: Tensor, state: BatchState) -> Tensor:  # noqa: ARG002
        return z.view(-1, min(self.options.k, self.shape.width)).amin(1, keepdim=True)
