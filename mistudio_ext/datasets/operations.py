"""What can be asked about datasets and tokenizations. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..contract.models import checked
from ..contract.operations import LiveRequest
from ..jobs import queue
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import ALIVE, Job
from ..workspace import dependencies, paths
from ..workspace.ids import collection_of, new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject
from ..workspace.workspace import Workspace
from . import incoming, tokenizer_files
from .schema import (
    AddDataset,
    Dataset,
    DatasetList,
    DatasetRecord,
    ListObjects,
    ListTokenizations,
    ObjectState,
    PreviewTokens,
    Source,
    Started,
    Tokenization,
    TokenizationList,
    TokenizationRecord,
    TokenizeDataset,
    TokenPreview,
)

ADD = JobKind("dataset.add", "mistudio_ext.datasets.jobs:add", "io")
TOKENIZE = JobKind("dataset.tokenize", "mistudio_ext.datasets.jobs:tokenize", "cpu")
PREVIEW = "mistudio_ext.datasets.live:preview"
SUFFIXES = (".txt", ".jsonl")


def add_dataset(ws: Workspace, params: AddDataset) -> Started:
    """Make a dataset from a list of texts, a file, or an upload."""
    given = [name for name in ("texts", "path", "upload") if getattr(params, name) is not None]
    if len(given) != 1:
        what = "nothing" if not given else " and ".join(given)
        raise BadRequest(f"Where the text comes from must be one thing; given: {what}.", "Give texts, path or upload.")
    id = new_id("ds")
    source, job_params = _source(ws, id, params)
    name = params.name or Path(source.name).stem
    record = DatasetRecord(
        id=id, name=name, tags=params.tags, notes=params.notes, created=time.time(), made_from=[], source=source, facts=None
    )
    with ws.catalog.change():
        ws.catalog.insert(record.model_dump())
        job = queue.submit(ws, ADD, label=f"Read {name}", object=id, uses=[], params=job_params)
    return Started(object=id, job=job)


def _source(ws: Workspace, id: str, params: AddDataset) -> tuple[Source, dict[str, Any]]:
    """Where the text is, checked before anything is written; texts and uploads are put into the dataset's folder."""
    how: dict[str, Any] = {"sample_by": params.sample_by, "text_field": params.text_field}
    if params.path is not None:
        path = paths.resolve(params.path, ws.allowed_folders)
        _known_format(path.name, "path")
        if not path.is_file():
            raise BadRequest(f"{params.path} is not a file.", "Give the path of a .txt or .jsonl file.", field="path")
        return Source(kind="file", name=path.name, path=str(path), **how), {"file": str(path), "owned": False, **how}
    if params.upload is not None:
        _known_format(incoming.get_upload(ws, params.upload).name, "upload")
        file = incoming.take_upload(ws, params.upload, ws.folder(id))
        return Source(kind="upload", name=file.name, **how), {"file": str(file), "owned": True, **how}
    assert params.texts is not None
    file = incoming.write_texts(params.texts, ws.folder(id))
    how["text_field"] = "text"
    return Source(kind="texts", name=f"{len(params.texts):,} texts", **how), {"file": str(file), "owned": True, **how}


def _known_format(name: str, field: str) -> None:
    if not name.lower().endswith(SUFFIXES):
        raise BadRequest(f"“{name}” is not a .txt or .jsonl file.", "Convert it to one of these.", field=field)


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
    folder = paths.resolve(params.tokenizer, ws.allowed_folders, field="tokenizer")
    tokenizer = tokenizer_files.describe(folder)
    with ws.catalog.change():
        dataset = get_dataset(ws, id)
        if dataset.facts is None:
            why = "is still being read" if dataset.state == "working" else "has no text"
            raise Conflict(f"The dataset “{dataset.name}” {why}.", "Tokenize it once it is ready.", code="not_ready")
        options = params.model_dump(exclude={"tokenizer", "name"})
        fingerprint = tokenizer_files.fingerprint([dataset.facts.fingerprint, tokenizer.fingerprint, options])
        for each in list_tokenizations(ws, ListTokenizations(dataset=id)).tokenizations:
            if each.fingerprint == fingerprint and each.state != "failed":
                return Started(object=each.id, job=each.job.id if each.job and each.state == "working" else None)
        new = new_id("tk")
        name = params.name or f"{tokenizer.name} · {params.max_length} · packed"
        record = TokenizationRecord(
            id=new, name=name, tags=[], notes="", created=time.time(), made_from=[id], parent=id, tokenizer=tokenizer,
            fingerprint=fingerprint, facts=None, **options,
        )  # fmt: skip
        # A copy of our own: the folder may change or go while the tokenization is still looked at.
        tokenizer_files.copy(folder, ws.folder_of(record.model_dump()) / "tokenizer")
        ws.catalog.insert(record.model_dump())
        job = queue.submit(ws, TOKENIZE, label=f"Tokenize {dataset.name}", object=new, uses=[id], params=options)
    return Started(object=new, job=job)


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
        folder = paths.resolve(params.tokenizer, ws.allowed_folders, field="tokenizer")
    tokenizer_files.describe(folder)
    return LiveRequest(
        PREVIEW, {"text": params.text, "folder": str(folder), "special_tokens": params.special_tokens}, TokenPreview
    )


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
    if job.state == "failed" and job.error:
        return "failed", f"{job.error.message} {job.error.error.hint}".strip()
    return "failed", job.reason or f"Its job {job.state}."
