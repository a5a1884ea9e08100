"""What a person may ask of a job: pause, resume, stop, cancel, retry, move up."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable

from ..contract.errors import Conflict, NotFound
from ..workspace import events
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace
from . import queue
from .controls import controls
from .records import get_job
from .schema import Job, JobAction

Change = Callable[[sqlite3.Connection, sqlite3.Row], None]


def pause_job(ws: Workspace, id: str) -> Job:
    """Let a job rest: what it has done is kept, its worker and memory are freed."""

    def change(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
        if row["state"] == "queued":
            _set(connection, id, state="paused", reason="Paused before it started.")
        else:
            _set(connection, id, state="pausing", request="pause")

    return _apply(ws, id, "pause", change)


def resume_job(ws: Workspace, id: str) -> Job:
    """Queue a paused or interrupted job again; it goes on from what was saved."""

    def change(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
        if row["state"] == "pausing":
            _set(connection, id, state="running", request=None)
        else:
            place = connection.execute(f"SELECT {queue.LAST_PLACE}").fetchone()[0]
            _set(connection, id, state="queued", request=None, reason=None, error=None, ended=None, place=place)

    # Under the catalog's lock, so that what it works on is not deleted in the same moment.
    with ws.catalog.change():
        _object_there(ws, _row(ws, id))
        return _apply(ws, id, "resume", change)


def stop_job(ws: Workspace, id: str) -> Job:
    """End a job early and keep what it has made."""
    return _apply(ws, id, "stop", lambda connection, _row: _set(connection, id, state="stopping", request="stop"))


def save_job(ws: Workspace, id: str) -> Job:
    """Have a running job keep what it has by now, and go on with what it was asked to do."""
    queue.bury_the_dead(ws)
    _row(ws, id)
    with ws.database.change() as connection:
        row = connection.execute("SELECT state FROM jobs WHERE id = ?", (id,)).fetchone()
        if row["state"] not in ("running", "pausing", "stopping"):
            raise Conflict("The job is not running.", "Look at its state again.", code="wrong_state")
        # No state of its own and no `request`: it stands beside a pause or stop, whichever was asked for first.
        connection.execute("INSERT OR IGNORE INTO saves VALUES (?)", (id,))
    return get_job(ws, id)


def cancel_job(ws: Workspace, id: str) -> Job:
    """End a job and throw away what it has made."""
    at_rest = False

    def change(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
        nonlocal at_rest
        at_rest = row["state"] in ("queued", "paused", "interrupted")
        if at_rest:
            _set(connection, id, state="cancelled", reason="Cancelled.", ended=time.time())
        else:
            _set(connection, id, state="cancelling", request="cancel")

    _apply(ws, id, "cancel", change)
    if at_rest:
        queue.drop_scratch(ws, id)
    return get_job(ws, id)


def retry_job(ws: Workspace, id: str) -> Job:
    """Do a failed or cancelled job again, as a new job on the same object."""
    with ws.catalog.change():
        row = _row(ws, id)
        _allowed(row, "retry")
        _object_there(ws, row)
        newer = ws.database.rows(
            "SELECT id FROM jobs WHERE object = ? AND number > ? AND state != 'cancelled'", (row["object"], row["number"])
        )
        if newer:
            raise Conflict("It was tried again already.", "Look at the newer job.", code="retried")
        kind = queue.JobKind(row["kind"], row["function"], row["lane"], bool(row["pausable"]), bool(row["stoppable"]))
        new = queue.submit(
            ws,
            kind,
            label=row["label"],
            object=row["object"],
            uses=json.loads(row["uses"]),
            params=json.loads(row["params"]),
            retry_of=id,
        )
    return get_job(ws, new)


def move_up_job(ws: Workspace, id: str) -> Job:
    """Make a queued job the next one of its queue."""

    def change(connection: sqlite3.Connection, row: sqlite3.Row) -> None:
        first = connection.execute("SELECT min(place) AS place FROM jobs WHERE state = 'queued' AND lane = ?", (row["lane"],))
        _set(connection, id, place=first.fetchone()["place"] - 1)

    return _apply(ws, id, "move_up", change)


def _apply(ws: Workspace, id: str, action: JobAction, change: Change) -> Job:
    queue.bury_the_dead(ws)
    _row(ws, id)
    with ws.database.change() as connection:
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (id,)).fetchone()
        _allowed(row, action)
        change(connection, row)
        events.append(connection, "jobs", "state", id)
    return get_job(ws, id)


def _row(ws: Workspace, id: str) -> sqlite3.Row:
    collection_of(id)
    rows = ws.database.rows("SELECT * FROM jobs WHERE id = ?", (id,))
    if not rows:
        raise NotFound(f"There is no job {id}.", "Look at the list of jobs.")
    return rows[0]


def _object_there(ws: Workspace, row: sqlite3.Row) -> None:
    if ws.catalog.find(row["object"]) is None:
        raise Conflict("What this job worked on was deleted.", "Start anew from the panel.", code="object_gone")


def _allowed(row: sqlite3.Row, action: JobAction) -> None:
    reason = controls(row["state"], bool(row["pausable"]), bool(row["stoppable"]))[action]
    if reason is not None:
        raise Conflict(f"The job cannot {action.replace('_', ' ')}: {reason}", "Look at its state again.", code="wrong_state")


def _set(connection: sqlite3.Connection, id: str, **columns: object) -> None:
    names = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE jobs SET {names} WHERE id = ?", (*columns.values(), id))
