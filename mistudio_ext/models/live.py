"""What the live lane answers for models. One model stays loaded for the next call."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, Unreadable
from ..contract.models import checked
from ..workspace import atomic
from . import memory
from .device import require_device
from .files import FILES, HOOK_POINTS
from .generate import generate, prompt_ids
from .load import is_out_of_memory, load_model
from .offered import offered
from .precision import QUANTIZED
from .quantize import Measured, measure
from .schema import HookPoints, ModelFacts, Precision, TriedText, TryModel

Versions = tuple[tuple[str, int, int, int], ...]


@dataclass
class Loaded:
    """`wanted` is the precision that was asked for when this one was taken."""

    folder: Path
    versions: Versions
    wanted: Precision
    precision: Precision
    model: Any
    device: str
    measured: Measured

    def is_for(self, folder: Path, versions: Versions, precision: Precision, *, smaller: bool) -> bool:
        suits = precision == self.precision or (smaller and precision == self.wanted)
        return suits and (self.folder, self.versions) == (folder, versions)

    @cached_property
    def tokenizer(self) -> Any:
        from ..datasets.tokenizer import Tokenizer

        return Tokenizer(self.folder).inner


_loaded: Loaded | None = None


def write(folder: str, facts: dict[str, Any], params: dict[str, Any]) -> TriedText:
    asked = checked(TryModel, params)
    assert asked.precision is not None
    with _out_of_memory_says_so("Choose a smaller precision, or a shorter text."):
        held = _held(Path(folder) / FILES, checked(ModelFacts, facts), asked.precision, smaller=asked.smaller)
        written = generate(held.model, held.tokenizer, prompt_ids(held.model, held.tokenizer, asked), asked)
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


def hook_points(folder: str, facts: dict[str, Any], precision: Precision) -> HookPoints:
    """Found on the model, and kept beside its files: they are the same ones in every precision."""
    with _out_of_memory_says_so("Close what else uses it, or choose a smaller model."):
        found = offered(_held(Path(folder) / FILES, checked(ModelFacts, facts), precision, smaller=True).model)
    # The model may have been deleted meanwhile.
    with suppress(FileNotFoundError):
        atomic.write_json(Path(folder) / HOOK_POINTS, found.model_dump())
    return found


def _held(folder: Path, facts: ModelFacts, wanted: Precision, *, smaller: bool) -> Loaded:
    """The model in the precision that is wanted, or, if that is allowed, the next smaller one that fits."""
    global _loaded
    versions = _versions(folder)
    if _loaded is not None and _loaded.is_for(folder, versions, wanted, smaller=smaller):
        return _loaded
    # The one before goes first: there may be no room for both.
    _release()
    device, free = _device()
    precision = memory.require_room(facts, wanted, device, free, fall_back=smaller)
    model = load_model(folder, precision, device)
    _loaded = Loaded(folder, versions, wanted, precision, model, device, measure(model))
    return _loaded


@contextmanager
def _out_of_memory_says_so(hint: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        _release()
        raise MiStudioError("The memory did not suffice for this.", hint, code="memory") from None


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

    device = require_device(None)
    return device, torch.cuda.mem_get_info()[0] if device == "cuda" else memory.free_on_cpu()


def _versions(folder: Path) -> Versions:
    """What tells that the files are still the same ones, without reading them."""
    try:
        stats = sorted((each.name, each.stat()) for each in os.scandir(folder))
    except OSError as error:
        raise Unreadable(f"The model's files cannot be read: {error.strerror}.", "Look whether they are still there.") from None
    return tuple((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
