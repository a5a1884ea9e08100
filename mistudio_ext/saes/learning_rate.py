"""The learning rate that a training takes when it is given none."""

from __future__ import annotations

# Measured with benchmarks/known_features.py: Adam, width 2048, a million tokens.
RATE, WIDTH, TOKENS = 4.5e-3, 2048, 1_000_000
# More tokens allow smaller steps, and wider nets ask for them.
BY_TOKENS, BY_WIDTH = -1 / 3, -1 / 2
LOWEST, HIGHEST = 5e-5, 8e-3
# Each beside topk, on a smaller set of the same kind. Where a penalty or the batch decides who is on, features move more slowly.
ARCHITECTURES = {"topk": 1.0, "batchtopk": 1.5, "matryoshka": 1.5, "standard": 1.5, "jumprelu": 1.5, "gated": 1.5}
# Adafactor's rate is a share of a weight's own size. Sgd's is multiplied by gradients as small as they are, so that it would need
# more than what the schema allows.
OPTIMIZERS = {"adam": 1.0, "adamw": 1.0, "adafactor": 10.0, "sgd": 100.0}
MOST = 0.1


def auto_rate(architecture: str, width: int, tokens: int, optimizer: str) -> float:
    """`tokens` is the whole budget of the training."""
    rate: float = RATE * (max(tokens, 1) / TOKENS) ** BY_TOKENS * (width / WIDTH) ** BY_WIDTH
    rate = min(HIGHEST, max(LOWEST, rate)) * ARCHITECTURES.get(architecture, 1.0)
    return min(MOST, rate * OPTIMIZERS.get(optimizer, 1.0))
