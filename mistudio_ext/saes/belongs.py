"""Whether a transformers model is one that an SAE was trained on. Widths and hook points are alike in many that are not."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest

if TYPE_CHECKING:
    from .net import SparseAutoencoder

REMEDY = "Choose the model that it was trained on"


def require_its_model(net: SparseAutoencoder, model: Any) -> None:
    """Another family is refused. Another name is told alone, as one model has several: a copy's, a tuned one's."""
    family, theirs = net.cfg.get("model_family"), getattr(model.config, "model_type", None)
    name = net.cfg.get("model_name") or ""
    if not is_same_family(family, theirs):
        its = f": {name[:100]}" if name else ""
        raise BadRequest(
            f"The SAE was trained on a model of the family {family}, and this one is of {theirs}.",
            f"{REMEDY}{its}.",
            field="model",
        )
    called = getattr(model.config, "_name_or_path", "") or ""
    # Only of our own trainings: elsewhere models have names that are no one's but that library's.
    known = net.cfg.get("training") is not None and name and called and not os.path.exists(called)
    if known and _last(name) != _last(called):
        warnings.warn(
            f"The SAE was trained on {name[:100]}, and this model is called {called[:100]}. Unless they are the same, what its "
            "features say of this one is not to be trusted.",
            stacklevel=4,
        )


def is_same_family(one: str | None, other: str | None) -> bool:
    """Where one is not known, nothing speaks against it; a part of a model, such as the text's, is of its family."""
    return not one or not other or one.startswith(other) or other.startswith(one)


def _last(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].casefold()
