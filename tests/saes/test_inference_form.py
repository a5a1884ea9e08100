"""SAEs as they are used: against the training's own activations, and against the formulas."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.saes.net import Form, SparseAutoencoder
from mistudio_ext.saes.registry import BUILT_IN, architecture, architectures, register
from mistudio_ext.saes.schema import BUILT_IN as NAMED
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.start import geometric_median
from mistudio_ext.saes.training_form import BatchState, TrainingSae

D, WIDTH = 10, 40


def trained(name: str, **changes: object) -> TrainingSae:
    options = SaeOptions(architecture=name, k=4, **changes)  # type: ignore[arg-type]
    d_out = D if options.target == "autoencode" else D + 2
    sae = architecture(name)(Shape(D, d_out, WIDTH), options, seed=0)
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=chance)
    return sae


def rows(count: int = 200) -> Tensor:
    return torch.randn(count, D, generator=torch.Generator().manual_seed(2)) * 2


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("target", ["autoencode", "skip_transcode"])
def test_what_is_used_is_what_was_trained(name: str, target: str) -> None:
    sae = trained(name, target=target)
    x = rows()
    state = BatchState(0, 1, len(x), 0.0, torch.zeros(WIDTH, dtype=torch.bool))
    threshold = None
    if sae.needs_threshold:
        # With the threshold of this very batch.
        pre = sae.pre_activations(sae.centre(x)).reshape(-1).sort(descending=True).values
        threshold = float((pre[len(x) * 4 - 1] + pre[len(x) * 4]) / 2)
    used = sae.inference(threshold)
    assert torch.allclose(used(x), sae.reconstruct(x, state), atol=1e-5)
    assert torch.allclose(used.decode(used.encode(x), x), used(x))
    assert used.W_enc.shape == (D, WIDTH)
    assert not any(tensor.requires_grad for tensor in used.tensors().values())
    with torch.no_grad():
        sae.W_dec.zero_()
    assert float(used.W_dec.abs().sum()) > 0, "it shares no memory with the training"


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_training_starts_from_an_sae_where_that_stopped(name: str) -> None:
    first = trained(name)
    x = rows()
    used = first.inference(0.6 if first.needs_threshold else None)
    second = architecture(name)(first.shape, first.options, seed=9)
    second.take(used)
    again = second.inference(0.6 if first.needs_threshold else None)
    assert torch.equal(again(x), used(x))


def test_a_bias_that_is_taken_from_the_input_can_be_in_the_encoders() -> None:
    sae = trained("gated").inference()
    moved = sae.encoder @ sae.b_dec
    assert sae.b_mag is not None
    assert sae.r_mag is not None
    plain = sae.changed(form=Form("gated", centered=False), b_enc=sae.b_enc - moved, b_mag=sae.b_mag - moved * sae.r_mag.exp())
    x = rows()
    assert torch.allclose(plain(x), sae(x), atol=1e-4)
    for made in ("standard", "gated"):
        first = trained(made)
        inner = first.inference()
        other = first.inference().with_form(centered=False)
        second = architecture(made)(first.shape, first.options, seed=9)
        second.take(other)
        assert torch.allclose(second.inference()(x), other(x), atol=1e-4)
        assert not torch.allclose(inner(x), other(x), atol=1e-2)


def test_each_activation_by_its_formula() -> None:
    pre = torch.tensor([[-1.0, 0.2, 0.5, 2.0]])
    weights = {"encoder": torch.eye(4), "b_enc": torch.zeros(4), "W_dec": torch.eye(4), "b_dec": torch.zeros(4)}
    relu = SparseAutoencoder(Form("relu"), **weights)
    assert torch.equal(relu.encode(pre), torch.tensor([[0.0, 0.2, 0.5, 2.0]]))
    two = SparseAutoencoder(Form("topk", k=2), **weights)
    assert torch.equal(two.encode(pre), torch.tensor([[0.0, 0.0, 0.5, 2.0]]))
    values, features = two.encode_sparse(pre)
    assert dict(zip(features[0].tolist(), values[0].tolist(), strict=True)) == {2: 0.5, 3: 2.0}
    all_four = SparseAutoencoder(Form("topk", k=9), **weights)
    assert torch.equal(all_four.encode(pre), torch.tensor([[0.0, 0.2, 0.5, 2.0]])), "none below 0"
    one = SparseAutoencoder(Form("threshold"), **weights, threshold=torch.tensor(0.5))
    assert torch.equal(one.encode(pre), torch.tensor([[0.0, 0.0, 0.0, 2.0]])), "more than the threshold"
    each = SparseAutoencoder(Form("threshold"), **weights, threshold=torch.tensor([-5.0, 0.1, 0.6, 3.0]))
    assert torch.equal(each.encode(pre), torch.tensor([[0.0, 0.2, 0.0, 0.0]]))
    gated = SparseAutoencoder(
        Form("gated"), **(weights | {"b_enc": torch.full((4,), -0.3)}), b_mag=torch.ones(4), r_mag=torch.zeros(4)
    )
    assert torch.allclose(gated.encode(pre), torch.tensor([[0.0, 0.0, 1.5, 3.0]]))


def test_a_form_and_its_tensors_belong_together() -> None:
    weights = {"encoder": torch.eye(4), "b_enc": torch.zeros(4), "W_dec": torch.eye(4), "b_dec": torch.zeros(4)}
    for form, more in [
        (Form("topk"), {}),
        (Form("threshold"), {}),
        (Form("relu"), {"threshold": torch.tensor(1.0)}),
        (Form("gated"), {"b_mag": torch.zeros(4)}),
    ]:
        with pytest.raises(ValueError, match="An SAE"):
            SparseAutoencoder(form, **weights, **more)
    with pytest.raises(ValueError, match="top-k"):
        SparseAutoencoder(Form("relu"), **weights).encode_sparse(torch.ones(1, 4))
    normed = SparseAutoencoder(Form("relu", layer_norm=True, layer_norm_out=True), **weights)
    with pytest.raises(ValueError, match="needs the input"):
        normed.decode(torch.ones(1, 4))


def test_a_prefix_is_the_same_with_all_later_features_off() -> None:
    sae = trained("matryoshka").inference(0.5)
    x = rows()
    z = sae.encode(x)
    z[:, 10:] = 0
    assert torch.allclose(sae.prefix(10)(x), sae.decode(z), atol=1e-5)
    each = trained("jumprelu").inference()
    z = each.encode(x)
    z[:, 7:] = 0
    assert torch.allclose(each.prefix(7)(x), each.decode(z), atol=1e-5)
    with pytest.raises(ValueError, match="compete"):
        trained("topk").inference().prefix(3)


def test_where_weights_start() -> None:
    x = rows(500)
    x[0] = 1e4
    for at, middle in (("mean", x.mean(0)), ("geometric_median", geometric_median(x)), ("zero", torch.zeros(D))):
        sae = architecture("topk")(Shape(D, D, WIDTH), SaeOptions(k=4, start_at=at), 0)  # type: ignore[arg-type]
        sae.start(x, x)
        assert torch.equal(sae.b_dec, middle)
        assert torch.equal(sae.W_enc, sae.W_dec)
        assert torch.allclose(sae.W_dec.norm(dim=1), torch.ones(WIDTH))
    loose = architecture("topk")(Shape(D, D, WIDTH), SaeOptions(k=4, tied_start=False), 0)
    assert not torch.equal(loose.W_enc, loose.W_dec)
    other = architecture("topk")(Shape(D, D + 2, WIDTH), SaeOptions(k=4, target="transcode"), 0)
    other.start(x, torch.cat([x, x[:, :2]], 1))
    # The middle of the inputs excites no feature.
    assert torch.allclose(other.W_enc @ geometric_median(x) + other.b_enc, torch.zeros(WIDTH), atol=1e-5)


def test_the_geometric_median_has_the_smallest_sum_of_distances() -> None:
    x = rows(101)
    x[0] = 1e4
    median = geometric_median(x)

    def far(point: Tensor) -> float:
        return float((x.double() - point).norm(dim=1).sum())

    least = far(median.double())
    for seed in range(20):
        assert far(median + 0.05 * torch.randn(D, generator=torch.Generator().manual_seed(seed))) > least


def test_architectures_can_be_added_and_are_named_once() -> None:
    assert tuple(BUILT_IN) == NAMED

    class Mine(TrainingSae):
        architecture = "mine-of-a-test"

    assert register(Mine) is Mine
    assert architecture("mine-of-a-test") is Mine
    assert "mine-of-a-test" in architectures()
    with pytest.raises(BadRequest, match="no architecture “none-such”"):
        architecture("none-such")

    class Theirs(TrainingSae):
        architecture = "topk"

    with pytest.raises(ValueError, match="another name"):
        register(Theirs)
    with pytest.raises(TypeError):
        register(int)  # type: ignore[arg-type]
    for name in BUILT_IN:
        assert architecture(name).architecture == name
