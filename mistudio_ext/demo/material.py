"""The small language model that comes with the package. `scripts/make_demo.py` made it, and makes it anew."""

from __future__ import annotations

from pathlib import Path

# A model folder as any other: weights, configuration, tokenizer, model card. It speaks the language of `corpus`.
MODEL_FOLDER = Path(__file__).parent / "demo-llama"
# The documents that it has learned from; of any other seed, it has seen none.
TRAINING_SEED = 0
