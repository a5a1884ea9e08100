"""What can be asked about captures. Nothing heavy here: the work itself is in `jobs` and `live`."""

from __future__ import annotations

import os
import time

from ..contract.errors import BadRequest, Conflict, MiStudioError, NotFound
from ..contract.models import checked
from ..contract.operations import LiveRequest
from ..jobs import queue
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs, list_jobs
from ..jobs.schema import FINAL, Job, ListJobs, Started
from ..jobs.states import state_of
from ..models import memory
from ..workspace import dependencies, paths
from ..workspace.ids import new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject
from ..workspace.workspace import Workspace
from .estimate import Needs, require_disk, require_memory, seconds_a_token
from .schema import (
    AppendTokens,
    Capture,
    CaptureEstimate,
    CaptureList,
    CaptureRecord,
    EstimateCapture,
    ExportCapture,
    ListCaptures,
    MakeCapture,
    ReadVectors,
    VectorPage,
)
from .sizes import row_bytes

MAKE = JobKind("capture.make", "mistudio_ext.captures.jobs:make", "gpu")
APPEND = JobKind("capture.append", "mistudio_ext.captures.jobs:append", "gpu")
EXPORT = JobKind("capture.export", "mistudio_ext.captures.jobs:export", "io")
VECTORS = "mistudio_ext.captures.live:vectors"


def make_capture(ws: Workspace, params: MakeCapture) -> Started:
    """Capture a model's activations over a text; an equal capture that is there already is not made again."""
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        needs = Needs(ws, params)
        if same := _equal_one(ws, needs):
            return Started(object=same.id, job=same.job.id if same.job and same.state == "working" else None)
        require_disk(needs)
        name = params.name or f"{needs.model.name[:90]} · {_hooks_in_words(needs.hooks)[:50]} · {needs.dataset.name[:50]}"
        record = CaptureRecord(
            id=new_id("cp"), name=name, tags=params.tags, notes=params.notes, created=time.time(),
            made_from=[params.model, params.tokenization], model=params.model, tokenization=params.tokenization,
            dataset=needs.dataset.id, fingerprint=needs.fingerprint, facts=None, **needs.options.model_dump(),
        )  # fmt: skip
        uses = [params.model, params.tokenization, needs.dataset.id]
        job = begin(ws, record, MAKE, f"Capture {name[:180]}", uses=uses, params=needs.options)
    return Started(object=record.id, job=job)


def estimate_capture(ws: Workspace, params: EstimateCapture) -> CaptureEstimate:
    """Say what a capture would take, before it is begun; of a form that is not complete yet, what is missing."""
    device, free = memory.place()
    known = CaptureEstimate(
        hooks=[], length=None, precision=None, tokens=None, disk=None, disk_free=ws.free_bytes(), memory=None, memory_free=free,
        device=device, seconds=None, same=None, problem=None, field=None,
    )  # fmt: skip
    try:
        needs = Needs(ws, params)
        same, a_token = _equal_one(ws, needs), seconds_a_token(ws, needs, device)
        known = known.model_copy(
            update={
                "hooks": needs.hooks,
                "length": needs.length,
                "precision": needs.precision,
                "tokens": needs.tokens,
                "disk": needs.disk,
                "memory": needs.memory(device),
                "seconds": None if a_token is None else needs.tokens * a_token,
                "same": same.id if same else None,
            }
        )
        require_disk(needs)
        require_memory(needs, device, free)
    except NotFound:
        raise
    except MiStudioError as error:
        return known.model_copy(update={"problem": str(error), "field": error.field})
    return known


def list_captures(ws: Workspace, params: ListCaptures) -> CaptureList:
    """All captures, newest first."""
    for id, collection in ((params.model, "models"), (params.dataset, "datasets")):
        if id is not None:
            record_of(ws, id, collection)
    records = [checked(CaptureRecord, each) for each in ws.catalog.all("captures")]
    found = [
        each
        for each in records
        if params.model in (None, each.model)
        and params.dataset in (None, each.dataset)
        and matches(params.filter, each.name, each.id, *each.hooks, *each.tags)
    ]
    jobs = latest_jobs(ws, [each.id for each in found])
    return CaptureList(captures=[_shown(each, jobs.get(each.id)) for each in found[::-1]])


def get_capture(ws: Workspace, id: str) -> Capture:
    """One capture."""
    record = checked(CaptureRecord, record_of(ws, id, "captures"))
    return _shown(record, latest_jobs(ws, [id]).get(id))


def edit_capture(ws: Workspace, id: str, params: EditObject) -> Capture:
    """Rename a capture, change its tags or notes."""
    edit(ws, id, "captures", params)
    return get_capture(ws, id)


def plan_delete_capture(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a capture would take with it."""
    record_of(ws, id, "captures")
    return dependencies.plan(ws, id)


def delete_capture(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a capture and all that was made from it."""
    record_of(ws, id, "captures")
    return dependencies.delete(ws, id, params.agreed)


def append_to_capture(ws: Workspace, id: str, params: AppendTokens) -> Started:
    """Add the vectors of more tokens of the same text to a capture."""
    with ws.catalog.change():
        capture = _ready(ws, id)
        assert capture.facts is not None
        for job in _open_jobs(ws, id, APPEND):
            if job.params == params.model_dump():
                return Started(object=id, job=job.id)
            raise Conflict("Tokens are being added to it already.", "Wait for that job, or cancel it.", code="in_use")
        if capture.max_tokens is None or capture.facts.tokens < capture.max_tokens:
            raise Conflict("All tokens of the text are in the capture already.", "Capture another text.", code="nothing_left")
        _require_room_for(ws, capture, params)
        uses = [id, capture.model, capture.tokenization, capture.dataset]
        started = queue.submit(ws, APPEND, label=f"Add to {capture.name}"[:200], object=id, uses=uses, params=params.model_dump())
    return Started(object=id, job=started)


def export_capture(ws: Workspace, id: str, params: ExportCapture) -> Started:
    """Write a capture's vectors to npy or safetensors files, and beside them which token each is of."""
    capture = _ready(ws, id)
    folder = paths.resolve(params.folder, ws.allowed_folders, field="folder")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise BadRequest(f"{folder} is not a folder that can be written to.", "Choose another folder.", field="folder")
    resolved = params.model_copy(update={"folder": str(folder)})
    with ws.catalog.change():
        capture = _ready(ws, id)
        # First: of one that is at work some files are there already.
        for job in _open_jobs(ws, id, EXPORT):
            if job.params == resolved.model_dump():
                return Started(object=id, job=job.id)
        if there := [f"{hook}.{params.format}" for hook in capture.hooks if (folder / f"{hook}.{params.format}").exists()]:
            raise Conflict(f"{folder} has a file {there[0]} already.", "Choose an empty folder.", field="folder", code="exists")
        label = f"Export {capture.name}"[:200]
        started = queue.submit(ws, EXPORT, label=label, object=id, uses=[id], params=resolved.model_dump())
    return Started(object=id, job=started)


def read_vectors(ws: Workspace, id: str, params: ReadVectors) -> LiveRequest[VectorPage]:
    """A page of a capture's vectors, each with its token in its text."""
    capture = _ready(ws, id)
    tokenization = ws.folder_of(ws.catalog.get(capture.tokenization))
    values = {"folder": str(ws.folder(id) / "data"), "tokenization": str(tokenization), "params": params.model_dump()}
    return LiveRequest(VECTORS, values, VectorPage)


def _equal_one(ws: Workspace, needs: Needs) -> Capture | None:
    # By the model's id too: what was asked of one model is not to be found under another one with the same files.
    found = ws.catalog.all("captures", fingerprint=needs.fingerprint, model=needs.model.id)
    return next((each for each in (get_capture(ws, each["id"]) for each in found[::-1]) if each.state != "failed"), None)


def _open_jobs(ws: Workspace, id: str, kind: JobKind) -> list[Job]:
    """Those of this kind on a capture that have not ended."""
    found = list_jobs(ws, ListJobs(object=id)).jobs
    return [each for each in found if each.kind == kind.name and each.state not in FINAL]


def _require_room_for(ws: Workspace, capture: Capture, params: AppendTokens) -> None:
    """That what is added has room on the disk; where all that is left is added, the job finds out."""
    assert capture.facts is not None
    widths = [each.width for each in capture.facts.hooks]
    needed, free = (params.max_tokens or 0) * row_bytes(widths, capture.dtype), ws.free_bytes()
    if needed > free:
        raise Conflict(
            f"It needs up to {needed / 1e9:,.1f} GB on the disk, and {free / 1e9:,.1f} GB are free.",
            "Add fewer tokens, or make room.",
            field="max_tokens",
            code="disk_full",
        )


def _hooks_in_words(hooks: list[str]) -> str:
    return hooks[0] if len(hooks) == 1 else f"{hooks[0]} and {len(hooks) - 1} more"


def _ready(ws: Workspace, id: str) -> Capture:
    capture = get_capture(ws, id)
    if capture.facts is None:
        why = capture.reason or "Wait until it is made."
        raise Conflict(f"The capture “{capture.name}” is not ready.", why, code="not_ready")
    return capture


def _shown(record: CaptureRecord, job: Job | None) -> Capture:
    state, reason = state_of(record.facts is not None, job)
    return Capture(**fields(record), state=state, reason=reason, job=job)
