"""Which hook points each family offers, where they are, and that what is not such a place is not offered."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from mistudio_ext.models.hook_points import HookPoint, find_hook_points
from mistudio_ext.models.structure import find_structure
from tests.support.families import FAMILIES, LAYERS, get_model, make_model
from tests.support.hand_hooks import PLACES, STREAM


def kinds(points: list[HookPoint], layer: int) -> list[str]:
    return [point.kind for point in points if point.layer == layer]


@pytest.mark.parametrize("name", FAMILIES)
def test_each_family_offers_what_was_written_down_by_hand(name: str):
    places = PLACES[name]
    points = find_hook_points(get_model(name))
    for layer in range(LAYERS):
        assert kinds(points, layer) == places.kinds(layer)
    by_hand = {
        "resid_pre": "", "attn_z": places.attn_z, "attn_out": places.attn_out, "resid_mid": places.middle,
        "mlp_in": places.mlp_in, "mlp_out": places.mlp_out, "resid_post": "",
    }  # fmt: skip
    for point in points:
        assert point.module == f"{places.layers}.{point.layer}.{by_hand[point.kind]}".rstrip(".")
        assert point.side == ("output" if point.kind in ("attn_out", "mlp_out", "resid_post") else "input")
        assert point.multiplier == (places.times if point.kind in ("attn_out", "mlp_out") else 1.0)


def test_asking_leaves_the_model_as_it_was():
    model, ids = make_model("falcon"), torch.tensor([[1, 5, 9]])
    with torch.no_grad():
        before = model(ids).logits
        find_hook_points(model)
        assert torch.equal(model(ids).logits, before)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


@pytest.mark.parametrize("name", ["gemma2", "olmo2", "granite", "llama", "gpt2", "bloom"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_rounding_hides_nothing(name: str, dtype: torch.dtype):
    """A stream a thousand times as large as what is added to it, in half precision: comparing sums would tell nothing apart."""
    model = make_model(name)
    with torch.no_grad():
        model.get_input_embeddings().weight.mul_(1000)
    assert find_hook_points(model.to(dtype)) == find_hook_points(get_model(name))


def test_a_layer_that_is_no_sum_offers_its_stream_alone():
    model = make_model("llama")
    model.model.layers[1].register_forward_hook(lambda _module, _args, output: output * 0.5)
    points = find_hook_points(model)
    assert [kinds(points, layer) for layer in range(LAYERS)] == [PLACES["llama"].kinds(0), STREAM, PLACES["llama"].kinds(2)]


def test_a_layer_to_which_something_else_is_added_offers_its_stream_alone():
    model = make_model("llama")
    model.model.layers[2].register_forward_hook(lambda _module, args, output: output + 0.01 * args[0])
    assert kinds(find_hook_points(model), 2) == STREAM


def test_what_carries_several_streams_offers_nothing():
    model = make_model("llama")
    # As hyper-connections do: two streams side by side from the second layer on.
    model.model.layers[1].register_forward_hook(lambda _module, _args, output: torch.stack([output, output], 2))
    for layer in (model.model.layers[1], model.model.layers[2]):
        layer.register_forward_pre_hook(lambda _module, args: (args[0] if args[0].ndim == 3 else args[0].mean(2), *args[1:]))
    assert {point.layer for point in find_hook_points(model)} == {0, 2}


def test_modules_under_other_names_are_found_by_their_class():
    model = make_model("llama")
    for layer in model.model.layers:
        layer.first, layer.second = layer._modules.pop("self_attn"), layer._modules.pop("mlp")
        layer._modules = {
            name: layer._modules[name] for name in ("first", "second", "input_layernorm", "post_attention_layernorm")
        }
        type(layer).self_attn = property(lambda self: self.first)
        type(layer).mlp = property(lambda self: self.second)
    try:
        points = find_hook_points(model)
    finally:
        del type(layer).self_attn, type(layer).mlp
    assert kinds(points, 1) == PLACES["llama"].kinds(1)
    assert {point.module.split(".")[-1] for point in points if point.kind in ("attn_out", "mlp_out")} == {"first", "second"}


@pytest.mark.parametrize("name", ["granite", "opt", "rwkv"])
def test_hook_points_can_be_stored(name: str):
    points = find_hook_points(get_model(name))
    stored = json.dumps([point.as_dict() for point in points], allow_nan=False)
    assert [HookPoint.from_dict(each) for each in json.loads(stored)] == points
    assert points[0].name == "layers.0.resid_pre"


@pytest.mark.parametrize("name", FAMILIES)
def test_embedding_norm_and_unembedding_are_what_the_model_begins_and_ends_with(name: str):
    model, order = get_model(name), []
    structure = find_structure(model)
    ends = {structure.embedding: "embedding", structure.final_norm: "norm", structure.unembedding: "unembedding"}
    tensors: dict[str, Any] = {}

    def note(path: str, what: str) -> Any:
        def hook(_: Any, args: Any, output: Any) -> None:
            order.append(what)
            tensors[what] = (args[0], output[0] if isinstance(output, tuple) else output)

        return hook

    last = structure.blocks[-1].path
    handles = [
        model.get_submodule(path).register_forward_hook(note(path, what))
        for path, what in {**ends, last: "last layer"}.items()
        if path is not None
    ]
    with torch.no_grad():
        model(torch.tensor([[1, 5, 9]]))
    for handle in handles:
        handle.remove()
    # A post-norm OPT ends with its last layer.
    normed = name != "opt_postnorm"
    assert order == ["embedding", "last layer", *(["norm"] if normed else []), "unembedding"]
    if normed:
        assert torch.equal(tensors["norm"][0], tensors["last layer"][1])
        assert torch.equal(tensors["unembedding"][0], tensors["norm"][1])


def test_what_has_an_encoder_is_refused():
    from transformers import T5Config, T5ForConditionalGeneration

    from mistudio_ext.contract.errors import BadRequest

    model = T5ForConditionalGeneration(T5Config(d_model=16, d_ff=16, num_layers=1, num_heads=2, d_kv=8, vocab_size=32))
    with pytest.raises(BadRequest, match="has an encoder"):
        find_structure(model)
