"""Deleting: one walk over what was made from what, for all kinds of objects; all of it goes, or nothing.

A record names what it came from in `made_from`. A delete is written down (`trash/<token>/plan.json`) before anything is
touched, so that one cut short is finished by whoever opens the workspace next.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import threading
import time
from collections import Counter
from pathlib import Path

from ..contract.errors import Conflict
from . import atomic, events
from .catalog import Record
from .ids import PREFIXES, collection_of
from .paths import disk_use
from .schema import Deleted, DeleteItem, DeletePlan
from .workspace import Workspace, read_json

IN_USE = ("queued", "running", "pausing", "stopping", "cancelling")
AT_REST = ("paused", "interrupted")


def plan(ws: Workspace, id: str) -> DeletePlan:
    """What deleting this object would take with it, and what stands against it."""
    record = ws.catalog.get(id)
    also = dependents(ws, id)
    ids = [id, *(each["id"] for each in also)]
    size = disk_use(ws.folder_of(record)) + sum(disk_use(ws.folder_of(each)) for each in also if each.get("parent") not in ids)
    waiting = _jobs(ws, ids, AT_REST)
    return DeletePlan(
        id=id,
        statement=_statement(record, also, size, len(waiting)),
        also=[DeleteItem(id=each["id"], kind=kind(each["id"]), name=each["name"]) for each in also],
        bytes=size,
        blocked_by=[label for _, label in _jobs(ws, ids, IN_USE)],
    )


def dependents(ws: Workspace, id: str) -> list[Record]:
    """Every record made from this one, and what was made from those, nearest first."""
    records = [record for collection in dict.fromkeys(PREFIXES.values()) for record in ws.catalog.all(collection)]
    found: dict[str, Record] = {}
    frontier = {id}
    while frontier:
        near = {each["id"]: each for each in records if frontier & set(each["made_from"]) and each["id"] not in found}
        found |= near
        frontier = set(near)
    return list(found.values())


def delete(ws: Workspace, id: str, agreed: list[str] | None = None) -> Deleted:
    with ws.catalog.change():
        what = plan(ws, id)
        if what.blocked_by:
            raise Conflict(
                f"It is in use by: {', '.join(what.blocked_by)}.", "Wait for the job, or cancel it, then delete.", code="in_use"
            )
        if agreed is not None and (more := [each for each in what.also if each.id not in agreed]):
            raise Conflict(
                f"By now {len(more)} more would be deleted: {', '.join(each.name for each in more[:5])}.",
                "Look at the statement again.",
                code="plan_changed",
            )
        ids = [id, *(each.id for each in what.also)]
        folders = [str(ws.folder_of(ws.catalog.get(each)).relative_to(ws.root)) for each in ids]
        trash = ws.root / "trash" / secrets.token_hex(6)
        trash.mkdir()
        atomic.write_json(trash / "plan.json", {"ids": ids, "folders": folders})
        _carry_out(ws, trash)
    threading.Thread(target=shutil.rmtree, args=(trash, True), name="mistudio-delete").start()
    return Deleted(ids=ids, bytes=what.bytes)


def finish_deletions(ws: Workspace) -> None:
    """Go on where a delete was cut short."""
    for trash in (ws.root / "trash").iterdir():
        with ws.catalog.change():
            if (trash / "plan.json").exists():
                _carry_out(ws, trash)
        shutil.rmtree(trash, ignore_errors=True)


def _carry_out(ws: Workspace, trash: Path) -> None:
    what = read_json(trash / "plan.json")
    ids: list[str] = what["ids"]
    _drop_waiting_jobs(ws, ids)
    ws.catalog.remove(ids)
    for folder in what["folders"]:
        # Deepest last: a tokenization goes with its dataset's folder when both are deleted.
        source = ws.root / folder
        if source.exists():
            os.rename(source, trash / Path(folder).name)


def _drop_waiting_jobs(ws: Workspace, ids: list[str]) -> None:
    """Jobs at rest on a deleted object can never go on: they end here, and say why."""
    for job, _ in _jobs(ws, ids, AT_REST):
        with ws.database.change() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'cancelled', ended = ?, reason = ? WHERE id = ?",
                (time.time(), "What it worked on was deleted.", job),
            )
            events.append(connection, "jobs", "state", job)
        shutil.rmtree(ws.scratch(job), ignore_errors=True)


def _jobs(ws: Workspace, ids: list[str], states: tuple[str, ...]) -> list[tuple[str, str]]:
    marks = ",".join("?" * len(states))
    rows = ws.database.rows(f"SELECT id, label, object, uses FROM jobs WHERE state IN ({marks})", states)
    wanted = set(ids)
    return [(row["id"], row["label"]) for row in rows if wanted & {row["object"], *json.loads(row["uses"])}]


def kind(id: str) -> str:
    return collection_of(id).removesuffix("s").replace("_", " ")


def _statement(record: Record, also: list[Record], size: int, waiting: int) -> str:
    words = [f"Deletes the {kind(record['id'])} “{record['name']}” and frees {size / 1e6:,.1f} MB."]
    for name, count in Counter(kind(each["id"]) for each in also).items():
        listed = ", ".join(f"“{each['name']}”" for each in also if kind(each["id"]) == name)
        words.append(f"{count} {name}{'s' if count > 1 else ''} made from it {'go' if count > 1 else 'goes'} too: {listed}.")
    if waiting:
        words.append(f"{waiting} paused or interrupted job{'s' if waiting > 1 else ''} on it cannot go on.")
    return " ".join(words)
