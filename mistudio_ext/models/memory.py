"""Where a model would be loaded, how much is free there, and which precision fits. Loads nothing heavy."""

from __future__ import annotations

import os
from importlib import metadata, util

import psutil

from ..contract.errors import MiStudioError
from .precision import Weights, estimate_bytes, smaller
from .schema import ModelFacts, Precision

# The rest is for what is computed with them.
FOR_WEIGHTS = 0.9


def place() -> tuple[str, int]:
    """The device that a worker would choose, and its free bytes."""
    free = _free_on_gpu()
    return ("cpu", free_on_cpu()) if free is None else ("cuda", free)


def free_on_cpu() -> int:
    return int(psutil.virtual_memory().available)


def weights_of(facts: ModelFacts) -> Weights:
    return Weights(**facts.weights.model_dump())


def fits(weights: Weights, precision: Precision, device: str, free: int) -> bool:
    return estimate_bytes(weights, precision, device) <= free * FOR_WEIGHTS


def next_that_fits(weights: Weights, precision: Precision, device: str, free: int) -> Precision | None:
    found = smaller(precision)
    while found is not None and not (_can(found) and fits(weights, found, device, free)):
        found = smaller(found)
    return found


def require_room(weights: Weights, wanted: Precision, device: str, free: int, *, fall_back: bool) -> Precision:
    """The precision that is wanted, or, if that is allowed, the next smaller one that fits."""
    if fits(weights, wanted, device, free):
        return wanted
    found = next_that_fits(weights, wanted, device, free)
    if found is not None and fall_back:
        return found
    needed = estimate_bytes(weights, wanted, device)
    raise MiStudioError(
        f"In {wanted} it needs {needed / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free.",
        f"It would fit in {found}." if found else "Close what else uses it, or choose a smaller model.",
        code="memory",
    )


def _can(precision: Precision) -> bool:
    return precision != "hqq2" or util.find_spec("hqq") is not None


def _free_on_gpu() -> int | None:
    """Of the first one that a worker may use; none where there is none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    first = "0" if visible is None else visible.split(",")[0].strip()
    if first in ("", "-1") or "+cpu" in metadata.version("torch"):
        return None
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:
        return None
    try:
        device = pynvml.nvmlDeviceGetHandleByIndex(int(first)) if first.isdecimal() else pynvml.nvmlDeviceGetHandleByUUID(first)
        return int(pynvml.nvmlDeviceGetMemoryInfo(device).free)
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()
