"""Hook points as a user names them: “layers.2.resid_post”, and in place of the number a range, “middle” or “all”."""

from __future__ import annotations

import re
from typing import get_args

from ..contract.errors import BadRequest
from ..models.schema import HookKind

# In the order of the forward pass.
KINDS: tuple[HookKind, ...] = get_args(HookKind)
NAME = re.compile(r"layers\.(middle|all|(\d{1,6})(?:-(\d{1,6}))?)\.(\w{1,20})")
MOST = 2000


def resolve(hooks: list[str], layers: int) -> list[str]:
    """The names with a number in each, of a model that has so many layers: in the order of the forward pass, each once."""
    if not hooks:
        raise _refused("No hook point was chosen.")
    found = {(layer, kind) for entry in hooks for layer, kind in _named(entry, layers)}
    if len(found) > MOST:
        raise _refused(f"These are {len(found):,} hook points, and {MOST:,} are the most for one capture.")
    return [f"layers.{layer}.{KINDS[kind]}" for layer, kind in sorted(found)]


def _named(entry: str, layers: int) -> list[tuple[int, int]]:
    """Layer and kind of each hook point that one entry names, both as numbers that sort like the forward pass."""
    match = NAME.fullmatch(entry.strip())
    if match is None:
        raise _refused(f"“{entry.strip()[:60]}” names no hook point.")
    which, first, last, kind = match.groups()
    if kind not in KINDS:
        raise _refused(f"There is no kind of hook point called {kind}; there are {', '.join(KINDS)}.")
    if which == "all":
        numbers = range(layers)
    elif which == "middle":
        numbers = range(layers // 2, layers // 2 + 1)
    else:
        numbers = range(int(first), int(last or first) + 1)
        if not numbers:
            raise _refused(f"“{which}” goes backwards.")
        if numbers[-1] >= layers:
            raise _refused(f"There is no layer {numbers[-1]}: the model has the layers 0 to {layers - 1}.")
    return [(number, KINDS.index(kind)) for number in numbers]


def _refused(message: str) -> BadRequest:
    hint = "Name it as in “layers.2.resid_post”; in place of the number also a range (2-5), “middle” or “all”."
    return BadRequest(message, hint, field="hooks")
