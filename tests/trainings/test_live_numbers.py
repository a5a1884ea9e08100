"""The numbers of a batch, step for step, against plain tables: definitions are in docs/metrics.md."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes.registry import BUILT_IN
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.trainings import operations, unit
from mistudio_ext.trainings.health import Row
from mistudio_ext.trainings.plan import PlannedSae
from mistudio_ext.trainings.schedules import Rate
from mistudio_ext.trainings.schema import Train
from mistudio_ext.trainings.step import Micro
from mistudio_ext.trainings.unit import Unit
from mistudio_ext.trainings.view import View
from tests.support.dense_saes import dense_loss
from tests.trainings.conftest import HOOKS, Prepared
from tests.trainings.test_training import trained, vectors_of

D, WIDTH, K, BATCH, STEPS = 12, 40, 3, 64, 24
# Tokens without which a feature counts as dead: those of four steps.
DEAD_AFTER = 4 * BATCH
RATE, WARM_UP = 3e-3, 0.25


@dataclass
class Followed:
    """A run in the model's own units: at each step the weights before it, what it was given and what was noted of it."""

    planned: PlannedSae
    x: list[Tensor]
    y: list[Tensor]
    weights: list[dict[str, Tensor]]
    rows: list[Row]
    prefixes: list[int] | None


def followed(steps: int = STEPS, d_out: int = D, silent: int = 0, **changes: Any) -> Followed:
    """`silent`: so many features are made unable to fire in the middle of the run."""
    values: dict[str, Any] = {"architecture": "topk", "k": K, "dead_features": "none", "bandwidth": 0.3, "l1_coefficient": 0.05}
    own = SaeOptions(**values | {"dead_after": DEAD_AFTER, "l0_coefficient": 0.05, "sparsity_warm_up": WARM_UP} | changes)
    transcodes = own.target != "autoencode"
    planned = PlannedSae(0, "it", "in", "out" if transcodes else "in", D, d_out, WIDTH, own.k, RATE, own)
    chance = torch.Generator().manual_seed(1)
    mix = torch.randn(D, d_out, generator=chance)
    x = [0.7 * torch.randn(BATCH, D, generator=chance).exp() + 0.4 for _ in range(steps)]
    y = [(each @ mix).tanh() * 5 + 1 for each in x] if transcodes else x
    options = Train(sources=[{"capture": "cp_1"}], batch_size=BATCH, clip=0.05)  # type: ignore[list-item]
    view = View(planned, torch.device("cpu"))
    view.fit({"in": torch.cat(x), "out": torch.cat(y)})
    one = Unit(planned, options, view, torch.device("cpu"), steps=steps, first_steps=steps)
    rate = Rate("cosine", steps, WARM_UP, 0.5)
    found = Followed(planned, x, y, [], [], getattr(one.sae, "prefixes", None))
    for step in range(1, steps + 1):
        batch = view.see({"in": x[step - 1], "out": y[step - 1]})
        if step == 1:
            one.start(batch)
        if silent and step == steps // 2:
            with torch.no_grad():
                one.sae.b_enc[:silent] = -12.0
        found.weights.append({name: each.clone() for name, each in one.sae.state_dict().items()})
        one.step(step, rate, batch, Micro(BATCH))
        found.rows.append(one.row(step, rate, batch))
    return found


def scale_of(rows: list[Tensor], normalization: str) -> float:
    together = torch.cat(rows).double()
    return math.sqrt(together.shape[1]) / float(together.norm(dim=1).mean()) if normalization == "expected_norm" else 1.0


def plain(run: Followed) -> list[dict[str, float]]:
    """The same numbers, from the weights alone."""
    own = run.planned.options
    x_scale, y_scale = scale_of(run.x, own.normalization), scale_of(run.y, own.normalization)
    fired: list[Tensor] = []
    means: list[Tensor] = []
    found = []
    for place, weights in enumerate(run.weights):
        step = place + 1
        x, y = run.x[place].double() * x_scale, run.y[place].double() * y_scale
        penalty = min(1.0, step / round(WARM_UP * len(run.weights)))
        penalty *= own.l0_coefficient if own.architecture == "jumprelu" else own.l1_coefficient
        dead = never(fired[-DEAD_AFTER // BATCH :]) if step > DEAD_AFTER // BATCH else torch.zeros(WIDTH, dtype=torch.bool)
        w = {name: each.double().requires_grad_() for name, each in weights.items()}
        loss = dense_loss(w, x, y, own, centered=own.target == "autoencode", penalty=penalty, dead=dead, prefixes=run.prefixes)
        loss.total.backward()
        gradients = {name: each.grad for name, each in w.items() if each.grad is not None}
        rows = w["W_dec"].detach()
        if own.decoder_norm == "unit":
            # Along the rows nothing is learned.
            gradients["W_dec"] = gradients["W_dec"] - (gradients["W_dec"] * rows).sum(1, keepdim=True) * rows
        error = (loss.y_hat - y).detach().square().sum()
        z = loss.z.detach()
        fired.append((z > 0).any(0))
        means.append(y.mean(0))
        lately = torch.stack(means[-100:]).mean(0)
        found.append(
            {
                "loss": float(loss.total.detach()),
                "mse": float(error) / BATCH / y_scale**2,
                "penalty": float(sum(loss.parts.get(name, torch.zeros(())).detach() for name in ("l1", "l0"))),
                "aux": float(sum(loss.parts.get(name, torch.zeros(())).detach() for name in ("aux", "ghost"))),
                "fvu": float(error / (y - lately).square().sum()),
                "l0": float((z > 0).sum()) / BATCH,
                "l1": float((z * rows.norm(dim=1)).sum()) / BATCH / y_scale,
                "dead": float(never(fired[-DEAD_AFTER // BATCH :]).double().mean()) if step >= DEAD_AFTER // BATCH else 0.0,
                "gradient_norm": math.sqrt(sum(float(each.square().sum()) for each in gradients.values())),
            }
        )
    return found


def never(fired: list[Tensor]) -> Tensor:
    return ~torch.stack(fired).any(0)


@pytest.mark.parametrize("architecture", BUILT_IN)
@pytest.mark.parametrize(
    "changes",
    [
        {"silent": 11, "dead_features": "ghost"},
        {"normalization": "none", "decoder_norm": "free"},
        {"target": "transcode", "d_out": 9},
        {"target": "skip_transcode", "d_out": 9, "decoder_norm": "free", "silent": 4},
    ],
    ids=["ghost", "free", "transcode", "skip"],
)
def test_every_number_of_a_batch_is_its_definition(architecture: str, changes: dict[str, Any]) -> None:
    run = followed(architecture=architecture, **changes)
    for step, (noted, expected) in enumerate(zip(run.rows, plain(run), strict=True), 1):
        for name, value in expected.items():
            assert noted[name] == pytest.approx(value, rel=2e-4, abs=1e-7), f"{name} at step {step}"
    own = run.planned.options
    penalized = architecture in ("standard", "jumprelu", "gated")
    full = own.l0_coefficient if architecture == "jumprelu" else own.l1_coefficient
    expected = [min(1.0, step / 6) * full for step in (1, 3, 6, 24)] if penalized else [None] * 4
    assert [run.rows[step - 1]["coefficient"] for step in (1, 3, 6, 24)] == pytest.approx(expected)
    # Warm-up over 6 steps, decay over the last 12.
    assert [run.rows[step - 1]["learning_rate"] for step in (3, 6, 12)] == pytest.approx([RATE / 2, RATE, RATE])
    assert run.rows[17]["learning_rate"] == pytest.approx(RATE * (1 + math.cos(math.pi * 6 / 13)) / 2)
    assert (run.rows[-1]["penalty"] > 0) == penalized  # type: ignore[operator]
    if silent := changes.get("silent"):
        assert run.rows[-1]["dead"] >= silent / WIDTH  # type: ignore[operator]
    if changes.get("dead_features") == "ghost":
        assert run.rows[-1]["aux"] > 0  # type: ignore[operator]


def test_aux_k_helps_from_a_tenth_of_the_wait_on() -> None:
    """Its part of the loss, of the features that were silent over that many tokens: here, over the step before."""
    run = followed(dead_features="aux_k", aux_k=2, dead_after=10 * BATCH, silent=11)
    # In the middle they are silenced, and only then is anyone dead whom the plain loop can tell without a history.
    place = STEPS // 2
    x = run.x[place].double() * scale_of(run.x, "expected_norm")
    before = run.x[place - 1].double() * scale_of(run.x, "expected_norm")
    weights = [{name: each.double() for name, each in run.weights[at].items()} for at in (place - 1, place)]
    alive = torch.zeros(WIDTH, dtype=torch.bool)
    silent = never([dense_loss(weights[0], before, before, run.planned.options, centered=True, penalty=0, dead=alive).z > 0])
    dead = silent.all(0)
    assert dead[:11].all()
    loss = dense_loss(weights[1], x, x, run.planned.options, centered=True, penalty=0, dead=dead)
    assert run.rows[place]["aux"] == pytest.approx(float(loss.parts["aux"]), rel=1e-4)
    assert run.rows[place]["loss"] == pytest.approx(float(loss.total), rel=1e-4)


@pytest.mark.parametrize("normalization", ["layer_norm", "whitening"])
def test_without_a_single_scale_there_is_no_number_in_the_models_units(normalization: str) -> None:
    row = followed(2, normalization=normalization).rows[-1]
    assert (row["mse"], row["l1"]) == (None, None)
    assert row["fvu"] is not None
    # What a transcoder writes has one, also where each input has its own.
    assert (followed(2, normalization="layer_norm", target="transcode").rows[-1]["l1"] is None) is False


def test_rare_is_said_of_enough_tokens_and_counted_over_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unit, "RARE_TOKENS", 4 * BATCH)
    monkeypatch.setattr(unit, "RARE", 0.02)
    run = followed(12)
    scale = scale_of(run.x, "expected_norm")
    counts = []
    for x, weights in zip(run.x, run.weights, strict=True):
        w = {name: each.double() for name, each in weights.items()}
        alive = torch.zeros(WIDTH, dtype=torch.bool)
        z = dense_loss(w, x.double() * scale, x.double() * scale, run.planned.options, centered=True, penalty=0, dead=alive).z
        counts.append((z > 0).sum(0))
    assert [row["rare"] for row in run.rows[:3]] == [None] * 3
    # Four steps are a stretch; the one that goes on and the whole one before it count.
    for step, begin in ((4, 0), (5, 0), (8, 0), (9, 4), (12, 4)):
        fired = torch.stack(counts[begin:step]).sum(0)
        expected = ((fired > 0) & (fired < 0.02 * BATCH * (step - begin))).double().mean()
        assert run.rows[step - 1]["rare"] == pytest.approx(float(expected)), step
    assert 0 < run.rows[-1]["rare"] < 1  # type: ignore[operator]


@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "gated"])
def test_the_objective_is_the_loss_on_held_out_rows_at_the_whole_penalty(prepared: Prepared, architecture: str) -> None:
    """In the units that the coefficient has its meaning in, and without what is there for dead features."""
    coefficient = {"l0_coefficient" if architecture == "jumprelu" else "l1_coefficient": 0.02}
    id = prepared.train(
        **coefficient, saes=[{"hook": HOOKS[0]}], architecture=architecture, dead_features="ghost", dead_after=64,
        sparsity_warm_up=1.0,
    )  # fmt: skip
    seen, held_out = (vectors_of(prepared, HOOKS[0], held_out=each).double() for each in (False, True))
    scale = math.sqrt(seen.shape[1]) / float(seen.norm(dim=1).mean())
    rows = held_out[:256] * scale
    weights = {name: each.double() for name, each in trained(prepared, id, 30).items()}
    own = SaeOptions(architecture=architecture)
    alive = torch.zeros(64, dtype=torch.bool)
    expected = dense_loss(weights, rows, rows, own, centered=True, penalty=0.02, dead=alive)
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    found = facts.saes[0].evaluation
    assert found is not None
    assert found.objective == pytest.approx(float(expected.total), rel=1e-5)
    lengths = weights["W_dec"].norm(dim=1)
    assert found.l1 == pytest.approx(float((expected.z * lengths).sum()) / 256 / scale, rel=1e-5)
    assert found.mse == pytest.approx(float((expected.y_hat - rows).square().sum()) / 256 / scale**2, rel=1e-5)
