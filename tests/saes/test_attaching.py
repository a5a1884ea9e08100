"""An SAE hung into a transformers model: what is read, what is changed, at which tokens, and that nothing stays behind."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest, Conflict
from mistudio_ext.saes.attach import Attached
from mistudio_ext.saes.net import SparseAutoencoder
from tests.support.families import get_model
from tests.support.hand_hooks import assert_close, direct
from tests.support.nets import make_net

HOOK = "layers.1.resid_post"
IDS = [5, 9, 2, 7, 7, 3]
OTHER = [8, 6, 4]


def net_for(model: Any, **options: Any) -> SparseAutoencoder:
    return make_net("topk", **({"d_in": model.config.hidden_size, "width": 64, "k": 5} | options))


def run(model: Any, ids: list[list[int]], mask: list[list[int]] | None = None, **more: Any) -> torch.Tensor:
    if mask is not None:
        more["attention_mask"] = torch.tensor(mask)
    with torch.no_grad():
        found: torch.Tensor = model(input_ids=torch.tensor(ids), **more).logits
    return found


def by_hand(model: Any, net: SparseAutoencoder, ids: list[int], first: int = 1) -> torch.Tensor:
    """One text by itself, its block's output replaced from position `first` on."""

    def replace(_: Any, _args: Any, output: Any) -> Any:
        stream = (output[0] if isinstance(output, tuple) else output).clone()
        stream[0, first:] = net(stream[0, first:])
        return (stream, *output[1:]) if isinstance(output, tuple) else stream

    blocks = model.transformer.h if hasattr(model, "transformer") else model.model.layers
    handle = blocks[1].register_forward_hook(replace)
    found = run(model, [ids])[0]
    handle.remove()
    return found


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_features_are_those_of_the_models_last_pass(family: str) -> None:
    model = get_model(family)
    net, clean = net_for(model), run(model, [IDS])
    with net.attach(model, HOOK) as attached:
        with pytest.raises(Conflict, match="has not run"):
            _ = attached.features
        assert torch.equal(run(model, [IDS]), clean)
        expected = net.encode(direct(model, family, IDS)[HOOK])
        assert attached.features.shape == (1, len(IDS), 64)
        assert_close(attached.features[0], expected, "features")
        run(model, [OTHER, OTHER])
        assert attached.features.shape == (2, len(OTHER), 64)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize("first", [0, 1, 3])
def test_the_reconstruction_passes_behind_the_first_positions(family: str, first: int) -> None:
    model = get_model(family)
    net = net_for(model)
    with net.attach(model, HOOK, splice=True, first=first):
        ours = run(model, [IDS])[0]
    assert_close(ours, by_hand(model, net, IDS, first), family)


@pytest.mark.parametrize("side", ["left", "right"])
def test_positions_are_counted_from_where_each_text_begins(side: str) -> None:
    model = get_model("llama")
    net = net_for(model)
    padding = [0] * (len(IDS) - len(OTHER))
    left = side == "left"
    ids = [IDS, padding + OTHER if left else OTHER + padding]
    marks = [0] * len(padding), [1] * len(OTHER)
    mask = [[1] * len(IDS), [*marks[0], *marks[1]] if left else [*marks[1], *marks[0]]]
    places = torch.tensor(mask).cumsum(1).sub(1).clamp(min=0)
    with net.attach(model, HOOK, splice=True):
        ours = run(model, ids, mask, position_ids=places)
    assert_close(ours[0], by_hand(model, net, IDS), "whole text")
    assert_close(ours[1][torch.tensor(mask[1]).bool()], by_hand(model, net, OTHER), "padded text")


@pytest.mark.parametrize("masked", [True, False])
def test_with_a_cache_the_first_position_is_still_that_of_the_text(masked: bool) -> None:
    model = get_model("llama")
    net = net_for(model)
    with net.attach(model, HOOK, splice=True), torch.no_grad():
        cache, found = None, []
        for at, id in enumerate(IDS):
            mask = {"attention_mask": torch.ones(1, at + 1, dtype=torch.long)} if masked else {}
            step = model(input_ids=torch.tensor([[id]]), past_key_values=cache, use_cache=True, **mask)
            cache = step.past_key_values
            found.append(step.logits[0, 0])
    assert_close(torch.stack(found), by_hand(model, net, IDS), "token by token")


def test_writing_goes_on_with_it() -> None:
    model = get_model("llama")
    net = net_for(model)
    ids = list(IDS)
    for _ in range(4):
        ids.append(int(by_hand(model, net, ids)[-1].argmax()))
    with net.attach(model, HOOK, splice=True):
        written = model.generate(torch.tensor([IDS]), max_new_tokens=4, do_sample=False, eos_token_id=None)
    assert written[0].tolist() == ids


def test_a_handle_works_until_it_is_removed() -> None:
    model = get_model("gpt2")
    clean = run(model, [IDS])
    handle = net_for(model).attach(model, HOOK, splice=True)
    assert isinstance(handle, Attached)
    assert not torch.allclose(run(model, [IDS]), clean, atol=1e-3)
    handle.remove()
    handle.remove()
    assert torch.equal(run(model, [IDS]), clean)
    with pytest.raises(RuntimeError), net_for(model).attach(model, HOOK, splice=True):
        raise RuntimeError
    assert torch.equal(run(model, [IDS]), clean)


def test_gradients_go_through() -> None:
    model = get_model("llama")
    net = net_for(model)
    embedded = model.get_input_embeddings()(torch.tensor([IDS])).detach().requires_grad_()
    with net.attach(model, HOOK, splice=True):
        model(inputs_embeds=embedded).logits[0, -1, 0].backward()
    assert embedded.grad is not None
    assert float(embedded.grad.abs().max()) > 0


def test_where_it_belongs_is_known_or_asked_for() -> None:
    model = get_model("llama")
    net = net_for(model)
    with pytest.raises(BadRequest, match="not known where"):
        net.attach(model)
    net.cfg = {"hook": HOOK, "out_hook": HOOK}
    with net.attach(model) as attached:
        assert attached.point.name == HOOK
    with pytest.raises(BadRequest, match=r"no hook point layers\.77"):
        net.attach(model, "layers.77.resid_post")
    with pytest.raises(BadRequest, match=r"reads vectors of 6 numbers, and at layers\.1\.resid_post the model has"):
        make_net().attach(model, HOOK)
