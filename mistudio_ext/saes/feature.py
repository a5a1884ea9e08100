"""One feature of an SAE that is loaded."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest

if TYPE_CHECKING:
    from torch import Tensor

    from .net import SparseAutoencoder


@dataclass(frozen=True)
class Feature:
    net: SparseAutoencoder
    index: int

    @property
    def direction(self) -> Tensor:
        """What the feature writes when it is at 1: its row of the decoder."""
        return self.net.W_dec[self.index]

    @property
    def encoder(self) -> Tensor:
        """What the feature looks for: its row of the encoder."""
        return self.net.encoder[self.index]

    @property
    def bias(self) -> float:
        return float(self.net.b_enc[self.index])

    def __repr__(self) -> str:
        return f"<Feature {self.index} of {self.net!r}>"


def checked_index(index: Any, width: int) -> int:
    """The number of a feature, of an SAE with so many."""
    try:
        number = operator.index(index)
    except TypeError:
        raise BadRequest(f"A {type(index).__name__} is no number of a feature.", "Give a whole number.", field="index") from None
    if not 0 <= number < width:
        raise BadRequest(f"There is no feature {number:,}.", f"The SAE has {width:,}, counted from 0.", field="index")
    return number
