"""Which tokens are steered: against whole texts by themselves, without padding and without a cache."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import mistudio_ext as ms
from mistudio_ext.steering.edit import Edit
from tests.support.families import get_model
from tests.support.hand_hooks import assert_close
from tests.support.steering import IDS, OTHER, by_hand, net_for, run

FAMILIES = ["llama", "gpt2", "falcon"]
NEW = 5
GREEDY: dict[str, Any] = {"max_new_tokens": NEW, "do_sample": False, "eos_token_id": None, "pad_token_id": 0}


def add(net: Any) -> Any:
    return lambda x: x + 4.0 * net.W_dec[7]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("first", [0, 1, 3])
@pytest.mark.parametrize("bos", [True, False])
def test_nothing_is_shifted_by_padding_or_a_begin_token(family: str, side: str, first: int, bos: bool) -> None:
    model = get_model(family)
    net, texts = net_for(model), [IDS, OTHER] if bos else [IDS[1:], OTHER[1:]]
    padding = [0] * (len(texts[0]) - len(texts[1]))
    marks = [0] * len(padding), [1] * len(texts[1])
    left = side == "left"
    ids = [texts[0], padding + texts[1] if left else texts[1] + padding]
    mask = torch.tensor([[1] * len(texts[0]), [*marks[0], *marks[1]] if left else [*marks[1], *marks[0]]])
    places = mask.cumsum(1).sub(1).clamp(min=0)
    with ms.steer([(net.feature(7), 4.0)], model, first=first):
        ours = run(model, ids, attention_mask=mask, position_ids=places)
    assert_close(ours[0], by_hand(model, family, add(net), texts[0], first), "whole text")
    assert_close(ours[1][mask[1].bool()], by_hand(model, family, add(net), texts[1], first), "padded text")


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_what_the_model_is_given_by_place_or_by_name(family: str) -> None:
    """The second place is the mask's in one family and the cache's in another."""
    model, net = get_model(family), net_for(get_model(family))
    ids, mask = torch.tensor([[0, 0, *OTHER]]), torch.tensor([[0, 0, *[1] * len(OTHER)]])
    places = mask.cumsum(1).sub(1).clamp(min=0)
    by_place = (ids, mask, places) if family == "llama" else (ids, None, mask, None, places)
    embedded = {"inputs_embeds": model.get_input_embeddings()(ids), "attention_mask": mask, "position_ids": places}
    expected = by_hand(model, family, add(net), OTHER, 2)
    with ms.steer([(net.feature(7), 4.0)], model, first=2), torch.no_grad():
        for found in (model(*by_place), model(**embedded)):
            assert_close(found.logits[0, 2:], expected, family)
        with pytest.raises(ms.MiStudioError, match="without tokens"):
            model()


def partly(net: Any, positions: str, prompt: int, first: int = 0) -> Any:
    """Added at the tokens of the prompt, which has so many, or at those behind it; given the rows from `first` on."""

    def change(x: torch.Tensor) -> torch.Tensor:
        rows = torch.arange(len(x)) + first
        steered = {"all": rows >= 0, "prompt": rows < prompt, "generated": rows >= prompt}[positions]
        return torch.where(steered[:, None], add(net)(x), x)

    return change


def written(model: Any, family: str, net: Any, positions: str, ids: list[int], first: int = 0) -> list[int]:
    """Token after token, each time from the whole text."""
    whole, change = list(ids), partly(net, positions, len(ids), first)
    for _ in range(NEW):
        whole.append(int(by_hand(model, family, change, whole, first)[-1].argmax()))
    return whole


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("positions", ["all", "prompt", "generated"])
@pytest.mark.parametrize("cache", [True, False])
def test_writing_with_a_cache_and_without(family: str, positions: str, cache: bool) -> None:
    model = get_model(family)
    net = net_for(model)
    with ms.steer([(net.feature(7), 4.0)], model, positions=positions, first=1):
        ours = model.generate(torch.tensor([IDS]), attention_mask=torch.ones(1, len(IDS)), use_cache=cache, **GREEDY)
    expected = written(model, family, net, positions, IDS, 1)
    assert ours[0].tolist() == expected
    assert "generate" not in vars(model)


def test_the_three_positions_differ() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    found = {tuple(written(model, "llama", net, each, IDS)) for each in ("all", "prompt", "generated")}
    assert len(found) == 3


@pytest.mark.parametrize("positions", ["all", "prompt", "generated"])
def test_texts_of_unlike_length_are_written_together(positions: str) -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    padding = [0] * (len(IDS) - len(OTHER))
    mask = torch.tensor([[1] * len(IDS), [0] * len(padding) + [1] * len(OTHER)])
    with ms.steer([(net.feature(7), 4.0)], model, positions=positions):
        ours = model.generate(torch.tensor([IDS, padding + OTHER]), attention_mask=mask, **GREEDY)
    assert ours[0].tolist() == written(model, "llama", net, positions, IDS)
    assert ours[1].tolist()[len(padding) :] == written(model, "llama", net, positions, OTHER)


@pytest.mark.parametrize(("positions", "tokens"), [("all", len(IDS) + NEW - 1), ("prompt", len(IDS)), ("generated", NEW - 1)])
def test_each_token_is_steered_once_and_the_cache_stays_on(monkeypatch: pytest.MonkeyPatch, positions: str, tokens: int) -> None:
    """The last token that is written goes through the model no more."""
    model, net = get_model("llama"), net_for(get_model("llama"))
    counts: list[int] = []
    original = Edit.__call__

    def counting(edit: Edit, rows: torch.Tensor) -> torch.Tensor:
        counts.append(len(rows))
        return original(edit, rows)

    monkeypatch.setattr(Edit, "__call__", counting)
    passed: list[int] = []
    handle = model.model.layers[1].register_forward_hook(lambda _, _args, output: passed.append(output.shape[1]))
    with ms.steer([(net.feature(7), 4.0)], model, positions=positions):
        passed.clear()
        model.generate(torch.tensor([IDS]), **GREEDY)
    handle.remove()
    assert sum(counts) == tokens
    assert passed == [len(IDS)] + [1] * (NEW - 1)


def test_a_loop_of_ones_own_with_a_cache() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    with ms.steer([(net.feature(7), 4.0)], model, first=2), torch.no_grad():
        cache, found = None, []
        for id in IDS:
            step = model(input_ids=torch.tensor([[id]]), past_key_values=cache, use_cache=True)
            cache = step.past_key_values
            found.append(step.logits[0, 0])
    assert_close(torch.stack(found), by_hand(model, "llama", add(net), IDS, 2), "token by token")


@pytest.mark.parametrize("positions", ["all", "prompt", "generated"])
def test_beams_are_steered_as_their_prompt_is(positions: str) -> None:
    """Their scores are those of whole texts, steered by hand."""
    model, net = get_model("llama"), net_for(get_model("llama"))
    beams = {"num_beams": 3, "num_return_sequences": 3, "return_dict_in_generate": True, "output_scores": True}
    with ms.steer([(net.feature(7), 4.0)], model, positions=positions):
        found = model.generate(torch.tensor([IDS]), **GREEDY, **beams)
    for ids, score in zip(found.sequences.tolist(), found.sequences_scores.tolist(), strict=True):
        chances = by_hand(model, "llama", partly(net, positions, len(IDS)), ids).log_softmax(-1)
        expected = sum(float(chances[at - 1, ids[at]]) for at in range(len(IDS), len(ids))) / NEW
        assert score == pytest.approx(expected, rel=1e-4)


def test_a_prompt_is_known_to_generate_alone() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    for positions in ("prompt", "generated"):
        with ms.steer([(net.feature(7), 4.0)], model, positions=positions):
            with pytest.raises(ms.MiStudioError, match="Only `generate` tells"):
                run(model, [IDS])
            model.generate(torch.tensor([IDS]), **GREEDY)
            with pytest.raises(ms.MiStudioError, match="Only `generate` tells"):
                run(model, [IDS])


def test_a_static_cache() -> None:
    model, net = get_model("llama"), net_for(get_model("llama"))
    for positions in ("all", "prompt", "generated"):
        with ms.steer([(net.feature(7), 4.0)], model, positions=positions, first=1):
            ours = model.generate(torch.tensor([IDS]), cache_implementation="static", disable_compile=True, **GREEDY)
        assert ours[0].tolist() == written(model, "llama", net, positions, IDS, 1)
