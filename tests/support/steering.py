"""Steering written by hand: a whole text through the model without cache or padding, one hook put where the change is to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tests.support.hand_hooks import PLACES
from tests.support.nets import make_net

HOOK = "layers.1.resid_post"
IDS = [1, 5, 9, 2, 7, 7, 3]
OTHER = [1, 8, 6, 4]


def net_for(model: Any, kind: str = "relu", hook: str = HOOK, **options: Any) -> Any:
    net = make_net(kind, **({"d_in": model.config.hidden_size, "width": 64, "k": 20} | options))
    net.cfg = {"hook": hook, "out_hook": options.pop("out_hook", hook)}
    return net


def run(model: Any, ids: list[list[int]], **more: Any) -> torch.Tensor:
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=torch.tensor(ids), **more).logits
    return found


def by_hand(
    model: Any, family: str, change: Callable[[torch.Tensor], torch.Tensor], ids: list[int], first: int = 0
) -> torch.Tensor:
    """`change` makes rows of the stream behind layer 1 of others, from position `first` on; logits, tokens x vocabulary."""

    def replace(_: Any, _args: Any, output: Any) -> Any:
        stream = (output[0] if isinstance(output, tuple) else output).clone()
        stream[0, first:] = change(stream[0, first:])
        return (stream, *output[1:]) if isinstance(output, tuple) else stream

    handle = model.get_submodule(f"{PLACES[family].layers}.1").register_forward_hook(replace)
    try:
        return run(model, [ids])[0]
    finally:
        handle.remove()


def hooks_of(model: Any) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_forward_hooks_with_kwargs")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)
