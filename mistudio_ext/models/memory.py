"""Where a model would be loaded, how much is free there, and which precision fits. Loads nothing heavy."""

from __future__ import annotations

import os
from importlib import metadata, util
from typing import get_args

import psutil

from ..contract.errors import MiStudioError
from .precision import NOT_IN, estimate_bytes, smaller
from .schema import ModelFacts, Precision, PrecisionMemory, Weights

# The rest is for what is computed with them.
FOR_WEIGHTS = 0.9
PACKAGES: dict[Precision, str] = {"int8": "bitsandbytes", "nf4": "bitsandbytes", "fp4": "bitsandbytes", "hqq2": "hqq"}


def place() -> tuple[str, int]:
    """The device that a worker would choose, and its free bytes."""
    free = _free_on_gpu()
    return ("cpu", free_on_cpu()) if free is None else ("cuda", free)


def free_on_cpu() -> int:
    return int(psutil.virtual_memory().available)


def fits(weights: Weights, precision: Precision, device: str, free: int) -> bool:
    return estimate_bytes(weights, precision, device) <= free * FOR_WEIGHTS


def problem_of(precision: Precision, family: str) -> str | None:
    """Why models of this family cannot be loaded in this precision here, whatever is free."""
    if precision in NOT_IN.get(family, ()):
        return f"Models of the family {family} do not run in it."
    package = PACKAGES.get(precision)
    if package is not None and util.find_spec(package) is None:
        return f"It needs the package {package}, which is not installed here."
    return None


def in_each_precision(facts: ModelFacts, device: str, free: int) -> list[PrecisionMemory]:
    return [
        PrecisionMemory(
            precision=each,
            weights=estimate_bytes(facts.weights, each, device),
            fits=fits(facts.weights, each, device, free),
            problem=problem_of(each, facts.family),
        )
        for each in get_args(Precision)
    ]


def next_that_fits(facts: ModelFacts, precision: Precision, device: str, free: int) -> Precision | None:
    found = smaller(precision)
    while found is not None and (problem_of(found, facts.family) or not fits(facts.weights, found, device, free)):
        found = smaller(found)
    return found


def require_room(facts: ModelFacts, wanted: Precision, device: str, free: int, *, fall_back: bool) -> Precision:
    """The precision that is wanted, or, if that is allowed, the next smaller one that fits."""
    if fits(facts.weights, wanted, device, free):
        return wanted
    found = next_that_fits(facts, wanted, device, free)
    if found is not None and fall_back:
        return found
    needed = estimate_bytes(facts.weights, wanted, device)
    raise MiStudioError(
        f"In {wanted} it needs {needed / 1e9:,.1f} GB, and {free / 1e9:,.1f} GB are free.",
        f"It would fit in {found}." if found else "Close what else uses it, or choose a smaller model.",
        code="memory",
    )


def _free_on_gpu() -> int | None:
    """Of the first one that a worker may use; none where there is none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    first = "0" if visible is None else visible.split(",")[0].strip()
    if first in ("", "-1") or "+cpu" in metadata.version("torch"):
        return None
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        device = pynvml.nvmlDeviceGetHandleByIndex(int(first)) if first.isdecimal() else pynvml.nvmlDeviceGetHandleByUUID(first)
        return int(pynvml.nvmlDeviceGetMemoryInfo(device).free)
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()
