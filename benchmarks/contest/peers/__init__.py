"""What ours is measured against: a plain loop in torch, and the libraries that the field trains with.

These files run in each library's own environment: they import torch, and of the libraries the one that is asked for. Each does
in a step what its own trainer does, but for logging.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from .dictionary_learning import dictionary_learning
from .plain import plain
from .sae_lens import sae_lens
from .sparsify import sparsify
from .wanted import Trained, Wanted

# What pip is asked for, after torch in our version: alone, some of them bring one for another device.
PACKAGES = {
    "eai-sparsify": "eai-sparsify==1.3.3",
    "sae-lens": "sae-lens==6.54.12",
    "dictionary-learning": "dictionary-learning==0.1.0",
}
PLAIN = "plain torch"
PEERS: dict[str, Callable[[Tensor, Wanted], Trained]] = {
    PLAIN: plain,
    "eai-sparsify": sparsify,
    "dictionary-learning": dictionary_learning,
    "sae-lens": sae_lens,
}
# Of the others, those that have more than topk.
HAVE_ALL = ("dictionary-learning", "sae-lens")


def has(peer: str, architecture: str) -> bool:
    return architecture == "topk" or peer in HAVE_ALL
