"""Gated: whether a feature is on, and how strongly, are decided apart (Rajamanoharan et al., arXiv 2404.16014)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from .net import Activation, SparseAutoencoder
from .penalized import Penalized, of
from .schema import SaeOptions
from .shape import Shape
from .sparse import Entries, decode, encode
from .training_form import BatchState, Losses


class Gated(Penalized):
    """`b_enc` is the gate's bias."""

    architecture: ClassVar[str] = "gated"
    activation: ClassVar[Activation] = "gated"

    def __init__(self, shape: Shape, options: SaeOptions, seed: int) -> None:
        super().__init__(shape, options, seed)
        self.b_mag = nn.Parameter(torch.zeros(shape.width))
        self.r_mag = nn.Parameter(torch.zeros(shape.width))

    @torch.no_grad()
    def start(self, x: Tensor, y: Tensor) -> None:
        super().start(x, y)
        self.b_mag.copy_(self.b_enc)

    @torch.no_grad()
    def take(self, sae: SparseAutoencoder) -> None:
        super().take(sae)
        if sae.b_mag is not None and sae.r_mag is not None:
            moved = (self.b_enc - sae.b_enc) * sae.r_mag.exp()
            self.b_mag.copy_(sae.b_mag + moved)
            self.r_mag.copy_(sae.r_mag)

    @torch.no_grad()
    def revive(self, features: Tensor, inputs: Tensor, targets: Tensor) -> None:
        super().revive(features, inputs, targets)
        self.b_mag[features] = 0.0
        self.r_mag[features] = 0.0

    @torch.no_grad()
    def lift(self, features: Tensor, by: Tensor) -> None:
        super().lift(features, by)
        # What opens its gate is on: no activation is 0 where the gate is open.
        self.b_mag[features] = torch.maximum(self.b_mag, self.b_enc * self.r_mag.exp())[features]

    def activations(self, centred: Tensor) -> tuple[Tensor, Tensor, Entries | None]:
        """Activations, how far each gate is open, and where they are."""
        values, entries = self.select(centred)
        linear = encode(values - of(self.b_enc.detach(), entries), centred, self.W_enc, None, self.centre_bias, entries)
        gate = linear + of(self.b_enc, entries)
        magnitude = linear * of(self.r_mag.exp(), entries) + of(self.b_mag, entries)
        # By the values that selected them: the same sum in another order must not close a gate.
        return magnitude.relu() * (values > 0), gate.relu(), entries

    def add_more(self, losses: Losses, x: Tensor, y: Tensor, amount: Tensor, entries: Entries | None, state: BatchState) -> None:
        """The gates alone must reconstruct too, with the decoder as it is."""
        skip = 0.0 if self.W_skip is None else x @ self.W_skip.detach().t()
        error = decode(amount, self.W_dec.detach(), entries) + self.b_dec.detach() + skip - y
        losses.add("gates", error.square().sum() / (self.shape.d_out * state.tokens))

    def more_tensors(self) -> dict[str, Tensor]:
        return {"b_mag": self.b_mag, "r_mag": self.r_mag}
