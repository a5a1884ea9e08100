"""What can be asked about datasets and tokenizations. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..contract.models import Contract, checked
from ..contract.operations import LiveRequest
from ..jobs import queue
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import ALIVE, Job
from ..workspace import dependencies, paths
from ..workspace.ids import collection_of, new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject
from ..workspace.workspace import Workspace
from . import sources, tokenizer_files
from .schema import (
    AddDataset,
    Dataset,
    DatasetList,
    DatasetRecord,
    ListObjects,
    ListTokenizations,
    ObjectState,
    PreviewTokens,
    Started,
    Tokenization,
    TokenizationList,
    TokenizationRecord,
    TokenizeDataset,
    TokenizeOptions,
    TokenPreview,
)

ADD = JobKind("dataset.add", "mistudio_ext.datasets.jobs:add", "io")
ADD_HUB = JobKind("dataset.add_hub", "mistudio_ext.datasets.jobs:add_hub", "io")
TOKENIZE = JobKind("dataset.tokenize", "mistudio_ext.datasets.jobs:tokenize", "cpu")
PREVIEW = "mistudio_ext.datasets.live:preview"


def add_dataset(ws: Workspace, params: AddDataset) -> Started:
    """Make a dataset from a list of texts, a file, an upload, or a dataset of the hub."""
    id = new_id("ds")
    with sources.text_in_place(ws, id, params) as (source, reading):
        name = params.name or sources.default_name(source)
        record = DatasetRecord(
            id=id, name=name, tags=params.tags, notes=params.notes, created=time.time(), made_from=[], source=source, facts=None
        )
        kind, label = (ADD_HUB, f"Get {name}") if source.kind == "hub" else (ADD, f"Read {name}")
        job = _begin(ws, record, kind, label, uses=[], params=reading)
    return Started(object=id, job=job)


def list_datasets(ws: Workspace, params: ListObjects) -> DatasetList:
    """All datasets, newest first."""
    records = [checked(DatasetRecord, each) for each in ws.catalog.all("datasets")]
    found = [each for each in records if _matches(params.filter, each.name, each.id, each.source.name, *each.tags)]
    return DatasetList(datasets=_with_states(ws, found[::-1]))


def get_dataset(ws: Workspace, id: str) -> Dataset:
    """One dataset."""
    return _with_states(ws, [checked(DatasetRecord, _get(ws, id, "datasets"))])[0]


def edit_dataset(ws: Workspace, id: str, params: EditObject) -> Dataset:
    """Rename a dataset, change its tags or notes."""
    _edit(ws, id, "datasets", params)
    return get_dataset(ws, id)


def plan_delete_dataset(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a dataset would take with it."""
    _get(ws, id, "datasets")
    return dependencies.plan(ws, id)


def delete_dataset(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a dataset and all that was made from it."""
    _get(ws, id, "datasets")
    return dependencies.delete(ws, id, params.agreed)


def tokenize_dataset(ws: Workspace, id: str, params: TokenizeDataset) -> Started:
    """Tokenize a dataset into packed blocks; an equal tokenization that is there already is not made again."""
    _get(ws, id, "datasets")
    folder = _tokenizer_folder(ws, params.tokenizer)
    tokenizer = tokenizer_files.describe(folder)
    options = TokenizeOptions(**params.model_dump(exclude={"tokenizer", "name"}))
    # Under one lock from the look to the record, so that of two equal requests the second finds the first one's.
    with ws.catalog.change():
        dataset = get_dataset(ws, id)
        if dataset.facts is None:
            why = "is still being read" if dataset.state == "working" else "has no text"
            raise Conflict(f"The dataset “{dataset.name}” {why}.", "Tokenize it once it is ready.", code="not_ready")
        fingerprint = tokenizer_files.fingerprint([dataset.facts.fingerprint, tokenizer.fingerprint, options.model_dump()])
        for each in list_tokenizations(ws, ListTokenizations(dataset=id)).tokenizations:
            if each.fingerprint == fingerprint and each.state != "failed":
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        record = TokenizationRecord(
            id=new_id("tk"), name=params.name or f"{tokenizer.name} · {params.max_length} · packed", tags=[], notes="",
            created=time.time(), made_from=[id], parent=id, tokenizer=tokenizer, fingerprint=fingerprint, facts=None,
            **options.model_dump(),
        )  # fmt: skip
        place = ws.folder_of(record.model_dump())
        try:
            # A copy of our own: the folder may change or go while the tokenization is still looked at.
            tokenizer_files.copy(folder, place / "tokenizer", tokenizer)
            job = _begin(ws, record, TOKENIZE, f"Tokenize {dataset.name}", uses=[id], params=options)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return Started(object=record.id, job=job)


def _begin(
    ws: Workspace, record: DatasetRecord | TokenizationRecord, kind: JobKind, label: str, *, uses: list[str], params: Contract
) -> str:
    """A record and its first job: both, or, as far as the disk allows, neither."""
    with ws.catalog.change():
        ws.catalog.insert(record.model_dump())
        try:
            return queue.submit(ws, kind, label=label, object=record.id, uses=uses, params=params.model_dump())
        except BaseException:
            ws.catalog.remove([record.id])
            raise


def list_tokenizations(ws: Workspace, params: ListTokenizations) -> TokenizationList:
    """All tokenizations, newest first."""
    if params.dataset is not None:
        _get(ws, params.dataset, "datasets")
    records = [checked(TokenizationRecord, each) for each in ws.catalog.all("tokenizations")]
    found = [
        each
        for each in records
        if params.dataset in (None, each.parent) and _matches(params.filter, each.name, each.id, each.tokenizer.name, *each.tags)
    ]
    jobs = latest_jobs(ws, [each.id for each in found])
    return TokenizationList(tokenizations=[_tokenization(each, jobs.get(each.id)) for each in found[::-1]])


def get_tokenization(ws: Workspace, id: str) -> Tokenization:
    """One tokenization."""
    record = checked(TokenizationRecord, _get(ws, id, "tokenizations"))
    return _tokenization(record, latest_jobs(ws, [id]).get(id))


def edit_tokenization(ws: Workspace, id: str, params: EditObject) -> Tokenization:
    """Rename a tokenization, change its tags or notes."""
    _edit(ws, id, "tokenizations", params)
    return get_tokenization(ws, id)


def plan_delete_tokenization(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a tokenization would take with it."""
    _get(ws, id, "tokenizations")
    return dependencies.plan(ws, id)


def delete_tokenization(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a tokenization and all that was made from it."""
    _get(ws, id, "tokenizations")
    return dependencies.delete(ws, id, params.agreed)


def preview_tokens(ws: Workspace, params: PreviewTokens) -> LiveRequest[TokenPreview]:
    """Show how a text is cut into tokens."""
    if (params.tokenizer is None) == (params.tokenization is None):
        raise BadRequest("Say which tokenizer: a folder or a tokenization.", "Give one of tokenizer and tokenization.")
    if params.tokenization is not None:
        folder = ws.folder_of(_get(ws, params.tokenization, "tokenizations")) / "tokenizer"
    else:
        assert params.tokenizer is not None
        folder = _tokenizer_folder(ws, params.tokenizer)
    tokenizer_files.require(folder)
    return LiveRequest(
        PREVIEW, {"text": params.text, "folder": str(folder), "special_tokens": params.special_tokens}, TokenPreview
    )


def _tokenizer_folder(ws: Workspace, given: str) -> Path:
    """Its files may be links, as in a hub's cache; they too must lead to where this server may read."""
    folder = paths.resolve(given, ws.allowed_folders, field="tokenizer")
    for file in [folder / name for name in tokenizer_files.NAMES]:
        if file.is_symlink():
            paths.resolve(str(file), ws.allowed_folders, field="tokenizer")
    return folder


def _get(ws: Workspace, id: str, collection: str) -> dict[str, Any]:
    if collection_of(id) != collection:
        raise BadRequest(f"{id} is not the id of one of the {collection}.", "Give an id of the right kind.")
    return ws.catalog.get(id)


def _edit(ws: Workspace, id: str, collection: str, params: EditObject) -> None:
    changes = params.model_dump(exclude_none=True)
    if not changes:
        raise BadRequest("Nothing was given to change.", "Give a name, tags or notes.")
    with ws.catalog.change():
        _get(ws, id, collection)
        ws.catalog.update(id, changes)


def _matches(filter: str, *texts: str) -> bool:
    together = " ".join(texts).casefold()
    return all(word in together for word in filter.casefold().split())


def _with_states(ws: Workspace, records: list[DatasetRecord]) -> list[Dataset]:
    jobs = latest_jobs(ws, [each.id for each in records])
    counts: dict[str, int] = {}
    for each in ws.catalog.all("tokenizations"):
        counts[each["parent"]] = counts.get(each["parent"], 0) + 1
    datasets = []
    for record in records:
        job = jobs.get(record.id)
        state, reason = _state(record.facts is not None, job)
        datasets.append(Dataset(**_fields(record), state=state, reason=reason, job=job, tokenizations=counts.get(record.id, 0)))
    return datasets


def _tokenization(record: TokenizationRecord, job: Job | None) -> Tokenization:
    state, reason = _state(record.facts is not None, job)
    return Tokenization(**_fields(record), state=state, reason=reason, job=job)


def _fields(record: DatasetRecord | TokenizationRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}


def _state(has_facts: bool, job: Job | None) -> tuple[ObjectState, str | None]:
    """What an object shows, derived from its facts and its latest job."""
    if has_facts:
        return "ready", None
    if job is None:
        return "failed", "The job that should make it was lost. Delete it and start again."
    if job.state in (*ALIVE, "queued"):
        return "working", None
    if job.state in ("paused", "interrupted"):
        return "working", job.reason  # the work is not lost and not over: resume goes on with it
    if job.state == "failed" and job.error:
        return "failed", f"{job.error.message} {job.error.error.hint}".strip()
    return "failed", job.reason or f"Its job {job.state}."
