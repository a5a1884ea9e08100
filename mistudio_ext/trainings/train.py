"""From what the catalog says of a training to what it then says: begun, gone on with, or ended where it was."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import torch

from ..captures.blocks import Blocks
from ..captures.run import LARGEST_BATCH, fitting_size, free_memory
from ..contract.models import checked
from ..jobs.context import JobCancelled, JobContext
from ..models import memory
from ..models.device import require_device
from ..saes.tensor_file import read_tensors
from ..workspace import atomic
from ..workspace.workspace import Workspace
from .cancelled import drop_after, drop_what_was_cancelled
from .check_rows import keep_check_rows
from .checkpoint import Saver, State, checkpoint_folder, read_state, steps_of
from .estimate import findings, require_sense
from .evaluate import Evaluator
from .model_at_hand import ModelAtHand
from .plan import TrainingPlan, plan_training
from .pools import CapturePool, Check, Pool
from .preflight import look_at, look_at_penalty, require_the_models_own
from .progress_file import read_progress
from .record_schema import TrainingFacts, TrainingPart, TrainingRecord
from .rows import Feed
from .run import Run
from .start_from import nets_to_start_from
from .stream import StreamPool

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
    device = require_device(record.device)
    with ExitStack() as stack:
        model = stack.enter_context(ModelAtHand(ws, plan.sources, plan.hooks, device))
        feed = _feed(job, record, plan, model, sizes)
        run = Run(job, folder, plan, record, feed, begin=part.begin, steps=part.steps, device=device, threads=threads)
        if state is not None:
            at = checkpoint_folder(folder, state["step"])
            run.restore(state, lambda name: read_tensors(at / name))
            if run.step == part.steps and not run.due:
                # There already: a crash came between the last checkpoint and the catalog.
                return run.facts()
        saver = Saver(folder, record.keep_every)
        stack.callback(saver.close)
        if record.start_from is not None:
            start = record.start_from.partition("@")[0]
            saver.after = lambda: job.needs_no_more(start)
        if state is None:
            _begin(run, ws, record, plan, feed, model)
        feed.check = run.leave_if_asked
        evaluator = Evaluator(feed, model, record.evaluation_tokens, run.leave_if_asked)
        return run.go(saver, evaluator)


def _begin(run: Run, ws: Workspace, record: TrainingRecord, plan: TrainingPlan, feed: Feed, model: ModelAtHand) -> None:
    run.job.progress(0, run.steps, "Looking at the first batch", "steps")
    found = findings(ws, plan, record)
    require_sense(found)
    first = {hook: torch.cat([each[hook] for each in feed.first(feed.batch_size, [hook])]) for hook in feed.hooks}
    for hook, rows in first.items():
        found += look_at(hook, rows)
    for planned in plan.saes:
        found += look_at_penalty(planned, first)
    run.say([*found, *require_the_models_own(feed, model)])
    keep_check_rows(run.folder, feed)
    run.start()
    run.checked = any(each.level == "ok" for each in run.findings)
    for unit, net in zip(run.units, nets_to_start_from(ws, record, plan), strict=True):
        if net is not None:
            unit.take(net)


def _feed(job: JobContext, record: TrainingRecord, plan: TrainingPlan, model: ModelAtHand, sizes: State | None) -> Feed:
    """What was found in an earlier try, as windows and batches of text, is found no more: numbers hang on it."""
    leave = _rest_if_asked(job)
    together = sizes["together"] if sizes else [None] * len(plan.sources)
    pools = [_pool(job, record, plan, number, model, size, leave) for number, size in enumerate(together)]
    window = sizes["window"] if sizes else _window(pools, record)
    feed = Feed(pools, record.sources, record.mixing, batch=record.batch_size, steps=plan.steps, seed=record.seed, window=window)
    feed.check = leave
    return feed


def _pool(
    job: JobContext, record: TrainingRecord, plan: TrainingPlan, number: int, model: ModelAtHand, size: int | None, check: Check
) -> Pool:
    source = plan.sources[number]
    if source.needs is None:
        return CapturePool(source.id, job.workspace.folder(source.id) / "data", plan.hooks, model.tokenization_of(number))
    job.progress(0, None, "Counting tokens")
    text = model.plan_of(number)
    blocks = Blocks(text, check)
    job.progress(0, None, "Loading the model")
    found, size = model.loaded, size or source.options.batch_size
    if size is None:
        size = fitting_size(found.model, found.points, list(islice(text.blocks(), LARGEST_BATCH)))
    return StreamPool(
        source, plan.hooks, model, blocks=blocks, size=size, room=record.buffer, told=lambda text: job.log("warning", text)
    )


def _window(pools: list[Pool], record: TrainingRecord) -> int:
    needed, free = sum(len(pool.training) * pool.row_bytes for pool in pools), memory.free_on_cpu()
    window = 0 if needed <= free * ALL_TOGETHER else int(free * A_WINDOW / pools[0].row_bytes)
    if any(pool.is_computed for pool in pools):
        window = min(window or record.buffer, record.buffer)
    return window


def _rest_if_asked(job: JobContext) -> Check:
    """Before the first step, when there is nothing to save."""

    def check() -> None:
        job.check()
        if job.should_pause:
            job.rest()

    return check


def _sizes_before(job: JobContext, folder: Path) -> State | None:
    """Those that this job found when it was begun, though it did not come to a checkpoint."""
    before: dict[str, Any] | None = read_progress(folder)
    return before if before is not None and before["job"] == job.id else None
