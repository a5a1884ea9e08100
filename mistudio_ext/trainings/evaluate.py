"""SAEs of a run, in their inference form, on rows and text that it never trains on. Definitions: docs/metrics.md."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ..saes.affine import AffineMap, fit_affine
from ..saes.effect import Effect, Placed, effects
from ..saes.frequencies import frequency_histogram
from ..saes.matryoshka import prefixes_of
from ..saes.measure import Measuring, Numbers
from ..saes.net import SparseAutoencoder
from ..saes.threshold import CALIBRATION_TOKENS, calibrated
from ..saes.training_form import BatchState
from ..saes.untrained import untrained
from .model_at_hand import ModelAtHand
from .record_schema import Control, Evaluation, Frequencies
from .rows import Feed
from .unit import Unit

COLUMNS = (
    "fvu", "affine_fvu", "mse", "whitened_fvu", "objective", "l0", "l1", "cosine", "norm_ratio", "bias", "dead", "threshold",
    "ce_clean", "ce_spliced", "ce_zero", "ce_mean", "ce_increase", "loss_recovered", "loss_recovered_mean", "kl", "kl_score",
)  # fmt: skip
# Of an SAE that has learned nothing, means and threshold are those of so many rows.
CONTROL_TOKENS = 8192
# Dimensions up to which the principal directions are found: two matrices of so many squares in float64.
WHITENED = 2048


@dataclass
class _Subject:
    """What is evaluated: an SAE of the run, or its control."""

    unit: Unit
    net: SparseAutoencoder
    measuring: Measuring
    # The sum over rows; None: it has none.
    objective: float | None = None
    effect: Effect | None = None

    @property
    def places(self) -> tuple[str, str]:
        return self.unit.planned.hook, self.unit.planned.out_hook

    @cached_property
    def numbers(self) -> Numbers:
        """Once all rows were measured."""
        return self.measuring.numbers()


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

    def evaluate(self, units: Sequence[Unit], step: int, *, text: bool, control: bool = False) -> list[Evaluation]:
        """Thresholds must have been calibrated. With `text`, the model is run too; with `control`, beside each SAE one of the
        same shape that has learned nothing is evaluated on the same tokens."""
        trained = [self._trained(unit, text) for unit in units]
        self._measure(trained)
        controls: dict[int, _Subject] = {}
        if control:
            controls = self._controls(trained)
            self._measure([*controls.values()])
        if text:
            self._run([*trained, *controls.values()])
        return [_evaluation(step, each, controls.get(number)) for number, each in enumerate(trained)]

    def _trained(self, unit: Unit, text: bool) -> _Subject:
        net = unit.net()
        return _Subject(unit, net, self._measuring(unit, net, text), objective=0.0 if unit.sae.penalized else None)

    def _controls(self, trained: Sequence[_Subject]) -> dict[int, _Subject]:
        """By the number of the one that each stands beside."""
        found: dict[int, _Subject] = {}
        for places in dict.fromkeys(each.places for each in trained):
            parts = list(self.feed.first(CONTROL_TOKENS, {*places}))
            x, y = (torch.cat([each[place] for each in parts]).to(trained[0].unit.device) for place in places)
            for number, each in enumerate(trained):
                if each.places == places:
                    net = untrained(each.net, x, y, each.numbers.l0 or 0.0)
                    found[number] = _Subject(each.unit, net, Measuring(net))
        return found

    def _measure(self, subjects: Sequence[_Subject]) -> None:
        for vectors in self.feed.held_out(self.tokens, {place for each in subjects for place in each.places}):
            for each in subjects:
                self.check()
                each.measuring.add(*(vectors[place] for place in each.places))
                if each.objective is not None:
                    each.objective += _objective(each.unit, vectors)

    def _measuring(self, unit: Unit, net: SparseAutoencoder, text: bool) -> Measuring:
        planned, affine = unit.planned, None
        if planned.options.target != "autoencode":
            places = planned.hook, planned.out_hook
            if places not in self._affine:
                rows = self.feed.first(CALIBRATION_TOKENS, places)
                self._affine[places] = fit_affine((vectors[places[0]], vectors[places[1]]) for vectors in rows)
            affine = self._affine[places]
        prefixes, whitened = prefixes_of(planned.options, planned.width), text and planned.d_out <= WHITENED
        return Measuring(net, prefixes=prefixes, affine=affine, whitened=whitened)

    def _run(self, subjects: Sequence[_Subject]) -> None:
        blocks = self.model.held_out(self.tokens)
        if not blocks:
            return
        loaded = self.model.loaded
        points = {point.name: point for point in loaded.points}
        placed = []
        for each in subjects:
            point, out_point = (points[place] for place in each.places)
            placed.append(Placed(each.net, point, out_point, torch.from_numpy(each.numbers.target_mean).float()))
        for each, found in zip(subjects, effects(loaded.model, placed, blocks, self.check), strict=True):
            each.effect = found

    def _normalized(self, unit: Unit) -> Iterator[Tensor]:
        for vectors in self.feed.first(CALIBRATION_TOKENS, {unit.planned.hook, unit.planned.out_hook}):
            self.check()
            yield unit.view.scale(vectors).x


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


def _evaluation(step: int, subject: _Subject, control: _Subject | None) -> Evaluation:
    of_text = (
        "ce_clean", "ce_spliced", "ce_zero", "ce_mean", "ce_increase", "loss_recovered", "loss_recovered_mean", "kl", "kl_score",
    )  # fmt: skip
    found, effect, objective = subject.numbers, subject.effect, subject.objective
    values: dict[str, Any] = {name: getattr(effect, name, None) for name in of_text}
    alike = ("tokens", "fvu", "mse", "whitened_fvu", "directions", "l0", "l1", "cosine", "norm_ratio", "bias", "affine_fvu")
    values |= {name: getattr(found, name) for name in alike}
    return Evaluation(
        step=step,
        dead=found.silent,
        frequencies=_frequencies(found),
        objective=_finite(objective / found.tokens) if objective is not None and found.tokens else None,
        threshold=subject.unit.threshold,
        prefixes=[*subject.measuring.prefixes],
        prefix_fvu=found.prefix_fvu,
        effect_tokens=effect.tokens if effect else 0,
        control=None if control is None else _control(control),
        **values,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _control(subject: _Subject) -> Control:
    found, effect = subject.numbers, subject.effect
    of_text = {name: getattr(effect, name, None) for name in ("ce_increase", "loss_recovered", "kl_score")}
    return Control(fvu=found.fvu, l0=found.l0, dead=found.silent, **of_text)
