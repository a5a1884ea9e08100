"""Features in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from ..saes import feature
    from .sae import Sae


@dataclass(frozen=True)
class Feature:
    """One feature of an SAE: `.sae`, `.index`."""

    sae: Sae
    index: int

    def load(self, device: str = "cpu") -> feature.Feature:
        """The same of the SAE itself, which is loaded for it: `.direction`, `.encoder`, `.bias` as torch has them."""
        return self.sae.load(device).feature(self.index)

    @property
    def direction(self) -> Tensor:
        """What the feature writes when it is at 1: its row of the decoder."""
        return self.load().direction

    @property
    def encoder(self) -> Tensor:
        """What the feature looks for: its row of the encoder."""
        return self.load().encoder

    @property
    def bias(self) -> float:
        """What is added to its activation before it is switched on or off."""
        return self.load().bias

    def __repr__(self) -> str:
        return f"<Feature {self.index:,} of {self.sae.id}>"
