"""Who is dead, and what is done about it."""

from __future__ import annotations

import torch

from mistudio_ext.saes.dead import DeadCount, resample
from mistudio_ext.saes.registry import architecture
from mistudio_ext.saes.schema import SaeOptions, dead_after
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState


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
