"""JumpReLU: a learned threshold a feature, and a penalty on how many pass it (Rajamanoharan et al., arXiv 2407.14435)."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import torch
from torch import Tensor, nn
from torch.autograd import Function

from .net import Activation, SparseAutoencoder
from .penalized import Penalized, of
from .schema import SaeOptions
from .shape import Shape
from .sparse import Entries, encode
from .training_form import BatchState

# In units of inputs of norm √d, where pre-activations of a fresh encoder have a deviation of 1.
FIRST_THRESHOLD = 0.5


class _Jump(Function):
    """(pre where it passes the threshold, 1 where it does).

    Both jump at the threshold. How a loss over many tokens depends on it is estimated from the tokens within half a bandwidth.
    """

    @staticmethod
    def forward(ctx: Any, pre: Tensor, threshold: Tensor, bandwidth: float) -> tuple[Tensor, Tensor]:
        passes = pre > threshold
        ctx.save_for_backward(pre, threshold, passes)
        ctx.bandwidth = bandwidth
        return pre * passes, passes.to(pre.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        of_value, of_passing = gradients
        pre, threshold, passes = ctx.saved_tensors
        near = ((pre - threshold).abs() < ctx.bandwidth / 2) / ctx.bandwidth
        return of_value * passes, -near * (threshold * of_value + of_passing), None


class JumpRelu(Penalized):
    architecture: ClassVar[str] = "jumprelu"
    activation: ClassVar[Activation] = "threshold"

    def __init__(self, shape: Shape, options: SaeOptions, seed: int) -> None:
        super().__init__(shape, options, seed)
        # As it is, not its logarithm: steps of an optimizer shall move it whatever its size.
        self.threshold = nn.Parameter(torch.full((shape.width,), FIRST_THRESHOLD))

    @torch.no_grad()
    def take(self, sae: SparseAutoencoder) -> None:
        super().take(sae)
        if sae.threshold is not None:
            self.threshold.copy_(sae.threshold.expand(self.shape.width))

    @torch.no_grad()
    def revive(self, features: Tensor, inputs: Tensor, targets: Tensor) -> None:
        super().revive(features, inputs, targets)
        self.threshold[features] = FIRST_THRESHOLD

    def least(self) -> Tensor | float:
        return self.threshold - self.options.bandwidth / 2

    def bar(self, z: Tensor, features: Tensor, state: BatchState) -> Tensor:  # noqa: ARG002
        return self.threshold[None, features]

    def activations(self, centred: Tensor) -> tuple[Tensor, Tensor, Entries | None]:
        values, entries = self.select(centred)
        pre = encode(values, centred, self.W_enc, self.b_enc, self.centre_bias, entries)
        thresholds = of(self.threshold, entries).expand_as(pre)
        made = _Jump.apply(pre, thresholds, self.options.bandwidth)  # type: ignore[no-untyped-call]
        z, passes = cast("tuple[Tensor, Tensor]", made)
        return z, passes, entries

    def penalty(self, amount: Tensor, entries: Entries | None) -> tuple[str, Tensor]:  # noqa: ARG002
        return "l0", amount.sum()

    @torch.no_grad()
    def after_update(self) -> None:
        super().after_update()
        self.threshold.clamp_(min=0)

    def more_tensors(self) -> dict[str, Tensor]:
        return {"threshold": self.threshold}
