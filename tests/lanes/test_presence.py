"""Servers and scripts share a workspace and its lanes; leaving in any order does what the design says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import Busy
from mistudio_ext.datasets.operations import ADD
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.records import get_job
from mistudio_ext.lanes import live_client, start
from mistudio_ext.lanes.leaving import times_asked
from mistudio_ext.lanes.perform import perform
from mistudio_ext.lanes.presence import Presence
from mistudio_ext.workspace.workspace import Workspace
from tests.support import live, making, queued, waiting

SERVER = """
import sys
from mistudio_ext.lanes.presence import Presence
from mistudio_ext.workspace.workspace import Workspace
presence = Presence(Workspace.open(sys.argv[1]))
print("here", flush=True)
sys.stdin.readline()
presence.leave(lanes_go_on=False)
"""


@pytest.fixture
def another_server(ws: Workspace) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(ws.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "here\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def stuck_job(ws: Workspace, tmp_path: Path) -> Iterator[str]:
    """A job that reads from a pipe into which nobody writes: nothing in it can hear anything."""
    os.mkfifo(tmp_path / "pipe.txt")
    params = {"path": str(tmp_path / "pipe.txt"), "owned": False}
    id = queue.submit(ws, ADD, label="Read a pipe", object=queued.dataset(ws), uses=[], params=params)
    start.wake(ws)
    waiting.until(lambda: get_job(ws, id).pid, "the lane")
    return id


def test_the_last_server_sends_the_lanes_away(ws: Workspace, another_server: subprocess.Popen[str], huge_text: Path) -> None:
    here = Presence(ws)
    job = str(making.add(ws, huge_text).job)
    waiting.until(lambda: get_job(ws, job).pid, "the lane")
    another_server.communicate("leave\n", timeout=20)
    assert times_asked(ws) == 0
    here.leave(lanes_go_on=False)
    assert times_asked(ws) == 1
    waiting.until(lambda: not waiting.lanes(ws), "the lanes to leave", seconds=10)
    ended = get_job(ws, job)
    assert ended.state == "interrupted"
    assert "asked to leave" in str(ended.reason)


def test_the_first_to_leave_sends_nobody_away(ws: Workspace, another_server: subprocess.Popen[str]) -> None:
    Presence(ws).leave(lanes_go_on=False)
    assert times_asked(ws) == 0
    another_server.communicate("leave\n", timeout=20)
    assert times_asked(ws) == 1


def test_a_killed_server_does_not_count(ws: Workspace, another_server: subprocess.Popen[str]) -> None:
    here = Presence(ws)
    another_server.kill()
    another_server.wait()
    assert times_asked(ws) == 0
    here.leave(lanes_go_on=False)
    assert times_asked(ws) == 1
    assert not list((ws.root / "jobs" / "locks").glob("server-*"))


def test_with_keep_worker_the_lanes_go_on(ws: Workspace) -> None:
    here = Presence(ws)
    here.leave(lanes_go_on=True)
    here.leave(lanes_go_on=False)  # a second time means nothing
    assert times_asked(ws) == 0


def test_of_two_that_leave_together_one_is_the_last(ws: Workspace) -> None:
    for round in range(10):
        both = [Presence(ws), Presence(ws)]
        threads = [threading.Thread(target=each.leave, kwargs={"lanes_go_on": False}) for each in both]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert times_asked(ws) == round + 1


def test_a_script_sends_no_lane_away(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("one two three\n" * 1000)
    script = (
        "import sys; from pathlib import Path; from tests.support import making;"
        "from mistudio_ext.workspace.workspace import Workspace;"
        "print(making.add(Workspace.open(sys.argv[1]), Path(sys.argv[2])).job)"
    )
    job = subprocess.run(
        [sys.executable, "-c", script, str(ws.root), str(tmp_path / "text.txt")],
        stdout=subprocess.PIPE, text=True, check=True, timeout=60,
    ).stdout.strip()  # fmt: skip
    assert waiting.for_job(ws, job).state == "succeeded"
    assert waiting.lanes(ws)


def test_lanes_end_in_time_although_a_job_is_stuck(ws: Workspace, stuck_job: str) -> None:
    here = Presence(ws)
    here.leave(lanes_go_on=False)
    waiting.until(lambda: not waiting.lanes(ws), "the lanes to leave", seconds=10)
    job = get_job(ws, stuck_job)
    assert job.state == "interrupted"
    assert "had to leave" in str(job.reason)


def test_lanes_end_in_time_although_a_call_is_stuck(ws: Workspace, tokenizer_folder: Path) -> None:
    here = Presence(ws)
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            live_client.call(ws, live.request(tokenizer_folder, live.ENDLESS))
        except Busy as error:
            errors.append(error)

    caller = threading.Thread(target=ask)
    caller.start()
    live.until_calls(ws, 1)
    here.leave(lanes_go_on=False)
    waiting.until(lambda: not waiting.lanes(ws), "the lanes to leave", seconds=10)
    # The server that leaves does not start what it has just sent away, and its threads come to an end.
    caller.join(10)
    assert not caller.is_alive()
    assert "stopping" in str(errors[0])
    assert not waiting.lanes(ws)
    Presence(ws)
    assert live_client.call(ws, live.request(tokenizer_folder)).count


def test_a_lane_that_starts_meanwhile_is_meant_too(ws: Workspace, tmp_path: Path) -> None:
    here = Presence(ws)
    (tmp_path / "text.txt").write_text("one two three\n" * 1000)
    job = str(making.add(ws, tmp_path / "text.txt").job)
    here.leave(lanes_go_on=False)  # while the lane's Python is still starting
    process = start._started[str(ws.root), "io-1"].process
    assert process.wait(10) == 0
    assert get_job(ws, job).state in ("queued", "interrupted", "succeeded")


def test_what_was_interrupted_goes_on_with_the_next_server(ws: Workspace, huge_text: Path) -> None:
    here = Presence(ws)
    job = str(making.add(ws, huge_text).job)
    waiting.until(lambda: get_job(ws, job).progress.done > 0, "some progress")
    here.leave(lanes_go_on=False)
    waiting.until(lambda: not waiting.lanes(ws), "the lanes to leave", seconds=10)
    assert get_job(ws, job).state == "interrupted"
    there = Presence(ws)
    perform(ws, resume_job, job)
    assert waiting.for_job(ws, job).state == "succeeded"
    there.leave(lanes_go_on=False)
