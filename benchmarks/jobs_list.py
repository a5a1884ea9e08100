"""How long the list of jobs takes, and what a bare SQLite select of the same rows takes. `python benchmarks/jobs_list.py`"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mistudio_ext.jobs.records import get_job, latest_jobs, list_jobs
from mistudio_ext.jobs.schema import ListJobs
from mistudio_ext.workspace.ids import new_id
from mistudio_ext.workspace.workspace import Workspace

STATES = ("succeeded",) * 17 + ("failed", "cancelled", "queued")
PROGRESS = json.dumps({"done": 10, "total": 10, "unit": "samples", "stage": "Reading", "figures": {"bad_rows": 0}})


def fill(ws: Workspace, count: int) -> list[str]:
    jobs = [new_id("jb") for _ in range(count)]
    params = json.dumps({"file": "/data/text.txt", "owned": False, "sample_by": "line", "text_field": "text"})
    with ws.database.change() as connection:
        connection.executemany(
            "INSERT INTO jobs (id, kind, function, lane, label, object, uses, params, pausable, stoppable, state, place, created,"
            " progress) VALUES (?, 'dataset.add', '', 'io', 'Read words', ?, '[]', ?, 1, 0, ?, ?, ?, ?)",
            [
                (job, new_id("ds"), params, STATES[number % len(STATES)], number, time.time(), PROGRESS)
                for number, job in enumerate(jobs)
            ],
        )
    return jobs


def median(function: Callable[..., object], *arguments: object) -> float:
    times = []
    for _ in range(11):
        begin = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - begin)
    return 1000 * statistics.median(times)


def bare(ws: Workspace, params: ListJobs) -> list[object]:
    rows = ws.database.rows("SELECT * FROM jobs ORDER BY number DESC LIMIT ?", (params.limit,))
    return [(json.loads(row["uses"]), json.loads(row["params"]), json.loads(row["progress"])) for row in rows]


def measure(ws: Workspace, count: int) -> None:
    jobs = fill(ws, count)
    objects = [row["object"] for row in ws.database.rows("SELECT object FROM jobs")]
    for limit in dict.fromkeys((1_000, count)):
        params = ListJobs(limit=limit)
        ours, least = median(list_jobs, ws, params), median(bare, ws, params)
        print(f"{count:6,} jobs, list {limit:6,}: {ours:7.1f} ms, {ours / least:4.1f} times a bare select")
    print(f"{count:6,} jobs, one job:      {median(get_job, ws, jobs[5]):7.1f} ms")
    print(f"{count:6,} jobs, latest of 10: {median(latest_jobs, ws, objects[:10]):7.1f} ms")
    print(f"{count:6,} jobs, latest of all:{median(latest_jobs, ws, objects):7.1f} ms")


def main() -> None:
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            ws = Workspace.open(Path(folder) / "workspace")
            measure(ws, count)
            ws.close()


if __name__ == "__main__":
    main()
