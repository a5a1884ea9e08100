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
from ..workspace.workspace import Workspace, read_json
from . import cache, cards, memory, sources
from .files import CARD, FILES, HOOK_POINTS
from .precision import estimate_bytes
from .schema import (
    AddModel,
    CachedModelList,
    EstimateMemory,
    HookPoints,
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
ADD_UPLOAD = JobKind("model.add_upload", "mistudio_ext.models.jobs:add_upload", "io")
JOBS = {"hub": (ADD_HUB, "Get"), "folder": (ADD, "Link"), "cache": (ADD, "Link"), "memory": (ADD_UPLOAD, "Add")}
TRY = "mistudio_ext.models.live:write"
MEASURE = "mistudio_ext.models.live:hook_points"
# A model may have to be loaded first.
TRY_SECONDS, MEASURE_SECONDS = 120.0, 300.0


def add_model(ws: Workspace, params: AddModel) -> Started:
    """Get a model from the hub, or link one that is on the disk; one that is there already is not added again."""
    source = sources.source_of(ws, params)
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        endpoint = names.endpoint_of(ws.settings)
        for each in list_models(ws, ListObjects()).models:
            same = sources.is_same(source, each.source, endpoint) and each.precision == params.precision
            if same and each.state != "failed":
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        name = params.name or sources.default_name(source)
        record = ModelRecord(
            id=new_id("md"), name=name, tags=params.tags, notes=params.notes, created=time.time(), made_from=[], source=source,
            precision=params.precision, facts=None,
        )  # fmt: skip
        kind, label = JOBS[source.kind]
        job = begin(ws, record, kind, f"{label} {name}", uses=[], params=sources.task_of(source, params))
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
    card = ws.folder(id) / FILES / CARD
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
    """Say how much memory a model's weights take in a precision and in all others, and whether that is free now."""
    model, facts = _ready(ws, id)
    precision = params.precision or model.precision
    device, free = memory.place()
    fits = memory.fits(facts.weights, precision, device, free)
    return MemoryEstimate(
        precision=precision,
        weights=estimate_bytes(facts.weights, precision, device),
        free=free,
        device=device,
        fits=fits,
        smaller=None if fits else memory.next_that_fits(facts, precision, device, free),
        precisions=memory.in_each_precision(facts, device, free),
    )


def get_hook_points(ws: Workspace, id: str) -> HookPoints | LiveRequest[HookPoints]:
    """Where in each of its layers a model can be read, and why not elsewhere. Measured on its weights, once."""
    model, facts = _ready(ws, id)
    place = ws.folder(id) / HOOK_POINTS
    if place.exists():
        return checked(HookPoints, read_json(place))
    values = {"folder": str(ws.folder(id)), "facts": facts.model_dump(), "precision": model.precision}
    return LiveRequest(MEASURE, values, HookPoints, seconds=MEASURE_SECONDS)


def try_model(ws: Workspace, id: str, params: TryModel) -> LiveRequest[TriedText]:
    """Let a model go on from a text, or answer it."""
    model, facts = _ready(ws, id)
    if facts.tokenizer is None:
        hint = "Add it with its tokenizer's files." if model.source.path else "Add it again, with its tokenizer."
        raise Conflict(f"The model “{model.name}” has no tokenizer that could be used with a text.", hint, code="no_tokenizer")
    asked = params.model_copy(update={"precision": params.precision or model.precision})
    values = {"folder": str(ws.folder(id)), "facts": facts.model_dump(), "params": asked.model_dump()}
    return LiveRequest(TRY, values, TriedText, seconds=TRY_SECONDS)


def _ready(ws: Workspace, id: str) -> tuple[Model, ModelFacts]:
    model = get_model(ws, id)
    if model.state != "ready" or model.facts is None:
        why = model.reason or "It is still being added; try again once it is there."
        raise Conflict(f"The model “{model.name}” is not ready.", why, code="not_ready")
    return model, model.facts


def _shown(record: ModelRecord, job: Job | None) -> Model:
    state, reason = state_of(record.facts is not None, job)
    if state == "ready" and record.source.path is not None and not os.path.isdir(record.source.path):
        state, reason = "failed", f"{record.source.path} is not there any more. Put it back, or delete the model."
    return Model(**fields(record), state=state, reason=reason, job=job, linked=record.source.path is not None)
