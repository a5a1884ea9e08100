"""What an SAE does to the language model it belongs to: cross-entropy and KL with its reconstruction in the hook point's
place, beside the untouched model, and beside zeros and the mean there. Definitions: docs/metrics.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..captures.forward import read_activations
from ..captures.plan import Block, Plan
from ..captures.run import free_memory
from ..contract.errors import MiStudioError
from ..models.hook_points import HookPoint
from ..models.hooks import hooked
from ..models.load import is_out_of_memory
from .logits import Logits
from .net import SparseAutoencoder
from .slices import in_slices
from .splice import Edit, Splice

if TYPE_CHECKING:
    from torch import Tensor

# Tokens, padding among them, that go through the model together.
AT_ONCE = 4096
# Logits that are held together.
LOGITS = 2**25
# Changed passes of which the outcome is held together.
RUNS = 8
# Nats that an ablation must cost, or there is nothing to recover.
LEAST = 0.05


@dataclass(frozen=True)
class Placed:
    """An SAE and where it belongs in the model. `mean` is that of its target over the tokens; left out, it is measured."""

    net: SparseAutoencoder
    point: HookPoint
    out_point: HookPoint
    mean: Tensor | None = None


@dataclass(frozen=True)
class Effect:
    """`tokens` are those at which something was changed, `predicted` those of them that have a successor in their block."""

    tokens: int
    predicted: int
    ce_clean: float | None
    ce_spliced: float | None
    ce_zero: float | None
    ce_mean: float | None
    kl: float | None
    kl_zero: float | None

    @property
    def ce_increase(self) -> float | None:
        return _difference(self.ce_spliced, self.ce_clean)

    @property
    def loss_recovered(self) -> float | None:
        return _recovered(self.ce_clean, self.ce_spliced, self.ce_zero)

    @property
    def loss_recovered_mean(self) -> float | None:
        return _recovered(self.ce_clean, self.ce_spliced, self.ce_mean)

    @property
    def kl_score(self) -> float | None:
        return _recovered(0.0, self.kl, self.kl_zero)


def held_out_blocks(plan: Plan, tokens: int) -> list[Block]:
    """The first held-out blocks of what a capture keeps, with so many counted tokens at the most."""
    found: list[Block] = []
    for block in plan.blocks():
        counted = int(block.counted.sum())
        if tokens <= 0:
            break
        if block.held_out and counted:
            found.append(block if counted <= tokens else block._replace(counted=_first(block.counted, tokens)))
            tokens -= counted
    return found


def effects(
    model: Any, placed: Sequence[Placed], blocks: Sequence[Block], check: Callable[[], None] = lambda: None
) -> list[Effect]:
    """Of each SAE by itself, over the counted tokens of the blocks; all other tokens keep what the model gives. The untouched
    pass is made once for all of them, those with zeros and the mean once a hook point. `check` is called between passes."""
    blocks = sorted((block for block in blocks if block.counted.any()), key=lambda block: len(block.ids))
    out_points = {each.out_point.name: each.out_point for each in placed}
    means = {each.out_point.name: each.mean for each in placed if each.mean is not None}
    if missing := [point for name, point in out_points.items() if name not in means]:
        means |= _means(model, missing, blocks)
    runs = {(name, what): _Run(point, point, edit) for name, point in out_points.items()
            for what, edit in (("zero", _constant(None)), ("mean", _constant(means[name])))}  # fmt: skip
    spliced = [_Run(each.point, each.out_point, _edit(each.net)) for each in placed]
    comparing = _Comparing(model, [*runs.values(), *spliced], check)
    _in_parts(blocks, comparing.add)
    return [
        comparing.effect(run, runs[each.out_point.name, "zero"], runs[each.out_point.name, "mean"])
        for each, run in zip(placed, spliced, strict=True)
    ]


@dataclass
class _Run:
    """The model with one thing in it changed, and the sums of what came of it."""

    point: HookPoint
    out_point: HookPoint
    edit: Edit
    nats: float = 0.0
    divergence: float = 0.0


@dataclass
class _Comparing:
    model: Any
    runs: list[_Run]
    check: Callable[[], None]
    tokens: int = 0
    predicted: int = 0
    nats: float = 0.0
    logits: Logits = field(init=False)

    def __post_init__(self) -> None:
        self.logits = Logits(self.model)

    def add(self, blocks: Sequence[Block]) -> None:
        import torch

        ids, mask, counted = _tensors(blocks)
        clean = self.logits.before(ids, mask, counted)
        # Where there is no successor, -1 stands for it.
        next_ids = torch.where(mask[:, 1:], ids[:, 1:], -1)
        targets = torch.cat([next_ids, next_ids.new_full((len(ids), 1), -1)], 1)[counted].to(clean.device)
        sums: list[list[float]] = []
        for first in range(0, len(self.runs), RUNS):
            rows = [clean, *(self._changed(run, ids, mask, counted) for run in self.runs[first : first + RUNS])]
            parts = [self._sums(rows, targets, begin, end) for begin, end in self._stretches(rows)]
            untouched, *others = torch.stack(parts).sum(0).tolist()
            sums += others
        # All of it is there by now, so that a part that did not fit leaves nothing behind.
        self.tokens += len(targets)
        self.predicted += int((targets >= 0).sum())
        self.nats += untouched[0]
        for run, (nats, divergence) in zip(self.runs, sums, strict=True):
            run.nats += nats
            run.divergence += divergence

    def effect(self, spliced: _Run, zero: _Run, mean: _Run) -> Effect:
        def of(total: float, count: int) -> float | None:
            return total / count if count and math.isfinite(total) else None

        return Effect(
            tokens=self.tokens,
            predicted=self.predicted,
            ce_clean=of(self.nats, self.predicted),
            ce_spliced=of(spliced.nats, self.predicted),
            ce_zero=of(zero.nats, self.predicted),
            ce_mean=of(mean.nats, self.predicted),
            kl=of(spliced.divergence, self.tokens),
            kl_zero=of(zero.divergence, self.tokens),
        )

    def _changed(self, run: _Run, ids: Tensor, mask: Tensor, counted: Tensor) -> Tensor:
        self.check()
        splice = Splice(self.model, run.point, run.out_point, run.edit)
        splice.touched = counted
        with hooked(splice.hooks()):
            found = self.logits.before(ids, mask, counted)
        splice.require_written()
        return found

    def _stretches(self, rows: list[Tensor]) -> Iterator[tuple[int, int]]:
        size = max(1, LOGITS // (len(rows) * self.model.config.get_text_config().vocab_size))
        for first in range(0, len(rows[0]), size):
            yield first, min(first + size, len(rows[0]))

    def _sums(self, rows: list[Tensor], targets: Tensor, first: int, last: int) -> Tensor:
        """Of each run, the untouched one first: nats of the successors, and divergence from the untouched one."""
        import torch

        found = self.logits.of(torch.cat([each[first:last] for each in rows])).log_softmax(-1)
        clean, *others = found.reshape(len(rows), last - first, -1)
        here = targets[first:last].to(found.device)
        known = here >= 0
        likely = clean.exp()

        def nats(run: Tensor) -> Tensor:
            return -run[known].gather(1, here[known, None]).double().sum()

        def divergence(run: Tensor) -> Tensor:
            # Tokens that a model rules out have a logarithm of minus infinity on both sides.
            return torch.where(likely > 0, likely * (clean - run), 0).sum(1).double().sum()

        sums = [torch.stack([nats(run), divergence(run)]) for run in others]
        return torch.stack([torch.stack([nats(clean), clean.new_zeros((), dtype=torch.float64)]), *sums]).cpu()


def _means(model: Any, points: list[HookPoint], blocks: Sequence[Block]) -> dict[str, Tensor]:
    totals: dict[str, Tensor] = {}
    count = sum(int(block.counted.sum()) for block in blocks)

    def add(part: Sequence[Block]) -> None:
        ids, mask, counted = _tensors(part)
        rows = read_activations(model, points, ids, mask).rows
        for name, each in rows.items():
            total = each[counted[mask].to(each.device)].double().sum(0)
            totals[name] = totals[name] + total if name in totals else total

    _in_parts(blocks, add)
    return {name: (total / count).float() for name, total in totals.items()}


def _tensors(blocks: Sequence[Block]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, which of them are tokens, and which of these are counted. Padding is at the end: see `captures.forward`."""
    import torch

    lengths = np.array([len(block.ids) for block in blocks])
    mask = np.arange(lengths.max()) < lengths[:, None]
    ids, counted = np.zeros(mask.shape, np.int64), np.zeros(mask.shape, np.bool_)
    ids[mask] = np.concatenate([block.ids for block in blocks])
    counted[mask] = np.concatenate([block.counted for block in blocks])
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(counted)


def _in_parts(blocks: Sequence[Block], do: Callable[[Sequence[Block]], None]) -> None:
    """As many blocks at a time as fit; fewer where memory runs out. The blocks are sorted by length."""
    size = AT_ONCE
    while blocks:
        count = 1
        while count < len(blocks) and (count + 1) * len(blocks[count].ids) <= size:
            count += 1
        try:
            do(blocks[:count])
            blocks = blocks[count:]
            continue
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        if count == 1:
            raise MiStudioError(
                "The memory does not suffice for a single sequence.",
                "Choose a smaller precision or a tokenization with shorter blocks, or free memory.",
                code="memory",
            )
        # By now the error is gone, and with it what it held.
        free_memory()
        size = count * len(blocks[count - 1].ids) // 2


def _edit(net: SparseAutoencoder) -> Edit:
    import torch

    def edit(rows: Tensor) -> Tensor:
        with torch.no_grad():
            return torch.cat([net(each) for each in in_slices(rows.to(net.encoder.device), net.shape.width)])

    return edit


def _constant(value: Tensor | None) -> Edit:
    return lambda rows: rows.new_zeros(rows.shape) if value is None else value.to(rows).expand(rows.shape)


def _first(chosen: Any, count: int) -> Any:
    return chosen & (np.cumsum(chosen) <= count)


def _difference(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _recovered(clean: float | None, spliced: float | None, ablated: float | None) -> float | None:
    if clean is None or spliced is None or ablated is None or ablated - clean < LEAST:
        return None
    return (ablated - spliced) / (ablated - clean)
