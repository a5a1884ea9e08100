"""One step of one SAE: micro-batches whose gradients add up to the batch's, halved where memory runs out."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..contract.errors import MiStudioError
from ..models.load import is_out_of_memory
from ..saes.dead import lift
from ..saes.training_form import BatchState, Losses, TrainingSae
from .view import Scaled

SMALLEST = 16


@dataclass
class Micro:
    """How many tokens are held in memory together; the same for all SAEs of a run. `told` hears of each halving."""

    size: int
    told: Callable[[int], None] = field(default=lambda _: None)

    def halve(self) -> None:
        if self.size <= SMALLEST:
            raise MiStudioError(
                f"The memory does not suffice for {self.size} tokens.",
                "Choose fewer features or fewer SAEs at once, or free memory.",
                code="memory",
            )
        self.size = max(SMALLEST, self.size // 2)
        self.told(self.size)


@dataclass(frozen=True)
class Stepped:
    """Of the whole batch. Figures are sums over its tokens; the loss and its parts are divided by them already."""

    loss: Tensor
    parts: dict[str, Tensor]
    squared_error: Tensor
    l1: Tensor
    counts: Tensor
    gradient_norm: Tensor

    @property
    def active(self) -> Tensor:
        return self.counts.sum()


def take_step(
    sae: TrainingSae, optimizer: torch.optim.Optimizer, batch: Scaled, state: BatchState, micro: Micro, clip: float | None
) -> Stepped:
    while True:
        try:
            found = _gradients(sae, batch, state, micro.size)
            break
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        # By now the error is gone, and with it what it held.
        optimizer.zero_grad()
        state.threshold = state.residual_variance = state.short = None
        state.length = 0.0
        _free()
        micro.halve()
    sae.before_update()
    gradients = [each for each in sae.parameters() if each.grad is not None]
    norm = torch.nn.utils.clip_grad_norm_(gradients, float("inf") if clip is None else clip)
    optimizer.step()
    optimizer.zero_grad()
    sae.after_update()
    lift(sae, state)
    loss, parts, squared_error, l1, counts = found
    return Stepped(loss, parts, squared_error, l1, counts, norm)


def _gradients(
    sae: TrainingSae, batch: Scaled, state: BatchState, size: int
) -> tuple[Tensor, dict[str, Tensor], Tensor, Tensor, Tensor]:
    size = min(size, sae.tokens_at_once(batch.x))
    parts = list(zip(torch.split(batch.x, size), torch.split(batch.y, size), strict=True))
    sae.prepare(parts, state)
    total: Losses | None = None
    for x, y in parts:
        losses = sae.loss(x, y, state)
        losses.total.backward()  # type: ignore[no-untyped-call]
        losses.total = losses.total.detach()
        total = losses if total is None else _added(total, losses)
    assert total is not None
    return total.total, total.parts, total.squared_error, total.l1, total.counts


def _added(one: Losses, other: Losses) -> Losses:
    parts = {**other.parts, **one.parts}
    parts |= {name: one.parts[name] + other.parts[name] for name in one.parts.keys() & other.parts.keys()}
    return Losses(
        one.total + other.total, parts, one.squared_error + other.squared_error, one.l1 + other.l1, one.counts + other.counts
    )


def _free() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
