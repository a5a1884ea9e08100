"""BatchTopK: the k largest features a token on the average of a batch (Bussmann et al., arXiv 2412.06410)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from .largest import LEAST, largest, no_less_than
from .net import Activation
from .sparse import Entries
from .topk import TopK
from .training_form import BatchState, Pair


class BatchTopK(TopK):
    architecture: ClassVar[str] = "batchtopk"
    activation: ClassVar[Activation] = "threshold"
    needs_threshold: ClassVar[bool] = True

    @torch.no_grad()
    def prepare(self, parts: Sequence[Pair], state: BatchState) -> None:
        if len(parts) > 1:

            def blocks() -> Iterator[Tensor]:
                for x, _ in parts:
                    yield from self.blocks(self.centre(x))

            smallest = largest(blocks, self.options.k).smallest
            state.threshold = self.W_dec.new_tensor(LEAST) if smallest is None else smallest
        super().prepare(parts, state)

    @torch.no_grad()
    def select(self, centred: Tensor, state: BatchState) -> tuple[Tensor, Entries]:
        if state.threshold is None:
            found = largest(lambda: self.blocks(centred), self.options.k)
            values, positions = found.values, found.positions
        else:
            values, positions = no_less_than(state.threshold, self.blocks(centred))
        return values, Entries.of_flat(positions, len(centred), self.shape.width)

    def bar(self, z: Tensor, features: Tensor, state: BatchState) -> Tensor:  # noqa: ARG002
        if state.threshold is not None:
            return state.threshold.view(1, 1)
        return z.amin().view(1, 1) if len(z) else z.new_zeros(1, 1)
