"""From what the catalog says of a training to what it then says: begun, gone on with, or ended where it was."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from ..captures.run import free_memory
from ..contract.models import checked
from ..jobs.context import JobCancelled, JobContext
from ..models import memory
from ..saes.tensor_file import read_tensors
from ..workspace import atomic
from ..workspace.workspace import Workspace
from .cancelled import drop_after, drop_what_was_cancelled
from .checkpoint import Saver, State, checkpoint_folder, read_state, steps_of
from .estimate import findings, require_sense
from .evaluate import Evaluator
from .model_at_hand import ModelAtHand
from .plan import TrainingPlan, plan_training
from .preflight import look_at, require_the_models_own
from .progress_file import read_progress
from .record_schema import TrainingFacts, TrainingPart, TrainingRecord
from .rows import Feed, Pool
from .run import Run
from .start_from import nets_to_start_from

# As torch found it; a training may change it for itself.
THREADS = torch.get_num_threads()
# Of the free memory: vectors up to this share are mixed all together, else in windows of the other.
ALL_TOGETHER, A_WINDOW = 0.5, 0.25


def train_saes(job: JobContext, part: TrainingPart) -> TrainingFacts:
    ws, folder = job.workspace, job.workspace.folder(job.object)
    record = checked(TrainingRecord, ws.catalog.get(job.object))
    atomic.make_folder(folder)
    drop_what_was_cancelled(ws, folder)
    try:
        facts = _trained(job, record, folder, part)
    except JobCancelled:
        drop_after(folder, part.begin)
        raise
    finally:
        torch.set_num_threads(THREADS)
        free_memory()
    ws.catalog.update(job.object, {"facts": facts.model_dump()})
    job.step = facts.stopped_at_step
    return facts


def _trained(job: JobContext, record: TrainingRecord, folder: Path, part: TrainingPart) -> TrainingFacts:
    ws = job.workspace
    there = steps_of(folder)
    state = read_state(folder, there[-1]) if there else None
    sizes = state or _sizes_before(job, folder)
    threads = sizes["threads"] if sizes else record.threads or THREADS
    # Before anything is computed: with another number of them, sums are rounded otherwise.
    torch.set_num_threads(threads)
    plan = plan_training(ws, record, record.sources)
    device = _device(record.device)
    feed = _feed(ws, record, plan, part, None if sizes is None else sizes["window"])
    run = Run(job, folder, plan, record, feed, begin=part.begin, steps=part.steps, device=device, threads=threads)
    if state is not None:
        at = checkpoint_folder(folder, state["step"])
        run.restore(state, lambda name: read_tensors(at / name))
        if run.step == part.steps and not run.due:
            # There already: a crash came between the last checkpoint and the catalog.
            return run.facts()
    captures = [source.capture for source in record.sources]
    with ExitStack() as stack:
        model = stack.enter_context(ModelAtHand(ws, captures, plan.hooks, device))
        saver = Saver(folder, record.keep_every)
        stack.callback(saver.close)
        if state is None:
            _begin(run, ws, record, plan, feed, model)
        evaluator = Evaluator(feed, model, record.evaluation_tokens, run.leave_if_asked)
        return run.go(saver, evaluator)


def _begin(run: Run, ws: Workspace, record: TrainingRecord, plan: TrainingPlan, feed: Feed, model: ModelAtHand) -> None:
    run.job.progress(0, run.steps, "Looking at the first batch", "steps")
    found = findings(ws, plan, record)
    require_sense(found)
    for hook in feed.hooks:
        found += look_at(hook, torch.cat([each[hook] for each in feed.first(feed.batch_size, [hook])]))
    run.say([*found, *require_the_models_own(feed, model)])
    run.start()
    run.checked = any(each.level == "ok" for each in run.findings)
    for unit, net in zip(run.units, nets_to_start_from(ws, record, plan), strict=True):
        if net is not None:
            unit.take(net)


def _feed(ws: Workspace, record: TrainingRecord, plan: TrainingPlan, part: TrainingPart, window: int | None) -> Feed:
    pools = [Pool(each.capture, ws.folder(each.capture) / "data", plan.hooks) for each in record.sources]
    if window is None:
        needed, free = sum(len(pool.training) * pool.row_bytes for pool in pools), memory.free_on_cpu()
        window = 0 if needed <= free * ALL_TOGETHER else int(free * A_WINDOW / pools[0].row_bytes)
    return Feed(pools, record.sources, record.mixing, batch=record.batch_size, steps=part.steps, seed=record.seed, window=window)


def _sizes_before(job: JobContext, folder: Path) -> State | None:
    """Those that this job found when it was begun, though it did not come to a checkpoint."""
    before: dict[str, Any] | None = read_progress(folder)
    return before if before is not None and before["job"] == job.id else None


def _device(device: str) -> str:
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return device
