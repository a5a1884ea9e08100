"""The quick selections against a sort of everything, and the threshold against the order statistic it is defined as."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes import training_form
from mistudio_ext.saes.largest import kth_largest, largest, no_less_than, top_k
from mistudio_ext.saes.registry import architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.threshold import calibrated


def table(rows: int, width: int, kind: str = "normal") -> Tensor:
    chance = torch.Generator().manual_seed(rows + width)
    made = torch.randn(rows, width, generator=chance)
    if kind == "rounded":
        return (made * 2).round() / 2
    if kind == "equal":
        return torch.ones(rows, width)
    if kind == "bunched":
        # The largest all in one place, where groups are of no help.
        return made.sort(1).values
    if kind == "negative":
        return -made.abs() - 1
    return made


@pytest.mark.parametrize("kind", ["normal", "rounded", "equal", "bunched", "negative"])
@pytest.mark.parametrize(
    ("rows", "width", "k"), [(37, 512, 8), (5, 2048, 32), (8, 100, 7), (3, 16, 16), (4, 8, 40), (1, 4096, 1)]
)
def test_top_k_takes_what_a_sort_takes(kind: str, rows: int, width: int, k: int) -> None:
    made = table(rows, width, kind)
    values, columns = top_k(made, k)
    expected = made.sort(1, descending=True).values[:, :k]
    assert torch.equal(values.sort(1, descending=True).values, expected)
    assert torch.equal(made.gather(1, columns), values)
    for row in columns:
        assert len(set(row.tolist())) == len(row)


def test_kth_largest_is_that_of_a_sort() -> None:
    made = table(9, 101)
    for k in (1, 2, 50, 101):
        assert torch.equal(kth_largest(made, k), made.sort(1, descending=True).values[:, k - 1])
        assert float(kth_largest(made[0], k)) == float(made[0].sort(descending=True).values[k - 1])


@pytest.mark.parametrize("block", [1, 13, 64, 1000])
@pytest.mark.parametrize("more", [0, 1])
def test_largest_of_all_blocks(block: int, more: int) -> None:
    made = table(300, 64)
    # The first block is unlike the others: what it says of where the largest begin is wrong.
    made[:13] += 4
    found = largest(lambda: iter(made.split(block)), 5, more)
    expected = made.reshape(-1).sort(descending=True)
    count = 300 * 5 + more
    assert torch.equal(found.positions, expected.indices[:count].sort().values)
    assert torch.equal(found.values, made.reshape(-1)[found.positions])
    assert found.smallest is not None
    assert float(found.smallest) == float(expected.values[count - 1])
    again = no_less_than(found.smallest, made.split(block))
    assert torch.equal(again[0], found.values)
    assert torch.equal(again[1], found.positions)


def test_no_more_than_the_positive_ones() -> None:
    made = table(20, 32)
    found = largest(lambda: [made], 30)
    assert found.smallest is None
    assert torch.equal(found.positions, (made.reshape(-1) > 0).nonzero()[:, 0])
    none = largest(lambda: [-made.abs()], 3)
    assert len(none.values) == 0


@pytest.mark.parametrize("name", ["batchtopk", "matryoshka"])
def test_the_calibrated_threshold_is_the_order_statistic(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_form, "BLOCK", 5000)
    sae = architecture(name)(Shape(16, 16, 96), SaeOptions(architecture=name, k=6), 0)
    x = torch.randn(4000, 16, generator=torch.Generator().manual_seed(3))
    sae.start(x, x)

    def batches() -> Iterator[Tensor]:
        yield from x.split(700)

    with torch.no_grad():
        sae.b_dec += 0.3
        sae.compute = torch.bfloat16
        found = calibrated(sae, batches)
        pre = torch.cat([(part - sae.b_dec) @ sae.W_enc.t() + sae.b_enc for part in x.split(700)]).relu().reshape(-1)
        everything = pre.sort(descending=True).values
        assert found == pytest.approx(float(everything[4000 * 6]), rel=1e-6)
        used = sae.inference(found)
        # Its definition, on the form in which it is used.
        assert float((used.encode(x) > 0).sum()) / 4000 == pytest.approx(6, abs=1e-3)


def test_a_net_with_too_few_positive_features_needs_no_threshold() -> None:
    sae = architecture("batchtopk")(Shape(16, 16, 96), SaeOptions(architecture="batchtopk", k=6), 0)
    with torch.no_grad():
        sae.b_enc.fill_(-100.0)
    x = torch.randn(50, 16)
    assert calibrated(sae, lambda: [x]) == 0.0
    with pytest.raises(ValueError, match="threshold"):
        sae.inference()
