"""Every architecture's loss and gradients, against the plain ones of `support/dense_saes.py`."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes import penalized
from mistudio_ext.saes.jump_relu import JumpRelu
from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState, Losses, TrainingSae
from tests.support.dense_saes import dense_loss

TOKENS, D, WIDTH, K = 96, 24, 160, 5
PENALTY = 0.013


def rows(count: int = TOKENS, d: int = D, seed: int = 1) -> Tensor:
    return torch.randn(count, d, generator=torch.Generator().manual_seed(seed)) * 1.3 + 0.4


def made(name: str, **changes: Any) -> TrainingSae:
    """In the middle of its training: no weight where it started."""
    options = SaeOptions(**({"architecture": name, "k": K, "bandwidth": 0.3} | changes))
    d_out = D if options.target == "autoencode" else D + 8
    sae = architecture(name)(Shape(D, d_out, WIDTH), options, seed=3)
    chance = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=chance)
        if options.decoder_norm == "unit":
            sae.W_dec /= sae.W_dec.norm(dim=1, keepdim=True)
    return sae


def state(sae: TrainingSae, tokens: int = TOKENS, dead: int = 0) -> BatchState:
    silent = torch.zeros(sae.shape.width, dtype=torch.bool)
    silent[torch.randperm(sae.shape.width, generator=torch.Generator().manual_seed(5))[:dead]] = True
    return BatchState(step=3, steps=10, tokens=tokens, penalty=PENALTY, dead=silent)


def stepped(sae: TrainingSae, x: Tensor, y: Tensor, batch: BatchState, micro: int = TOKENS) -> list[Losses]:
    parts = list(zip(x.split(micro), y.split(micro), strict=True))
    sae.zero_grad()
    sae.prepare(parts, batch)
    found = []
    for x_part, y_part in parts:
        losses = sae.loss(x_part, y_part, batch)
        losses.total.backward()
        found.append(losses)
    return found


def data(sae: TrainingSae) -> tuple[Tensor, Tensor]:
    x = rows()
    return x, x if sae.centered else rows(d=sae.shape.d_out, seed=2)


def reference(sae: TrainingSae, x: Tensor, y: Tensor, batch: BatchState) -> tuple[Any, dict[str, Tensor]]:
    """In float64, so that all that differs is our own rounding."""
    weights = {name: p.detach().double().requires_grad_() for name, p in sae.named_parameters()}
    found = dense_loss(
        weights,
        x.double(),
        y.double(),
        sae.options,
        centered=sae.centered,
        penalty=batch.penalty,
        dead=batch.dead,
        prefixes=getattr(sae, "prefixes", None),
    )
    found.total.backward()
    gradients = {name: w.grad if w.grad is not None else torch.zeros_like(w) for name, w in weights.items()}
    if sae.options.decoder_norm == "unit":
        # Ours knows that rows have length 1, so it leaves out how a penalty on their length would stretch them.
        gradients["W_dec"] = turned(gradients["W_dec"], sae.W_dec)
    return found, gradients


def turned(gradient: Tensor, rows: Tensor) -> Tensor:
    return gradient - (gradient * rows).sum(1, keepdim=True) * rows / rows.square().sum(1, keepdim=True)


def gradient_of(sae: TrainingSae, name: str) -> Tensor:
    gradient = sae.get_parameter(name).grad
    gradient = torch.zeros_like(sae.get_parameter(name)) if gradient is None else gradient
    return turned(gradient, sae.W_dec) if name == "W_dec" and sae.options.decoder_norm == "unit" else gradient


def close(ours: Tensor, theirs: Tensor, tolerance: float = 1e-5) -> bool:
    ours, theirs = ours.detach().double(), theirs.detach().double()
    scale = max(1e-12, float(theirs.norm()))
    return float((ours - theirs).norm()) <= tolerance * scale


CASES = [
    {},
    {"decoder_norm": "free"},
    {"target": "transcode"},
    {"target": "skip_transcode", "decoder_norm": "free"},
    {"dead": 40},
    {"dead": 40, "aux_k": D // 2},
    {"dead": 40, "aux_k": 3, "target": "skip_transcode"},
    {"dead": 30, "dead_features": "ghost"},
    {"dead": 30, "dead_features": "none"},
]


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_loss_and_every_gradient_are_those_of_the_plain_form(name: str, case: dict[str, Any]) -> None:
    case = dict(case)
    dead = case.pop("dead", 0)
    sae = made(name, **case)
    x, y = data(sae)
    batch = state(sae, dead=dead)
    (ours,) = stepped(sae, x, y, batch)
    theirs, gradients = reference(sae, x, y, batch)
    assert ours.parts.keys() == theirs.parts.keys()
    for part, value in theirs.parts.items():
        assert close(ours.parts[part], value), part
    assert close(ours.total, theirs.total)
    assert close(ours.squared_error, (theirs.y_hat - y).square().sum())
    assert torch.equal(ours.counts, (theirs.z > 0).sum(0))
    assert int(ours.active) == int((theirs.z > 0).sum())
    assert close(ours.l1, (theirs.z * sae.W_dec.detach().double().norm(dim=1)).sum())
    assert torch.equal(ours.fired, (theirs.z > 0).any(0))
    for parameter, gradient in gradients.items():
        assert close(gradient_of(sae, parameter), gradient), parameter


@pytest.mark.parametrize("dense_from", [0.0, 1.0])
@pytest.mark.parametrize("name", ["standard", "jumprelu", "gated"])
def test_few_and_many_active_features_are_computed_to_the_same_result(
    name: str, dense_from: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penalized, "DENSE", dense_from)
    sae = made(name, decoder_norm="free")
    x, y = data(sae)
    batch = state(sae, dead=20)
    stepped(sae, x, y, batch)
    _, gradients = reference(sae, x, y, batch)
    for parameter, gradient in gradients.items():
        assert close(gradient_of(sae, parameter), gradient), parameter


@pytest.mark.parametrize("micro", [64, 33, 1])
@pytest.mark.parametrize("dead_features", ["aux_k", "ghost"])
@pytest.mark.parametrize("name", BUILT_IN)
def test_micro_batches_of_any_size_give_the_gradient_of_the_whole_batch(name: str, dead_features: str, micro: int) -> None:
    sae = made(name, dead_features=dead_features)
    x, y = data(sae)
    batch = state(sae, dead=40)
    found = stepped(sae, x, y, batch, micro)
    theirs, gradients = reference(sae, x, y, batch)
    assert close(torch.stack([each.total.detach() for each in found]).sum(), theirs.total)
    assert torch.equal(torch.stack([each.counts for each in found]).sum(0), (theirs.z > 0).sum(0))
    for parameter, gradient in gradients.items():
        assert close(gradient_of(sae, parameter), gradient), parameter


def test_the_batch_shares_its_features_out_unevenly() -> None:
    """What a selection by token, or by micro-batch, would not do."""
    sae = made("batchtopk")
    x = rows()
    x[:48] *= 3
    found = stepped(sae, x, x, state(sae), micro=48)
    first, second = (int(each.active) for each in found)
    assert first + second == K * TOKENS
    assert first > 1.5 * second


def test_fewer_positive_features_than_wanted_are_all_on() -> None:
    sae = made("batchtopk", k=WIDTH)
    x = rows()
    for micro in (TOKENS, 40):
        found = stepped(sae, x, x, state(sae), micro)
        pre = (x - sae.b_dec) @ sae.W_enc.t() + sae.b_enc
        assert sum(int(each.active) for each in found) == int((pre > 0).sum())


@pytest.mark.parametrize("name", BUILT_IN)
def test_aux_k_gives_the_encoder_of_dead_features_a_gradient(name: str) -> None:
    """And the error they are to model has the decoder's bias in it once: a net of zeros models an error of zeros without loss."""
    sae = made(name, aux_k=D // 2)
    x, y = data(sae)
    batch = state(sae, dead=40)
    with torch.no_grad():
        # Nothing but aux-k reaches these.
        sae.b_enc[batch.dead] = 0.0
    stepped(sae, x, y, batch)
    with_aux = sae.W_enc.grad[batch.dead].clone()  # type: ignore[index]
    sae.options.aux_coefficient = 0.0
    stepped(sae, x, y, batch)
    assert ((with_aux - sae.W_enc.grad[batch.dead]).norm(dim=1) > 0).float().mean() > 0.9  # type: ignore[index]


def test_the_decoder_bias_is_not_part_of_what_dead_features_model() -> None:
    sae = made("topk")
    with torch.no_grad():
        sae.b_dec.fill_(7.0)
        sae.W_enc.zero_()
        sae.b_enc.fill_(-1.0)
    x = rows()
    (losses,) = stepped(sae, x, x, state(sae, dead=40))
    residual = x - 7.0
    expected = residual.square().sum() / (residual - residual.mean(0)).square().sum() / 32
    assert close(losses.parts["aux"], expected)


# ---- JumpReLU's threshold ------------------------------------------------------------------------------------------------------


def jump(count: int = 200_001, bandwidth: float = 0.02) -> tuple[JumpRelu, Tensor]:
    """One feature over many tokens, decoder and encoder 1: pre-activations are the tokens themselves."""
    sae = JumpRelu(Shape(1, 1, 1), SaeOptions(architecture="jumprelu", bandwidth=bandwidth, dead_features="none"), 0)
    with torch.no_grad():
        sae.W_enc.fill_(1.0)
        sae.W_dec.fill_(1.0)
        sae.threshold.fill_(0.8)
    return sae, torch.linspace(-1, 3, count)[:, None]


def test_the_thresholds_gradient_is_the_slope_of_the_smoothed_loss() -> None:
    """Of the L0 penalty exactly: a rectangular kernel of width e is the central difference with step e/2. Of the error nearly."""
    sae, x = jump()
    batch = state(sae, len(x))

    def at(threshold: float, penalty: float) -> float:
        z = x.double() * (x > threshold)
        return float(((z - x).square().sum() + penalty * (x > threshold).sum()) / len(x))

    def gradient(penalty: float) -> float:
        batch.penalty = penalty
        stepped(sae, x, x, batch, len(x))
        return float(sae.threshold.grad)  # type: ignore[arg-type]

    low, high = 0.8 - 0.01, 0.8 + 0.01
    only_error = gradient(0.0)
    assert only_error == pytest.approx((at(high, 0.0) - at(low, 0.0)) / 0.02, rel=0.01)
    only_penalty = gradient(1.0) - only_error
    inside = float(((x > low) & (x < high)).double().mean())
    assert only_penalty == pytest.approx(-inside / 0.02, rel=1e-3)
    assert only_penalty == pytest.approx((at(high, 1.0) - at(high, 0.0) - at(low, 1.0) + at(low, 0.0)) / 0.02, rel=1e-3)


def test_thresholds_move_under_adam_whatever_their_size() -> None:
    for size in (1e-3, 0.1, 2.0):
        sae, x = jump(401, bandwidth=0.5)
        with torch.no_grad():
            sae.threshold.fill_(size)
        optimizer = torch.optim.Adam(sae.parameters(), lr=4e-3)
        batch = state(sae, len(x))
        batch.penalty = 10.0
        for _ in range(8):
            stepped(sae, x, x, batch, len(x))
            optimizer.step()
            sae.after_update()
        assert sae.threshold.dtype == torch.float32
        assert float(sae.threshold.detach()) - size > 0.02


def test_a_feature_that_never_passes_is_neither_counted_nor_penalized() -> None:
    sae = made("jumprelu")
    with torch.no_grad():
        sae.threshold[:] = 1e6
    x, y = data(sae)
    (losses,) = stepped(sae, x, y, state(sae))
    assert float(losses.parts["l0"]) == 0
    assert int(losses.active) == 0
    assert float(sae.threshold.grad.abs().max()) == 0  # type: ignore[union-attr]


def test_a_threshold_does_not_fall_below_0() -> None:
    sae = made("jumprelu")
    with torch.no_grad():
        sae.threshold[:3] = -0.5
    sae.after_update()
    assert torch.equal(sae.threshold[:3], torch.zeros(3))


# ---- the decoder's rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_update_turns_the_decoder_rows_and_does_not_stretch_them(name: str) -> None:
    sae = made(name)
    x, y = data(sae)
    optimizer = torch.optim.SGD(sae.parameters(), lr=1e-3)
    before = sae.W_dec.detach().clone()
    stepped(sae, x, y, state(sae))
    sae.before_update()
    gradient = sae.W_dec.grad
    assert gradient is not None
    assert float((gradient * before).sum(1).abs().max()) <= 1e-6 * float(gradient.norm(dim=1).max())
    optimizer.step()
    # To first order the rows keep their length even before they are made of length 1 again.
    assert float((sae.W_dec.detach().norm(dim=1) - 1).abs().max()) < 1e-5
    sae.after_update()
    assert float((sae.W_dec.detach().norm(dim=1) - 1).abs().max()) < 1e-6
    assert not torch.equal(sae.W_dec, before)


def test_free_rows_are_left_as_they_are() -> None:
    sae = made("standard", decoder_norm="free")
    x, y = data(sae)
    stepped(sae, x, y, state(sae))
    weights, gradient = sae.W_dec.detach().clone(), sae.W_dec.grad.clone()  # type: ignore[union-attr]
    sae.before_update()
    sae.after_update()
    assert torch.equal(sae.W_dec, weights)
    assert torch.equal(sae.W_dec.grad, gradient)  # type: ignore[arg-type]


# ---- precision -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILT_IN)
def test_products_in_bfloat16_leave_weights_and_gradients_in_float32_and_close(name: str) -> None:
    sae = made(name)
    x, y = data(sae)
    stepped(sae, x, y, state(sae, dead=20))
    whole = {n: p.grad.clone() for n, p in sae.named_parameters() if p.grad is not None}
    sae.compute = torch.bfloat16
    (losses,) = stepped(sae, x, y, state(sae, dead=20))
    assert losses.total.dtype == torch.float32
    for n, p in sae.named_parameters():
        assert p.dtype == torch.float32
        assert p.grad is not None
        assert p.grad.dtype == torch.float32
        assert close(p.grad, whole[n], 0.2), n
    exact = reference(sae, x, y, state(sae, dead=20))[0].total.detach()
    assert float(losses.total.detach()) == pytest.approx(float(exact), rel=0.02)


def test_values_of_selected_features_are_in_float32_under_bfloat16() -> None:
    sae = made("topk")
    sae.compute = torch.bfloat16
    x, _ = data(sae)
    centred = sae.centre(x)
    z, entries = sae.activations(centred, state(sae))  # type: ignore[operator]
    exact = (centred.double() @ sae.W_enc.double().t() + sae.b_enc.double()).relu()
    assert close(z, exact[entries.row_of, entries.features], 1e-6)
