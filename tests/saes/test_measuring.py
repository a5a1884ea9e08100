"""Reconstruction and sparsity, each against the definition written out in NumPy, or counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from mistudio_ext.saes import slices
from mistudio_ext.saes.affine import fit_affine
from mistudio_ext.saes.frequencies import frequency_histogram
from mistudio_ext.saes.measure import Measuring, Numbers
from mistudio_ext.saes.net import Form, SparseAutoencoder
from tests.support.nets import KINDS, decoded_by_hand, features_by_hand, make_net

ROWS, D = 700, 6


def rows(count: int = ROWS, dimensions: int = D, *, mean: float = 0.0, seed: int = 1) -> torch.Tensor:
    return torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed)) * 2 + mean


def measured(net: SparseAutoencoder, x: Any, y: Any = None, size: int = 10**9, **options: Any) -> Numbers:
    measuring = Measuring(net, **options)
    for start in range(0, len(x), size):
        measuring.add(x[start : start + size], None if y is None else y[start : start + size])
    return measuring.numbers()


def variance_weighted_r2(y: Any, made: Any) -> float:
    """As sklearn.metrics.r2_score(multioutput="variance_weighted") defines it: each dimension's score by its variance."""
    left, total = ((y - made) ** 2).sum(0), ((y - y.mean(0)) ** 2).sum(0)
    return float(np.average(1 - left / total, weights=total))


def identity(scale: list[float]) -> SparseAutoencoder:
    """Gives each dimension so many times back."""
    plus = torch.eye(len(scale))
    both = torch.cat([plus, -plus])
    zeros = torch.zeros(len(scale))
    return SparseAutoencoder(
        Form("relu", centered=False),
        encoder=both,
        b_enc=torch.zeros(2 * len(scale)),
        W_dec=both * torch.tensor(scale),
        b_dec=zeros,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_its_definition(kind: str) -> None:
    net, x = make_net(kind), rows()
    ours = measured(net, x, size=77)
    y = x.numpy().astype(np.float64)
    z = features_by_hand(net, y)
    made = decoded_by_hand(net, z, y)
    norms, made_norms = np.linalg.norm(y, axis=1), np.linalg.norm(made, axis=1)
    lengths = np.linalg.norm(net.W_dec.numpy().astype(np.float64), axis=1)
    assert ours.tokens == ROWS
    assert ours.mse == pytest.approx(((y - made) ** 2).sum(1).mean(), rel=1e-5)
    assert ours.fvu == pytest.approx(1 - variance_weighted_r2(y, made), rel=1e-5)
    assert ours.cosine == pytest.approx(((y * made).sum(1) / norms / made_norms).mean(), rel=1e-5)
    assert ours.norm_ratio == pytest.approx((made_norms / norms).mean(), rel=1e-5)
    assert ours.bias == pytest.approx((made**2).sum() / (y * made).sum(), rel=1e-5)
    assert ours.l0 == (z > 0).sum() / ROWS
    assert ours.l1 == pytest.approx((z * lengths).sum(1).mean(), rel=1e-5)
    assert ours.fired.tolist() == (z > 0).sum(0).tolist()
    assert ours.silent == ((z > 0).sum(0) == 0).mean()
    assert ours.target_mean == pytest.approx(y.mean(0), rel=1e-6)


def test_counted_by_hand() -> None:
    # One feature, which reads and writes the first of two dimensions, and gives half of it back.
    net = SparseAutoencoder(
        Form("relu", centered=False), encoder=torch.tensor([[1.0, 0.0], [0.0, -9.0]]), b_enc=torch.zeros(2),
        W_dec=torch.tensor([[0.5, 0.0], [0.0, 0.0]]), b_dec=torch.zeros(2),
    )  # fmt: skip
    ours = measured(net, torch.tensor([[2.0, 0.0], [4.0, 0.0], [0.0, 3.0]]))
    # Left are (1, 0), (2, 0), (0, 3): squares 1, 4, 9. About the mean (2, 1): 1, 5, 8.
    assert (ours.mse, ours.fvu) == (pytest.approx(14 / 3), pytest.approx(14 / 14))
    # The third is reconstructed as 0, which has no direction and no length.
    assert (ours.cosine, ours.norm_ratio) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert ours.bias == pytest.approx((1 + 4) / (2 + 8))
    assert (ours.l0, ours.l1, ours.silent) == (pytest.approx(2 / 3), pytest.approx((2 + 4) * 0.5 / 3), 0.5)
    assert ours.frequencies == pytest.approx([2 / 3, 0])


def test_parts_put_together_are_the_whole() -> None:
    # A mean of a million deviations: a difference of sums of squares would be nothing but rounding.
    net, x = make_net("topk"), rows(mean=2e6)
    affine = fit_affine([(x, x * 2)])
    options: dict[str, Any] = {"whitened": True, "prefixes": (5, 20), "affine": affine}
    parts = [Measuring(net, **options) for _ in range(3)]
    for part, begin, end in zip(parts, (0, 300, 301), (300, 301, ROWS), strict=True):
        part.add(x[begin:end])
    parts[0].merge(parts[1])
    parts[2].merge(parts[0])
    merged, whole = parts[2].numbers(), measured(net, x, **options)
    exact = x.numpy().astype(np.float64)
    assert parts[2].target.total == pytest.approx(((exact - exact.mean(0)) ** 2).sum(), rel=1e-12)
    for name in ("tokens", "mse", "fvu", "whitened_fvu", "affine_fvu", "cosine", "norm_ratio", "bias", "l0", "l1", "silent"):
        assert getattr(merged, name) == pytest.approx(getattr(whole, name), rel=1e-9), name
    assert merged.prefix_fvu == pytest.approx(whole.prefix_fvu, rel=1e-9)
    assert merged.fired.tolist() == whole.fired.tolist()
    empty = Measuring(net, **options)
    empty.merge(parts[2])
    assert empty.numbers().fvu == merged.fvu


def test_more_than_fits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    net, x = make_net("topk"), rows()
    at_once = measured(net, x)
    monkeypatch.setattr(slices, "ACTIVATIONS", 64)
    in_slices = measured(net, x)
    assert in_slices.fvu == pytest.approx(at_once.fvu, rel=1e-6)
    assert in_slices.fired.tolist() == at_once.fired.tolist()


def test_units_change_nothing_but_what_has_units() -> None:
    x = rows()
    once = measured(identity([0.9] * D), x)
    thousand = measured(identity([0.9] * D), x * 1000)
    assert thousand.fvu == pytest.approx(once.fvu, rel=1e-6)
    assert thousand.mse == pytest.approx((once.mse or 0) * 1e6, rel=1e-6)


def orthogonal(deviations: list[float], count: int = 400) -> torch.Tensor:
    """Rows whose dimensions have just these deviations, no mean and nothing in common."""
    chance = np.random.default_rng(0).normal(size=(count, len(deviations)))
    columns, _ = np.linalg.qr(chance - chance.mean(0))
    return torch.from_numpy(columns * np.sqrt(count) * deviations).float()


def test_whitened_counts_every_direction_alike() -> None:
    scale, deviations = [0.5, 0.9, 1.0, 0.0], [100.0, 10.0, 1.0, 0.1]
    turned = torch.from_numpy(np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]).float()
    ours = measured(identity(scale), orthogonal(deviations), whitened=True)
    expected = np.mean([(1 - each) ** 2 for each in scale])
    assert ours.whitened_fvu == pytest.approx(expected, rel=1e-4)
    assert ours.directions == 4
    # The plain one sees hardly more than the largest.
    assert ours.fvu == pytest.approx(0.25, rel=1e-2)
    net = identity(scale)
    elsewhere = net.changed(encoder=net.encoder @ turned, W_dec=net.W_dec @ turned)
    assert measured(elsewhere, orthogonal(deviations) @ turned, whitened=True).whitened_fvu == pytest.approx(expected, rel=1e-4)


def test_whitened_leaves_out_directions_with_nothing_in_them() -> None:
    ours = measured(identity([0.5, 1.0, 0.0]), orthogonal([1.0, 1.0, 1e-4]), whitened=True)
    assert (ours.whitened_fvu, ours.directions) == (pytest.approx(0.125, rel=1e-4), 2)


def test_whitened_needs_ten_tokens_a_dimension() -> None:
    for count, known in ((59, False), (60, True)):
        ours = measured(make_net(), rows(count), whitened=True)
        assert (ours.whitened_fvu is not None) == known
        assert ("whitened_fvu" in ours.why) != known
    assert "60" in measured(make_net(), rows(59), whitened=True).why["whitened_fvu"]


def test_what_is_not_defined_is_none_and_says_why() -> None:
    nothing = Measuring(make_net(), whitened=True).numbers()
    assert (nothing.tokens, nothing.fvu, nothing.mse, nothing.l0, nothing.silent) == (0, None, None, None, None)
    assert nothing.why["mse"] == "There were no tokens."
    equal = measured(make_net(), torch.ones(80, D), whitened=True)
    assert (equal.fvu, equal.whitened_fvu) == (None, None)
    assert equal.mse is not None
    assert "no variance" in equal.why["fvu"]
    zero = measured(identity([1.0] * D), torch.zeros(8, D))
    assert (zero.cosine, zero.norm_ratio, zero.bias) == (None, None, None)
    broken = make_net()
    broken.b_dec[0] = float("nan")
    assert measured(broken, rows()).fvu is None
    assert measured(broken, rows()).why["fvu"] == "It is not a number."


def test_transcoder_beside_the_best_affine_map() -> None:
    chance = np.random.default_rng(3)
    train, test = chance.normal(size=(500, D)) + 5, chance.normal(size=(200, D)) + 5
    weight, bias = chance.normal(size=(D, 4)), chance.normal(size=4)

    def target(x: Any) -> Any:
        return x @ weight + bias + np.maximum(x[:, :4] - 5, 0)

    net = make_net(d_out=4, skip=True)
    tensors = [torch.from_numpy(each).float() for each in (train, target(train), test, target(test))]
    affine = fit_affine([(tensors[0][i : i + 90], tensors[1][i : i + 90]) for i in range(0, 500, 90)])
    ours = measured(net, tensors[2], tensors[3], size=64, affine=affine)
    x, y = test, target(test)
    solution = np.linalg.lstsq(np.column_stack([train, np.ones(500)]), target(train), rcond=None)[0]
    left = y - np.column_stack([x, np.ones(200)]) @ solution
    assert ours.affine_fvu == pytest.approx((left**2).sum() / ((y - y.mean(0)) ** 2).sum(), rel=1e-5)
    made = decoded_by_hand(net, features_by_hand(net, x), x)
    assert ours.fvu == pytest.approx(1 - variance_weighted_r2(y, made), rel=1e-5)
    assert measured(net, tensors[2], tensors[3]).affine_fvu is None


def test_affine_map_where_the_input_does_not_decide_it() -> None:
    x = rows(300, 3)
    # The third dimension is the first once more, and never moves apart from it.
    x[:, 2] = x[:, 0]
    affine = fit_affine([(x, x[:, :1] * 4 + 1)])
    assert affine(x).flatten().tolist() == pytest.approx((x[:, 0] * 4 + 1).tolist(), abs=1e-6)
    assert affine.weight.flatten().tolist() == pytest.approx([2, 0, 2], abs=1e-6)


def test_prefixes_of_a_matryoshka() -> None:
    net, x = make_net("threshold"), rows()
    ours = measured(net, x, prefixes=(4, 10, 20))
    y = x.numpy().astype(np.float64)
    z = features_by_hand(net, y)
    for prefix, fvu in zip((4, 10, 20), ours.prefix_fvu, strict=True):
        part = z.copy()
        part[:, prefix:] = 0
        assert fvu == pytest.approx(1 - variance_weighted_r2(y, decoded_by_hand(net, part, y)), rel=1e-5)
    assert ours.prefix_fvu[-1] == ours.fvu


def test_layer_norm_is_measured_in_the_models_own_units() -> None:
    # Each token by itself to mean 0 and deviation 1, given back whole: nothing is left, at whatever scale a token is.
    x = rows() * torch.logspace(-2, 3, ROWS)[:, None] + 7
    net = identity([1.0] * D).with_form(layer_norm=True, layer_norm_out=True)
    assert measured(net, x).fvu == pytest.approx(0, abs=1e-10)
    half = identity([0.5] * D).with_form(layer_norm=True, layer_norm_out=True)
    y = x.numpy().astype(np.float64)
    left = 0.5 * (y - y.mean(1, keepdims=True))
    assert measured(half, x).fvu == pytest.approx((left**2).sum() / ((y - y.mean(0)) ** 2).sum(), rel=1e-5)


def test_frequencies_by_hand() -> None:
    # Of 1,000 tokens: never twice, once, 31 (log10 is -1.51), 32 (-1.49), 100, 101, and always.
    found = frequency_histogram(np.array([0, 0, 1, 31, 32, 100, 101, 1000]), 1000)
    assert (found.edges[0], found.edges[-1], len(found.edges)) == (-3.0, 0.0, 13)
    counts = {edge: count for edge, count in zip(found.edges, found.counts, strict=False) if count}
    assert counts == {-3.0: 1, -1.75: 1, -1.5: 1, -1.0: 2, -0.25: 1}
    assert (found.silent, found.dense, found.rare) == (2, 2, None)
    many = frequency_histogram(np.array([0, 9, 10, 11]), 1_000_000)
    assert (many.rare, sum(many.counts)) == (1, 3)
    assert frequency_histogram(np.array([0, 0]), 0).counts == [0]
