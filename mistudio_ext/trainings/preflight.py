"""Looked at before the first step, on the very rows that it will read: are these the model's vectors, and fit to be learned?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..contract.errors import Conflict, MiStudioError
from ..models.hook_points import HookPoint
from ..models.hooks import given, hooked, returned
from ..models.precision import QUANTIZED
from ..saes.normalization import Normalizer
from .model_at_hand import ModelAtHand
from .plan import PlannedSae
from .pressure import heaviest, too_heavy
from .record_schema import Finding
from .rows import PART, Feed

# Rows of each source that are computed anew.
ROWS = 4
# How far, relative to its length, a vector may be from the one that is computed anew: other company in the batch rounds
# otherwise, int8 looks at the whole batch, and storing rounds too. Another token's vector is off by about 1.
ALLOWED, ALLOWED_HALF, ALLOWED_QUANTIZED = 0.01, 0.06, 0.25
SINK, SPREAD = 20.0, 1e-6
IN_COMPANY = "Among other texts the model gives a text other vectors; choose another precision, or read one text at a time."


def require_the_models_own(feed: Feed, model: ModelAtHand) -> list[Finding]:
    """Compare rows of the first batch with a direct pass of the model. Vectors of something else are refused."""
    try:
        loaded = model.loaded
    except MiStudioError as error:
        text = f"The vectors could not be compared with the model's own: {error.message}"
        return [Finding(level="warning", text=text, remedy=error.hint or "Free memory, then train anew.")]
    precision = loaded.precision
    allowed = ALLOWED_QUANTIZED if precision in QUANTIZED else ALLOWED if precision == "float32" else ALLOWED_HALF
    for pool, rows in feed.first_pieces(feed.batch_size):
        number = feed.pools.index(pool)
        read = pool.apart(rows[:PART], feed.hooks, feed.check)
        for at in np.linspace(0, min(len(rows), PART) - 1, ROWS, dtype=np.int64).tolist():
            ids, position = pool.text_of(int(rows[at]))
            for hook, vector in direct(loaded.model, loaded.points, ids, position).items():
                hint = IN_COMPANY if pool.is_computed else "Model, text or files were changed since; capture anew."
                _require_same(
                    read[hook][at], vector, allowed, hint, f"Row {rows[at]:,} of “{model.sources[number].name}” at {hook}"
                )
    return [Finding(level="ok", text="The vectors of the first batch are the model's own.", remedy="")]


def direct(model: Any, points: list[HookPoint], ids: list[int], position: int) -> dict[str, Tensor]:
    """What passes at the hook points for one token of one text, alone, through the whole model."""
    seen: dict[str, Tensor] = {}

    def put(point: HookPoint) -> Any:
        module = model.get_submodule(point.module)

        def take(tensor: Tensor | None) -> None:
            if tensor is not None and point.name not in seen:
                row = tensor.reshape(len(ids), point.width)[position]
                seen[point.name] = row.float().cpu() * point.multiplier

        if point.side == "input":
            return module.register_forward_pre_hook(lambda _, args, kwargs: take(given(args, kwargs)), with_kwargs=True)
        return module.register_forward_hook(lambda _, _args, output: take(returned(output)))

    text = torch.tensor([ids], device=model.get_input_embeddings().weight.device)
    with hooked(put(point) for point in points), torch.no_grad():
        model(input_ids=text, use_cache=False)
    return seen


def look_at(hook: str, rows: Tensor) -> list[Finding]:
    """Norms and spread of the first batch at a hook point."""
    norms = rows.double().norm(dim=1)
    if not bool(norms.isfinite().all()):
        raise Conflict(f"There are vectors at {hook} that are no numbers.", "Capture anew.", code="not_finite")
    middle, largest = float(norms.median()), float(norms.max())
    spread = float((rows.double() - rows.double().mean(0)).square().sum(1).mean().sqrt())
    if spread <= SPREAD * max(middle, math.ulp(1.0)):
        raise Conflict(f"All vectors at {hook} are equal: there is nothing to learn.", "Look at the capture.", code="no_spread")
    if middle and largest > SINK * middle:
        text = f"{hook}: one vector is {largest / middle:,.0f} times as long as usual; such ones spoil every average."
        return [Finding(level="warning", text=text, remedy="Leave out first positions and special tokens.")]
    return []


def look_at_penalty(sae: PlannedSae, first: dict[str, Tensor]) -> list[Finding]:
    """Its coefficient, beside how far the first batch's vectors are from their mean."""
    if heaviest(sae, 1.0) is None:
        return []
    own, x, y = sae.options, first[sae.hook], first[sae.out_hook]
    if own.normalization == "whitening":
        return too_heavy(sae)
    scaled = Normalizer.fit(own.normalization, x, None if own.target == "autoencode" else y).apply_target(y).double()
    spread = (scaled - scaled.mean(0)).square().sum(1).mean().sqrt() / math.sqrt(sae.d_out)
    return too_heavy(sae, float(spread))


def _require_same(read: Tensor, expected: Tensor, allowed: float, hint: str, which: str) -> None:
    off = float((read - expected).norm() / expected.norm().clamp_min(1e-12))
    if not off <= allowed:
        raise Conflict(f"{which} is not what the model gives there: it is off by {off:.0%}.", hint, code="not_the_models")
