"""What can be asked about trainings. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import time

from ..contract.errors import Conflict, MiStudioError, NotFound
from ..contract.models import checked
from ..contract.operations import Download
from ..jobs import queue
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import FINAL, Job, Started
from ..jobs.states import state_of
from ..saes.operations import require_ready
from ..workspace import dependencies
from ..workspace.ids import is_id, new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject
from ..workspace.workspace import Workspace
from .cancelled import drop_what_was_cancelled
from .checkpoint import checkpoint_folder, steps_of
from .checkpoints import delete_checkpoint, list_checkpoints, plan_pruning, prune_checkpoints, save_checkpoint
from .cloning import cloned
from .estimate import estimate, findings, place_of, require_sense
from .places import parse_checkpoint
from .plan import TrainingPlan, plan_training
from .plan import steps_of as steps_wanted
from .progress_file import read_progress
from .record_schema import (
    CloneTraining,
    DownloadMetrics,
    ListTrainings,
    MetricsPage,
    ReadMetrics,
    TrainEstimate,
    Training,
    TrainingFacts,
    TrainingHealth,
    TrainingList,
    TrainingPart,
    TrainingRecord,
)
from .schema import EstimateTraining, ExtendTraining, Train
from .unused import require_effect

__all__ = [
    "clone_training",
    "delete_checkpoint",
    "delete_training",
    "download_metrics",
    "edit_training",
    "estimate_training",
    "extend_training",
    "get_health",
    "get_training",
    "list_checkpoints",
    "list_trainings",
    "plan_delete_training",
    "plan_pruning",
    "prune_checkpoints",
    "read_metrics",
    "save_checkpoint",
    "start_training",
]

TRAIN = JobKind("training.train", "mistudio_ext.trainings.jobs:train", "gpu", stoppable=True)


def start_training(ws: Workspace, params: Train) -> Started:
    """Train SAEs on captured activations, or on a model's as they are computed. Two equal requests are two trainings."""
    with ws.catalog.change():
        plan = plan_training(ws, params, params.sources)
        require_effect(params)
        _require_start(ws, params.start_from)
        require_sense(findings(ws, plan, params))
        made_from = list(dict.fromkeys(id for each in params.sources for id in each.made_from))
        record = TrainingRecord(
            **params.model_dump(exclude={"name"}), id=new_id("tr"), name=params.name or _name(plan), created=time.time(),
            made_from=made_from, model=plan.model, hooks=plan.hooks, facts=None,
        )  # fmt: skip
        uses = _uses(record)
        if params.start_from is not None:
            uses.append(params.start_from.partition("@")[0])
        job = begin(ws, record, TRAIN, f"Train {record.name}"[:200], uses=uses, params=TrainingPart(begin=0, steps=plan.steps))
    return Started(object=record.id, job=job)


def estimate_training(ws: Workspace, params: EstimateTraining) -> TrainEstimate:
    """Say what a training would take, before it is begun; of a form that is not complete yet, what is missing."""
    device, free = place_of(params.device)
    nothing = TrainEstimate(
        steps=0, tokens=0, rounds=0.0, saes=[], memory=0, memory_free=free, disk=0, disk_free=ws.free_bytes(), seconds=None,
        device=device, findings=[], problem="Nothing to read was chosen. Choose a capture, or a model and a text.",
        field="sources",
    )  # fmt: skip
    if not params.sources:
        return nothing
    try:
        plan = plan_training(ws, params, params.sources)
        require_effect(params)
        _require_start(ws, params.start_from)
        found = estimate(ws, plan, params, [checked(TrainingRecord, each) for each in ws.catalog.all("trainings")])
    except NotFound:
        raise
    except MiStudioError as error:
        return nothing.model_copy(update={"problem": str(error), "field": error.field})
    refused = next((each for each in found.findings if each.level == "refusal"), None)
    return found if refused is None else found.model_copy(update={"problem": f"{refused.text} {refused.remedy}"})


def list_trainings(ws: Workspace, params: ListTrainings) -> TrainingList:
    """All trainings, newest first."""
    if params.model is not None:
        record_of(ws, params.model, "models")
    records = [checked(TrainingRecord, each) for each in ws.catalog.all("trainings")]
    jobs = latest_jobs(ws, [each.id for each in records])
    every = [_shown(ws, each, jobs.get(each.id)) for each in records[::-1]]
    counts: dict[str, int] = {}
    for each in every:
        counts[each.state] = counts.get(each.state, 0) + 1
    found = [
        each
        for each in every
        if params.model in (None, each.model)
        and params.state in (None, each.state)
        and matches(params.filter, each.name, each.id, each.architecture, *each.hooks, *each.tags)
    ]
    return TrainingList(trainings=found, counts=counts)


def get_training(ws: Workspace, id: str) -> Training:
    """One training."""
    record = checked(TrainingRecord, record_of(ws, id, "trainings"))
    return _shown(ws, record, latest_jobs(ws, [id]).get(id))


def edit_training(ws: Workspace, id: str, params: EditObject) -> Training:
    """Rename a training, change its tags or notes."""
    edit(ws, id, "trainings", params)
    return get_training(ws, id)


def plan_delete_training(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a training would take with it."""
    record_of(ws, id, "trainings")
    return dependencies.plan(ws, id)


def delete_training(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a training with its checkpoints, and all that was made from it."""
    record_of(ws, id, "trainings")
    return dependencies.delete(ws, id, params.agreed)


def extend_training(ws: Workspace, id: str, params: ExtendTraining) -> Started:
    """Go on with a training that has ended, for more steps, with a schedule of their own."""
    with ws.catalog.change():
        training = get_training(ws, id)
        facts = _ended(training)
        _require_its_end(ws, id, facts)
        steps = params.steps or max(1, (params.tokens or 0) // training.batch_size)
        part = TrainingPart(begin=facts.step, steps=facts.step + steps)
        label = f"Extend {training.name}"[:200]
        job = queue.submit(ws, TRAIN, label=label, object=id, uses=_uses(training), params=part.model_dump())
    return Started(object=id, job=job)


def clone_training(ws: Workspace, id: str, params: CloneTraining) -> Started:
    """Train anew with the parameters of a training, some of them changed."""
    record = checked(TrainingRecord, record_of(ws, id, "trainings"))
    return start_training(ws, cloned(record, params.changes))


def read_metrics(ws: Workspace, id: str, params: ReadMetrics) -> MetricsPage:
    """The numbers of a run by step, as many as were asked for."""
    from . import metrics_file
    from .paths import metrics_path

    record_of(ws, id, "trainings")
    path = metrics_path(ws.folder(id), params.of, params.variant)
    found = metrics_file.read_metrics(path, params.columns, params.first, params.last, params.points)
    return MetricsPage(steps=found.steps, columns=found.columns, rows=found.rows, last=found.last)


def download_metrics(ws: Workspace, id: str, params: DownloadMetrics) -> Download:
    """The numbers of a run by step, all that were noted, as a file."""
    from .metrics_download import Table, as_csv, as_json
    from .paths import metrics_path

    facts, folder = get_training(ws, id).facts, ws.folder(id)
    titles = [""] if facts is None else [each.title for each in facts.saes]
    tables = [Table(number, title, metrics_path(folder, params.of, number)) for number, title in enumerate(titles)]
    if params.of == "machine":
        tables = [Table(None, "", metrics_path(folder, params.of, 0))]
    content = as_csv(tables) if params.format == "csv" else as_json(id, params.of, tables)
    return Download(f"{id}-{params.of}.{params.format}", content)


def get_health(ws: Workspace, id: str) -> TrainingHealth:
    """What was found before and during a run, and in which phase it is."""
    record = checked(TrainingRecord, record_of(ws, id, "trainings"))
    told = read_progress(ws.folder(id))
    if told is None:
        return TrainingHealth(step=0, steps=steps_wanted(record), phase="warm-up", findings=[], checked=False)
    facts = told["facts"]
    return TrainingHealth(
        step=facts["step"], steps=facts["steps"], phase=told["phase"], findings=told["findings"], checked=told["checked"]
    )


def _uses(record: TrainingRecord) -> list[str]:
    return list(dict.fromkeys([*record.made_from, record.model]))


def _require_start(ws: Workspace, start_from: str | None) -> None:
    if start_from is not None and is_id(start_from, "sa"):
        require_ready(ws, start_from)
    elif start_from is not None:
        training, step = parse_checkpoint(start_from)
        record_of(ws, training, "trainings")
        checkpoint_folder(ws.folder(training), step)


def _ended(training: Training) -> TrainingFacts:
    if training.job is not None and training.job.state not in FINAL:
        raise Conflict(
            f"The training “{training.name}” has not ended: its job is {training.job.state}.",
            "Resume it, or wait until it has ended.",
            code="not_ended",
        )
    if training.state != "ready" or training.facts is None:
        raise Conflict(
            f"The training “{training.name}” has not come to an end.", "Retry its job; it goes on from what was saved.",
            code="not_ended",
        )  # fmt: skip
    return training.facts


def _require_its_end(ws: Workspace, id: str, facts: TrainingFacts) -> None:
    there = steps_of(ws.folder(id))
    if facts.step and facts.step not in there:
        remedy = f"Start a new training from the checkpoint of step {there[-1]:,}." if there else "Train anew."
        raise Conflict(f"The checkpoint of its last step, {facts.step:,}, was deleted.", remedy, code="no_end")


def _name(plan: TrainingPlan) -> str:
    first = plan.saes[0]
    more = f" and {len(plan.saes) - 1} more" if len(plan.saes) > 1 else ""
    return f"{first.options.architecture} · {first.title[:150]}{more}"


def _shown(ws: Workspace, record: TrainingRecord, job: Job | None) -> Training:
    state, reason = state_of(record.facts is not None, job)
    facts = record.facts
    if facts is None or (job is not None and job.state not in FINAL):
        # On its way: what the run itself tells last.
        drop_what_was_cancelled(ws, ws.folder(record.id))
        told = read_progress(ws.folder(record.id))
        facts = checked(TrainingFacts, told["facts"]) if told is not None else facts
    return Training(**fields(record) | {"facts": facts}, state=state, reason=reason, job=job)
