"""Normalization is folded into an SAE's weights, and nothing about its numbers changes by that."""

from __future__ import annotations

from typing import get_args

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes.net import SparseAutoencoder
from mistudio_ext.saes.normalization import Normalizer
from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.saes.schema import Normalization, SaeOptions, Target
from mistudio_ext.saes.shape import Shape

KINDS = get_args(Normalization)
D, WIDTH = 12, 64


def activations(d: int, seed: int, rows: int = 4000) -> Tensor:
    """Far from the origin, stretched, with outliers: as those of language models are."""
    chance = torch.Generator().manual_seed(seed)
    stretch = torch.logspace(-1, 1, d)
    x = torch.randn(rows, d, generator=chance) * stretch + 5 * torch.randn(d, generator=chance)
    x[::500] *= 20
    return x


def trained(name: str, target: Target, normalizer: Normalizer, x: Tensor, y: Tensor) -> SparseAutoencoder:
    options = SaeOptions(architecture=name, target=target, k=4)
    sae = architecture(name)(Shape(x.shape[1], y.shape[1], WIDTH), options, seed=0)
    sae.start(normalizer.apply(x), normalizer.apply_target(y))
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=chance)
    return sae.inference(0.7 if sae.needs_threshold else None)


def fvu(y: Tensor, y_hat: Tensor) -> float:
    y, y_hat = y.double(), y_hat.double()
    return float((y - y_hat).square().sum() / (y - y.mean(0)).square().sum())


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("target", get_args(Target))
@pytest.mark.parametrize("kind", KINDS)
def test_the_folded_sae_gives_the_same_in_the_models_units(kind: Normalization, target: Target, name: str) -> None:
    x = activations(D, 1)
    y = x if target == "autoencode" else activations(D + 3, 2)
    normalizer = Normalizer.fit(kind, x, None if target == "autoencode" else y)
    inner = trained(name, target, normalizer, x, y)
    folded = normalizer.fold(inner)
    step_by_step = normalizer.undo(inner(normalizer.apply(x)), x)
    whole = folded(x)
    same_features = ((inner.encode(normalizer.apply(x)) > 0) == (folded.encode(x) > 0)).all(1)
    # A pre-activation at the very edge of a threshold may fall to either side.
    assert float(same_features.float().mean()) > 0.995
    error = (step_by_step - whole).double()[same_features]
    assert float(error.norm() / step_by_step.double().norm()) < 1e-5
    assert fvu(y, whole) == pytest.approx(fvu(y, step_by_step), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", get_args(Target))
def test_unfolding_is_the_way_back(kind: Normalization, target: Target) -> None:
    x = activations(D, 1)
    y = x if target == "autoencode" else activations(D + 3, 2)
    normalizer = Normalizer.fit(kind, x, None if target == "autoencode" else y)
    for name in ("topk", "gated"):
        inner = trained(name, target, normalizer, x, y)
        back = normalizer.unfold(normalizer.fold(inner))
        assert back.form == inner.form
        for part, tensor in inner.tensors().items():
            assert torch.allclose(back.tensors()[part], tensor, atol=1e-4), part


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_keeps_the_normalizer_to_the_bit(kind: Normalization) -> None:
    x, y = activations(D, 1), activations(D + 3, 2)
    for fitted in (Normalizer.fit(kind, x), Normalizer.fit(kind, x, y)):
        again = Normalizer.restore(kind, fitted.state())
        assert torch.equal(again.apply(x), fitted.apply(x))
        assert (again.own_target is None) == (fitted.own_target is None)
        if fitted.own_target is not None:
            assert torch.equal(again.apply_target(y), fitted.apply_target(y))
    with pytest.raises(ValueError, match="no tensors of a normalizer"):
        Normalizer.restore(kind, {})


def test_what_each_kind_makes_of_activations() -> None:
    x = activations(D, 1)
    assert torch.equal(Normalizer.fit("none", x).apply(x), x)
    scaled = Normalizer.fit("expected_norm", x).apply(x)
    assert float(scaled.norm(dim=1).mean()) == pytest.approx(D**0.5, rel=1e-5)
    assert torch.allclose(scaled / scaled[0, 0], x / x[0, 0], rtol=1e-4)
    each = Normalizer.fit("layer_norm", x).apply(x)
    assert torch.allclose(each.mean(1), torch.zeros(len(x)), atol=1e-5)
    assert torch.allclose(each.std(1), torch.ones(len(x)), atol=1e-3)
    white = Normalizer.fit("whitening", x).apply(x).double()
    assert torch.allclose(torch.cov(white.t()), torch.eye(D, dtype=torch.float64), atol=0.03)
    assert torch.allclose(white.mean(0), torch.zeros(D, dtype=torch.float64), atol=1e-3)


def test_whitening_survives_directions_without_variance_and_few_rows() -> None:
    x = activations(D, 1)
    x[:, 3] = 2.0
    for rows in (x, x[:5]):
        normalizer = Normalizer.fit("whitening", rows)
        there = normalizer.apply(rows)
        assert bool(there.isfinite().all())
        assert torch.allclose(normalizer.undo(there, rows), rows, atol=1e-2)


def test_an_sae_with_layer_norm_starts_no_training_without() -> None:
    x = activations(D, 1)
    with_norm = Normalizer.fit("layer_norm", x)
    folded = with_norm.fold(trained("topk", "autoencode", with_norm, x, x))
    with pytest.raises(ValueError, match="layer norm"):
        Normalizer.fit("none", x).unfold(folded)
