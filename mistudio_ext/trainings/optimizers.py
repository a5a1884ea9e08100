"""The rules by which weights change, and what they remember."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from .schema import TrainOptions


def make_optimizer(options: TrainOptions, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
    """The rate is set before each step."""
    parameters = list(parameters)
    betas = (options.beta1, options.beta2)
    # Fused: one pass over weights, gradients and what is remembered.
    match options.optimizer:
        case "adam":
            return torch.optim.Adam(parameters, betas=betas, weight_decay=options.weight_decay, fused=True)
        case "adamw":
            return torch.optim.AdamW(parameters, betas=betas, weight_decay=options.weight_decay, fused=True)
        case "sgd":
            return torch.optim.SGD(parameters, momentum=options.beta1, weight_decay=options.weight_decay, fused=True)
        case "adafactor":
            return torch.optim.Adafactor(parameters, weight_decay=options.weight_decay)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def remembered(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """By number of the parameter and name, as in `3.exp_avg`."""
    state = optimizer.state_dict()["state"]
    return {
        f"{number}.{name}": value
        for number, values in state.items()
        for name, value in values.items()
        if isinstance(value, Tensor)
    }


def remind(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        number, name = key.split(".", 1)
        # In memory of torch's own, not in that of the file.
        state.setdefault(int(number), {})[name] = value.clone()
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
