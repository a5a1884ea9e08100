"""The job list's file under several writers, threads and forks, and events in their order."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

from mistudio_ext.contract.errors import MiStudioError, Unreadable
from mistudio_ext.jobs import queue
from mistudio_ext.workspace import events
from mistudio_ext.workspace.database import Database
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued

WRITE = """
import sys
from mistudio_ext.workspace import events
from mistudio_ext.workspace.workspace import Workspace
ws = Workspace.open(sys.argv[1])
for number in range(40):
    with ws.database.change() as connection:
        events.append(connection, "jobs", "progress", sys.argv[2], {"number": number})
"""


def test_four_writers_lose_nothing_and_keep_their_order(ws: Workspace) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(ws.root), str(each)], stderr=subprocess.PIPE, text=True)
        for each in range(4)
    ]
    seen: list[dict[str, object]] = []
    while any(each.poll() is None for each in writers):
        seen += events.since(ws.database, int(str(seen[-1]["id"])) if seen else 0, limit=37)
    assert [each.communicate()[1] for each in writers] == [""] * 4
    while new := events.since(ws.database, int(str(seen[-1]["id"]))):
        seen += new
    assert [each["id"] for each in seen] == list(range(1, 161))
    for writer in range(4):
        numbers = [each["data"]["number"] for each in seen if each["object"] == str(writer)]  # type: ignore[index]
        assert numbers == list(range(40))
    assert events.last_number(ws.database) == 160


def test_thinning_keeps_what_jobs_came_to(ws: Workspace) -> None:
    ended, running = queued.claim_of(ws, queued.job(ws)), queued.claim_of(ws, queued.job(ws))
    with ws.database.change() as connection:
        for each in (ended, running):
            events.append(connection, "jobs", "progress", each.id, {"done": 1})
            events.append(connection, "jobs", "log", each.id)
    queue.end(ws, ended.id, "succeeded")
    before = events.since(ws.database, 0)
    last = events.last_number(ws.database)
    assert events.thin(ws.database, older_than=1000) == 0
    assert events.thin(ws.database, older_than=-1) == 2
    after = events.since(ws.database, 0)
    assert after == [each for each in before if not (each["object"] == ended.id and each["type"] in ("progress", "log"))]
    assert events.last_number(ws.database) == last
    with ws.database.change() as connection:
        connection.execute("DELETE FROM events")  # even when the newest are gone, no number comes twice
        events.append(connection, "jobs", "state", ended.id)
    assert [each["id"] for each in events.since(ws.database, last)] == [last + 1]


def test_what_fails_leaves_no_event(ws: Workspace) -> None:
    def fails() -> None:
        with ws.database.change() as connection:
            events.append(connection, "jobs", "state", "jb_00000000")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert events.since(ws.database, 0) == []


def test_threads_give_their_files_back(ws: Workspace) -> None:
    def count() -> int:
        return sum("jobs.sqlite" in os.readlink(f"/proc/self/fd/{each}") for each in os.listdir("/proc/self/fd") if exists(each))

    def exists(descriptor: str) -> bool:
        return os.path.lexists(f"/proc/self/fd/{descriptor}")

    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("this system does not tell which files are open")
    before = count()
    for _ in range(50):
        thread = threading.Thread(target=ws.database.rows, args=("SELECT 1",))
        thread.start()
        thread.join()
    assert count() == before


def test_a_forked_child_has_a_connection_of_its_own(ws: Workspace) -> None:
    with ws.database.change() as connection:
        events.append(connection, "jobs", "state", "jb_00000000")
        child = os.fork()
        if child == 0:
            # What the parent has not committed is not there, and reading it undoes nothing of the parent's.
            os._exit(0 if events.since(ws.database, 0) == [] else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(events.since(ws.database, 0)) == 1


def test_an_unreadable_file_is_named(ws: Workspace) -> None:
    path = ws.root / "other.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(Unreadable, match=r"other\.sqlite is not a readable job list"):
        Database(path)


def test_a_file_that_was_removed_is_an_error_with_a_sentence(ws: Workspace) -> None:
    database = Database(ws.root / "other.sqlite")
    (ws.root / "other.sqlite").unlink()
    with pytest.raises(MiStudioError), database.change() as connection:
        events.append(connection, "jobs", "state", "jb_00000000")


def test_readers_go_on_while_somebody_writes(ws: Workspace) -> None:
    began, go = threading.Event(), threading.Event()

    def write() -> None:
        with ws.database.change() as connection:
            events.append(connection, "jobs", "state", "jb_00000000")
            began.set()
            go.wait(10)
        ws.database.close()

    thread = threading.Thread(target=write)
    thread.start()
    began.wait(10)
    begin = time.monotonic()
    assert events.since(ws.database, 0) == []
    assert time.monotonic() - begin < 5
    go.set()
    thread.join()
    assert len(events.since(ws.database, 0)) == 1
