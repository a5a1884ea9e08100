"""Jobs in the queue without any worker: what can be seen of them by looking at files alone."""

from __future__ import annotations

import os

from mistudio_ext.datasets.operations import ADD
from mistudio_ext.jobs import queue
from mistudio_ext.workspace.ids import new_id
from mistudio_ext.workspace.workspace import Workspace


def dataset(ws: Workspace, name: str = "words", made_from: list[str] | None = None, prefix: str = "ds") -> str:
    """A record, and a folder with something in it."""
    record = {"id": new_id(prefix), "name": name, "made_from": made_from or [], "facts": None}
    ws.catalog.insert(record)
    ws.folder(record["id"]).mkdir(parents=True)
    (ws.folder(record["id"]) / "content").write_text("x" * 1000)
    return str(record["id"])


def job(ws: Workspace, object: str | None = None, *, uses: list[str] | None = None, kind: queue.JobKind = ADD) -> str:
    params = {"path": "/nowhere.txt", "owned": False}
    return queue.submit(ws, kind, label="Read words", object=object or dataset(ws), uses=uses or [], params=params)


def claim(ws: Workspace, lane: str = "io") -> queue.Claimed:
    """Be the lane."""
    claimed = queue.claim(ws, lane, f"{lane}-1", os.getpid())
    assert claimed
    return claimed


def claim_of(ws: Workspace, id: str) -> queue.Claimed:
    """Be the lane that runs this job, which is the next one."""
    claimed = claim(ws)
    assert claimed.id == id
    return claimed
