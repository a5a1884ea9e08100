"""A server that is killed takes no job with it; one that stops as usual leaves no process behind."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from mistudio_ext.jobs.records import get_job
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, waiting
from tests.support.listening import Listener
from tests.support.server import Server, running
from tests.support.tokenizer import write_text

STOP_WITHIN, LANES_END_WITHIN = 3.0, 10.0
# A tokenization of these takes several seconds, in many steps; of the endless ones, far longer than any server's stop.
LINES, ENDLESS, OPTIONS = 60_000, 200_000, {"max_length": 32}


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage writes its data when a process ends, and that takes a good part of the time that a stop may take."""
    for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text(tmp_path_factory.mktemp("text") / "long.txt", LINES)


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text(tmp_path_factory.mktemp("text") / "endless.txt", ENDLESS)


@contextmanager
def at_work(ws: Workspace, folder: Path, text: Path, tokenizer: Path, **options: Any) -> Iterator[tuple[Server, str, str]]:
    """A server in the middle of a tokenization; with it the tokenization and its job."""
    dataset = making.dataset(ws, text)
    folders = [str(text.parent), str(tokenizer.parent)]
    with running(folder, ws.root, MiStudio__allowed_folders=folders, **options) as server:
        started = server.ask("POST", f"datasets/{dataset}/tokenizations", {"tokenizer": str(tokenizer), **OPTIONS})
        waiting.until(lambda: (get_job(ws, started["job"]).progress.total or 0) > 0, "the tokenization to have begun")
        yield server, started["object"], started["job"]


def kill_and_restart(ws: Workspace, folder: Path, text: Path, tokenizer: Path, seed: int) -> None:
    chance = random.Random(seed)
    with at_work(ws, folder, text, tokenizer) as (server, tokenization, job):
        listener = Listener(server)
        listener.connect()
        listener.hear()
        time.sleep(chance.random())
        worker = get_job(ws, job).pid
        server.kill()
        listener.cut()
        state = get_job(ws, job)
        assert state.state in ("running", "succeeded")
        server.start()
        shown = server.ask("GET", f"jobs/{job}")
        if shown["state"] == "running":
            assert shown["pid"] == worker
        assert shown["attempt"] == 1
        listener.connect()
        ended = waiting.for_job(ws, job)
        assert (ended.state, ended.attempt) == ("succeeded", 1), ended
        numbers = [row["id"] for row in ws.database.rows("SELECT id FROM events ORDER BY id")]
        listener.hear_until(numbers[-1])
        assert listener.heard == numbers
        assert listener.began_anew == 0
        ready = server.ask("GET", f"tokenizations/{tokenization}")
        assert ready["state"] == "ready"
        record = ws.catalog.get(tokenization)
        rows = making.rows(ws.folder_of(record) / "blocks")
        assert len(rows["input_ids"]) == ready["facts"]["blocks"]
        # The same again, undisturbed.
        server.ask("DELETE", f"tokenizations/{tokenization}")
        again = making.tokenize(ws, record["parent"], tokenizer, **OPTIONS)
        assert waiting.for_job(ws, str(again.job)).state == "succeeded"
        assert making.rows(ws.folder_of(ws.catalog.get(again.object)) / "blocks") == rows


@pytest.mark.parametrize("seed", range(2))
def test_the_server_is_killed(ws: Workspace, tmp_path: Path, text: Path, tokenizer_folder: Path, seed: int) -> None:
    kill_and_restart(ws, tmp_path / "server", text, tokenizer_folder, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 7))
def test_the_server_is_killed_often(ws: Workspace, tmp_path: Path, text: Path, tokenizer_folder: Path, seed: int) -> None:
    kill_and_restart(ws, tmp_path / "server", text, tokenizer_folder, seed)


def stop(server: Server, how: str) -> None:
    if how == "shutdown":
        response = server.request("POST", "../../api/shutdown")
        assert response.status_code == 200
    elif how == "Ctrl-C":
        # Once, because there is no terminal in which Jupyter could ask whether it is meant.
        server.signal(signal.SIGINT)
    else:
        server.signal(signal.SIGTERM)


@pytest.mark.parametrize("how", ["SIGTERM", "Ctrl-C", "shutdown"])
def test_an_ordinary_stop(ws: Workspace, tmp_path: Path, endless: Path, tokenizer_folder: Path, how: str) -> None:
    with at_work(ws, tmp_path / "server", endless, tokenizer_folder) as (server, _, job):
        assert server.process
        lanes = waiting.lanes(ws)
        assert lanes
        begun = time.monotonic()
        stop(server, how)
        server.wait(STOP_WITHIN)
        waiting.until(
            lambda: not any(psutil.pid_exists(pid) for pid in lanes),
            "the lanes to end",
            seconds=LANES_END_WITHIN - (time.monotonic() - begun),
        )
        found = get_job(ws, job)
        assert found.state == "interrupted", found
        assert found.reason
        assert found.controls["resume"] is None
        done = found.progress.done
        # The next server goes on with it, from what was saved.
        server.start()
        server.ask("POST", f"jobs/{job}/resume")
        waiting.until(lambda: get_job(ws, job).progress.done > done, "the job to go on")
        assert get_job(ws, job).attempt == 2
        server.ask("POST", f"jobs/{job}/cancel")
        waiting.for_job(ws, job, "cancelled")


def test_workers_go_on_where_the_administrator_wants_it(
    ws: Workspace, tmp_path: Path, text: Path, tokenizer_folder: Path
) -> None:
    with at_work(ws, tmp_path / "server", text, tokenizer_folder, MiStudio__keep_worker=True) as (server, _, job):
        server.signal(signal.SIGTERM)
        server.wait(STOP_WITHIN)
        ended = waiting.for_job(ws, job)
        assert (ended.state, ended.attempt) == ("succeeded", 1)


@pytest.mark.parametrize("first", ["older", "newer"])
def test_two_servers_leave_in_either_order(
    ws: Workspace, tmp_path: Path, endless: Path, tokenizer_folder: Path, first: str
) -> None:
    # The second one first: it must be up while the job of the other runs.
    with running(tmp_path / "two", ws.root) as two, at_work(ws, tmp_path / "one", endless, tokenizer_folder) as (one, _, job):
        assert two.ask("GET", f"jobs/{job}")["state"] == "running"
        leaves, stays = (one, two) if first == "older" else (two, one)
        leaves.signal(signal.SIGTERM)
        leaves.wait(STOP_WITHIN)
        time.sleep(1)
        assert stays.ask("GET", f"jobs/{job}")["state"] == "running"
        stays.signal(signal.SIGTERM)
        stays.wait(STOP_WITHIN)
        waiting.until(lambda: not waiting.lanes(ws), "the lanes to end", seconds=LANES_END_WITHIN)
        assert get_job(ws, job).state == "interrupted"


def test_a_running_job_is_activity(ws: Workspace, tmp_path: Path, text: Path, tokenizer_folder: Path) -> None:
    """Jupyter ends an idle server by itself; with a job at work it is not idle."""
    options = {"ServerApp__shutdown_no_activity_timeout": 1}
    with at_work(ws, tmp_path / "server", text, tokenizer_folder, **options) as (server, _, job):
        assert server.process
        while get_job(ws, job).state == "running":
            assert server.process.poll() is None
            time.sleep(0.1)
        assert get_job(ws, job).state == "succeeded", server.log
