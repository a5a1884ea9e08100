"""A training's step on a GPU is the one that it is on a CPU; bfloat16 is near it; memory that runs out halves it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState, TrainingSae
from mistudio_ext.trainings.optimizers import make_optimizer
from mistudio_ext.trainings.schema import TrainOptions
from mistudio_ext.trainings.step import Micro, Stepped, take_step
from mistudio_ext.trainings.view import Scaled

from .conftest import DEVICE

TOKENS, D, WIDTH = 512, 64, 1024


def rows(count: int = TOKENS) -> Tensor:
    return torch.randn(count, D, generator=torch.Generator().manual_seed(1))


def stepped(name: str, device: str, *, tokens: int = TOKENS, micro: int | None = None, **options: Any) -> tuple[TrainingSae, Any]:
    """Three steps, and what the last one was."""
    asked = TrainOptions(architecture=name, k=8, width=WIDTH, dead_after=1, **options)
    own = SaeOptions(**asked.model_dump(include={*SaeOptions.model_fields}))
    sae = architecture(name)(Shape(D, D, WIDTH), own, 0).to(device)
    sae.compute = getattr(torch, asked.compute)
    x = rows(tokens).to(device)
    sae.start(x, x)
    optimizer = make_optimizer(asked, sae.parameters())
    for group in optimizer.param_groups:
        group["lr"] = 1e-3
    size = Micro(micro or tokens)
    done: Stepped | None = None
    dead = torch.zeros(WIDTH, dtype=torch.bool, device=device)
    for step in range(1, 4):
        state = BatchState(step, 10, tokens, 0.01, dead)
        done = take_step(sae, optimizer, Scaled(x, x), state, size, 1.0)
        # What did not fire is treated as dead: aux-k has something to do.
        dead = done.counts == 0
    return sae, (done, size)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_step_is_the_same_as_on_a_cpu(name: str) -> None:
    ours, (done, _) = stepped(name, DEVICE)
    theirs, (expected, _) = stepped(name, "cpu")
    assert float(done.loss) == pytest.approx(float(expected.loss), rel=1e-3)
    for parameter, value in theirs.named_parameters():
        change = ours.get_parameter(parameter).detach().cpu() - value.detach()
        assert float(change.norm()) <= 1e-2 * float(value.detach().norm()) + 1e-3, parameter


@pytest.mark.parametrize("name", BUILT_IN)
def test_bfloat16_is_near_float32_and_weights_stay_float32(name: str) -> None:
    half, (done, _) = stepped(name, DEVICE, compute="bfloat16")
    _, (whole, _) = stepped(name, DEVICE)
    assert {each.dtype for each in half.parameters()} == {torch.float32}
    assert float(done.loss) == pytest.approx(float(whole.loss), rel=0.05)


def test_memory_that_runs_out_halves_the_micro_batch() -> None:
    tokens = 2**17
    torch.cuda.empty_cache()
    whole = torch.cuda.get_device_properties(0).total_memory
    # A table of all tokens by all features takes 512 MB, and several are needed.
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 2**29) / whole)
    try:
        _, (_, size) = stepped("standard", DEVICE, tokens=tokens)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
        torch.cuda.empty_cache()
    assert size.size < tokens
