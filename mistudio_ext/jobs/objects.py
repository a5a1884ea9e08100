"""What the operations on every kind of object share."""

from __future__ import annotations

from typing import Any

from ..contract.errors import BadRequest
from ..contract.models import Contract
from ..workspace.ids import collection_of
from ..workspace.schema import EditObject
from ..workspace.workspace import Workspace
from . import queue
from .queue import JobKind


def begin(ws: Workspace, record: Contract, kind: JobKind, label: str, *, uses: list[str], params: Contract) -> str:
    """A record and its first job: both, or, as far as the disk allows, neither."""
    values = record.model_dump()
    with ws.catalog.change():
        ws.catalog.insert(values)
        try:
            return queue.submit(ws, kind, label=label, object=values["id"], uses=uses, params=params.model_dump())
        except BaseException:
            ws.catalog.remove([values["id"]])
            raise


def record_of(ws: Workspace, id: str, collection: str) -> dict[str, Any]:
    if collection_of(id) != collection:
        raise BadRequest(f"{id} is not the id of one of the {collection}.", "Give an id of the right kind.")
    return ws.catalog.get(id)


def edit(ws: Workspace, id: str, collection: str, params: EditObject) -> None:
    changes = params.model_dump(exclude_none=True)
    if not changes:
        raise BadRequest("Nothing was given to change.", "Give a name, tags or notes.")
    with ws.catalog.change():
        record_of(ws, id, collection)
        ws.catalog.update(id, changes)


def matches(filter: str, *texts: str) -> bool:
    together = " ".join(texts).casefold()
    return all(word in together for word in filter.casefold().split())


def fields(record: Contract) -> dict[str, Any]:
    return {name: getattr(record, name) for name in type(record).model_fields}
