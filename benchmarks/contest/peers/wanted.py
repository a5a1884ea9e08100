"""What a library is asked for, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor

# Of a Matryoshka, the share of features in each prefix: as ours has them.
PREFIXES = (0.0625, 0.125, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Wanted:
    """A rate that is given grows over a twentieth of the steps. None: rate, warm-up and optimizer are the library's defaults."""

    architecture: str
    width: int
    k: int
    steps: int
    seed: int
    rate: float | None

    @property
    def warm_up(self) -> int:
        return self.steps // 20

    @property
    def prefixes(self) -> list[int]:
        return [round(share * self.width) for share in PREFIXES]


# As the library itself uses what it trained: activations (tokens, width), and the reconstruction.
Use = Callable[[Tensor], tuple[Tensor, Tensor]]


class Trained(NamedTuple):
    step: Callable[[Tensor], Any]
    # (width, d).
    decoder: Callable[[], Tensor]
    # When the training is over.
    ready: Callable[[], Use]
