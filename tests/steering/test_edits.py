"""What steering adds: each mode against a hook that was written by hand, at every kind of place, in every precision."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import mistudio_ext as ms
from mistudio_ext.models.hook_points import find_hook_points
from tests.support.families import get_model, make_model
from tests.support.hand_hooks import PLACES, assert_close, direct
from tests.support.steering import HOOK, IDS, by_hand, net_for, run

# What layers hand on: tensors alone, and tuples.
FAMILIES = {"llama": torch.Tensor, "gpt2": torch.Tensor, "falcon": tuple}


@pytest.mark.parametrize("family", FAMILIES)
def test_add_adds_the_row(family: str) -> None:
    model = get_model(family)
    net, kinds = net_for(model), set[type]()
    handle = model.get_submodule(f"{PLACES[family].layers}.1").register_forward_hook(lambda _, _args, out: kinds.add(type(out)))
    with ms.steer([(net.feature(7), 4.0)], model):
        ours = run(model, [IDS])[0]
    handle.remove()
    assert kinds == {FAMILIES[family]}
    assert torch.equal(ours, by_hand(model, family, lambda x: x + 4.0 * net.W_dec[7], IDS))
    assert not torch.allclose(ours, run(model, [IDS])[0], atol=1e-2)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ["relu", "topk", "gated", "threshold"])
@pytest.mark.parametrize("mode", ["multiply", "clamp", "ablate"])
def test_the_other_modes_by_hand(family: str, kind: str, mode: str) -> None:
    model = get_model(family)
    net = net_for(model, kind)
    # One that is on at some tokens.
    on = (net.encode(direct(model, family, IDS)[HOOK]) > 0).sum(0)
    feature = int(on.argmax())
    assert on[feature] > 1
    becomes = {"multiply": lambda z: 3.0 * z, "clamp": lambda z: torch.full_like(z, 3.0), "ablate": torch.zeros_like}[mode]

    def change(x: torch.Tensor) -> torch.Tensor:
        z = net.encode(x)[:, feature]
        return x + (becomes(z) - z)[:, None] * net.W_dec[feature]

    chosen = net.feature(feature)
    with ms.steer([chosen] if mode == "ablate" else [(chosen, 3.0)], model, mode=mode):
        ours = run(model, [IDS])[0]
    assert_close(ours, by_hand(model, family, change, IDS), mode)
    assert not torch.allclose(ours, run(model, [IDS])[0], atol=1e-4)


@pytest.mark.parametrize("family", ["llama", "falcon", "granite", "gemma2"])
@pytest.mark.parametrize(("mode", "strength"), [("add", 0.0), ("multiply", 1.0)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_neutral_strengths_change_nothing_at_all(family: str, mode: str, strength: float, dtype: torch.dtype) -> None:
    """At every hook point, also where a family multiplies what its module gives."""
    model = make_model(family).to(dtype)
    before = run(model, [IDS])
    for point in find_hook_points(model):
        net = net_for(model, hook=point.name, d_in=point.width)
        with ms.steer([(net.feature(3), strength), (net.feature(9), strength)], model, mode=mode):
            assert torch.equal(run(model, [IDS]), before), point.name


def test_in_half_precision_it_is_rounded_once() -> None:
    model = make_model("llama").to(torch.bfloat16)
    net = net_for(model)
    with ms.steer([(net.feature(7), 0.3), (net.feature(8), -0.2)], model):
        ours = run(model, [IDS])[0]
    both = 0.3 * net.W_dec[7] - 0.2 * net.W_dec[8]
    expected = by_hand(model, "llama", lambda x: (x.float() + both).to(torch.bfloat16), IDS)
    assert torch.equal(ours, expected)


def test_several_features_of_several_saes_at_several_places() -> None:
    """All of one hook point see what the model computed there, whatever stands first in the list."""
    model, places = get_model("llama"), PLACES["llama"]
    one, two = net_for(model, seed=1), net_for(model, "topk", seed=2)
    transcoder = net_for(model, seed=3, centered=False)
    transcoder.cfg = {"hook": "layers.1.mlp_in", "out_hook": "layers.1.mlp_out"}
    before, behind = (net_for(model, hook=f"layers.1.{kind}", seed=seed) for kind, seed in (("mlp_in", 4), ("mlp_out", 5)))
    clean = direct(model, "llama", IDS)
    # Of each the two that are on most, so that it would matter what they see.
    nets = (behind, one, before, two, transcoder)
    chosen = {net: net.encode(clean[net.cfg["hook"]]).sum(0).topk(2).indices.tolist() for net in nets}
    read: dict[str, torch.Tensor] = {}

    def set_to_three(net: Any, x: torch.Tensor) -> torch.Tensor:
        return (3.0 - net.encode(x)[..., chosen[net]]) @ net.W_dec[chosen[net]]

    def on_input(_: Any, args: Any) -> Any:
        read["mlp_in"] = args[0]
        return (args[0] + set_to_three(before, args[0]),)

    def on_mlp(_: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
        return output + set_to_three(transcoder, read["mlp_in"]) + set_to_three(behind, output)

    def on_block(_: Any, _args: Any, output: torch.Tensor) -> torch.Tensor:
        return output + set_to_three(one, output) + set_to_three(two, output)

    block = model.get_submodule(f"{places.layers}.1")
    handles = [
        block.mlp.register_forward_pre_hook(on_input),
        block.mlp.register_forward_hook(on_mlp),
        block.register_forward_hook(on_block),
    ]
    expected = run(model, [IDS])
    for handle in handles:
        handle.remove()
    features = [(net.feature(each), 3.0) for net in nets for each in chosen[net]]
    for order in (features, features[::-1], features[::2] + features[1::2]):
        with ms.steer(order, model, mode="clamp"):
            assert_close(run(model, [IDS]), expected, "several")


def test_the_error_of_the_sae_stays_where_its_features_are_all_ablated_but_one() -> None:
    """To set one feature to another value moves the reconstruction by as much, and what it did not explain not at all."""
    model, net = get_model("llama"), net_for(get_model("llama"))
    x = direct(model, "llama", IDS)[HOOK]
    z = net.encode(x)
    z[:, 11] = 2.5
    with ms.steer([(net.feature(11), 2.5)], model, mode="clamp"):
        steered = direct(model, "llama", IDS)["layers.2.resid_pre"]
    assert_close(steered, net.decode(z) + (x - net(x)), "error kept")


def test_a_norm_of_each_token_scales_the_edit_by_its_deviation() -> None:
    model = get_model("llama")
    net = net_for(model, layer_norm=True, layer_norm_out=True)
    with ms.steer([(net.feature(7), 0.5)], model):
        ours = run(model, [IDS])[0]
    expected = by_hand(model, "llama", lambda x: x + 0.5 * x.std(1, keepdim=True) * net.W_dec[7], IDS)
    assert_close(ours, expected, "layer norm")


def test_gradients_go_through() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    embedded = model.get_input_embeddings()(torch.tensor([IDS])).detach().requires_grad_()
    with ms.steer([(net.feature(7), 2.0)], model, mode="multiply"):
        model(inputs_embeds=embedded).logits[0, -1, 0].backward()
    assert embedded.grad is not None
    assert float(embedded.grad.abs().max()) > 0


@pytest.mark.parametrize(("dtype", "strength"), [(torch.float32, 1e39), (torch.float16, 1e6)])
def test_what_leaves_the_range_of_numbers_is_told(dtype: torch.dtype, strength: float) -> None:
    model = make_model("llama").to(dtype)
    net = net_for(model)
    before = run(model, [IDS])
    with (
        pytest.raises(ms.MiStudioError, match="infinite or none at all") as caught,
        ms.steer([(net.feature(7), strength)], model),
    ):
        run(model, [IDS])
    assert caught.value.code == "not_finite"
    assert torch.equal(run(model, [IDS]), before)
