"""The learning rate that a training takes when it is given none."""

from __future__ import annotations

# Measured with benchmarks/known_features.py: Adam, width 2048, a million tokens.
RATE, WIDTH, TOKENS = 4.5e-3, 2048, 1_000_000
# More tokens allow smaller steps, and wider nets ask for them.
BY_TOKENS, BY_WIDTH = -1 / 3, -1 / 2
LOWEST, HIGHEST = 5e-5, 8e-3
ARCHITECTURES = {"topk": 1.0, "batchtopk": 1.0, "matryoshka": 1.0, "standard": 1.0, "jumprelu": 1.0, "gated": 1.0}
# Adafactor's rate is a share of a weight's own size; sgd's is multiplied by gradients as small as they are.
OPTIMIZERS = {"adam": 1.0, "adamw": 1.0, "adafactor": 10.0, "sgd": 100.0}
# What the schema allows.
MOST = 0.1


def auto_rate(architecture: str, width: int, tokens: int, optimizer: str) -> float:
    """`tokens` is the whole budget of the training."""
    rate: float = RATE * (max(tokens, 1) / TOKENS) ** BY_TOKENS * (width / WIDTH) ** BY_WIDTH
    rate = min(HIGHEST, max(LOWEST, rate)) * ARCHITECTURES.get(architecture, 1.0)
    return min(MOST, rate * OPTIMIZERS.get(optimizer, 1.0))
