"""Layers in words, as in “2, 5-7”, and the names of the hook points in them."""

from __future__ import annotations

import re
from typing import get_args

from ..contract.errors import BadRequest
from .schema import CaptureOptions, HookPoint

# In the order of the forward pass.
ORDER: tuple[HookPoint, ...] = ("resid_pre", "attn_z", "attn_out", "resid_mid", "mlp_in", "mlp_out", "resid_post")
assert set(ORDER) == set(get_args(HookPoint))
PART = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")


def layers_in(text: str, count: int) -> list[int]:
    """Numbers of layers, ascending, of a model that has `count` of them."""
    words = text.strip().lower()
    if words == "all":
        return list(range(count))
    if words == "middle":
        return [count // 2]
    found: set[int] = set()
    for part in words.split(","):
        match = PART.fullmatch(part.strip())
        if match is None:
            raise _refused(f"“{part.strip()[:40]}” names no layer.")
        first = int(match[1])
        last = int(match[2] or first)
        if last < first:
            raise _refused(f"“{part.strip()}” goes backwards.")
        if last >= count:
            raise _refused(f"There is no layer {last}: the model has the layers 0 to {count - 1}.")
        found.update(range(first, last + 1))
    return sorted(found)


def hooks_of(options: CaptureOptions, count: int) -> list[str]:
    """Names as in “layers.2.resid_post”, in the order of the forward pass."""
    kinds = [kind for kind in ORDER if kind in options.hook_points]
    return [f"layers.{layer}.{kind}" for layer in layers_in(options.layers, count) for kind in kinds]


def _refused(message: str) -> BadRequest:
    return BadRequest(message, "Give “all”, “middle”, or numbers and ranges such as “2, 5-7”.", field="layers")
