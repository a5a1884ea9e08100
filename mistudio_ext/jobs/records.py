"""Jobs as the faces see them: rows of the job list with their place, their controls and the truth about being alive."""

from __future__ import annotations

import json
import sqlite3
import time

from ..contract.errors import NotFound
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace
from .controls import controls
from .queue import bury_the_dead
from .schema import ALIVE, STALLED_AFTER, ErrorForm, Job, JobList, JobState, ListJobs, Progress

# Running, waiting, resting, ended; waiting ones by their place, the others newest first.
ORDER = (
    f"CASE WHEN state IN {ALIVE} THEN 0 WHEN state = 'queued' THEN 1 WHEN state IN ('paused', 'interrupted') THEN 2 ELSE 3 END,"
    " CASE WHEN state = 'queued' THEN place ELSE -number END"
)


def get_job(ws: Workspace, id: str) -> Job:
    """One job."""
    collection_of(id)
    dead = bury_the_dead(ws)
    rows = ws.database.rows("SELECT * FROM jobs WHERE id = ?", (id,))
    if not rows:
        raise NotFound(f"There is no job {id}.", "Look at the list of jobs.")
    return _job(rows[0], _places(ws), dead)


def list_jobs(ws: Workspace, params: ListJobs) -> JobList:
    """All jobs: running ones first, then waiting ones in their order, then the newest."""
    dead = bury_the_dead(ws)
    conditions: list[str] = ["1"]
    values: list[object] = []
    for name in ("state", "object"):
        if (value := getattr(params, name)) is not None:
            conditions.append(f"{name} = ?")
            values.append(value)
    where = " AND ".join(conditions)
    total = ws.database.rows(f"SELECT count(*) AS n FROM jobs WHERE {where}", tuple(values))[0]["n"]
    rows = ws.database.rows(
        f"SELECT * FROM jobs WHERE {where} ORDER BY {ORDER} LIMIT ?",
        (*values, params.limit),
    )
    places = _places(ws)
    return JobList.model_construct(jobs=[_job(row, places, dead) for row in rows], total=total)


def latest_jobs(ws: Workspace, objects: list[str]) -> dict[str, Job]:
    """The newest job of each of these objects: what an object's state is derived from."""
    dead = bury_the_dead(ws)
    # With a bare max(), SQLite takes the other columns from the row that has it.
    rows = ws.database.rows(
        "SELECT *, max(number) FROM jobs WHERE object IN (SELECT value FROM json_each(?)) GROUP BY object",
        (json.dumps(objects),),
    )
    places = _places(ws)
    return {row["object"]: _job(row, places, dead) for row in rows}


def _places(ws: Workspace) -> dict[str, tuple[int, str]]:
    """For each queued job its place in its lane's queue, and what it waits for."""
    busy = {row["lane"] for row in ws.database.rows(f"SELECT DISTINCT lane FROM jobs WHERE state IN {ALIVE}")}
    count: dict[str, int] = {}
    places = {}
    for row in ws.database.rows("SELECT id, lane FROM jobs WHERE state = 'queued' ORDER BY place"):
        lane = row["lane"]
        count[lane] = count.get(lane, 0) + 1
        waits = f"a free {lane} worker" if lane in busy or count[lane] > 1 else f"the {lane} worker to start"
        places[row["id"]] = (count[lane], waits)
    return places


def _job(row: sqlite3.Row, places: dict[str, tuple[int, str]], dead: frozenset[str]) -> Job:
    state: JobState = "interrupted" if row["id"] in dead else row["state"]
    alive = state in ALIVE
    place, waits_for = places.get(row["id"], (None, None))
    # Our own rows need no checking, and checking a thousand of them is most of a list's time.
    return Job.model_construct(
        id=row["id"],
        kind=row["kind"],
        label=row["label"],
        object=row["object"],
        uses=json.loads(row["uses"]),
        params=json.loads(row["params"]),
        state=state,
        stalled=alive and time.time() - row["heartbeat"] > STALLED_AFTER,
        reason=row["reason"],
        waits_for=waits_for,
        place=place,
        lane=row["lane"],
        worker=row["worker"],
        pid=row["pid"] if alive else None,
        memory=row["memory"] if alive else None,
        progress=_progress(row["progress"]),
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        heartbeat=row["heartbeat"],
        attempt=row["attempt"],
        retry_of=row["retry_of"],
        stopped_at_step=row["stopped_at_step"],
        error=ErrorForm(**json.loads(row["error"])) if row["error"] else None,
        result=json.loads(row["result"]) if row["result"] else None,
        log_lines=row["log_lines"],
        controls=controls(state, bool(row["pausable"]), bool(row["stoppable"]), place == 1),
    )


def _progress(text: str | None) -> Progress:
    return Progress.model_construct(**json.loads(text)) if text else Progress.model_construct()
