"""What can be asked about datasets. Nothing heavy here: the work itself is in `jobs`."""

from __future__ import annotations

import time

from ..contract.models import checked
from ..contract.operations import LiveRequest
from ..jobs.objects import begin, edit, fields, matches, record_of
from ..jobs.queue import JobKind
from ..jobs.records import latest_jobs
from ..jobs.schema import Started
from ..jobs.states import state_of
from ..workspace import dependencies
from ..workspace.ids import new_id
from ..workspace.schema import Deleted, DeleteObject, DeletePlan, EditObject, ListObjects
from ..workspace.workspace import Workspace
from . import sources
from .reading_schema import LookAtSource, SourceLook
from .schema import AddDataset, Dataset, DatasetList, DatasetRecord

ADD = JobKind("dataset.add", "mistudio_ext.datasets.jobs:add", "io")
ADD_HUB = JobKind("dataset.add_hub", "mistudio_ext.datasets.jobs:add_hub", "io")
LOOK = "mistudio_ext.datasets.live:look"


def add_dataset(ws: Workspace, params: AddDataset) -> Started:
    """Make a dataset from a list of texts, a file, a folder, an upload, or a dataset of the hub."""
    id = new_id("ds")
    with sources.text_in_place(ws, id, params) as (source, reading):
        name = params.name or sources.default_name(source)
        record = DatasetRecord(
            id=id, name=name, tags=params.tags, notes=params.notes, created=time.time(), made_from=[], source=source, facts=None
        )
        kind, label = (ADD_HUB, f"Get {name}") if source.kind == "hub" else (ADD, f"Read {name}")
        job = begin(ws, record, kind, label, uses=[], params=reading)
    return Started(object=id, job=job)


def look_at_source(ws: Workspace, params: LookAtSource) -> LiveRequest[SourceLook]:
    """Show what is in a file, a folder or an upload, and what would be read of it."""
    return LiveRequest(LOOK, sources.to_look_at(ws, params), SourceLook)


def list_datasets(ws: Workspace, params: ListObjects) -> DatasetList:
    """All datasets, newest first."""
    records = [checked(DatasetRecord, each) for each in ws.catalog.all("datasets")]
    found = [each for each in records if matches(params.filter, each.name, each.id, each.source.name, *each.tags)]
    return DatasetList(datasets=_with_states(ws, found[::-1]))


def get_dataset(ws: Workspace, id: str) -> Dataset:
    """One dataset."""
    return _with_states(ws, [checked(DatasetRecord, record_of(ws, id, "datasets"))])[0]


def edit_dataset(ws: Workspace, id: str, params: EditObject) -> Dataset:
    """Rename a dataset, change its tags or notes."""
    edit(ws, id, "datasets", params)
    return get_dataset(ws, id)


def plan_delete_dataset(ws: Workspace, id: str) -> DeletePlan:
    """Say what deleting a dataset would take with it."""
    record_of(ws, id, "datasets")
    return dependencies.plan(ws, id)


def delete_dataset(ws: Workspace, id: str, params: DeleteObject) -> Deleted:
    """Delete a dataset and all that was made from it."""
    record_of(ws, id, "datasets")
    return dependencies.delete(ws, id, params.agreed)


def _with_states(ws: Workspace, records: list[DatasetRecord]) -> list[Dataset]:
    jobs = latest_jobs(ws, [each.id for each in records])
    counts: dict[str, int] = {}
    for each in ws.catalog.all("tokenizations"):
        counts[each["parent"]] = counts.get(each["parent"], 0) + 1
    datasets = []
    for record in records:
        job = jobs.get(record.id)
        state, reason = state_of(record.facts is not None, job)
        datasets.append(Dataset(**fields(record), state=state, reason=reason, job=job, tokenizations=counts.get(record.id, 0)))
    return datasets
