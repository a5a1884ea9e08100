"""The queue: submitting, claiming and ending jobs. A state changes only here and in `control`, inside one transaction."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from ..contract.errors import Busy, DiskFull, MiStudioError
from ..workspace import events
from ..workspace.ids import new_id
from ..workspace.locks import Lock
from ..workspace.workspace import Workspace
from .schema import ALIVE, FINAL, JobState

# Only our own job rooms: a job's function comes from a file that others can write.
FUNCTION = re.compile(r"mistudio_ext\.[a-z_]+\.jobs:[a-z_]+")


# Places are counted, not timed: a clock may go back.
LAST_PLACE = "(SELECT coalesce(max(place), 0) + 1 FROM jobs WHERE state = 'queued')"


@dataclass(frozen=True)
class JobKind:
    """A kind of job, declared once by its domain."""

    name: str
    function: str
    lane: str
    pausable: bool = True
    stoppable: bool = False


@dataclass(frozen=True)
class Claimed:
    """A job that this process has taken; `lock` says so to everybody until it is released."""

    id: str
    function: str
    object: str
    params: dict[str, Any]
    attempt: int
    lock: Lock


def submit(
    ws: Workspace, kind: JobKind, *, label: str, object: str, uses: list[str], params: dict[str, Any], retry_of: str | None = None
) -> str:
    assert FUNCTION.fullmatch(kind.function), kind.function
    id = new_id("jb")
    with ws.database.change() as connection:
        connection.execute(
            "INSERT INTO jobs (id, kind, function, lane, label, object, uses, params, pausable, stoppable, state, place, created,"
            f" retry_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', {LAST_PLACE}, ?, ?)",
            (
                id, kind.name, kind.function, kind.lane, label, object, json.dumps(uses),
                json.dumps(params, ensure_ascii=False, allow_nan=False), kind.pausable, kind.stoppable, time.time(), retry_of,
            ),
        )  # fmt: skip
        if retry_of is not None:
            connection.execute("INSERT INTO follow_ups SELECT ?, function FROM follow_ups WHERE job = ?", (id, retry_of))
        events.append(connection, "jobs", "state", id)
    return id


def then(ws: Workspace, job: str, function: str) -> bool:
    """Have a job's lane call `function(workspace)` when it has succeeded, so that work can follow work.

    A job that does not succeed holds what would follow. False where the job has ended already.
    """
    assert FUNCTION.fullmatch(function), function
    with ws.database.change() as connection:
        row = connection.execute("SELECT state FROM jobs WHERE id = ?", (job,)).fetchone()
        if row is None or row["state"] in FINAL:
            return False
        connection.execute("INSERT OR REPLACE INTO follow_ups VALUES (?, ?)", (job, function))
    return True


def follow_up(ws: Workspace, job: str) -> str | None:
    rows = ws.database.rows("SELECT function FROM follow_ups WHERE job = ?", (job,))
    return str(rows[0]["function"]) if rows else None


def claim(ws: Workspace, lane: str, worker: str, pid: int) -> Claimed | None:
    """Take the first queued job of this kind of lane; `None` where there is none."""
    for row in ws.database.rows("SELECT id FROM jobs WHERE state = 'queued' AND lane = ? ORDER BY place LIMIT 20", (lane,)):
        # The lock first: nobody ever sees a running job without it.
        lock = Lock(ws.job_lock(row["id"]))
        if not lock.try_acquire():
            continue  # somebody is looking whether its last lane is alive; the next round finds it free
        try:
            if claimed := _claim(ws, row["id"], lock, worker, pid):
                return claimed
        except BaseException:
            lock.release()
            raise
        lock.release()
    return None


def _claim(ws: Workspace, job: str, lock: Lock, worker: str, pid: int) -> Claimed | None:
    now = time.time()
    with ws.database.change() as connection:
        # Read again: it may have been taken and ended, paused or cancelled between the look and the lock.
        taken = connection.execute(
            "UPDATE jobs SET state = 'running', request = NULL, attempt = attempt + 1, worker = ?, pid = ?, started = ?,"
            " heartbeat = ?, error = NULL, reason = NULL, ended = NULL WHERE id = ? AND state = 'queued'",
            (worker, pid, now, now, job),
        ).rowcount
        if not taken:
            return None
        events.append(connection, "jobs", "state", job)
        row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
    return Claimed(job, row["function"], row["object"], json.loads(row["params"]), row["attempt"], lock)


def end(
    ws: Workspace,
    job: str,
    state: JobState,
    *,
    reason: str | None = None,
    error: MiStudioError | None = None,
    result: dict[str, Any] | None = None,
    stopped_at_step: int | None = None,
) -> JobState:
    """What became of a job that this process holds: an end, or rest. Returns what was written."""
    with ws.database.change() as connection:
        row = connection.execute("SELECT state FROM jobs WHERE id = ?", (job,)).fetchone()
        wish = row["state"] if row else None
        if wish == "cancelling" and state in ("paused", "interrupted"):
            # Asked after it had begun to save: the last word counts.
            state, reason, error = "cancelled", "Cancelled.", None
        elif wish == "running" and state == "paused":
            # Resumed after it had begun to save: it goes on where it left off.
            state, reason = "queued", None
        settle(connection, job, state, reason, error=error, result=result, stopped_at_step=stopped_at_step)
    if state in FINAL:
        drop_scratch(ws, job)
    return state


def drop_scratch(ws: Workspace, job: str) -> None:
    shutil.rmtree(ws.scratch(job), ignore_errors=True)


def settle(
    connection: sqlite3.Connection,
    job: str,
    state: JobState,
    reason: str | None,
    *,
    error: MiStudioError | None = None,
    result: dict[str, Any] | None = None,
    stopped_at_step: int | None = None,
) -> bool:
    """Write the state of a job that was alive; false where it has one already, which stays."""
    changed = connection.execute(
        f"UPDATE jobs SET state = ?, request = NULL, pid = NULL, memory = NULL, ended = ?, reason = ?, error = ?, result = ?,"
        f" stopped_at_step = ? WHERE id = ? AND state IN {ALIVE}",
        (
            state, None if state == "queued" else time.time(), reason, json.dumps(error.as_dict()) if error else None,
            None if result is None else json.dumps(result, ensure_ascii=False, allow_nan=False), stopped_at_step, job,
        ),
    ).rowcount  # fmt: skip
    if changed:
        events.append(connection, "jobs", "state", job)
    return bool(changed)


def bury_the_dead(ws: Workspace) -> frozenset[str]:
    """Whoever looks tells the truth: a job whose lock nobody holds has lost its lane.

    Returns the jobs for which that could not be written down (a full disk); they are no less dead.
    """
    unwritten = set()
    for row in ws.database.rows(f"SELECT id FROM jobs WHERE state IN {ALIVE}"):
        lock = Lock(ws.job_lock(row["id"]))
        if not lock.try_acquire():
            continue
        try:
            _bury(ws, row["id"])
        except (DiskFull, Busy):
            unwritten.add(row["id"])
        finally:
            lock.release()
    return frozenset(unwritten)


def _bury(ws: Workspace, job: str) -> None:
    with ws.database.change() as connection:
        # Read again: it may have ended, or been queued, between the look and the lock.
        row = connection.execute("SELECT state, worker FROM jobs WHERE id = ?", (job,)).fetchone()
        cancelled = row["state"] == "cancelling"
        if cancelled:
            settle(connection, job, "cancelled", "Cancelled.")
        elif row["state"] in ALIVE:
            reason = f"The worker ({row['worker']}) ended before the job did. Resume goes on from what was saved."
            settle(connection, job, "interrupted", reason)
    if cancelled:
        drop_scratch(ws, job)


def any_alive(ws: Workspace) -> bool:
    return bool(ws.database.rows(f"SELECT 1 FROM jobs WHERE state IN {ALIVE} LIMIT 1"))


def sweep(ws: Workspace) -> None:
    """Remove what a crash between a job's end and its tidying left behind."""
    ended = {row["id"] for row in ws.database.rows(f"SELECT id FROM jobs WHERE state IN {FINAL}")}
    for path in (*ws.scratch("").iterdir(), *ws.job_lock("").parent.glob("jb_*.lock")):
        if path.stem not in ended:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    with ws.database.change() as connection:
        connection.execute(f"DELETE FROM saves WHERE job IN (SELECT id FROM jobs WHERE state IN {FINAL})")
