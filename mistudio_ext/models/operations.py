"""What can be asked about models. Nothing heavy here: the work itself is in `jobs` and `live`."""

from __future__ import annotations

import os
import time

from ..contract.errors import Conflict, NotFound
from ..contract.models import checked
from ..contract.operations import LiveRequest
from ..hub import names
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import Job, Started
from ..jobs.states import state_of
from ..workspace import dependencies, paths
from ..workspace.ids import new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject, ListObjects
from ..workspace.workspace import Workspace
from . import cache, cards, memory, sources
from .files import CARD
from .precision import estimate_bytes
from .schema import (
    AddModel,
    CachedModelList,
    EstimateMemory,
    ListCached,
    MemoryEstimate,
    Model,
    ModelCard,
    ModelFacts,
    ModelList,
    ModelRecord,
    TriedText,
    TryModel,
)

ADD = JobKind("model.add", "mistudio_ext.models.jobs:add", "io")
ADD_HUB = JobKind("model.add_hub", "mistudio_ext.models.jobs:add_hub", "io")
TRY = "mistudio_ext.models.live:write"
TRY_SECONDS = 120.0


def add_model(ws: Workspace, params: AddModel) -> Started:
    """Get a model from the hub, or link one that is on the disk; one that is there already is not added again."""
    source = sources.source_of(ws, params)
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        endpoint = names.endpoint_of(ws.settings)
        for each in list_models(ws, ListObjects()).models:
            if sources.is_same(source, each.source, endpoint) and each.state != "failed":
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        name = params.name or sources.default_name(source)
        record = ModelRecord(
            id=new_id("md"), name=name, tags=params.tags, notes=params.notes, created=time.time(), made_from=[], source=source,
            facts=None,
        )  # fmt: skip
        kind, label = (ADD_HUB, f"Get {name}") if source.kind == "hub" else (ADD, f"Link {name}")
        job = begin(ws, record, kind, label, uses=[], params=sources.task_of(source))
    return Started(object=record.id, job=job)


def list_models(ws: Workspace, params: ListObjects) -> ModelList:
    """All models, newest first."""
    records = [checked(ModelRecord, each) for each in ws.catalog.all("models")]
    found = [each for each in records if matches(params.filter, each.name, each.id, each.source.name, *each.tags)]
    jobs = latest_jobs(ws, [each.id for each in found])
    return ModelList(models=[_shown(each, jobs.get(each.id)) for each in found[::-1]])


def list_cached_models(ws: Workspace, params: ListCached) -> CachedModelList:
    """Models that other tools have downloaded to this machine, ready to be linked."""
    linked = {each["source"]["path"]: each["id"] for each in ws.catalog.all("models")}
    found = [each for each in cache.cached_models() if matches(params.filter, each.name)]
    return CachedModelList(models=[each.model_copy(update={"model": linked.get(each.path)}) for each in found])


def get_model(ws: Workspace, id: str) -> Model:
    """One model."""
    record = checked(ModelRecord, record_of(ws, id, "models"))
    return _shown(record, latest_jobs(ws, [id]).get(id))


def edit_model(ws: Workspace, id: str, params: EditObject) -> Model:
    """Rename a model, change its tags or notes."""
    edit(ws, id, "models", params)
    return get_model(ws, id)


def plan_delete_model(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a model would take with it."""
    record = checked(ModelRecord, record_of(ws, id, "models"))
    plan = dependencies.plan(ws, id)
    if record.source.path is not None:
        stays = f"Of the model itself only the link goes; its files in {record.source.path} stay."
        plan = plan.model_copy(update={"statement": f"{plan.statement} {stays}"})
    return plan


def delete_model(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a model, or the link to it, and all that was made from it."""
    record_of(ws, id, "models")
    return dependencies.delete(ws, id, params.agreed)


def get_model_card(ws: Workspace, id: str) -> ModelCard:
    """What a model's makers say of it."""
    record = checked(ModelRecord, record_of(ws, id, "models"))
    card = ws.folder(id) / "files" / CARD
    try:
        if record.source.kind == "folder" and card.is_symlink():
            # It may lead elsewhere by now.
            paths.resolve(str(card), ws.allowed_folders)
        return ModelCard(text=cards.text_of(card))
    except FileNotFoundError:
        raise NotFound(f"“{record.name}” has no card.", "Look at where it comes from.", code="no_card") from None
    except OSError as error:
        raise NotFound(f"The card of “{record.name}” cannot be read: {error.strerror}.", "Look at its rights.") from None


def estimate_memory(ws: Workspace, id: str, params: EstimateMemory) -> MemoryEstimate:
    """Say how much memory a model's weights take in a precision, and whether that is free now."""
    weights = memory.weights_of(_facts(ws, id))
    device, free = memory.place()
    fits = memory.fits(weights, params.precision, device, free)
    return MemoryEstimate(
        precision=params.precision,
        weights=estimate_bytes(weights, params.precision, device),
        free=free,
        device=device,
        fits=fits,
        smaller=None if fits else memory.next_that_fits(weights, params.precision, device, free),
    )


def try_model(ws: Workspace, id: str, params: TryModel) -> LiveRequest[TriedText]:
    """Let a model go on from a text, or answer it."""
    counts = _facts(ws, id).weights.model_dump()
    values = {"folder": str(ws.folder(id) / "files"), "weights": counts, "params": params.model_dump()}
    return LiveRequest(TRY, values, TriedText, seconds=TRY_SECONDS)


def _facts(ws: Workspace, id: str) -> ModelFacts:
    model = get_model(ws, id)
    if model.state != "ready" or model.facts is None:
        why = model.reason or "It is still being added; try again once it is there."
        raise Conflict(f"The model “{model.name}” is not ready.", why, code="not_ready")
    return model.facts


def _shown(record: ModelRecord, job: Job | None) -> Model:
    state, reason = state_of(record.facts is not None, job)
    if state == "ready" and record.source.path is not None and not os.path.isdir(record.source.path):
        state, reason = "failed", f"{record.source.path} is not there any more. Put it back, or delete the model."
    return Model(**fields(record), state=state, reason=reason, job=job, linked=record.source.path is not None)
