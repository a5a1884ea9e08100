"""Standard: ReLU features, and a penalty on their sum (docs/metrics.md has the objective's scale)."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from .net import Activation
from .penalized import Penalized
from .sparse import Entries, encode


class Standard(Penalized):
    architecture: ClassVar[str] = "standard"
    activation: ClassVar[Activation] = "relu"

    def activations(self, centred: Tensor) -> tuple[Tensor, Tensor, Entries | None]:
        values, entries = self.select(centred)
        z = encode(values, centred, self.W_enc, self.b_enc, self.centre_bias, entries).relu()
        return z, z, entries
