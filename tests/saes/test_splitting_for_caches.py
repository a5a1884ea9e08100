"""Batches are worked on in parts that a processor's caches hold, while most features are on."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mistudio_ext.saes import penalized
from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState, TrainingSae
from mistudio_ext.trainings.step import Micro, take_step
from mistudio_ext.trainings.view import Scaled

TOKENS, D, WIDTH, PART = 90, 24, 160, 16
PENALIZED = ["standard", "jumprelu", "gated"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(penalized, "AT_ONCE", PART * WIDTH)
    monkeypatch.setattr(penalized, "PROBE", 8)


def made(name: str, bias: float) -> TrainingSae:
    sae = architecture(name)(Shape(D, D, WIDTH), SaeOptions(architecture=name, k=5), seed=3)
    with torch.no_grad():
        sae.b_enc.fill_(bias)
    return sae


def rows() -> torch.Tensor:
    return torch.randn(TOKENS, D, generator=torch.Generator().manual_seed(1))


def stepped(sae: TrainingSae, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Makes one step; how many tokens each part had."""
    sizes: list[int] = []
    whole = sae.loss

    def loss(x: torch.Tensor, y: torch.Tensor, state: BatchState) -> Any:
        sizes.append(len(x))
        return whole(x, y, state)

    monkeypatch.setattr(sae, "loss", loss)
    x, state = rows(), BatchState(3, 10, TOKENS, 0.01, torch.zeros(WIDTH, dtype=torch.bool))
    take_step(sae, torch.optim.SGD(sae.parameters(), lr=0.1), Scaled(x, x), state, Micro(TOKENS), None)
    return sizes


@pytest.mark.parametrize("name", PENALIZED)
def test_while_most_are_on_a_step_is_made_in_parts_and_is_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    split = made(name, 1.0)
    assert stepped(split, monkeypatch) == [16, 16, 16, 16, 16, 10]
    monkeypatch.setattr(penalized, "AT_ONCE", TOKENS * WIDTH)
    whole = made(name, 1.0)
    assert stepped(whole, monkeypatch) == [TOKENS]
    start = made(name, 1.0)
    for parameter, value in whole.named_parameters():
        moved = value - start.get_parameter(parameter)
        assert torch.allclose(split.get_parameter(parameter) - start.get_parameter(parameter), moved, atol=1e-6), parameter
    assert not torch.equal(whole.W_enc, start.W_enc)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_batch_with_few_on_is_not_split(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stepped(made(name, -2.0 if name in PENALIZED else 0.0), monkeypatch) == [TOKENS]
