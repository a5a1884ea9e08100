"""Cross-entropy and KL with an SAE in the model, against passes of each block by itself with hooks that were written by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.captures.plan import Block
from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.models.hook_points import HookPoint, find_hook_points
from mistudio_ext.saes import effect as module
from mistudio_ext.saes.effect import Effect, Placed, effects
from mistudio_ext.saes.logits import Logits
from mistudio_ext.saes.net import SparseAutoencoder
from tests.support.families import get_model
from tests.support.hand_hooks import PLACES, assert_close
from tests.support.nets import make_net

BOS = 1


def block(ids: list[int], counted: list[int], number: int = 0) -> Block:
    places = np.isin(np.arange(len(ids)), counted)
    samples = np.zeros(len(ids), np.int64)
    return Block(number, np.array(ids), held_out=True, samples=samples, kept=places, counted=places, rows=len(counted))


# Of unequal lengths, so that there is padding; begin tokens, one of them in the middle; a last token with no successor.
BLOCKS = [
    block([BOS, 5, 9, 2, 7, 7, 3, 11], [1, 2, 3, 4, 5, 6, 7]),
    block([BOS, 4, 6, BOS, 8, 12], [1, 2, 4, 5]),
    block([BOS, 3], []),
    block([13, 2, 2], [2]),
    block([BOS, 9, 9, 9, 10, 1 + 1, 14], [2, 3]),
]


def points_of(model: Any) -> dict[str, HookPoint]:
    return {each.name: each for each in find_hook_points(model)}


class ByHand:
    """One block after another, whole and without padding, in float64 from the logits on."""

    def __init__(self, model: Any, path: str, net: SparseAutoencoder, *, before: str | None = None):
        self.model, self.module, self.net = model, model.get_submodule(path), net
        self.before = None if before is None else model.get_submodule(before)
        self.mean = self._mean()

    def _run(self, each: Block, change: Any) -> torch.Tensor:
        """Log probabilities, tokens x vocabulary; `change` gets what was read and what is there, at the counted tokens."""
        read: list[torch.Tensor] = []

        def on_input(_: Any, args: Any, kwargs: Any) -> None:
            read.append((args[0] if args else kwargs["hidden_states"])[0, each.counted])

        def on_output(_: Any, _args: Any, output: Any) -> Any:
            tensor = (output[0] if isinstance(output, tuple) else output).clone()
            there = tensor[0, each.counted]
            new = change(read[0] if read else there, there)
            if new is None:
                return None
            tensor[0, each.counted] = new
            return (tensor, *output[1:]) if isinstance(output, tuple) else tensor

        handles = [self.module.register_forward_hook(on_output)]
        if self.before is not None:
            handles.append(self.before.register_forward_pre_hook(on_input, with_kwargs=True))
        with torch.no_grad():
            logits = self.model(torch.from_numpy(each.ids)[None]).logits[0].double()
        for handle in handles:
            handle.remove()
        return logits.log_softmax(-1)

    def _mean(self) -> torch.Tensor:
        seen: list[torch.Tensor] = []
        for each in BLOCKS:
            if each.counted.any():
                self._run(each, lambda _, there: seen.append(there.double()))
        return torch.cat(seen).mean(0).float()

    def effect(self) -> dict[str, float]:
        changes = {
            "clean": lambda _, there: there,
            "spliced": lambda read, _: self.net(read),
            "zero": lambda _, there: there * 0,
            "mean": lambda _, there: self.mean.expand(there.shape),
        }
        nats: dict[str, list[float]] = {name: [] for name in changes}
        divergences: dict[str, list[float]] = {name: [] for name in changes}
        for each in BLOCKS:
            if not each.counted.any():
                continue
            found = {name: self._run(each, change) for name, change in changes.items()}
            for at in np.flatnonzero(each.counted):
                clean = found["clean"][at]
                for name, run in found.items():
                    divergences[name].append(float((clean.exp() * (clean - run[at])).sum()))
                    if at + 1 < len(each.ids):
                        nats[name].append(-float(run[at, each.ids[at + 1]]))
        assert (len(nats["clean"]), len(divergences["clean"])) == (11, 14)
        return {
            **{f"ce_{name}": float(np.mean(each)) for name, each in nats.items()},
            "kl": float(np.mean(divergences["spliced"])),
            "kl_zero": float(np.mean(divergences["zero"])),
        }


def net_for(model: Any, kind: str = "topk", **options: Any) -> SparseAutoencoder:
    width = model.config.hidden_size
    return make_net(kind, **({"d_in": width, "width": 3 * width, "k": 8} | options))


def assert_same(ours: Effect, expected: dict[str, float]) -> None:
    assert (ours.tokens, ours.predicted) == (14, 11)
    for name, value in expected.items():
        assert getattr(ours, name) == pytest.approx(value, rel=1e-5, abs=1e-6), name


@pytest.mark.parametrize("family", ["llama", "gpt2"])
@pytest.mark.parametrize(("kind", "place"), [("resid_post", ""), ("mlp_out", ".mlp"), ("attn_out", "attn_out")])
def test_every_run_by_hand(family: str, kind: str, place: str) -> None:
    model, places = get_model(family), PLACES[family]
    point, net = points_of(model)[f"layers.1.{kind}"], net_for(model)
    path = f"{places.layers}.1" + (f".{places.attn_out}" if place == "attn_out" else place)
    (ours,) = effects(model, [Placed(net, point, point)], BLOCKS)
    assert_same(ours, ByHand(model, path, net).effect())


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_a_transcoder_reads_before_and_writes_behind_the_mlp(family: str) -> None:
    model, places, points = get_model(family), PLACES[family], points_of(get_model(family))
    net = net_for(model, "relu", centered=False, skip=True)
    (ours,) = effects(model, [Placed(net, points["layers.1.mlp_in"], points["layers.1.mlp_out"])], BLOCKS)
    path = f"{places.layers}.1.mlp"
    assert_same(ours, ByHand(model, path, net, before=path).effect())


@pytest.mark.parametrize("runs", [8, 2])
def test_several_at_once_are_each_by_itself(monkeypatch: pytest.MonkeyPatch, runs: int) -> None:
    monkeypatch.setattr(module, "RUNS", runs)
    model, points = get_model("llama"), points_of(get_model("llama"))
    wanted = [("topk", "layers.0.resid_post"), ("relu", "layers.2.mlp_out"), ("gated", "layers.0.resid_post")]
    placed = [Placed(net_for(model, kind, seed=seed), points[name], points[name]) for seed, (kind, name) in enumerate(wanted)]
    together = effects(model, placed, BLOCKS)
    for ours, each in zip(together, placed, strict=True):
        (alone,) = effects(model, [each], BLOCKS)
        for name in ("ce_clean", "ce_spliced", "ce_zero", "ce_mean", "kl", "kl_zero"):
            assert getattr(ours, name) == pytest.approx(getattr(alone, name), rel=1e-6)


def test_what_several_share_is_passed_once() -> None:
    model, point = get_model("llama"), points_of(get_model("llama"))["layers.0.resid_post"]
    placed = [Placed(net_for(model, seed=seed), point, point, torch.zeros(point.width)) for seed in range(3)]
    whole: list[int] = []
    handle = model.model.layers[0].register_forward_hook(
        lambda _, _args, output: whole.append((output[0] if isinstance(output, tuple) else output).numel())
    )
    checked: list[None] = []
    effects(model, placed, BLOCKS, lambda: checked.append(None))
    handle.remove()
    # Untouched, zeros, mean, and each of three; the logits of what was kept take a pass of one token.
    assert len([each for each in whole if each > point.width]) == 6
    assert len(checked) == 5


def test_a_perfect_sae_changes_nothing() -> None:
    model, points = get_model("llama"), points_of(get_model("llama"))
    width = model.config.hidden_size
    both = torch.cat([torch.eye(width), -torch.eye(width)])
    net = make_net("relu", d_in=width, width=2 * width).changed(
        encoder=both, W_dec=both, b_enc=torch.zeros(2 * width), b_dec=torch.zeros(width)
    )
    (ours,) = effects(model, [Placed(net, points["layers.1.resid_post"], points["layers.1.resid_post"])], BLOCKS)
    assert ours.ce_increase == pytest.approx(0, abs=1e-6)
    assert ours.kl == pytest.approx(0, abs=1e-6)


def test_a_mean_that_is_given_is_taken() -> None:
    model, points = get_model("llama"), points_of(get_model("llama"))
    point, net = points["layers.1.resid_post"], net_for(model)
    (zero,) = effects(model, [Placed(net, point, point, torch.zeros(point.width))], BLOCKS)
    assert zero.ce_mean == zero.ce_zero


@pytest.mark.parametrize(("at_once", "logits"), [(8, 2**25), (4096, 1), (1, 4000)])
def test_small_batches_give_the_same(monkeypatch: pytest.MonkeyPatch, at_once: int, logits: int) -> None:
    model, point = get_model("gpt2"), points_of(get_model("gpt2"))["layers.1.resid_post"]
    placed = [Placed(net_for(model), point, point)]
    (expected,) = effects(model, placed, BLOCKS)
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    monkeypatch.setattr(module, "LOGITS", logits)
    (ours,) = effects(model, placed, BLOCKS)
    for name in ("tokens", "predicted", "ce_clean", "ce_spliced", "ce_zero", "ce_mean", "kl", "kl_zero"):
        assert getattr(ours, name) == pytest.approx(getattr(expected, name), rel=1e-5), name


def test_memory_that_does_not_suffice_means_fewer_at_a_time() -> None:
    done: list[int] = []

    def do(part: Sequence[Block]) -> None:
        if len(part) > 2:
            raise MemoryError
        done.extend(each.number for each in part)

    blocks = [block([BOS, 5, 6], [1], number) for number in range(9)]
    module._in_parts(blocks, do)
    assert done == list(range(9))

    def never(_: Sequence[Block]) -> None:
        raise MemoryError

    with pytest.raises(MiStudioError, match="single sequence"):
        module._in_parts(blocks, never)


@pytest.mark.parametrize("family", ["gemma2", "cohere", "granite", "gpt_neox", "mamba"])
def test_logits_in_slices_are_the_models_own(family: str) -> None:
    """With caps and scales that some families put on them."""
    model = get_model(family)
    ids = torch.tensor([[5, 9, 2, 7], [3, 11, 4, 0]])
    mask = torch.tensor([[True] * 4, [True, True, True, False]])
    chosen = torch.tensor([[False, True, True, True], [True, False, True, False]])
    logits = Logits(model)
    rows = logits.before(ids, mask, chosen)
    found = torch.cat([logits.of(rows[:2]), logits.of(rows[2:])])
    with torch.no_grad():
        expected = torch.cat([model(ids[:1]).logits[0], model(ids[1:, :3]).logits[0]])[[1, 2, 3, 4, 6]]
    assert_close(found, expected, family)


def test_ratios_by_hand_and_where_there_is_none() -> None:
    known = Effect(10, 9, ce_clean=2.0, ce_spliced=2.5, ce_zero=4.0, ce_mean=3.0, kl=0.5, kl_zero=2.0)
    assert (known.ce_increase, known.loss_recovered, known.loss_recovered_mean, known.kl_score) == (0.5, 0.75, 0.5, 0.75)
    # Nothing is clamped: it may be worse than zeros.
    assert Effect(10, 9, 2.0, 6.0, 4.0, 3.0, 0.5, 2.0).loss_recovered == -1.0
    for zero, expected in ((2.049, None), (1.5, None), (2.051, 1.0)):
        assert Effect(10, 9, 2.0, 2.0, zero, 2.0, 0.0, 0.01).loss_recovered == expected
    assert Effect(10, 9, 2.0, 2.0, 4.0, 2.0, 0.0, 0.01).kl_score is None
    assert Effect(10, 0, None, None, None, None, 0.1, 2.0).loss_recovered is None


def test_without_a_successor_there_is_no_cross_entropy_but_a_divergence() -> None:
    model, point = get_model("llama"), points_of(get_model("llama"))["layers.1.resid_post"]
    (ours,) = effects(model, [Placed(net_for(model), point, point)], [block([BOS, 5, 6], [2])])
    assert (ours.tokens, ours.predicted, ours.ce_clean, ours.ce_spliced) == (1, 0, None, None)
    assert ours.kl is not None
    assert ours.kl > 0


def test_an_sae_that_gives_no_numbers() -> None:
    model, point = get_model("llama"), points_of(get_model("llama"))["layers.1.resid_post"]
    net = net_for(model)
    net.b_dec[0] = math.nan
    (ours,) = effects(model, [Placed(net, point, point)], BLOCKS)
    assert (ours.ce_spliced, ours.kl, ours.loss_recovered) == (None, None, None)
    assert ours.ce_clean is not None
