"""How often features fire, as a histogram over the logarithm of the frequency. Definitions: docs/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[Any]]
# Bins a factor of ten.
BINS = 4
DENSE, RARE, RARE_TOKENS = 0.1, 1e-5, 1_000_000


@dataclass(frozen=True)
class FrequencyHistogram:
    """Bin i counts the features with `edges[i]` <= log10 of the frequency < `edges[i + 1]`; the last one has 1, too. Those
    that never fired have no logarithm. `rare` is None where there were too few tokens to say so."""

    tokens: int
    edges: list[float]
    counts: list[int]
    silent: int
    dense: int
    rare: int | None


def frequency_histogram(fired: Numbers, tokens: int) -> FrequencyHistogram:
    """`fired`: on how many of the tokens each feature fired."""
    firing = fired[fired > 0]
    shares = firing / max(tokens, 1)
    lowest = int(np.floor(BINS * np.log10(1 / max(tokens, 1))))
    bins = np.minimum(np.floor(BINS * np.log10(shares)).astype(np.int64), -1) - min(lowest, -1)
    counts = np.bincount(bins, minlength=-min(lowest, -1))
    return FrequencyHistogram(
        tokens=tokens,
        edges=[edge / BINS for edge in range(min(lowest, -1), 1)],
        counts=counts.tolist(),
        silent=len(fired) - len(firing),
        dense=int((shares > DENSE).sum()),
        rare=int((shares < RARE).sum()) if tokens >= RARE_TOKENS else None,
    )
