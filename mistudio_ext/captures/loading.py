"""The model of a capture, loaded, with the hook points that were chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest
from ..models import memory
from ..models.device import require_device
from ..models.hook_points import HookPoint, find_hook_points
from ..models.load import load_model
from ..models.precision import QUANTIZED
from ..models.quantize import measure
from ..models.schema import ModelFacts, Precision
from .run import free_memory


@dataclass
class Loaded:
    model: Any
    points: list[HookPoint]
    precision: Precision
    quantized_share: float | None
    device: str


@contextmanager
def loaded(
    folder: Path, facts: ModelFacts, hooks: list[str], precision: Precision, *, fall_back: bool, device: str | None = None
) -> Iterator[Loaded]:
    """In this precision or, where it is allowed and needed, a smaller one; at the end of the block its memory is free again."""
    import torch

    device = require_device(device)
    free = torch.cuda.mem_get_info(device)[0] if device.startswith("cuda") else memory.free_on_cpu()
    precision = memory.require_room(facts, precision, device, free, fall_back=fall_back)
    model = load_model(folder, precision, device)
    found = Loaded(model, [], precision, measure(model).quantized_share if precision in QUANTIZED else None, device)
    del model
    try:
        found.points = choose(find_hook_points(found.model), hooks)
        yield found
    finally:
        found.model = None
        free_memory()


def choose(points: list[HookPoint], hooks: list[str]) -> list[HookPoint]:
    """Those with these names, or the sentence that says which there are instead."""
    by_name = {point.name: point for point in points}
    missing = [name for name in hooks if name not in by_name]
    if missing:
        kinds = list(dict.fromkeys(point.kind for point in points))
        raise BadRequest(
            f"The model has no hook point {missing[0]}.",
            f"It has, in some layers at least: {', '.join(kinds)}.",
            field="hooks",
        )
    return [by_name[name] for name in hooks]
