"""Two lanes never run one job, and a lane that is gone is never taken for one that works."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import DiskFull
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.records import get_job
from mistudio_ext.workspace.locks import Lock, is_held
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued

CLAIM_ALL = """
import os, sys, time
from mistudio_ext.jobs import queue
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
while claimed := queue.claim(ws, "io", sys.argv[2], os.getpid()):
    print(claimed.id, claimed.attempt, flush=True)
    queue.end(ws, claimed.id, "succeeded")
    claimed.lock.path.unlink()
    claimed.lock.release()
    queue.bury_the_dead(ws)
"""


def test_four_lanes_share_forty_jobs(ws: Workspace) -> None:
    object = queued.dataset(ws)
    jobs = [queued.job(ws, object) for _ in range(40)]
    lanes = [
        subprocess.Popen([sys.executable, "-c", CLAIM_ALL, str(ws.root), f"io-{each}"], stdout=subprocess.PIPE, text=True)
        for each in range(4)
    ]
    lines = [line for lane in lanes for line in lane.communicate(timeout=60)[0].splitlines()]
    # A lane may leave while another still looks at the last job; what counts is that none was run twice.
    taken = [line.split() for line in lines]
    assert len({id for id, _ in taken}) == len(taken)
    assert {attempt for _, attempt in taken} <= {"1"}
    assert {id for id, _ in taken} == set(jobs)
    assert {get_job(ws, id).state for id in jobs} == {"succeeded"}


def test_a_job_whose_lock_is_held_is_left_for_the_next_round(ws: Workspace) -> None:
    id = queued.job(ws)
    with Lock(ws.job_lock(id)):
        assert queue.claim(ws, "io", "io-1", os.getpid()) is None
    assert queued.claim(ws).id == id


def test_the_next_job_is_taken_where_the_first_is_held(ws: Workspace) -> None:
    first, second = queued.job(ws), queued.job(ws)
    with Lock(ws.job_lock(first)):
        assert queued.claim(ws).id == second


def test_a_claim_that_cannot_be_written_lets_the_job_go(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    id = queued.job(ws)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("mistudio_ext.workspace.events.append", full)
        with pytest.raises(DiskFull):
            queue.claim(ws, "io", "io-1", os.getpid())
    assert not is_held(ws.job_lock(id))
    assert get_job(ws, id).state == "queued"
    assert queued.claim(ws).id == id


def test_a_job_is_alive_as_long_as_its_lock_is_held(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    assert get_job(ws, claimed.id).state == "running"
    claimed.lock.release()
    job = get_job(ws, claimed.id)
    assert job.state == "interrupted"
    assert job.reason


def test_many_who_look_at_once_bury_once(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    claimed.lock.release()
    threads = [threading.Thread(target=queue.bury_the_dead, args=(ws,)) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    rows = ws.database.rows("SELECT type FROM events WHERE object = ?", (claimed.id,))
    assert [row["type"] for row in rows] == ["state"] * 3  # queued, running, interrupted


def test_looking_after_the_lock_file_went_changes_nothing(ws: Workspace) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    queue.end(ws, claimed.id, "succeeded")
    claimed.lock.path.unlink()
    queue.bury_the_dead(ws)
    claimed.lock.release()
    queue.bury_the_dead(ws)
    assert get_job(ws, claimed.id).state == "succeeded"


def test_what_ended_jobs_left_behind_is_swept(ws: Workspace) -> None:
    ended, running = queued.claim_of(ws, queued.job(ws)), queued.claim_of(ws, queued.job(ws))
    for each in (ended, running):
        ws.scratch(each.id).mkdir()
    with ws.database.change() as connection:  # killed between the state and the tidying
        queue.settle(connection, ended.id, "succeeded", None)
    ended.lock.release()
    queue.sweep(ws)
    assert not ws.scratch(ended.id).exists()
    assert not ws.job_lock(ended.id).exists()
    assert ws.scratch(running.id).exists()
    assert is_held(ws.job_lock(running.id))


def test_looking_is_never_taken_for_holding(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    with lock:
        assert is_held(lock.path)
    answers: list[bool] = []

    def look() -> None:
        answers.extend(is_held(lock.path) for _ in range(2000))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    # Who wants to hold it gets it in between, with patience.
    assert lock.try_acquire(patience=20)
    lock.release()
    for each in threads:
        each.join()
    assert len(answers) == 8000


def test_those_who_look_do_not_see_each_other(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.extend(is_held(path) for _ in range(1000))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not any(answers)


def test_a_lock_that_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "lock")
    assert not (tmp_path / "lock").exists()


def test_a_forked_child_does_not_keep_its_parents_locks(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    lock.acquire()
    ready, stay = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready[1], b"!")
        os.close(stay[1])
        os.read(stay[0], 1)  # lives until its parent closes the pipe
        os._exit(0)
    os.read(ready[0], 1)
    lock.release()
    try:
        assert not is_held(lock.path)
    finally:
        os.close(stay[1])
        os.waitpid(child, 0)
