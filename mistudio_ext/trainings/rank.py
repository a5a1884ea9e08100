"""Which checkpoint is the best: docs/metrics.md, "Comparison"."""

from __future__ import annotations

from .record_schema import Evaluation

# An L0 counts as the one that was aimed at, up to this share above or below it.
AS_WISHED = 0.1


def rank_of(found: Evaluation, *, penalized: bool, target_l0: float | None) -> list[float] | None:
    """The lower, the better: at a fixed k by FVU, under a penalty by the objective. Where an L0 is aimed at, first by how far
    it is missed, as the weight of the penalty moves then and an objective says nothing. None: nothing was measured."""
    if not penalized:
        return None if found.fvu is None else [found.fvu]
    if target_l0 is None:
        return None if found.objective is None else [found.objective]
    if found.fvu is None or found.l0 is None:
        return None
    missed = abs(found.l0 / target_l0 - 1) if found.l0 >= target_l0 else target_l0 / max(found.l0, 1e-9) - 1
    return [0.0 if abs(found.l0 / target_l0 - 1) <= AS_WISHED else missed, found.fvu]
