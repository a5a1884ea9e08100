"""Statistics of captured vectors, gathered in float64 while they are captured: sums, so that parts can be added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .schema import HookStatistics

if TYPE_CHECKING:
    from torch import Tensor

# A dimension stands out when its root mean square is over this many times that of the median dimension.
OUTLIER = 6.0
Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Sums:
    """Of the vectors of one hook point."""

    width: int
    tokens: int = 0
    norms: float = 0.0
    largest: float = 0.0
    values: Numbers = field(default_factory=lambda: np.zeros(0))
    squares: Numbers = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not len(self.values):
            self.values, self.squares = np.zeros(self.width), np.zeros(self.width)

    def add(self, rows: Tensor) -> None:
        if not len(rows):
            return
        low, high = rows.aminmax()
        exact = rows.double()
        self.values += exact.sum(0).cpu().numpy()
        exact.square_()
        self.tokens += len(rows)
        self.norms += float(exact.sum(1).sqrt_().sum())
        self.squares += exact.sum(0).cpu().numpy()
        self.largest = max(self.largest, -float(low), float(high))

    @property
    def mean(self) -> Numbers:
        """Of each dimension."""
        return self.values / max(self.tokens, 1)

    @property
    def variance(self) -> Numbers:
        """Of each dimension."""
        return np.maximum(self.squares / max(self.tokens, 1) - self.mean**2, 0)

    def state(self) -> dict[str, Any]:
        return {
            "width": self.width, "tokens": self.tokens, "norms": self.norms, "largest": self.largest,
            "values": self.values.tolist(), "squares": self.squares.tolist(),
        }  # fmt: skip

    @classmethod
    def restore(cls, state: dict[str, Any]) -> Sums:
        return cls(**state | {"values": np.array(state["values"]), "squares": np.array(state["squares"])})

    def statistics(self, hook: str) -> HookStatistics:
        if not self.tokens:
            return HookStatistics(
                hook=hook, width=self.width, tokens=0, mean_norm=None, mean_square_norm=None, mean=None, deviation=None,
                largest=None, outliers=[],
            )  # fmt: skip
        mean_squares = self.squares / self.tokens
        return HookStatistics(
            hook=hook,
            width=self.width,
            tokens=self.tokens,
            mean_norm=self.norms / self.tokens,
            mean_square_norm=float(mean_squares.sum()),
            mean=float(self.mean.mean()),
            deviation=float(np.sqrt(self.variance.mean())),
            largest=self.largest,
            outliers=np.flatnonzero(mean_squares > OUTLIER**2 * np.median(mean_squares)).tolist(),
        )
