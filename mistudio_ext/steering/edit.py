"""What steering adds to the model's activations: the sum of (g(z) - z) times the decoder row over the chosen features of an SAE.

All z are those of what the model computed, and what the SAE does not explain stays. In float32. Definitions: docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..saes.net import SparseAutoencoder
from ..saes.slices import in_slices
from .schema import Mode


@dataclass(frozen=True)
class Change:
    """Of one feature. The strength is in the feature's own unit; to ablate needs none."""

    index: int
    mode: Mode
    strength: float = 0.0

    @property
    def line(self) -> tuple[float, float]:
        """a and b, where g(z) - z = a + b z."""
        match self.mode:
            case "add":
                return self.strength, 0.0
            case "multiply":
                return 0.0, self.strength - 1
            case "clamp":
                return self.strength, -1.0
            case "ablate":
                return 0.0, -1.0


class Edit:
    """Several changes by one SAE: from the rows that it reads to what is added to the rows that it writes."""

    def __init__(self, net: SparseAutoencoder, changes: Sequence[Change]):
        chosen = torch.tensor([each.index for each in changes], device=net.W_dec.device)
        self._net, self._directions = net, net.W_dec[chosen]
        self._a, self._b = torch.tensor([each.line for each in changes], device=net.W_dec.device).unbind(1)
        # A constant is added to whatever is there: nothing needs to be encoded.
        self._encodes = bool((self._b != 0).any())
        self._features: Tensor | slice = chosen
        if net.form.activation != "topk":
            # Features that do not compete need not all be computed.
            self._net, self._features = net.only(chosen), slice(None)

    def __call__(self, rows: Tensor) -> Tensor:
        x = rows.to(self._directions.device)
        more = self._a.expand(len(x), -1)
        if self._encodes:
            more = more + self._b * self._encoded(x)
        added = more @ self._directions
        if self._net.form.layer_norm_out:
            # The directions are those of a token that was divided by its deviation.
            added = added * self._net.scale(x)[1]
        return added.to(rows.device)

    def _encoded(self, x: Tensor) -> Tensor:
        return torch.cat([self._net.encode(each)[:, self._features] for each in in_slices(x, self._net.shape.width)])
