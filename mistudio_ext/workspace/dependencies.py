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
from dataclasses import dataclass
from pathlib import Path

from ..contract.errors import Conflict, MiStudioError
from . import atomic, events
from .catalog import Record
from .ids import PREFIXES, collection_of
from .locks import is_held
from .paths import disk_use
from .schema import Deleted, DeleteItem, DeletePlan
from .workspace import Workspace, read_json

AT_REST = ("paused", "interrupted")
OPEN = ("queued", "running", "pausing", "stopping", "cancelling", *AT_REST)
PLAN = "plan.json"


def plan(ws: Workspace, id: str) -> DeletePlan:
    """What deleting this object would take with it, and what stands against it."""
    record = ws.catalog.get(id)
    also = dependents(ws, id)
    ids = [id, *(each["id"] for each in also)]
    size = disk_use(ws.folder_of(record)) + sum(disk_use(ws.folder_of(each)) for each in also if each.get("parent") not in ids)
    jobs = _jobs(ws, ids)
    return DeletePlan(
        id=id,
        statement=_statement(record, also, size, len(jobs.at_rest)),
        also=[DeleteItem(id=each["id"], kind=kind(each["id"]), name=each["name"]) for each in also],
        bytes=size,
        blocked_by=jobs.in_use,
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
        atomic.make_folder(trash)
        try:
            atomic.write_json(trash / PLAN, {"ids": ids, "folders": folders})
            _carry_out(ws, trash)
        except BaseException:
            _put_back(ws, trash, folders)
            raise
    threading.Thread(target=shutil.rmtree, args=(trash, True), name="mistudio-delete").start()
    return Deleted(ids=ids, bytes=what.bytes)


def finish_deletions(ws: Workspace) -> None:
    """Go on where a delete was cut short."""
    for trash in (ws.root / "trash").iterdir():
        try:
            with ws.catalog.change():
                # No plan: nothing was touched yet, or another process has just carried it out.
                if (trash / PLAN).exists():
                    _carry_out(ws, trash)
        except MiStudioError:
            continue  # no room, or a list that cannot be read; the next who opens the workspace may do better
        shutil.rmtree(trash, ignore_errors=True)


def _carry_out(ws: Workspace, trash: Path) -> None:
    """Each step can be done twice. What can fail for want of room comes after what can be put back."""
    what = read_json(trash / PLAN)
    ids: list[str] = what["ids"]
    for folder in what["folders"]:
        # Deepest last: a tokenization goes with its dataset's folder when both are deleted.
        source = ws.root / folder
        if os.path.lexists(source):
            os.rename(source, trash / Path(folder).name)
    ws.catalog.remove(ids)
    _drop_waiting_jobs(ws, ids)


def _put_back(ws: Workspace, trash: Path, folders: list[str]) -> None:
    """The records come back by themselves, with the end of the catalog's change."""
    for folder in reversed(folders):
        if os.path.lexists(moved := trash / Path(folder).name):
            os.rename(moved, ws.root / folder)
    shutil.rmtree(trash, ignore_errors=True)


def _drop_waiting_jobs(ws: Workspace, ids: list[str]) -> None:
    """Jobs at rest on a deleted object can never go on: they end here, and say why."""
    waiting = _jobs(ws, ids).at_rest
    with ws.database.change() as connection:
        for job in waiting:
            connection.execute(
                "UPDATE jobs SET state = 'cancelled', request = NULL, pid = NULL, memory = NULL, ended = ?, reason = ?"
                " WHERE id = ?",
                (time.time(), "What it worked on was deleted.", job),
            )
            events.append(connection, "jobs", "state", job)
    for job in waiting:
        shutil.rmtree(ws.scratch(job), ignore_errors=True)


@dataclass(frozen=True)
class _Jobs:
    at_rest: list[str]
    in_use: list[str]


def _jobs(ws: Workspace, ids: list[str]) -> _Jobs:
    """Ids of the jobs on these objects that rest, and labels and ids of those that wait or run."""
    found = _Jobs([], [])
    wanted = set(ids)
    marks = ",".join("?" * len(OPEN))
    for row in ws.database.rows(f"SELECT id, state, label, object, uses FROM jobs WHERE state IN ({marks})", OPEN):
        if not wanted & {row["object"], *json.loads(row["uses"])}:
            continue
        # Alive means that its lock is held: a job whose lane was killed stands in nobody's way.
        if row["state"] == "queued" or (row["state"] not in AT_REST and is_held(ws.job_lock(row["id"]))):
            found.in_use.append(f"{row['label']} ({row['id']})")
        else:
            found.at_rest.append(row["id"])
    return found


def kind(id: str) -> str:
    return collection_of(id).removesuffix("s").replace("_", " ")


def _size(bytes: float) -> str:
    for unit in ("B", "kB", "MB"):
        if bytes < 1000:
            return f"{bytes:,.0f} {unit}" if unit == "B" else f"{bytes:,.1f} {unit}"
        bytes /= 1000
    return f"{bytes:,.1f} GB"


def _statement(record: Record, also: list[Record], size: int, waiting: int) -> str:
    words = [f"Deletes the {kind(record['id'])} “{record['name']}” and frees {_size(size)}."]
    for name, count in Counter(kind(each["id"]) for each in also).items():
        listed = ", ".join(f"“{each['name']}”" for each in also if kind(each["id"]) == name)
        words.append(f"{count} {name}{'s' if count > 1 else ''} made from it {'go' if count > 1 else 'goes'} too: {listed}.")
    if waiting:
        words.append(f"{waiting} paused or interrupted job{'s' if waiting > 1 else ''} on it cannot go on.")
    return " ".join(words)
