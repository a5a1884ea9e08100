"""Who is dead, and what is done about it."""

from __future__ import annotations

import pytest
import torch

from mistudio_ext.saes.dead import DeadCount, lift, resample
from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.saes.schema import SaeOptions, dead_after
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState
from mistudio_ext.trainings.step import Micro, take_step
from mistudio_ext.trainings.view import Scaled


def test_how_long_a_feature_may_be_silent() -> None:
    assert dead_after(SaeOptions(), 1_000_000) == 100_000
    assert dead_after(SaeOptions(), 10**12) == 10_000_000
    assert dead_after(SaeOptions(dead_after=5000), 10**12) == 5000


def test_silent_tokens_are_counted_since_the_last_firing() -> None:
    count = DeadCount(3, limit=100)
    fired = torch.tensor([True, False, False])
    count.add(fired, 60)
    assert count.dead.tolist() == [False, False, False]
    count.add(torch.tensor([False, True, False]), 60)
    assert count.silent.tolist() == [60, 0, 120]
    assert count.dead.tolist() == [False, False, True]
    count.add(torch.tensor([False, False, True]), 40)
    assert count.dead.tolist() == [True, False, False]


def test_aux_k_helps_a_feature_long_before_it_counts_as_dead() -> None:
    count = DeadCount(3, limit=1000)
    count.silent = torch.tensor([99, 100, 1000])
    assert count.treated("aux_k").tolist() == [False, True, True]
    assert count.treated("ghost").tolist() == [False, False, True]
    assert count.dead.tolist() == [False, False, True]


@pytest.mark.parametrize("micro", [64, 24])
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_dead_feature_rises_a_tenth_further_than_to_be_on_at_one_token(name: str, micro: int) -> None:
    k = 4
    sae = architecture(name)(Shape(8, 8, 32), SaeOptions(architecture=name, k=k), 0)
    x = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
    dead = torch.zeros(32, dtype=torch.bool)
    dead[[3, 9, 20]] = True
    with torch.no_grad():
        sae.b_enc[dead] = torch.tensor([-5.0, -2.0, -9.0])
        pre = (x - sae.b_dec) @ sae.W_enc.t() + sae.b_enc
        before = sae.b_enc.clone()
    state = BatchState(0, 10, 64, 1e-3, dead)
    parts = [(rows, rows) for rows in x.split(micro)]
    sae.prepare(parts, state)
    for rows, _ in parts:
        sae.loss(rows, rows, state)
    lift(sae, state)
    match name:
        case "topk":
            bar = pre.relu().sort(dim=1, descending=True).values[:, k - 1 : k]
        case "batchtopk" | "matryoshka":
            bar = pre.relu().flatten().sort(descending=True).values[k * 64 - 1]
        case "jumprelu":
            bar = torch.tensor(0.5)
        case _:
            bar = torch.tensor(0.0)
    rise = sae.b_enc.detach() - before
    assert torch.equal(rise[~dead], torch.zeros(29))
    for feature in (3, 9, 20):
        short = float((bar.expand(64, 1)[:, 0] - pre[:, feature]).min())
        assert short > 0
        assert float(rise[feature]) == pytest.approx(1.1 * short, rel=1e-4)
    if name != "jumprelu" and micro == 64:
        # Beside the others as they were, so that topk's bar may have risen by the new ones.
        after = sae.loss(x, x, BatchState(1, 10, 64, 1e-3, torch.zeros(32, dtype=torch.bool)))
        assert int(after.fired[dead].sum()) >= (1 if name in ("topk", "batchtopk", "matryoshka") else 3)


@pytest.mark.parametrize("name", BUILT_IN)
def test_features_come_back_though_none_is_on(name: str) -> None:
    sae = architecture(name)(Shape(8, 8, 32), SaeOptions(architecture=name, k=4), 0)
    with torch.no_grad():
        sae.b_enc.fill_(-50.0)
    x = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
    state = BatchState(0, 10, 64, 1e-3, torch.ones(32, dtype=torch.bool))
    assert int(sae.loss(x, x, state).active) == 0
    lift(sae, state)
    assert sae.loss(x, x, BatchState(1, 10, 64, 1e-3, torch.zeros(32, dtype=torch.bool))).fired.float().mean() > 0.9


@pytest.mark.parametrize("name", BUILT_IN)
def test_nobody_rises_above_what_a_feature_can_be(name: str) -> None:
    """Four times as many features as there is something for, in small batches: those left over must not drown the others."""
    chance = torch.Generator().manual_seed(1)
    directions = torch.nn.functional.normalize(torch.randn(32, 16, generator=chance), dim=1)

    def rows() -> torch.Tensor:
        on = torch.rand(64, 32, generator=chance) < 4 / 32
        x = (on * (0.5 + torch.rand(64, 32, generator=chance))) @ directions + 0.02 * torch.randn(64, 16, generator=chance)
        return x * 16**0.5 / 2.2

    options = SaeOptions(architecture=name, k=4, target_l0=4.0 if name in ("standard", "jumprelu", "gated") else None)
    sae = architecture(name)(Shape(16, 16, 128), options, 0)
    first = rows()
    sae.start(first, first)
    optimizer = torch.optim.Adam(sae.parameters(), lr=8e-3)
    silent = DeadCount(128, 6400)
    for step in range(1, 1001):
        x = rows()
        state = BatchState(step, 1000, 64, 0.01, silent.treated("aux_k"))
        done = take_step(sae, optimizer, Scaled(x, x), state, Micro(64), 1.0)
        silent.add(done.counts > 0, 64)
    x = rows()
    state = BatchState(1, 1, 64, 0.01, torch.zeros(128, dtype=torch.bool))
    with torch.no_grad():
        sae.prepare([(x, x)], state)
        left = (sae.reconstruct(x, state) - x).square().sum() / (x - x.mean(0)).square().sum()
    assert float(left) < 0.5
    assert float(sae.b_enc.detach().max()) < 3


def test_nobody_rises_who_is_on_already_or_is_treated_otherwise() -> None:
    x = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
    dead = torch.zeros(32, dtype=torch.bool)
    dead[[3, 9]] = True
    for treatment in ("aux_k", "ghost", "none", "resample"):
        sae = architecture("standard")(Shape(8, 8, 32), SaeOptions(architecture="standard", dead_features=treatment), 0)
        with torch.no_grad():
            sae.b_enc[3] = 1.0
            sae.b_enc[9] = -50.0 if treatment != "aux_k" else 1.0
        before = sae.b_enc.detach().clone()
        state = BatchState(0, 10, 64, 1e-3, dead)
        sae.loss(x, x, state)
        lift(sae, state)
        assert torch.equal(sae.b_enc.detach(), before)


def test_resampled_features_point_at_badly_reconstructed_tokens_and_are_new_to_the_optimizer() -> None:
    for name in ("standard", "jumprelu", "gated", "topk", "batchtopk"):
        sae = architecture(name)(Shape(8, 8, 32), SaeOptions(architecture=name, k=4), 0)
        x = torch.randn(64, 8, generator=torch.Generator().manual_seed(1))
        # Only these tokens are reconstructed badly.
        x[40:44] = 100 * torch.eye(8)[:4]
        dead = torch.zeros(32, dtype=torch.bool)
        dead[[3, 9, 20]] = True
        state = BatchState(0, 10, 64, 1e-3, dead)
        optimizer = torch.optim.Adam(sae.parameters(), lr=1e-3)
        sae.loss(x, x, state).total.backward()
        optimizer.step()
        alive = sae.W_dec.detach()[~dead].clone()
        with torch.no_grad():
            sae.W_enc *= 0.01
            sae.W_dec *= 0.01
        assert resample(sae, optimizer, x, x, state, seed=2) == 3
        directions = torch.nn.functional.normalize(x - sae.b_dec.detach())
        for feature in (3, 9, 20):
            likeness = directions @ sae.W_dec.detach()[feature]
            assert int(likeness.argmax()) in range(40, 44)
            assert abs(float(likeness.max()) - 1) < 1e-5
            assert torch.allclose(
                torch.nn.functional.normalize(sae.W_enc.detach()[feature], dim=0), sae.W_dec.detach()[feature], atol=1e-5
            )
        assert torch.allclose(sae.W_dec.detach()[~dead], alive * 0.01)
        memory = optimizer.state[sae.W_dec]["exp_avg"]
        assert float(memory[dead].abs().max()) == 0
        assert float(memory[~dead].abs().max()) > 0


def test_nobody_dead_changes_nothing() -> None:
    sae = architecture("topk")(Shape(8, 8, 32), SaeOptions(k=4), 0)
    before = sae.W_dec.detach().clone()
    state = BatchState(0, 10, 64, 0.0, torch.zeros(32, dtype=torch.bool))
    assert resample(sae, torch.optim.Adam(sae.parameters()), torch.randn(64, 8), torch.randn(64, 8), state, 0) == 0
    assert torch.equal(sae.W_dec, before)
