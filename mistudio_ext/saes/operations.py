"""What can be asked about SAEs. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import time
from pathlib import Path

from ..contract.errors import BadRequest, Conflict, MiStudioError
from ..contract.models import checked
from ..jobs import queue
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import Job, Started
from ..jobs.states import state_of
from ..models import memory
from ..workspace import atomic, dependencies
from ..workspace.ids import new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject, visible_line
from ..workspace.workspace import Workspace
from . import places
from .config import OWN, Config, architecture_of
from .folder import bytes_in_memory, config_in
from .schema import ExportSae, ImportSae, ListSaes, Sae, SaeList, SaeRecord, TakeSae

IMPORT = JobKind("sae.import", "mistudio_ext.saes.jobs:take", "io")
EXPORT = JobKind("sae.export", "mistudio_ext.saes.jobs:export", "io")


def import_sae(ws: Workspace, params: ImportSae) -> Started:
    """Take over an SAE that SAELens or miStudio has saved: its files are copied, its weights converted."""
    folder = places.source_of(ws, params)
    config = config_in(folder)
    hook, out_hook = places.hooks_of(config, params.hook)
    _require_room(ws, config)
    with ws.catalog.change():
        model = places.model_of(ws, params.model, config, hook)
        about = config.about
        record = SaeRecord(
            id=new_id("sa"), name=params.name or _name(folder, from_memory=params.upload is not None), tags=params.tags,
            notes=params.notes, created=time.time(), made_from=[model.id] if model else [], origin="imported", training=None,
            step=None, variant=None, model=model.id if model else None, model_name=about.model_name, precision=about.precision,
            hook=hook, out_hook=out_hook, format="mistudio" if config.own else "saelens", facts=None,
        )  # fmt: skip
        task = TakeSae(path=str(folder), upload=params.upload, hook=hook, out_hook=out_hook)
        job = begin(ws, record, IMPORT, f"Import {record.name}"[:200], uses=record.made_from, params=task)
    return Started(object=record.id, job=job)


def list_saes(ws: Workspace, params: ListSaes) -> SaeList:
    """All SAEs, newest first."""
    for id, collection in ((params.model, "models"), (params.training, "trainings")):
        if id is not None:
            record_of(ws, id, collection)
    records = [checked(SaeRecord, each) for each in ws.catalog.all("saes")]
    found = [
        each
        for each in records
        if params.model in (None, each.model)
        and params.training in (None, each.training)
        and matches(params.filter, each.name, each.id, each.hook or "", each.model_name, *each.tags)
    ]
    jobs = latest_jobs(ws, [each.id for each in found])
    return SaeList(saes=[_shown(each, jobs.get(each.id)) for each in found[::-1]])


def get_sae(ws: Workspace, id: str) -> Sae:
    """One SAE."""
    record = checked(SaeRecord, record_of(ws, id, "saes"))
    return _shown(record, latest_jobs(ws, [id]).get(id))


def edit_sae(ws: Workspace, id: str, params: EditObject) -> Sae:
    """Rename an SAE, change its tags or notes."""
    edit(ws, id, "saes", params)
    return get_sae(ws, id)


def plan_delete_sae(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting an SAE would take with it."""
    record_of(ws, id, "saes")
    return dependencies.plan(ws, id)


def delete_sae(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete an SAE and all that was made from it."""
    record_of(ws, id, "saes")
    return dependencies.delete(ws, id, params.agreed)


def export_sae(ws: Workspace, id: str, params: ExportSae) -> Started:
    """Write an SAE to a folder that SAELens loads."""
    sae = require_ready(ws, id)
    config = config_in(ws.folder(id))
    if architecture_of(config).startswith(OWN):
        raise BadRequest(
            f"SAELens has nothing that computes what the SAE “{sae.name}” does: {_in_words(config)}.",
            "Load it here, or train a transcoder of the kind standard or jumprelu.",
            code="not_expressible",
        )
    folder = places.empty_folder(ws, params.folder)
    with ws.catalog.change():
        require_ready(ws, id)
        resolved = params.model_copy(update={"folder": str(folder)})
        label = f"Export {sae.name}"[:200]
        job = queue.submit(ws, EXPORT, label=label, object=id, uses=[id], params=resolved.model_dump())
    return Started(object=id, job=job)


def require_ready(ws: Workspace, id: str) -> Sae:
    sae = get_sae(ws, id)
    if sae.facts is None:
        raise Conflict(f"The SAE “{sae.name}” is not ready.", sae.reason or "Wait until it is there.", code="not_ready")
    return sae


def _require_room(ws: Workspace, config: Config) -> None:
    needed, free = bytes_in_memory(config), memory.free_on_cpu()
    # As it was saved, and converted.
    if 2 * needed > free:
        raise MiStudioError(
            f"It needs about {2 * needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free.",
            "Free memory, or take it over on a larger machine.",
            code="memory",
        )
    if needed > ws.free_bytes():
        raise atomic.no_space(ws.root, needed)


def _in_words(config: Config) -> str:
    if config.layer_norm and config.skip:
        return "a skip from behind layer norm"
    return {"topk": "top-k", "gated": "gates", "relu": "ReLU", "threshold": "thresholds"}[config.kind] + " in a transcoder"


def _name(folder: Path, *, from_memory: bool) -> str:
    try:
        return "From memory" if from_memory else visible_line(folder.name[:200])
    except ValueError:
        return "SAE"


def _shown(record: SaeRecord, job: Job | None) -> Sae:
    state, reason = state_of(record.facts is not None, job)
    return Sae(**fields(record), state=state, reason=reason, job=job)
