"""Products with few entries: what a token's active features cost, and no more.

Of the pre-activations of a batch (tokens by width) a few dozen a token matter. All after the encoder's own product is done for
those alone, forward and backward: nothing here ever holds a second tensor of that size.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor
from torch.autograd import Function


class Entries:
    """Which entries of a table (rows by width) are there, row by row.

    A token may have several rows (Matryoshka: one a stretch of features), token t the rows t, t + tokens, t + 2 tokens …
    """

    def __init__(self, features: Tensor, starts: Tensor, width: int, tokens: int) -> None:
        self.features = features
        self.starts = starts
        self.width = width
        self.tokens = tokens

    @classmethod
    def regular(cls, indices: Tensor, width: int) -> Entries:
        """As many in each row: `indices` is (tokens, k)."""
        tokens, k = indices.shape
        return cls(indices.reshape(-1), torch.arange(tokens, device=indices.device) * k, width, tokens)

    @classmethod
    def of_mask(cls, mask: Tensor) -> Entries:
        return cls.of_flat(mask.reshape(-1).nonzero()[:, 0], mask.shape[0], mask.shape[1])

    @classmethod
    def of_flat(cls, flat: Tensor, tokens: int, width: int) -> Entries:
        """From ascending positions in the flattened table."""
        rows = torch.arange(tokens, device=flat.device) * width
        return cls(flat.remainder(width), torch.searchsorted(flat, rows), width, tokens)

    @property
    def rows(self) -> int:
        return len(self.starts)

    def __len__(self) -> int:
        return len(self.features)

    @cached_property
    def row_of(self) -> Tensor:
        ends = torch.cat([self.starts[1:], self.starts.new_tensor([len(self)])])
        return torch.arange(self.rows, device=self.starts.device).repeat_interleave(ends - self.starts, output_size=len(self))

    @cached_property
    def token_of(self) -> Tensor:
        return self.row_of if self.rows == self.tokens else self.row_of.remainder(self.tokens)

    @cached_property
    def counts(self) -> Tensor:
        return torch.bincount(self.features, minlength=self.width)

    @cached_property
    def _by_feature(self) -> tuple[Tensor, Tensor]:
        """The order that sorts the entries by feature, and where each feature begins."""
        # Half as many bytes sort in half the time.
        keys = self.features.short() if self.width < 2**15 else self.features
        return torch.sort(keys, stable=True).indices, self.counts.cumsum(0) - self.counts

    @cached_property
    def _rows_by_feature(self) -> Tensor:
        return self.row_of[self._by_feature[0]]

    @cached_property
    def _tokens_by_feature(self) -> Tensor:
        return self._rows_by_feature if self.rows == self.tokens else self._rows_by_feature.remainder(self.tokens)

    def times(self, values: Tensor, matrix: Tensor) -> Tensor:
        """The table with these values, times (width, d): one row of d a row."""
        return F.embedding_bag(self.features, matrix, self.starts, mode="sum", per_sample_weights=values)

    def transposed_times(self, values: Tensor, matrix: Tensor, *, of_tokens: bool = False) -> Tensor:
        """The transposed table, times (rows, d), or times (tokens, d): one row of d a feature."""
        order, starts = self._by_feature
        places = self._tokens_by_feature if of_tokens else self._rows_by_feature
        return F.embedding_bag(places, matrix, starts, mode="sum", per_sample_weights=values[order])

    def sampled(self, left: Tensor, right: Tensor, *, of_tokens: bool = False) -> Tensor:
        """left @ right.T at the entries alone; left (rows, d) or (tokens, d), right (width, d)."""
        places = self.token_of if of_tokens else self.row_of
        # The gradient of a weighted sum of rows with respect to its weights is just these products, and torch computes it without
        # ever laying out a row an entry.
        products = torch.ops.aten._embedding_bag_per_sample_weights_backward(  # noqa: SLF001
            left.contiguous(), right.contiguous(), self.features, self.starts, places, 0
        )
        return cast("Tensor", products)

    def sums(self, values: Tensor) -> Tensor:
        """Of each feature."""
        return values.new_zeros(self.width).index_add_(0, self.features, values)


def reaching(table: Tensor, bound: Tensor | float) -> tuple[Tensor, Tensor]:
    """Positions in the flattened table of what is no less than the bound, ascending, and the values there.

    On a CPU by NumPy, which compares and collects several times as fast as torch.
    """
    if table.device.type != "cpu":
        positions = (table >= bound).reshape(-1).nonzero()[:, 0]
        return positions, table.reshape(-1)[positions]
    import numpy as np

    entries = table.numpy()
    found = np.flatnonzero(entries >= (bound.numpy() if isinstance(bound, Tensor) else np.float32(bound)))
    return torch.from_numpy(found), torch.from_numpy(np.take(entries, found))


class _Encode(Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, x: Tensor, weight: Tensor, *rest: Any) -> Tensor:
        ctx.save_for_backward(x, weight)
        _bias, _centre, ctx.entries = rest
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        entries: Entries | None = ctx.entries
        if entries is None:
            of_weight, of_bias = gradient.t() @ x, gradient.sum(0)
        else:
            of_weight = entries.transposed_times(gradient, x, of_tokens=True)
            of_bias = entries.sums(gradient)
        # All tokens have the centre taken away, so that only the sum over them matters.
        of_centre = -(of_bias @ weight) if ctx.needs_input_grad[4] else None
        return None, None, of_weight, of_bias if ctx.needs_input_grad[3] else None, of_centre, None


def encode(
    values: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None, centre: Tensor | None, entries: Entries | None
) -> Tensor:
    """Pre-activations that were computed without a graph, with their gradients.

    `values` are those of (x @ weight.T + bias) at `entries` (None: all of them), where `x` has `centre` taken away already.
    """
    made = _Encode.apply(values, x, weight, bias, centre, entries)  # type: ignore[no-untyped-call]
    return cast("Tensor", made)


class _Decode(Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, weight: Tensor, entries: Entries) -> Tensor:
        ctx.save_for_backward(values, weight)
        ctx.entries = entries
        return entries.times(values, weight)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,) = gradients
        values, weight = ctx.saved_tensors
        entries: Entries = ctx.entries
        of_values = entries.sampled(gradient, weight) if ctx.needs_input_grad[0] else None
        of_weight = entries.transposed_times(values, gradient) if ctx.needs_input_grad[1] else None
        return of_values, of_weight, None


def decode(values: Tensor, weight: Tensor, entries: Entries | None) -> Tensor:
    """values @ weight, where only `entries` (None: all) have one."""
    if entries is None:
        return values @ weight
    made = _Decode.apply(values, weight, entries)  # type: ignore[no-untyped-call]
    return cast("Tensor", made)


def product(x: Tensor, weight: Tensor, bias: Tensor, compute: torch.dtype) -> Tensor:
    """x @ weight.T + bias in float32, the product itself in `compute`."""
    if compute == torch.float32:
        return torch.addmm(bias, x, weight.t())
    return (x.to(compute) @ weight.to(compute).t()).float() + bias


def product_at(entries: Entries, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The same at a few entries alone, in float32."""
    return entries.sampled(x, weight, of_tokens=True) + bias[entries.features]
