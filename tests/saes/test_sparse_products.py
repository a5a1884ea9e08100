"""Products of a few entries, against the dense ones; and the same bits from every process."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from mistudio_ext.saes.sparse import Entries

ROWS, WIDTH, D = 30, 50, 7


def some(groups: int = 1) -> tuple[Entries, Tensor, Tensor]:
    """Entries of a table with empty rows and features, their values, and the table."""
    chance = torch.Generator().manual_seed(0)
    mask = torch.rand(groups * ROWS, WIDTH, generator=chance) < 0.2
    mask[3] = False
    mask[-1] = False
    mask[:, 5] = False
    full = torch.randn(groups * ROWS, WIDTH, generator=chance) * mask
    plain = Entries.of_mask(mask)
    entries = Entries(plain.features, plain.starts, WIDTH, ROWS)
    return entries, full[mask], full


@pytest.mark.parametrize("groups", [1, 3])
def test_products_are_those_of_the_table(groups: int) -> None:
    entries, values, full = some(groups)
    chance = torch.Generator().manual_seed(1)
    left = torch.randn(groups * ROWS, D, generator=chance)
    tokens = torch.randn(ROWS, D, generator=chance)
    right = torch.randn(WIDTH, D, generator=chance)
    assert (entries.rows, entries.tokens, len(entries)) == (groups * ROWS, ROWS, len(values))
    assert torch.allclose(entries.times(values, right), full @ right, atol=1e-5)
    assert torch.allclose(entries.transposed_times(values, left), full.t() @ left, atol=1e-5)
    folded = full.view(groups, ROWS, WIDTH).sum(0)
    assert torch.allclose(entries.transposed_times(values, tokens, of_tokens=True), folded.t() @ tokens, atol=1e-5)
    assert torch.allclose(entries.sampled(left, right), (left @ right.t())[full != 0], atol=1e-5)
    repeated = tokens.repeat(groups, 1)
    assert torch.allclose(entries.sampled(tokens, right, of_tokens=True), (repeated @ right.t())[full != 0], atol=1e-5)
    assert torch.allclose(entries.sums(values), full.sum(0), atol=1e-5)
    assert torch.equal(entries.counts, (full != 0).sum(0))


def test_regular_entries_are_those_of_their_table() -> None:
    indices = torch.stack([torch.randperm(WIDTH, generator=torch.Generator().manual_seed(i))[:4] for i in range(ROWS)])
    entries = Entries.regular(indices, WIDTH)
    assert torch.equal(entries.row_of, torch.arange(ROWS).repeat_interleave(4))
    table = torch.zeros(ROWS, WIDTH).scatter_(1, indices, 1.0)
    assert torch.equal(entries.counts, table.sum(0).long())


TRAIN = """
import hashlib, torch
torch.set_num_threads(2)
from mistudio_ext.saes.registry import architecture
from mistudio_ext.saes.schema import SaeOptions
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.training_form import BatchState
x = torch.randn(512, 64, generator=torch.Generator().manual_seed(0))
digest = hashlib.sha256()
for name in ("topk", "matryoshka", "gated"):
    sae = architecture(name)(Shape(64, 64, 512), SaeOptions(architecture=name, k=8), 0)
    sae.start(x, x)
    dead = torch.arange(512) % 9 == 0
    optimizer = torch.optim.Adam(sae.parameters(), lr=1e-2, fused=True)
    for step in range(4):
        state = BatchState(step, 4, 512, 1e-2, dead)
        sae.prepare([(x, x)], state)
        sae.loss(x, x, state).total.backward()
        sae.before_update()
        torch.nn.utils.clip_grad_norm_(sae.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        sae.after_update()
    for parameter in sae.parameters():
        digest.update(parameter.detach().numpy().tobytes())
print(digest.hexdigest())
"""


def test_every_process_comes_to_the_same_bits() -> None:
    """With the same number of threads: what a training that goes on from a checkpoint relies on."""
    runs = [subprocess.run([sys.executable, "-c", TRAIN], capture_output=True, text=True, check=True) for _ in range(2)]
    assert runs[0].stdout == runs[1].stdout
    assert len(runs[0].stdout.strip()) == 64
