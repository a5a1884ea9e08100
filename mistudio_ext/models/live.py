"""What the live lane answers for models. One model stays loaded for the next call."""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, Unreadable
from ..contract.models import checked
from . import memory
from .generate import generate, prompt_ids
from .load import is_out_of_memory, load_model
from .precision import QUANTIZED, Weights
from .quantize import Measured, measure
from .schema import Precision, TriedText, TryModel

Versions = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Loaded:
    """`wanted` is the precision that was asked for when this one was taken."""

    folder: Path
    versions: Versions
    wanted: Precision
    precision: Precision
    model: Any
    tokenizer: Any
    device: str
    measured: Measured

    def is_for(self, folder: Path, versions: Versions, asked: TryModel) -> bool:
        suits = asked.precision == self.precision or (asked.smaller and asked.precision == self.wanted)
        return suits and (self.folder, self.versions) == (folder, versions)


_loaded: Loaded | None = None


def write(folder: str, weights: dict[str, int], params: dict[str, Any]) -> TriedText:
    asked = checked(TryModel, params)
    try:
        held = _held(Path(folder), Weights(**weights), asked)
        written = generate(held.model, held.tokenizer, prompt_ids(held.model, held.tokenizer, asked), asked)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        _release()
        hint = "Choose a smaller precision, or a shorter text."
        raise MiStudioError("The memory did not suffice for this.", hint, code="memory") from None
    return TriedText(
        text=written.text,
        tokens=len(written.ids),
        ended=written.ended,
        seconds=written.seconds,
        device=held.device,
        precision=held.precision,
        measured=held.measured.bytes,
        quantized_share=held.measured.quantized_share if held.precision in QUANTIZED else None,
    )


def _held(folder: Path, weights: Weights, asked: TryModel) -> Loaded:
    """The model in the precision that is asked for, or, if that is allowed, the next smaller one that fits."""
    global _loaded
    versions = _versions(folder)
    if _loaded is not None and _loaded.is_for(folder, versions, asked):
        return _loaded
    # The one before goes first: there may be no room for both.
    _release()
    device, free = _device()
    precision = memory.require_room(weights, asked.precision, device, free, fall_back=asked.smaller)
    from ..datasets.tokenizer import Tokenizer

    tokenizer = Tokenizer(folder).inner
    model = load_model(folder, precision, device)
    _loaded = Loaded(folder, versions, asked.precision, precision, model, tokenizer, device, measure(model))
    return _loaded


def _release() -> None:
    global _loaded
    if _loaded is None:
        return
    _loaded = None
    gc.collect()
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _device() -> tuple[str, int]:
    import torch

    if torch.cuda.is_available():
        return "cuda", torch.cuda.mem_get_info()[0]
    return "cpu", memory.free_on_cpu()


def _versions(folder: Path) -> Versions:
    """What tells that the files are still the same ones, without reading them."""
    try:
        stats = sorted((each.name, each.stat()) for each in os.scandir(folder))
    except OSError as error:
        raise Unreadable(f"The model's files cannot be read: {error.strerror}.", "Look whether they are still there.") from None
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
