"""One SAE in training: its weights, its optimizer, how long each feature has been silent, and what is noted of it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ..contract.errors import MiStudioError
from ..saes.dead import DeadCount, resample
from ..saes.net import SparseAutoencoder
from ..saes.registry import architecture
from ..saes.shape import Shape
from ..saes.tensor_file import Tensors
from ..saes.training_form import BatchState
from .health import Row, Watch
from .optimizers import make_optimizer, remembered, remind, set_rate
from .plan import PlannedSae
from .schedules import Penalty, Rate
from .schema import TrainOptions
from .step import Micro, Stepped, take_step
from .view import Scaled, View

COLUMNS = (
    "loss", "mse", "penalty", "aux", "fvu", "l0", "l1", "dead", "rare", "gradient_norm", "learning_rate", "coefficient",
)  # fmt: skip
# Of fewer tokens nobody says that a feature is rare: metrics.md.
RARE, RARE_TOKENS = 1e-5, 1_000_000
# Parts of a loss that are there for sparsity, and for dead features; the others are of what is reconstructed.
FOR_SPARSITY, FOR_DEAD = ("l0", "l1"), ("aux", "ghost")
IN_THE_OPTIMIZER = "optimizer."


class Unit:
    """`steps` are those of the whole run, `first_steps` those that it was begun with, before it was extended."""

    def __init__(
        self, planned: PlannedSae, options: TrainOptions, view: View, device: torch.device, *, steps: int, first_steps: int
    ):
        self.planned, self.options, self.view, self.device, self.steps = planned, options, view, device, steps
        shape = Shape(planned.d_in, planned.d_out, planned.width)
        self.sae = architecture(planned.options.architecture)(shape, planned.options, options.seed).to(device)
        self.sae.compute = getattr(torch, options.compute)
        self.optimizer = make_optimizer(options, self.sae.parameters())
        own = planned.options
        self.dead = DeadCount(planned.width, own.dead_after or 1, device)
        coefficient = own.l0_coefficient if own.architecture == "jumprelu" else own.l1_coefficient
        target = own.target_l0 if self.sae.penalized else None
        self.penalty = Penalty(coefficient, round(own.sparsity_warm_up * first_steps), target, first_steps)
        self.watch = Watch(planned, steps, options.batch_size)
        # On how many tokens each feature fired, of a stretch that goes on and of the last whole one.
        self.counts = torch.zeros(2, planned.width, dtype=torch.int64, device=device)
        self.counted = [0, 0]
        # Of architectures that need one, and the step of which it is.
        self.threshold: float | None = None
        self.calibrated_at = -1
        self.last: Stepped | None = None
        # Rows that are held together where no gradients are wanted.
        self.micro = options.micro_batch or options.batch_size

    def start(self, batch: Scaled) -> None:
        self.sae.start(batch.x, batch.y)

    def take(self, net: SparseAutoencoder) -> None:
        """Start from an SAE that is there already, in the model's own units."""
        assert self.view.normalizer is not None
        own = self.view.normalizer.to("cpu").unfold(net)
        if self.planned.options.decoder_norm == "unit":
            lengths = own.W_dec.norm(dim=1).clamp_min(1e-12)
            changed = {
                "encoder": own.encoder * lengths[:, None],
                "W_dec": own.W_dec / lengths[:, None],
                "b_enc": own.b_enc * lengths,
            }
            for name in ("threshold", "b_mag"):
                if (there := getattr(own, name)) is not None:
                    changed[name] = there * lengths
            own = own.changed(**changed)
        self.sae.take(own)

    def step(self, step: int, rate: Rate, batch: Scaled, micro: Micro) -> None:
        set_rate(self.optimizer, self.planned.learning_rate * rate.at(step))
        treated = self.dead.treated(self.planned.options.dead_features)
        state = BatchState(step, self.steps, len(batch.x), self.penalty.at(step), treated)
        self.last = take_step(self.sae, self.optimizer, batch, state, micro, self.options.clip)
        self.micro = micro.size
        self.dead.add(self.last.counts > 0, len(batch.x))
        self._count(self.last.counts, len(batch.x))
        if self.penalty.target_l0 is not None:
            self.penalty.follow(step, float(self.last.active) / len(batch.x))
        if self.planned.options.dead_features == "resample" and self._resamples(step, rate):
            state = replace(state, dead=self.dead.dead, threshold=None, residual_variance=None)
            if resample(self.sae, self.optimizer, batch.x, batch.y, state, self.options.seed + step):
                self.dead.silent[state.dead] = 0

    def row(self, step: int, rate: Rate, batch: Scaled) -> Row:
        """What is noted of the step that was just made."""
        done = self.last
        assert done is not None
        tokens = len(batch.x)
        parts = {name: float(each) for name, each in done.parts.items()}
        loss, norm = self.require_numbers(step)
        variance, unit = self.view.variance(batch.y), self.view.unit
        return {
            "loss": loss,
            "mse": None if unit is None else float(done.squared_error) / tokens * unit**2,
            "penalty": sum(parts.get(name, 0.0) for name in FOR_SPARSITY),
            "aux": sum(parts.get(name, 0.0) for name in FOR_DEAD),
            "fvu": float(done.squared_error) / variance if variance else None,
            "l0": float(done.active) / tokens,
            "l1": None if unit is None else float(done.l1) / tokens * unit,
            "dead": float(self.dead.dead.double().mean()),
            "rare": self._rare(),
            "gradient_norm": norm,
            "learning_rate": self.planned.learning_rate * rate.at(step),
            "coefficient": self.penalty.at(step) if self.sae.penalized else None,
        }

    def require_numbers(self, step: int) -> tuple[float, float]:
        """The loss and the length of the gradient of the step that was just made."""
        assert self.last is not None
        loss, norm = float(self.last.loss), float(self.last.gradient_norm)
        if math.isfinite(loss) and math.isfinite(norm):
            return loss, norm
        if not self.view.saw_numbers:
            what = f"The vectors of step {step:,} at {self.planned.out_hook} hold what is no number."
            raise MiStudioError(what, "Capture them anew, in float32 or bfloat16.", code="not_finite")
        raise MiStudioError(
            f"The loss of the SAE at {self.planned.title} was no number any more at step {step:,}.",
            "Lower the learning rate, or clip the gradient, and train anew or from an earlier checkpoint.",
            code="not_finite",
        )

    def net(self) -> SparseAutoencoder:
        """In its inference form and the model's own units."""
        assert self.view.normalizer is not None
        return self.view.normalizer.fold(self.sae.inference(self.threshold))

    def frequencies(self) -> tuple[Tensor, int]:
        """On how many of how many tokens each feature fired lately."""
        return self.counts.sum(0), sum(self.counted)

    def weights(self) -> Tensors:
        return dict(self.sae.state_dict())

    def memory(self) -> Tensors:
        """Beside the weights, what is needed to go on."""
        own = {"silent": self.dead.silent, "counts": self.counts}
        return own | {f"{IN_THE_OPTIMIZER}{name}": each for name, each in remembered(self.optimizer).items()}

    def state(self, step: int) -> dict[str, Any]:
        """With all that a reader without the catalog needs to make the SAE of it."""
        planned = self.planned
        about = {name: getattr(planned, name) for name in ("title", "hook", "out_hook", "d_in", "d_out", "width", "k")}
        return about | {
            # One of an earlier step would be wrong, none is known to be missing.
            "threshold": self.threshold if self.calibrated_at == step else None,
            "options": planned.options.model_dump(), "learning_rate": planned.learning_rate, "penalty": self.penalty.state(),
            "watch": self.watch.state(), "counted": [*self.counted],
        }  # fmt: skip

    def restore(self, weights: Tensors, memory: Tensors, state: dict[str, Any]) -> None:
        self.sae.load_state_dict(weights)
        start = len(IN_THE_OPTIMIZER)
        remind(self.optimizer, {name[start:]: each for name, each in memory.items() if name.startswith(IN_THE_OPTIMIZER)})
        self.dead.silent.copy_(memory["silent"])
        self.counts.copy_(memory["counts"])
        self.counted, self.threshold = list(state["counted"]), state["threshold"]
        self.penalty.restore(state["penalty"])
        self.watch.restore(state["watch"])

    def _count(self, counts: Tensor, tokens: int) -> None:
        if self.counted[0] >= RARE_TOKENS:
            self.counts[1].copy_(self.counts[0])
            self.counts[0].zero_()
            self.counted = [0, self.counted[0]]
        self.counts[0] += counts
        self.counted[0] += tokens

    def _rare(self) -> float | None:
        counts, tokens = self.frequencies()
        if tokens < RARE_TOKENS:
            return None
        return float(((counts > 0) & (counts < RARE * tokens)).double().mean())

    def _resamples(self, step: int, rate: Rate) -> bool:
        """Once in so many tokens as make a feature count as dead; not while the rate falls, when nothing new is learned."""
        every = max(1, -(-self.dead.limit // self.options.batch_size))
        return step % every == 0 and rate.phase(step) != "decay"
