"""The training itself: step after step for all SAEs at once, gone on with where it was left, to the same numbers."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..contract.errors import DiskFull
from ..jobs.context import JobContext
from ..jobs.schema import LogLevel
from ..saes.tensor_file import Tensors
from .checkpoint import Saver
from .evaluate import Evaluator
from .machine import Machine
from .notes import Notes
from .plan import TrainingPlan
from .prefetch import Prefetch
from .progress_file import write_progress
from .rank import rank_of
from .record_schema import Finding, RunFinding, TrainingFacts
from .rows import Feed
from .run_state import Best, RunState
from .schedules import Phase, Rate
from .schema import TrainOptions
from .unit import Unit
from .view import Scaled, View

# Seconds between two looks at the progress, and between two writings of the file that tells of it.
TELL_EVERY, WRITE_EVERY = 0.25, 2.0
IN_WORDS: dict[Phase, str] = {"warm-up": "warm-up", "full": "full sparsity", "decay": "decay"}


class Leave(BaseException):
    """An evaluation is left in the middle, as the run must rest."""


class Run(RunState):
    def __init__(
        self, job: JobContext, folder: Path, plan: TrainingPlan, options: TrainOptions, feed: Feed, *, begin: int, steps: int,
        device: str, threads: int,
    ):  # fmt: skip
        super().__init__(plan, options, feed, begin=begin, steps=steps, device=device, threads=threads)
        self.job, self.folder = job, folder
        self.micro.told = self._halved
        self.rate = Rate(options.schedule, steps, options.warm_up, options.decay, begin)
        self._told = self._written = 0.0
        self._resting = False

    # ---- the way ------------------------------------------------------------------------------------------------------------

    def go(self, saver: Saver, evaluator: Evaluator) -> TrainingFacts:
        """To the end, or to where it is stopped. A pause ends in `job.rest()`."""
        self.saver, self.evaluator = saver, evaluator
        self.begin_clock()
        self.machine = Machine(self.device)
        with Notes(self.folder, self.plan.saes, self.step) as self.notes:
            saver.before = self.notes.settle
            if self.due and self.step < self.steps:
                self._look_up(final=False)
            with Prefetch(self.feed, self.step, self.steps, self._waiting) as batches:
                for batch in batches:
                    if self._stopped():
                        break
                    self._one_step(batch.step, batch.vectors)
                    self.place = batch.after
                    self._after_step()
            return self._finish(self._stopped() if self.step < self.steps else None)

    def _waiting(self) -> bool:
        """Called while the next batch is not there yet; whether to wait no longer."""
        if reading := self.feed.reading:
            self._tell("Reading the model", tokens_read=reading[0], tokens_to_read=reading[1])
        else:
            self._tell()
        if self.job.should_pause:
            self._rest()
        return self._stopped() is not None

    def _one_step(self, step: int, vectors: Tensors) -> None:
        moved = {hook: each.to(self.device, non_blocking=True) for hook, each in vectors.items()}
        seen = {key: view.see(moved) for key, view in self.views.items()}
        noted = step % self.options.metrics_every == 0 or step == self.steps
        for unit in self.units:
            batch = seen[View.key(unit.planned)]
            unit.step(step, self.rate, batch, self.micro)
            if noted:
                self._note(step, unit, batch)
        self.step = step
        if noted:
            self.notes.machine(step, self.machine.row(step, self.options.batch_size, self.micro.size, self.job.attempt))

    def _note(self, step: int, unit: Unit, batch: Scaled) -> None:
        row = unit.row(step, self.rate, batch)
        self.notes.add(unit.planned.number, step, row)
        warm = self.rate.phase(step) != "warm-up" and step > unit.penalty.rising
        for each in unit.watch.look(step, row, warm=warm):
            self._found(each, unit.planned.title)

    def _after_step(self) -> None:
        options, last = self.options, self.step == self.steps
        self._tell()
        if not last and (self._every(options.checkpoint_every) or self._every(options.evaluate_every)):
            self._look_up(final=False)
        if not last and self.job.should_save:
            self._by_hand()
        if self.job.should_pause and not last:
            self._rest()

    def _every(self, steps: int | None) -> bool:
        return steps is not None and self.step % steps == 0

    def _stopped(self) -> str | None:
        self.job.check()
        if self.job.should_stop:
            return "It was stopped."
        limit = self.options.time_limit
        if limit is None or self.spent() - self.seconds_before <= limit:
            return None
        return f"The time limit of {limit:,.0f} s was reached."

    def _look_up(self, *, final: bool) -> None:
        """Evaluate and save where this step is one for it. Must the run rest meanwhile, it says so in what it saves."""
        self._require_numbers()
        saves = final or self._every(self.options.checkpoint_every)
        text = final or self._every(self.options.evaluate_every)
        try:
            self._calibrate()
            if self.evaluator.possible:
                self._evaluate(text=text, counts=saves, control=final)
        except Leave:
            self.due = True
            self._rest()
        self.due = False
        if saves:
            self._checkpoint(planned=True)

    def _evaluate(self, *, text: bool, counts: bool, control: bool) -> None:
        # What is put into the model must not be seen by who reads rows from it.
        with self.evaluator.model.lock:
            found = self.evaluator.evaluate(self.units, self.step, text=text, control=control)
        for number, (unit, each) in enumerate(zip(self.units, found, strict=True)):
            self.evaluations[number] = each
            self.notes.evaluation(number, self.step, each)
            rank, best = rank_of(each, penalized=unit.sae.penalized, target_l0=unit.penalty.target_l0), self.best[number]
            if counts and rank is not None and (best is None or rank < best.rank):
                self.best[number] = Best(self.step, rank)

    def leave_if_asked(self) -> None:
        """Called in the middle of evaluations."""
        self.job.check()
        if self.job.leaving.is_set() or (self.job.should_pause and not self._resting):
            raise Leave

    def _require_numbers(self) -> None:
        """No checkpoint has what nobody could go on from."""
        for unit in self.units:
            if unit.last is not None:
                unit.require_numbers(self.step)

    def _by_hand(self) -> None:
        self._require_numbers()
        try:
            self._calibrate()
        except Leave:
            return  # resting saves too, and the wish stays
        self._checkpoint(planned=False)

    def _calibrate(self) -> None:
        for unit in self.units:
            self.evaluator.calibrate(unit, self.step)

    def _rest(self) -> None:
        """Save and go. What cannot be saved for want of room leaves what was saved before."""
        if not self.step:
            self.job.rest()
        self._resting = True
        # For one who waits it is worth its time: an SAE can be taken from what is saved. A lane that must leave has none, and
        # what was asked for by hand is then saved when the run goes on.
        try:
            self._calibrate()
            by_hand = self.job.should_save
        except Leave:
            by_hand = False
        # That an earlier one was not saved no longer matters where this one is.
        self._require_numbers()
        self.saver.save(self.snapshot(planned=False, by_hand=by_hand))
        if error := self.saver.wait():
            raise error
        if by_hand:
            self.job.saved()
        with suppress(DiskFull):
            self.notes.sync()
        self._write()
        self.job.rest()

    def _finish(self, reason: str | None) -> TrainingFacts:
        self._tell(stage="Evaluating")
        self._look_up(final=True)
        if error := self.saver.wait():
            raise error
        self.notes.sync()
        for number, best in enumerate(self.best):
            if best is not None and best.step != self.step:
                title = self.units[number].planned.title
                self._log("info", f"{title}: the best checkpoint is that of step {best.step:,}, not the last one.")
        facts = self.facts(reason)
        self._write(facts)
        return facts

    # ---- what is kept -------------------------------------------------------------------------------------------------------

    def _checkpoint(self, *, planned: bool) -> None:
        with suppress(DiskFull):
            self.notes.flush()
        by_hand = self.job.should_save
        if error := self.saver.save(self.snapshot(planned=planned, by_hand=by_hand)):
            self._log("warning", f"A checkpoint was not saved. {error} The training goes on.")
        if by_hand:
            self.job.saved()
        self._write()

    # ---- what is told -------------------------------------------------------------------------------------------------------

    def say(self, found: list[Finding]) -> None:
        """What was found before the first step."""
        for each in found:
            self._found(RunFinding(step=0, sae=None, **each.model_dump()), "")

    def _found(self, finding: RunFinding, title: str) -> None:
        self.findings.append(finding)
        words = " ".join(each for each in (f"{title}:" if title else "", finding.text, finding.remedy) if each)
        self._log("info" if finding.level == "ok" else "warning", words)
        self._written = 0.0

    def _halved(self, size: int) -> None:
        self._log("warning", f"The memory did not suffice; the training goes on with micro-batches of {size:,} tokens.")

    def _log(self, level: LogLevel, text: str) -> None:
        # A full disk must not end a run that could go on.
        with suppress(DiskFull):
            self.job.log(level, text)

    def _tell(self, stage: str | None = None, **figures: float) -> None:
        now = time.monotonic()
        if stage is None and now - self._told < TELL_EVERY:
            return
        self._told = now
        with suppress(DiskFull):
            self.notes.flush()
        with suppress(DiskFull):
            stage = stage or f"Training, {IN_WORDS[self.phase]}"
            self.job.progress(self.step, self.steps, stage, "steps", **self.notes.figures() | figures)
        if now - self._written > WRITE_EVERY:
            self._write()

    @property
    def phase(self) -> Phase:
        """The learning rate's; no sparsity is full while the penalty of one of the SAEs still grows."""
        step = max(self.step, self.begin + 1)
        grows = any(unit.sae.penalized and step < unit.penalty.rising for unit in self.units)
        return "warm-up" if grows else self.rate.phase(step)

    def _write(self, facts: TrainingFacts | None = None) -> None:
        self._written = time.monotonic()
        data: dict[str, Any] = {
            "job": self.job.id, "begin": self.begin, "facts": (facts or self.facts()).model_dump(),
            "findings": [each.model_dump() for each in self.findings], "checked": self.checked,
            "phase": self.phase, "threads": self.threads, "window": self.feed.window,
            "together": self.feed.together,
        }  # fmt: skip
        with suppress(DiskFull):
            write_progress(self.folder, data)
