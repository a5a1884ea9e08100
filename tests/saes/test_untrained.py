"""The control: an SAE that has learned nothing, as sparse as the one beside it."""

from __future__ import annotations

import pytest
import torch

from mistudio_ext.saes.measure import Measuring
from mistudio_ext.saes.net import SparseAutoencoder
from mistudio_ext.saes.untrained import untrained
from tests.support.nets import KINDS, make_net


def rows(count: int, dimensions: int) -> torch.Tensor:
    chance = torch.Generator().manual_seed(2)
    return torch.randn(count, dimensions, generator=chance) @ torch.randn(dimensions, dimensions, generator=chance) + 3


def l0(net: SparseAutoencoder, x: torch.Tensor) -> float:
    measuring = Measuring(net)
    measuring.add(x)
    return measuring.numbers().l0 or 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_of_the_same_shape_and_as_sparse(kind: str) -> None:
    x = rows(3000, 12)
    net = make_net(kind, d_in=12, width=48, k=6)
    control = untrained(net, x, x, 6.0)
    assert control.shape == net.shape
    assert (control.W_dec.norm(dim=1) - 1).abs().max() < 1e-6
    assert torch.equal(control.encoder, control.W_dec)
    assert control.b_dec.tolist() == pytest.approx(x.double().mean(0).tolist(), rel=1e-5)
    # At the mean nothing is on: what fires is what tells a token from the mean.
    assert float(control.encode(x.mean(0, keepdim=True)).max()) < 1e-4
    if kind == "topk":
        assert (control.form.activation, control.form.k) == ("topk", 6)
    else:
        assert l0(control, x) == 6.0


def test_the_seed_decides() -> None:
    x, net = rows(500, 6), make_net()
    same, other = untrained(net, x, x, 3.0, seed=1), untrained(net, x, x, 3.0, seed=2)
    assert torch.equal(same.W_dec, untrained(net, x, x, 3.0, seed=1).W_dec)
    assert not torch.equal(same.W_dec, other.W_dec)


def test_of_a_transcoder_about_both_means() -> None:
    x, y = rows(2000, 6), rows(2000, 4)
    control = untrained(make_net("relu", d_in=6, d_out=4, skip=True), x, y, 2.0)
    assert control.W_skip is None
    made = control(x.mean(0, keepdim=True))
    assert made[0].tolist() == pytest.approx(y.mean(0).tolist(), rel=1e-3)
    assert (control.encode(x) > 0).sum().item() == 2 * 2000
