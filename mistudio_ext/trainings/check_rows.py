"""Some rows of each hook point, kept beside the checkpoints: an SAE that is taken out of one is checked on them from then on."""

from __future__ import annotations

from pathlib import Path

import torch

from ..saes.check import ROWS
from ..saes.tensor_file import Tensors, read_tensors, write_tensors
from .rows import Feed

NAME = "check_rows.safetensors"


def keep_check_rows(training: Path, feed: Feed) -> None:
    """Held-out ones, where there are any."""
    parts = list(feed.held_out(ROWS, feed.hooks)) or list(feed.first(ROWS, feed.hooks))
    write_tensors(training / NAME, {hook: torch.cat([each[hook] for each in parts])[:ROWS] for hook in feed.hooks})


def read_check_rows(training: Path) -> Tensors:
    """By hook point; none where no run has begun."""
    return read_tensors(training / NAME) if (training / NAME).exists() else {}
