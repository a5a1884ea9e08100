"""What can be asked about the checkpoints of a training. Nothing heavy here."""

from __future__ import annotations

from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked
from ..jobs.control import save_job
from ..jobs.objects import record_of
from ..jobs.records import latest_jobs
from ..jobs.schema import FINAL, Job
from ..workspace.workspace import Workspace
from .cancelled import drop_what_was_cancelled
from .checkpoint import checkpoint_folder, reasons, remove_checkpoint, shown, states_of, steps_of
from .places import parse_checkpoint
from .record_schema import Checkpoint, CheckpointList, CheckpointPlan, DeleteCheckpoint, KeepCheckpoints, TrainingRecord


def list_checkpoints(ws: Workspace, id: str) -> CheckpointList:
    """The checkpoints of a training, earliest first, each with the reason why it stays."""
    record = _record(ws, id)
    drop_what_was_cancelled(ws, ws.folder(id))
    return CheckpointList(checkpoints=shown(ws.folder(id), list(states_of(ws.folder(id))), record.keep_every))


def save_checkpoint(ws: Workspace, id: str) -> Job:
    """Have a running training save a checkpoint now; it stays."""
    return save_job(ws, _job(ws, id).id)


def delete_checkpoint(ws: Workspace, id: str, step: str, params: DeleteCheckpoint) -> CheckpointList:
    """Delete one checkpoint; the best and the last one only where that is agreed to."""
    if not step.isascii() or not step.isdigit() or len(step) > 12:
        raise BadRequest(f"“{step[:20]}” is no step.", "Give the number of a step that has a checkpoint.", field="step")
    wanted = int(step)
    with ws.catalog.change():
        _record(ws, id)
        checkpoint_folder(ws.folder(id), wanted)
        there = list_checkpoints(ws, id).checkpoints
        found = next(each for each in there if each.step == wanted)
        if wanted in _awaited(ws, id):
            what = "Another training is to start from this checkpoint, and has not begun yet."
            raise Conflict(what, "Wait until that one has begun, or cancel it.", code="in_use")
        _require_agreement(found, there, agreed=params.agreed, going_on=_goes_on(ws, id))
        remove_checkpoint(ws.folder(id), wanted)
    return list_checkpoints(ws, id)


def plan_pruning(ws: Workspace, id: str, params: KeepCheckpoints) -> CheckpointPlan:
    """Say which checkpoints would go if only some of them were kept."""
    _record(ws, id)
    states = list(states_of(ws.folder(id)))
    awaited = _awaited(ws, id)
    why = {step: each or step in awaited for step, each in reasons(states, params.keep_every).items()}
    every = shown(ws.folder(id), states, params.keep_every)
    drop = [each for each in every if not why[each.step]]
    freed = sum(each.bytes for each in drop)
    steps = [each.step for each in drop]
    statement = f"{len(steps):,} of {len(every):,} checkpoints go and free {freed / 1e6:,.1f} MB." if steps else "All stay."
    return CheckpointPlan(statement=statement, keep=[each.step for each in every if why[each.step]], drop=steps, bytes=freed)


def prune_checkpoints(ws: Workspace, id: str, params: KeepCheckpoints) -> CheckpointList:
    """Delete all checkpoints but the first, the last, the best, those made by hand, and every n-th."""
    with ws.catalog.change():
        for step in plan_pruning(ws, id, params).drop:
            remove_checkpoint(ws.folder(id), step)
    return list_checkpoints(ws, id)


def _require_agreement(found: Checkpoint, there: list[Checkpoint], *, agreed: bool, going_on: bool) -> None:
    if "last" in found.kept_for and going_on:
        raise Conflict("The training goes on from the last checkpoint.", "Wait until it has ended, or cancel it.", code="in_use")
    if "extended" in found.kept_for and going_on:
        what = "The extension that is going began at this checkpoint, and would end there if it was cancelled."
        raise Conflict(what, "Wait until it has ended, or cancel it.", code="in_use")
    if len(there) == 1:
        raise Conflict("It is the only checkpoint there is.", "Delete the training instead.", code="only_one")
    for reason, what in (
        ("best", "the best checkpoint"),
        ("last", "the last checkpoint, from which the training can be extended"),
    ):
        if reason in found.kept_for and not agreed:
            raise Conflict(f"It is {what}.", "Say that you agree to delete it all the same.", field="agreed", code=reason)


def _awaited(ws: Workspace, id: str) -> set[int]:
    """Steps whose checkpoint another training will read when it begins."""
    waiting = [
        parse_checkpoint(each["start_from"])
        for each in ws.catalog.all("trainings")
        if (each["start_from"] or "").startswith(f"{id}@") and not steps_of(ws.folder(each["id"])) and _goes_on(ws, each["id"])
    ]
    return {step for _, step in waiting}


def _goes_on(ws: Workspace, id: str) -> bool:
    job = latest_jobs(ws, [id]).get(id)
    return job is not None and job.state not in FINAL


def _job(ws: Workspace, id: str) -> Job:
    _record(ws, id)
    job = latest_jobs(ws, [id]).get(id)
    if job is None:
        raise Conflict("The training has no job.", "Extend it.", code="wrong_state")
    return job


def _record(ws: Workspace, id: str) -> TrainingRecord:
    return checked(TrainingRecord, record_of(ws, id, "trainings"))
