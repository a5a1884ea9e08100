"""The threshold with which BatchTopK and Matryoshka are used: as many features on as in training, over many tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor

from .largest import largest
from .sparse import product
from .training_form import BLOCK, TrainingSae

CALIBRATION_TOKENS = 65536


@torch.no_grad()
def calibrated(sae: TrainingSae, batches: Callable[[], Iterable[Tensor]]) -> float:
    """The number that k pre-activations a token are greater than, over all (normalized) rows that `batches` gives each time.

    It is an observed value: the largest that is not on. 0 where fewer than k a token are positive.
    """

    def blocks() -> Iterator[Tensor]:
        # In float32, whatever the training computes in: so it is used.
        for batch in batches():
            for rows in torch.split(sae.centre(batch), max(1, BLOCK // sae.shape.width)):
                yield product(rows, sae.W_enc, sae.b_enc, torch.float32)

    smallest = largest(blocks, sae.options.k, more=1).smallest
    return 0.0 if smallest is None else float(smallest)
