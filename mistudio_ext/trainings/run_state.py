"""What a run is at one step: made anew, taken up from a checkpoint, and put into one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from ..saes.tensor_file import Tensors
from .checkpoint import Snapshot, State
from .plan import TrainingPlan
from .record_schema import Evaluation, RunFinding, TrainingFacts, VariantFacts
from .rows import Feed
from .schema import TrainOptions
from .step import Micro
from .unit import Unit
from .view import View

# Rows that a scale is fitted to, where there are so many.
FIT_ROWS = 16384


@dataclass
class Best:
    """The checkpoint whose rank is the lowest: what counts most comes first."""

    step: int
    rank: list[float]


class RunState:
    """`begin` is the step behind which this part of the training begins: 0, or where an extended one had ended."""

    def __init__(
        self, plan: TrainingPlan, options: TrainOptions, feed: Feed, *, begin: int, steps: int, device: str, threads: int
    ):
        self.plan, self.options, self.feed = plan, options, feed
        self.begin, self.steps, self.threads = begin, steps, threads
        self.device = torch.device(device)
        self.micro = Micro(min(options.micro_batch or options.batch_size, options.batch_size))
        self.views: dict[tuple[str, ...], View] = {}
        for planned in plan.saes:
            self.views.setdefault(View.key(planned), View(planned, self.device))
        self.units = [
            Unit(planned, options, self.views[View.key(planned)], self.device, steps=steps, first_steps=plan.steps)
            for planned in plan.saes
        ]
        self.step, self.seconds = 0, 0.0
        # Of these, those before this part of the training.
        self.seconds_before = 0.0
        self.best: list[Best | None] = [None] * len(self.units)
        self.evaluations: list[Evaluation | None] = [None] * len(self.units)
        self.findings: list[RunFinding] = []
        self.checked = False
        # Where the next batch begins, as the feed says it.
        self.place: State = feed.state
        # Whether this step's evaluation is still to be made: it was left in the middle.
        self.due = False
        self._clock = time.monotonic()

    def start(self) -> None:
        """Before the first step: scales and biases from the first rows."""
        torch.manual_seed(self.options.seed)
        for view in self.views.values():
            vectors = self._first(max(FIT_ROWS, self.options.batch_size), {view.hook, view.out_hook})
            view.fit(vectors)
            scaled = view.scale({hook: each[: self.options.batch_size] for hook, each in vectors.items()})
            for unit in self.units:
                if unit.view is view:
                    unit.start(scaled)

    def restore(self, state: State, read: Callable[[str], Tensors]) -> None:
        """As a checkpoint left it; `read` gives its tensors by the file's name."""
        self.step, self.seconds, self.due = state["step"], state["seconds"], state["due"]
        self.micro.size, self.place = state["micro_batch"], state["place"]
        self.feed.state = state["place"]
        self.seconds_before = self.seconds if self.step == self.begin else state["seconds_before"]
        self.checked = state["checked"]
        self.findings = [RunFinding(**each) for each in state["findings"]]
        self.best = [None if each is None else Best(**each) for each in state["best"]]
        self.evaluations = [None if each is None else Evaluation(**each) for each in state["evaluations"]]
        shared = read("run.safetensors")
        for number, (view, batches) in enumerate(zip(self.views.values(), state["batches"], strict=True)):
            own = f"view.{number}."
            view.restore({name.removeprefix(own): each for name, each in shared.items() if name.startswith(own)}, batches)
        for number, unit in enumerate(self.units):
            of_unit = state["saes"][number]
            unit.planned = replace(unit.planned, learning_rate=of_unit["learning_rate"])
            unit.restore(read(f"weights-{number}.safetensors"), read(f"optimizer-{number}.safetensors"), of_unit)
            unit.micro = self.micro.size
        torch.set_rng_state(shared["chance"])
        if self.device.type == "cuda" and "chance.cuda" in shared:
            torch.cuda.set_rng_state(shared["chance.cuda"], self.device)

    def _first(self, count: int, hooks: set[str]) -> Tensors:
        parts = list(self.feed.first(count, hooks))
        return {hook: torch.cat([each[hook] for each in parts]) for hook in parts[0]}

    def snapshot(self, *, planned: bool, by_hand: bool) -> Snapshot:
        """In copies, so that the run goes on while they are written."""
        shared: Tensors = {"chance": torch.get_rng_state()}
        if self.device.type == "cuda":
            shared["chance.cuda"] = torch.cuda.get_rng_state(self.device)
        for number, view in enumerate(self.views.values()):
            shared |= {f"view.{number}.{name}": each for name, each in view.tensors().items()}
        files = {"run.safetensors": shared}
        for number, unit in enumerate(self.units):
            files |= {f"weights-{number}.safetensors": unit.weights(), f"optimizer-{number}.safetensors": unit.memory()}
        copied = {file: {name: _copy(each) for name, each in tensors.items()} for file, tensors in files.items()}
        now = [None if each is None or each.step != self.step else each for each in self.evaluations]
        views = list(self.views.values())
        state = {
            "step": self.step, "begin": self.begin, "steps": self.steps, "tokens": self.step * self.options.batch_size,
            "created": time.time(), "seconds": self.spent(), "seconds_before": self.seconds_before,
            "due": self.due, "planned": planned, "by_hand": by_hand,
            "place": self.place,
            "micro_batch": self.micro.size, "threads": self.threads, "device": str(self.device), "window": self.feed.window,
            "together": self.feed.together, "batches": [view.batches for view in views], "checked": self.checked,
            "findings": [each.model_dump() for each in self.findings],
            "saes": [unit.state(self.step) | {"view": views.index(unit.view)} for unit in self.units],
            "best": [None if each is None else dict(vars(each)) for each in self.best],
            "fvu": [None if each is None else each.fvu for each in now],
            "evaluations": [None if each is None else each.model_dump() for each in self.evaluations],
        }  # fmt: skip
        return Snapshot(self.step, state, copied)

    def facts(self, reason: str | None = None) -> TrainingFacts:
        return TrainingFacts(
            step=self.step,
            steps=self.steps,
            tokens=self.step * self.options.batch_size,
            seconds=self.spent(),
            stopped_at_step=self.step if reason else None,
            stop_reason=reason,
            micro_batch=self.micro.size,
            threads=self.threads,
            device=str(self.device),
            parameters=sum(unit.planned.parameters for unit in self.units),
            mix={pool.id: read for pool, read in zip(self.feed.pools, self.place["read"], strict=True)},
            saes=[
                VariantFacts(
                    number=unit.planned.number,
                    title=unit.planned.title,
                    hook=unit.planned.hook,
                    out_hook=unit.planned.out_hook,
                    width=unit.planned.width,
                    k=unit.planned.k,
                    learning_rate=unit.planned.learning_rate,
                    evaluation=evaluation,
                    best_step=best.step if best else None,
                )
                for unit, evaluation, best in zip(self.units, self.evaluations, self.best, strict=True)
            ],
        )

    def begin_clock(self) -> None:
        self._clock = time.monotonic()

    def spent(self) -> float:
        """Seconds in all tries."""
        now = time.monotonic()
        self.seconds += now - self._clock
        self._clock = now
        return self.seconds


def _copy(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().to("cpu", copy=True)
