"""One forward pass that reads a model at all the chosen hook points, and stops as soon as the last of them was met.

Texts of unequal length come padded on either side; which tokens are padding says the mask alone, never an id. Inside, the
padding is always put at the end: what comes later cannot reach a causal model's earlier tokens, and the first token of
each text has position 0. So no family's handling of padding at the start has to be trusted (position embeddings, alibi,
the state of recurrent ones), and a text gives the same numbers alone and in any company; but for int8, where the library
looks for outliers in the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest, MiStudioError
from ..models.hook_points import HookPoint
from ..models.hooks import given, hooked, returned

if TYPE_CHECKING:
    from torch import Tensor


class NothingRead(MiStudioError):
    """A hook that was never called, or that did not see one vector a token."""

    status, code = 500, "nothing_read"


class _Enough(Exception):
    """All is read; the rest of the model need not run."""


@dataclass(frozen=True)
class Activations:
    """A row for each token that is no padding, text after text; the same rows for every hook point."""

    rows: dict[str, Tensor]
    # Which text of the batch each row belongs to, and which column of its ids.
    texts: Tensor
    columns: Tensor


def read_activations(model: Any, hook_points: Iterable[HookPoint], ids: Tensor, mask: Tensor | None = None) -> Activations:
    """`ids` and `mask` (1: a token, 0: padding) are texts x columns. The rows are copies, on the device of the layer."""
    points = list(hook_points)
    if not points:
        raise ValueError("no hook point to read at")
    if model.training:
        raise ValueError("the model must be in evaluation mode: dropout would change what is read")
    batch = _Batch(ids, mask)
    rows: dict[str, Tensor] = {}
    _run(model, points, batch, rows)
    if missing := [point.name for point in points if point.name not in rows]:
        raise NothingRead(
            f"The model ran, but nothing was seen at {', '.join(missing)}.",
            "Let the model's hook points be found anew; it may have changed since they were stored.",
        )
    return Activations({point.name: rows[point.name] for point in points}, batch.texts, batch.columns)


def _run(model: Any, points: list[HookPoint], batch: _Batch, rows: dict[str, Tensor]) -> None:
    import torch

    wanted = {point.name for point in points}

    def take(point: HookPoint, tensor: Tensor | None) -> None:
        # A module that a model calls again, as some that share their weights between layers do, has been read already.
        if point.name not in rows:
            rows[point.name] = batch.real_rows(point, tensor)
        if rows.keys() == wanted:
            raise _Enough

    device = model.get_input_embeddings().weight.device
    with hooked(_hook(model, point, take) for point in points), torch.no_grad(), suppress(_Enough):
        model(input_ids=batch.ids.to(device), attention_mask=batch.mask.to(device), use_cache=False)


def _hook(model: Any, point: HookPoint, take: Callable[[HookPoint, Tensor | None], None]) -> Any:
    module = _module(model, point)
    if point.side == "input":
        return module.register_forward_pre_hook(lambda _, args, kwargs: take(point, given(args, kwargs)), with_kwargs=True)
    return module.register_forward_hook(lambda _, _args, output: take(point, returned(output)))


def _module(model: Any, point: HookPoint) -> Any:
    try:
        return model.get_submodule(point.module)
    except AttributeError:
        raise BadRequest(
            f"The model has no {point.module}, where {point.name} was to be read.",
            "These hook points belong to another model; let them be found anew.",
        ) from None


class _Batch:
    """The texts with their padding at the end, and how to find their rows again."""

    def __init__(self, ids: Tensor, mask: Tensor | None):
        import torch

        real = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask.bool()
        if real.shape != ids.shape or ids.ndim != 2:
            raise ValueError(f"ids and mask must both be texts x columns, not {tuple(ids.shape)} and {tuple(real.shape)}")
        if not real.any():
            raise BadRequest("There is not one token in this batch.", "Choose texts that are not empty.")
        self.texts, self.columns = real.nonzero(as_tuple=True)
        lengths = real.sum(1)
        # Texts without a token are left out of the pass; those left are cut to the longest.
        kept = lengths > 0
        self.mask = torch.arange(int(lengths.max()), device=ids.device) < lengths[kept, None]
        self.ids = ids.new_zeros(self.mask.shape)
        self.ids[self.mask] = ids[real]
        self.mask = self.mask.long()
        self.full = bool(self.mask.all())

    def real_rows(self, point: HookPoint, tensor: Tensor | None) -> Tensor:
        texts, length = self.ids.shape
        if tensor is None or tensor.shape[-1] != point.width or tensor.numel() != texts * length * point.width:
            shape = "nothing" if tensor is None else f"numbers of the shape {tuple(tensor.shape)}"
            raise NothingRead(
                f"{point.name} gave {shape}, not {point.width:,} for each of {texts} x {length} tokens.",
                "Let the model's hook points be found anew; it may have changed since they were stored.",
            )
        flat = tensor.detach().reshape(-1, point.width)
        # A copy in either case: Falcon's layers write into what their MLP has given.
        rows = flat.clone() if self.full else flat[self.mask.to(flat.device).flatten().bool()]
        return rows if point.multiplier == 1.0 else rows * point.multiplier
