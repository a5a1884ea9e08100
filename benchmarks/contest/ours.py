"""Our training, as a training's lane makes its steps, but for reading captures and writing metrics."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mistudio_ext.saes.dead import DeadCount
from mistudio_ext.saes.learning_rate import auto_rate
from mistudio_ext.saes.net import SparseAutoencoder
from mistudio_ext.saes.normalization import Normalizer
from mistudio_ext.saes.registry import architecture
from mistudio_ext.saes.schema import dead_after
from mistudio_ext.saes.shape import Shape
from mistudio_ext.saes.threshold import calibrated
from mistudio_ext.saes.training_form import BatchState
from mistudio_ext.trainings.optimizers import make_optimizer, set_rate
from mistudio_ext.trainings.schedules import Penalty, Rate
from mistudio_ext.trainings.schema import TrainOptions
from mistudio_ext.trainings.step import Micro, Stepped, take_step
from mistudio_ext.trainings.view import Scaled


class Ours:
    def __init__(
        self,
        name: str,
        first: Tensor,
        *,
        width: int,
        k: int,
        steps: int,
        batch: int,
        seed: int = 0,
        rate: float | None = None,
        **more: Any,
    ) -> None:
        options = TrainOptions(architecture=name, k=k, width=width, batch_size=batch, steps=steps, seed=seed, **more)
        self.options, self.steps, self.done = options, steps, 0
        self.normalizer = Normalizer.fit(options.normalization, first)
        self.sae = architecture(name)(Shape(first.shape[1], first.shape[1], width), options, seed)
        scaled = self.normalizer.apply(first)
        self.sae.start(scaled, scaled)
        self.optimizer = make_optimizer(options, self.sae.parameters())
        self.rate = rate or auto_rate(name, width, steps * batch, options.optimizer)
        self.schedule = Rate(options.schedule, steps, options.warm_up, options.decay)
        self.silent = DeadCount(width, dead_after(options, steps * batch))
        coefficient = options.l0_coefficient if name == "jumprelu" else options.l1_coefficient
        self.penalty = Penalty(coefficient, round(options.sparsity_warm_up * steps), options.target_l0, steps)
        self.micro = Micro(batch)

    @torch.no_grad()
    def make_sparse(self, first: Tensor, on: int) -> None:
        """As many features on at a token as when penalties have done their work, which takes hundreds of steps."""
        pre = self.sae.pre_activations(self.sae.centre(self.normalizer.apply(first)))
        self.sae.b_enc -= pre.topk(on, dim=1).values[:, -1].mean()
        self.sae.b_enc += getattr(self.sae, "threshold", 0.0)

    def step(self, x: Tensor) -> Stepped:
        self.done += 1
        scaled = self.normalizer.apply(x)
        set_rate(self.optimizer, self.rate * self.schedule.at(min(self.done, self.steps)))
        treated = self.silent.treated(self.options.dead_features)
        state = BatchState(self.done, self.steps, len(x), self.penalty.at(self.done), treated)
        made = take_step(self.sae, self.optimizer, Scaled(scaled, scaled), state, self.micro, self.options.clip)
        self.silent.add(made.counts > 0, len(x))
        if self.penalty.target_l0 is not None:
            self.penalty.follow(self.done, float(made.active) / len(x))
        return made

    def decoder(self) -> Tensor:
        return self.sae.W_dec.detach()

    def net(self, calibration: list[Tensor]) -> SparseAutoencoder:
        rows = [self.normalizer.apply(each) for each in calibration]
        threshold = calibrated(self.sae, lambda: rows) if self.sae.needs_threshold else None
        return self.normalizer.fold(self.sae.inference(threshold))
