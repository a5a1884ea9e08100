"""Where the tokens of a model's pass stand in their texts, from what the model is called with."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Passing:
    """`places` (texts x columns): of each token its place in its text, counted from where that begins; -1 for padding. `before`:
    columns that passed earlier, which a cache holds. `known`: whether the model was told which tokens are padding."""

    texts: int
    columns: int
    before: int
    places: Tensor
    known: bool


def passing(model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Passing:
    """With a cache, a pass brings the last tokens of a text alone."""
    import torch

    # What stands at which place differs by family.
    named = dict(zip(inspect.signature(model.forward).parameters, args, strict=False)) | kwargs if args else kwargs
    given = next((named[name] for name in ("input_ids", "inputs_embeds") if named.get(name) is not None), None)
    if given is None:
        raise BadRequest("The model was called without tokens.", "Give input_ids or inputs_embeds.", field="input_ids")
    texts, columns = given.shape[:2]
    mask = named.get("attention_mask")
    if isinstance(mask, torch.Tensor) and mask.ndim == 2:
        real = mask.bool()
        places = torch.where(real, real.cumsum(1) - 1, -1)[:, -columns:]
        return Passing(texts, columns, mask.shape[1] - columns, places.to(given.device), known=True)
    cache = named.get("past_key_values")
    before = int(cache.get_seq_length()) if cache is not None else 0
    places = torch.arange(before, before + columns, device=given.device).expand(texts, columns)
    return Passing(texts, columns, before, places, known=mask is None)
