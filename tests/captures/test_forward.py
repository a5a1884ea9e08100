"""What the capturing pass reads, against plain passes with hooks put by hand, family by family."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from torch import nn

from mistudio_ext.captures.forward import Activations, NothingRead, read_activations
from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.models.hook_points import HookPoint, find_hook_points
from tests.support.families import FAMILIES, LAYERS, get_model, make_model
from tests.support.hand_hooks import assert_close, direct

BEGIN, END = 1, 0
# The end token, with whose id texts are padded, also stands at the end, at the beginning and inside.
TEXTS = [[17, 99, 3, 64, END, 23, 88], [5, 77, 41, END], [END], [END, END, 12, 90, 31, 8]]


@cache
def points(name: str) -> tuple[HookPoint, ...]:
    return tuple(find_hook_points(get_model(name)))


@cache
def reference(name: str, begin: bool) -> list[dict[str, Any]]:
    """Each text by itself; nothing is padded."""
    return [direct(get_model(name), name, text) for text in texts(begin)]


def texts(begin: bool) -> list[list[int]]:
    return [[BEGIN, *text] if begin else text for text in TEXTS]


def batch(rows: list[list[int]], side: str) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids, mask = torch.full((len(rows), longest), END), torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        place = slice(longest - len(row), longest) if side == "left" else slice(0, len(row))
        ids[at, place], mask[at, place] = torch.tensor(row), 1
    return ids, mask


@pytest.mark.parametrize("begin", [False, True], ids=["plain", "begin"])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("name", FAMILIES)
def test_rows_are_those_of_each_text_by_itself(name: str, side: str, begin: bool):
    ids, mask = batch(texts(begin), side)
    read = read_activations(get_model(name), points(name), ids, mask)
    assert list(read.rows) == [point.name for point in points(name)]
    assert set(read.rows) == set(reference(name, begin)[0])
    for key, rows in read.rows.items():
        expected = torch.cat([each[key] for each in reference(name, begin)])
        assert_close(rows, expected, f"{name} {key}")
    # Every row leads back to its token.
    assert ids[read.texts, read.columns].tolist() == [id for text in texts(begin) for id in text]
    assert read.texts.tolist() == [at for at, text in enumerate(texts(begin)) for _ in text]


@pytest.mark.parametrize("name", FAMILIES)
def test_the_stream_after_a_layer_is_what_was_before_and_what_was_added(name: str):
    rows = read_activations(get_model(name), points(name), *batch(TEXTS, "right")).rows
    sums = 0
    for layer in range(LAYERS):
        of = {point.kind: rows[point.name] for point in points(name) if point.layer == layer}
        if "attn_out" in of:
            assert_close(of["resid_pre"] + of["attn_out"] + of["mlp_out"], of["resid_post"], f"{name} {layer}")
            assert float(of["attn_out"].abs().max()) > 0
            sums += 1
        if "attn_out" in of and "resid_mid" in of:
            assert_close(of["resid_pre"] + of["attn_out"], of["resid_mid"], f"{name} {layer} middle")
    assert sums == {"bloom": 0, "mpt": 0, "mamba": 0, "opt_postnorm": 0, "rwkv": LAYERS - 1}.get(name, LAYERS)


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in ("mamba", "rwkv")])
def test_the_stream_is_what_the_model_itself_reports(name: str):
    model, ids = get_model(name), torch.tensor([TEXTS[0], TEXTS[0][::-1]])
    rows = read_activations(model, points(name), ids).rows
    with torch.no_grad():
        states = model(ids, output_hidden_states=True).hidden_states
    for layer in range(LAYERS - 1):
        assert_close(rows[f"layers.{layer}.resid_post"], states[layer + 1].flatten(0, 1), f"{name} {layer}")
        assert_close(rows[f"layers.{layer}.resid_pre"], states[layer].flatten(0, 1), f"{name} {layer}")


@pytest.mark.parametrize("name", FAMILIES)
def test_the_pass_stops_where_the_last_hook_point_was_met(name: str):
    model = get_model(name)
    whole = calls_during(model, lambda: model(torch.tensor([TEXTS[0]])))
    everything = read_activations(model, points(name), *batch(TEXTS, "left")).rows
    for point in (each for each in points(name) if each.layer == 1):
        read: list[Activations] = []
        early = calls_during(model, lambda: read.append(read_activations(model, [point], *batch(TEXTS, "left"))))  # noqa: B023
        # What runs is how the whole pass begins, and the last thing that runs is where the hook point is.
        assert early == whole[: len(early)]
        inside = f"{point.module}."
        if point.side == "input":
            assert early[-1] == point.module
            assert not any(each.startswith(inside) for each in early)
        else:
            assert early[-1] == point.module or early[-1].startswith(inside)
        assert_close(read[0].rows[point.name], everything[point.name], point.name, relative=0)


def calls_during(model: nn.Module, run: Any) -> list[str]:
    """The modules that were entered, in order; those without a part in the layers' work count too."""
    order: list[str] = []

    def note(path: str) -> Any:
        return lambda _module, _args: order.append(path)

    handles = [module.register_forward_pre_hook(note(path)) for path, module in model.named_modules() if path]
    with torch.no_grad():
        run()
    for handle in handles:
        handle.remove()
    return order


def test_a_batch_without_padding_needs_no_mask():
    ids = torch.tensor([TEXTS[0], TEXTS[0][::-1]])
    for name in ("gpt2", "falcon"):
        plain = read_activations(get_model(name), points(name), ids)
        masked = read_activations(get_model(name), points(name), ids, torch.ones_like(ids))
        for at, text in enumerate(ids.tolist()):
            expected = direct(get_model(name), name, text)
            for key, rows in plain.rows.items():
                assert_close(rows[plain.texts == at], expected[key], key)
                assert torch.equal(rows, masked.rows[key])


def test_what_was_read_stays_when_the_model_goes_on():
    """Falcon's layers add to what their MLP has given, in place."""
    model, ids = get_model("falcon"), torch.tensor([TEXTS[0]])
    [point] = [each for each in points("falcon") if each.name == "layers.0.mlp_out"]
    alone = read_activations(model, [point], ids).rows[point.name]
    among = read_activations(model, points("falcon"), ids).rows[point.name]
    assert torch.equal(alone, among)


def test_a_text_without_a_token_has_no_rows():
    ids, mask = batch([[5, 6], [7]], "right")
    mask[1] = 0
    read = read_activations(get_model("llama"), points("llama"), ids, mask)
    assert read.texts.tolist() == [0, 0]
    with pytest.raises(BadRequest, match="not one token"):
        read_activations(get_model("llama"), points("llama"), ids, torch.zeros_like(mask))


def test_hook_points_in_any_order_are_given_back_in_that_order():
    chosen = [points("gpt2")[9], points("gpt2")[2], points("gpt2")[4]]
    read = read_activations(get_model("gpt2"), chosen, torch.tensor([TEXTS[0]]))
    assert list(read.rows) == [point.name for point in chosen]


def test_a_hook_that_is_never_called_is_an_error_and_not_an_empty_capture():
    model = make_model("llama")
    model.model.layers[1].spare = nn.Linear(64, 64)
    spare = HookPoint(1, "mlp_out", "model.layers.1.spare", "output", 1.0, 64)
    with pytest.raises(NothingRead, match=r"nothing was seen at layers\.1\.mlp_out"):
        read_activations(model, [points("llama")[0], spare], torch.tensor([[1, 2]]))


def test_what_is_no_vector_a_token_is_an_error():
    wrong = HookPoint(1, "attn_out", "model.layers.1.self_attn.k_proj", "output", 1.0, 64)
    with pytest.raises(NothingRead, match=r"\(1, 2, 32\)"):
        read_activations(get_model("llama"), [wrong], torch.tensor([[1, 2]]))


def test_hook_points_of_another_model_are_refused():
    with pytest.raises(BadRequest, match="has no transformer"):
        read_activations(get_model("llama"), points("gpt2"), torch.tensor([[1, 2]]))


def test_no_hook_stays_behind():
    model = make_model("llama")
    read_activations(model, points("llama"), torch.tensor([[1, 2]]))
    with pytest.raises(BadRequest):
        read_activations(model, [*points("llama"), *points("gpt2")], torch.tensor([[1, 2]]))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_a_model_in_training_is_not_read():
    model = make_model("gpt2").train()
    with pytest.raises(ValueError, match="evaluation"):
        read_activations(model, points("gpt2"), torch.tensor([[1, 2]]))
