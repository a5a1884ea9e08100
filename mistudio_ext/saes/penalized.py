"""What the architectures have in common whose sparsity comes from a penalty."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

from .dead import add_dead_loss
from .largest import LEAST
from .sparse import Entries, decode, reaching
from .training_form import BatchState, Losses, TrainingSae

# From this share of entries on, dense products are the cheaper ones.
DENSE = 0.2
# Pre-activations that dense products are made of at once, so that the processor's caches hold what is made of them.
AT_ONCE = 2**21
# Tokens of a batch that say how many features are on.
PROBE = 64


class Penalized(TrainingSae):
    penalized: ClassVar[bool] = True

    def activations(self, centred: Tensor) -> tuple[Tensor, Tensor, Entries | None]:
        """Activations; what the penalty is on; where they are (None: everywhere)."""
        raise NotImplementedError

    def penalty(self, amount: Tensor, entries: Entries | None) -> tuple[str, Tensor]:
        """Its name, and the sum that the coefficient is for."""
        lengths = self.row_lengths()
        return "l1", (amount if lengths is None else amount * of(lengths, entries)).sum()

    def least(self) -> Tensor | float:
        """Of what pre-activations can have a value or a gradient, no less than this."""
        return LEAST

    @torch.no_grad()
    def select(self, centred: Tensor) -> tuple[Tensor, Entries | None]:
        """Pre-activations that matter, and where they are; None: all are kept, as most do."""
        pre = self.pre_activations(centred)
        positions, values = reaching(pre, self.least())
        if len(positions) > DENSE * pre.numel():
            return pre, None
        return values, Entries.of_flat(positions, len(pre), self.shape.width)

    @torch.no_grad()
    def tokens_at_once(self, x: Tensor) -> int:
        if x.device.type != "cpu":
            return len(x)
        pre = self.pre_activations(self.centre(x[:PROBE]))
        on = torch.count_nonzero(pre >= self.least())
        return max(PROBE, AT_ONCE // self.shape.width) if on > DENSE * pre.numel() else len(x)

    def reconstruct(self, x: Tensor, state: BatchState) -> Tensor:  # noqa: ARG002
        z, _, entries = self.activations(self.centre(x))
        return decode(z, self.W_dec, entries) + self.beside(x)

    def loss(self, x: Tensor, y: Tensor, state: BatchState) -> Losses:
        centred = self.centre(x)
        z, amount, entries = self.activations(centred)
        y_hat = decode(z, self.W_dec, entries) + self.beside(x)
        losses = Losses.of(self, y_hat - y, z, entries, state)
        name, penalty = self.penalty(amount, entries)
        losses.add(name, state.penalty * penalty / state.tokens)
        self.add_more(losses, x, y, amount, entries, state)
        add_dead_loss(self, losses, centred, y - y_hat, z, state)
        return losses

    def bar(self, z: Tensor, features: Tensor, state: BatchState) -> Tensor:  # noqa: ARG002
        return z.new_zeros(1, 1)

    def add_more(self, losses: Losses, x: Tensor, y: Tensor, amount: Tensor, entries: Entries | None, state: BatchState) -> None:
        """What an architecture's loss has besides."""


def of(values: Tensor, entries: Entries | None) -> Tensor:
    """What is one a feature, at the entries."""
    return values if entries is None else values.index_select(0, entries.features)
