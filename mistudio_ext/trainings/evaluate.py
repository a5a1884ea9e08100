"""SAEs of a run, in their inference form, on rows and text that it never trains on. Definitions: docs/metrics.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ..saes.affine import AffineMap, fit_affine
from ..saes.effect import Effect, Placed, effects
from ..saes.frequencies import frequency_histogram
from ..saes.measure import Measuring, Numbers
from ..saes.net import SparseAutoencoder
from ..saes.threshold import CALIBRATION_TOKENS, calibrated
from ..saes.training_form import BatchState
from .model_at_hand import ModelAtHand
from .record_schema import Evaluation, Frequencies
from .rows import Feed
from .unit import Unit

COLUMNS = (
    "fvu", "mse", "whitened_fvu", "objective", "l0", "l1", "cosine", "norm_ratio", "bias", "dead", "threshold", "ce_clean",
    "ce_spliced", "ce_zero", "ce_mean", "ce_increase", "loss_recovered", "loss_recovered_mean", "kl", "kl_score",
)  # fmt: skip
# Dimensions up to which the principal directions are found: two matrices of so many squares in float64.
WHITENED = 2048


class Evaluator:
    """`check` is called between parts, so that a run can be told to leave meanwhile."""

    def __init__(self, feed: Feed, model: ModelAtHand, tokens: int, check: Callable[[], None]):
        self.feed, self.model, self.tokens, self.check = feed, model, tokens, check
        self._affine: dict[tuple[str, str], AffineMap] = {}

    @property
    def possible(self) -> bool:
        return any(len(pool.held_out) >= len(self.feed.pools) for pool in self.feed.pools)

    def calibrate(self, unit: Unit, step: int) -> None:
        if unit.sae.needs_threshold and unit.calibrated_at != step:
            unit.threshold = calibrated(unit.sae, lambda: self._normalized(unit))
            unit.calibrated_at = step

    def evaluate(self, units: Sequence[Unit], step: int, *, text: bool) -> list[Evaluation]:
        """Thresholds must have been calibrated. With `text`, the model is run too."""
        nets = [unit.net() for unit in units]
        measuring = [self._measuring(unit, net, text) for unit, net in zip(units, nets, strict=True)]
        objectives = [0.0] * len(units)
        hooks = {hook for unit in units for hook in (unit.planned.hook, unit.planned.out_hook)}
        for vectors in self.feed.held_out(self.tokens, hooks):
            for number, (unit, each) in enumerate(zip(units, measuring, strict=True)):
                self.check()
                x, y = vectors[unit.planned.hook], vectors[unit.planned.out_hook]
                each.add(x, y)
                if unit.sae.penalized:
                    objectives[number] += _objective(unit, vectors)
        numbers = [each.numbers() for each in measuring]
        effect = self._effects(units, nets, numbers) if text else [None] * len(units)
        return [
            _evaluation(step, unit, found, objective if unit.sae.penalized else None, done)
            for unit, found, objective, done in zip(units, numbers, objectives, effect, strict=True)
        ]

    def _measuring(self, unit: Unit, net: SparseAutoencoder, text: bool) -> Measuring:
        planned, affine = unit.planned, None
        if planned.options.target != "autoencode":
            places = planned.hook, planned.out_hook
            if places not in self._affine:
                rows = self.feed.first(CALIBRATION_TOKENS, places)
                self._affine[places] = fit_affine((vectors[places[0]], vectors[places[1]]) for vectors in rows)
            affine = self._affine[places]
        return Measuring(net, prefixes=prefixes(unit), affine=affine, whitened=text and planned.d_out <= WHITENED)

    def _effects(self, units: Sequence[Unit], nets: list[SparseAutoencoder], numbers: list[Numbers]) -> list[Effect | None]:
        blocks = self.model.held_out(self.tokens)
        if not blocks:
            return [None] * len(units)
        loaded = self.model.loaded
        points = {point.name: point for point in loaded.points}
        found: list[Effect | None] = []
        for unit, net, number in zip(units, nets, numbers, strict=True):
            self.check()
            mean = torch.from_numpy(number.target_mean).float()
            placed = Placed(net, points[unit.planned.hook], points[unit.planned.out_hook], mean)
            found += effects(loaded.model, [placed], blocks)
        return found

    def _normalized(self, unit: Unit) -> Iterator[Tensor]:
        for vectors in self.feed.first(CALIBRATION_TOKENS, {unit.planned.hook, unit.planned.out_hook}):
            self.check()
            yield unit.view.scale(vectors).x


def prefixes(unit: Unit) -> list[int]:
    """Widths at which a Matryoshka SAE must do alone."""
    own = unit.planned.options
    return [max(1, round(each * unit.planned.width)) for each in own.prefixes] if own.architecture == "matryoshka" else []


@torch.no_grad()
def _objective(unit: Unit, vectors: dict[str, Tensor]) -> float:
    """The sum over rows of the loss, the penalty at the weight that was asked for, nothing for dead features."""
    scaled = unit.view.scale(vectors)
    dead = torch.zeros(unit.planned.width, dtype=torch.bool, device=unit.device)
    # Divided by one token: rows add up.
    state = BatchState(unit.steps, unit.steps, 1, unit.penalty.coefficient, dead)
    parts = zip(torch.split(scaled.x, unit.micro), torch.split(scaled.y, unit.micro), strict=True)
    return sum((float(unit.sae.loss(x, y, state).total) for x, y in parts), 0.0)


def _frequencies(found: Numbers) -> Frequencies:
    made = frequency_histogram(found.fired, found.tokens)
    return Frequencies(edges=made.edges, counts=made.counts, silent=made.silent, dense=made.dense, rare=made.rare)


def _evaluation(step: int, unit: Unit, found: Numbers, objective: float | None, effect: Effect | None) -> Evaluation:
    of_text = (
        "ce_clean", "ce_spliced", "ce_zero", "ce_mean", "ce_increase", "loss_recovered", "loss_recovered_mean", "kl", "kl_score",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(effect, name) if effect else None for name in of_text}
    alike = ("tokens", "fvu", "mse", "whitened_fvu", "directions", "l0", "l1", "cosine", "norm_ratio", "bias", "affine_fvu")
    values |= {name: getattr(found, name) for name in alike}
    return Evaluation(
        step=step,
        dead=found.silent,
        frequencies=_frequencies(found),
        objective=objective / found.tokens if objective is not None and found.tokens else None,
        threshold=unit.threshold,
        prefix_fvu=found.prefix_fvu,
        effect_tokens=effect.tokens if effect else 0,
        **values,
    )
