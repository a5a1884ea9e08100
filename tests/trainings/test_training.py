"""A training against the plainest loop that there is; memory that runs out; what is evaluated and what it comes to."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from mistudio_ext.captures.vectors import Stored
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import ReadLog
from mistudio_ext.saes import effect
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.tensor_file import read_tensors
from mistudio_ext.saes.topk import TopK
from mistudio_ext.saes.untrained import untrained
from mistudio_ext.trainings import operations, run
from mistudio_ext.trainings.checkpoint import checkpoint_folder, steps_of
from mistudio_ext.trainings.checkpoint_net import load_net
from mistudio_ext.trainings.model_at_hand import ModelAtHand
from mistudio_ext.trainings.order import Order
from mistudio_ext.trainings.record_schema import Evaluation, ReadMetrics
from mistudio_ext.trainings.schema import Train
from mistudio_ext.trainings.source_schema import CaptureSource
from mistudio_ext.trainings.sources import plan_sources
from tests.support import work
from tests.trainings.conftest import HOOKS, SMALL, Prepared

PLAIN: dict[str, Any] = {
    "saes": [{"hook": HOOKS[0]}], "dead_features": "none", "start_at": "mean", "steps": 40, "checkpoint_every": 40,
    "evaluate_every": None,
}  # fmt: skip


def vectors_of(prepared: Prepared, hook: str, *, held_out: bool, capture: int = 0) -> Tensor:
    stored = Stored(prepared.ws.folder(prepared.captures[capture]) / "data")
    outside, counted = (stored.index[name].read(slice(None)).astype(bool) for name in ("held_out", "counted"))
    return torch.from_numpy(stored[hook][np.flatnonzero((outside == held_out) & counted)])


def plain_loop(rows: Tensor, steps: int) -> tuple[dict[str, Tensor], list[float]]:
    """TopK with Adam, a batch at a time, every product dense, every gradient by torch itself."""
    d, width, k, batch = rows.shape[1], SMALL["width"], SMALL["k"], SMALL["batch_size"]
    order = Order(len(rows), 0)
    first = rows[order.rows(0, max(16384, batch))[: min(16384, len(rows))]]
    scale = math.sqrt(d) / first.double().norm(dim=1).mean()
    rows = (rows.double() * scale).float()
    begun = TopK(Shape(d, d, width), SaeOptions(width=width, k=k), 0)
    encoder, decoder = begun.W_enc.detach().clone(), begun.W_dec.detach().clone()
    b_enc, b_dec = torch.zeros(width), rows[order.rows(0, batch)].mean(0)
    weights = [each.requires_grad_() for each in (encoder, b_enc, decoder, b_dec)]
    optimizer = torch.optim.Adam(weights, lr=1.0)
    losses = []
    for step in range(1, steps + 1):
        x = rows[order.rows((step - 1) * batch, step * batch)]
        pre = (x - b_dec) @ encoder.T + b_enc
        values, places = pre.topk(k, dim=1)
        z = torch.zeros_like(pre).scatter(1, places, values.relu())
        loss = (z @ decoder + b_dec - x).square().sum() / (batch * d)
        optimizer.zero_grad()
        loss.backward()
        assert decoder.grad is not None
        with torch.no_grad():
            decoder.grad -= (decoder.grad * decoder).sum(1, keepdim=True) * decoder
            length = torch.stack([each.grad.norm() for each in weights if each.grad is not None]).norm()
            for each in weights:
                assert each.grad is not None
                each.grad *= min(1.0, 1.0 / float(length + 1e-6))
        rising, falling = round(0.05 * steps), round(0.2 * steps)
        share = min(1.0, step / rising)
        if step > steps - falling:
            share *= 0.5 * (1 + math.cos(math.pi * (step - steps + falling) / (falling + 1)))
        optimizer.param_groups[0]["lr"] = SMALL["learning_rate"] * share
        optimizer.step()
        with torch.no_grad():
            decoder /= decoder.norm(dim=1, keepdim=True)
        losses.append(float(loss.detach()))
    named = zip(("W_enc", "b_enc", "W_dec", "b_dec"), weights, strict=True)
    return {name: each.detach() for name, each in named}, losses


def trained(prepared: Prepared, id: str, step: int = 40) -> dict[str, Tensor]:
    return read_tensors(prepared.ws.folder(id) / "checkpoints" / str(step) / "weights-0.safetensors")


def require_close(got: dict[str, Tensor], expected: dict[str, Tensor], allowed: float) -> None:
    assert got.keys() == expected.keys()
    for name, each in expected.items():
        torch.testing.assert_close(got[name], each, atol=allowed, rtol=1e-3, msg=lambda text, name=name: f"{name}: {text}")


def test_a_training_is_the_plain_loop(prepared: Prepared) -> None:
    expected, losses = plain_loop(vectors_of(prepared, HOOKS[0], held_out=False), 40)
    id = prepared.train(**PLAIN)
    require_close(trained(prepared, id), expected, 1e-5)
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(columns=["loss", "l0", "learning_rate"]))
    np.testing.assert_allclose(page.columns["loss"], losses, rtol=1e-3)  # type: ignore[arg-type]
    assert page.steps == list(range(1, 41))
    assert max(page.columns["l0"]) <= 4  # type: ignore[type-var]
    assert page.columns["learning_rate"][10] == 1e-3


def test_several_at_once_are_the_same_as_one_alone(prepared: Prepared) -> None:
    alone = trained(prepared, prepared.train(**PLAIN))
    together = prepared.train(**PLAIN | {"saes": [{"hook": HOOKS[1]}, {"hook": HOOKS[0], "k": 9}, {"hook": HOOKS[0]}]})
    same = read_tensors(prepared.ws.folder(together) / "checkpoints" / "40" / "weights-2.safetensors")
    assert all(torch.equal(same[name], each) for name, each in alone.items())
    facts = operations.get_training(prepared.ws, together).facts
    assert facts is not None
    assert [(each.hook, each.k) for each in facts.saes] == [(HOOKS[1], 4), (HOOKS[0], 9), (HOOKS[0], 4)]


@pytest.mark.parametrize("architecture", ["topk", "batchtopk", "matryoshka", "standard", "jumprelu", "gated"])
def test_micro_batches_add_up_to_the_batch(prepared: Prepared, architecture: str) -> None:
    options = PLAIN | {"architecture": architecture, "steps": 6, "checkpoint_every": 6}
    whole = trained(prepared, prepared.train(**options), 6)
    require_close(trained(prepared, prepared.train(**options, micro_batch=24), 6), whole, 1e-4)


def test_memory_that_runs_out_halves_the_micro_batch_and_goes_on(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = trained(prepared, prepared.train(**PLAIN))
    monkeypatch.setattr(TopK, "loss", _limited(TopK.loss, 20))
    id = prepared.train(**PLAIN)
    facts, job = operations.get_training(prepared.ws, id).facts, operations.get_training(prepared.ws, id).job
    assert facts is not None
    assert job is not None
    assert facts.micro_batch == 16
    told = [each.text for each in read_log(prepared.ws, job.id, ReadLog()).lines if "memory" in each.text]
    assert len(told) == 2
    assert "32 tokens" in told[0]
    assert "16 tokens" in told[1]
    require_close(trained(prepared, id), whole, 2e-4)
    monkeypatch.setattr(TopK, "loss", _limited(TopK.loss, 3))
    prepared.start(**PLAIN)
    failed = work.do_next(prepared.ws, "gpu")
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error.error.code == "memory"


def _limited(loss: Any, room: int) -> Any:
    def limited(self: TopK, x: Tensor, y: Tensor, state: Any) -> Any:
        if len(x) > room:
            raise MemoryError
        return loss(self, x, y, state)

    return limited


def test_what_is_evaluated_is_what_the_net_does_on_held_out_rows(prepared: Prepared) -> None:
    id = prepared.train(saes=[{"hook": HOOKS[0]}, {"hook": HOOKS[1], "k": 8}], steps=40, checkpoint_every=8, keep_every=8)
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    by_step: list[dict[int, float]] = [{}, {}]
    for checkpoint in operations.list_checkpoints(prepared.ws, id).checkpoints:
        for number, hook in enumerate(HOOKS):
            net = load_net(prepared.ws.folder(id), checkpoint.step, number)
            rows = vectors_of(prepared, hook, held_out=True)[:256]
            with torch.no_grad():
                error = (net(rows) - rows).double().square().sum()
            fvu = float(error / (rows.double() - rows.double().mean(0)).square().sum())
            assert checkpoint.fvu[number] == pytest.approx(fvu, rel=1e-6)
            by_step[number][checkpoint.step] = fvu
    for number, each in enumerate(facts.saes):
        assert each.best_step == min(by_step[number], key=by_step[number].__getitem__)
        found = each.evaluation
        assert found is not None
        assert (found.step, found.tokens, found.fvu) == (40, 256, pytest.approx(by_step[number][40], rel=1e-6))
        assert found.l0 == (4 if number == 0 else 8)
        assert found.frequencies is not None
        assert sum(found.frequencies.counts) + found.frequencies.silent == 64
        assert found.frequencies.silent == pytest.approx(64 * float(found.dead or 0))
        assert found.effect_tokens == 256
        assert found.ce_spliced is not None
        assert found.ce_clean is not None
        assert found.ce_increase == pytest.approx(found.ce_spliced - found.ce_clean)
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(of="evaluation", variant=1, columns=["fvu", "ce_clean"]))
    noted = dict(zip(page.steps, page.columns["fvu"], strict=True))
    assert {step: noted[step] for step in by_step[1]} == pytest.approx(by_step[1], rel=1e-6)
    # With text at every tenth step and at the end, on rows alone at the other checkpoints.
    assert [step for step, each in zip(page.steps, page.columns["ce_clean"], strict=True) if each is not None] == [10, 20, 30, 40]


@pytest.mark.parametrize("architecture", ["topk", "standard"])
def test_beside_the_last_evaluation_stands_one_of_an_sae_that_has_learned_nothing(
    prepared: Prepared, architecture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A model with random weights loses nothing by zeros.
    monkeypatch.setattr(effect, "LEAST", -1.0)
    options: dict[str, Any] = {"architecture": architecture, "saes": [{"hook": hook} for hook in HOOKS]}
    id = prepared.train(**options, steps=20)
    record = operations.get_training(prepared.ws, id)
    assert record.facts is not None
    with ModelAtHand(
        prepared.ws, plan_sources(prepared.ws, [CaptureSource(capture=prepared.captures[0])]), HOOKS, "cpu"
    ) as model:
        points = {each.name: each for each in model.loaded.points}
        for number, hook in enumerate(HOOKS):
            found = record.facts.saes[number].evaluation
            assert found is not None
            assert found.l0 is not None
            assert found.control is not None
            seen, rows = vectors_of(prepared, hook, held_out=False), vectors_of(prepared, hook, held_out=True)[:256]
            net = untrained(load_net(prepared.ws.folder(id), 20, number), seen, seen, found.l0)
            features = net.encode(rows)
            error = (net.decode(features) - rows).double().square().sum()
            fvu = float(error / (rows.double() - rows.double().mean(0)).square().sum())
            assert found.control.fvu == pytest.approx(fvu, rel=1e-5)
            assert found.control.l0 == pytest.approx(float((features > 0).double().sum(1).mean()))
            assert found.control.dead == pytest.approx(float((~(features > 0).any(0)).double().mean()))
            alone = effect.Placed(net, points[hook], points[hook], rows.mean(0))
            (done,) = effect.effects(model.loaded.model, [alone], model.held_out(256))
            assert found.control.ce_increase == pytest.approx(done.ce_increase, rel=1e-5, abs=1e-7)
            assert found.control.loss_recovered == pytest.approx(done.loss_recovered, rel=1e-4)
            assert found.control.kl_score == pytest.approx(done.kl_score, rel=1e-4)
    # The evaluations before have none, nor had the records of earlier days.
    kept = json.loads((checkpoint_folder(prepared.ws.folder(id), 10) / "state.json").read_bytes())["evaluations"][0]
    assert kept.pop("control") is None
    assert Evaluation(**kept).step == 10


@pytest.mark.parametrize("architecture", ["batchtopk", "matryoshka"])
def test_a_threshold_is_calibrated_at_each_checkpoint(prepared: Prepared, architecture: str) -> None:
    id = prepared.train(saes=[{"hook": HOOKS[0]}], architecture=architecture)
    rows = vectors_of(prepared, HOOKS[0], held_out=False)
    for step in (10, 20, 30):
        net = load_net(prepared.ws.folder(id), step, 0)
        with torch.no_grad():
            on = float((net.encode(rows) > 0).double().sum(1).mean())
        assert on == pytest.approx(4, abs=0.02)


def test_an_sae_can_be_taken_where_a_training_was_paused(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    id = prepared.start(saes=[{"hook": HOOKS[0]}], architecture="batchtopk")
    assert work.do_next(prepared.ws, "gpu", request="pause", after=15).state == "paused"
    step = steps_of(prepared.ws.folder(id))[-1]
    # Those of the plan have a threshold anyway.
    assert step % 10
    net = load_net(prepared.ws.folder(id), step, 0)
    with torch.no_grad():
        on = float((net.encode(vectors_of(prepared, HOOKS[0], held_out=False)) > 0).double().sum(1).mean())
    assert on == pytest.approx(4, abs=0.02)


def test_the_weight_of_a_penalty_finds_the_target(prepared: Prepared) -> None:
    id = prepared.train(
        saes=[{"hook": HOOKS[0], "target_l0": 12}], architecture="jumprelu", steps=600, metrics_every=10, checkpoint_every=600,
        evaluate_every=None, learning_rate=3e-3, keep_every=None,
    )  # fmt: skip
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(columns=["l0", "coefficient"]))
    assert np.mean(page.columns["l0"][-10:]) == pytest.approx(12, rel=0.25)  # type: ignore[arg-type]


def test_the_mix_that_was_read_is_told(prepared: Prepared) -> None:
    sources = [{"capture": prepared.captures[0], "weight": 3}, {"capture": prepared.captures[1], "weight": 1}]
    id = prepared.train(sources=sources, mixing="weights", saes=[{"hook": HOOKS[0]}])
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    assert facts.mix == {prepared.captures[0]: 30 * 48, prepared.captures[1]: 30 * 16}
    assert facts.tokens == 30 * 64


def test_equal_requests_are_two_trainings(prepared: Prepared) -> None:
    assert prepared.start() != prepared.start()


def test_without_options_there_is_an_sae_a_hook_point_at_the_defaults(prepared: Prepared) -> None:
    started = operations.start_training(prepared.ws, Train(sources=[{"capture": prepared.captures[0]}]))  # type: ignore[list-item]
    estimate = operations.estimate_training(
        prepared.ws,
        operations.EstimateTraining(sources=[{"capture": prepared.captures[0]}]),  # type: ignore[list-item]
    )
    assert [each.split(" · ")[:3] for each in estimate.saes] == [[hook, "width 512", "k 32"] for hook in HOOKS]
    assert (estimate.steps, estimate.tokens) == (10_000, 10_000 * 4096)
    record = operations.get_training(prepared.ws, started.object)
    assert (record.state, record.hooks, record.facts) == ("working", HOOKS, None)
