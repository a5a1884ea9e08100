"""A lane's life: what it takes, when it rests, when it goes, and whom it refuses to be."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mistudio_ext.datasets import operations
from mistudio_ext.jobs.control import cancel_job, pause_job
from mistudio_ext.jobs.records import get_job
from mistudio_ext.lanes import start
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.locks import is_held
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, waiting
from tests.support.killing import resume_to_the_end


def under_way(ws: Workspace, path: Path) -> tuple[str, str]:
    started = making.add(ws, path)
    waiting.until(lambda: get_job(ws, str(started.job)).progress.done > 0, "some progress")
    return started.object, str(started.job)


def test_paused_it_holds_no_lane_and_goes_on(ws: Workspace, huge_text: Path, tmp_path: Path) -> None:
    object, job = under_way(ws, huge_text)
    pause_job(ws, job)
    paused = waiting.for_job(ws, job)
    assert (paused.state, paused.pid, paused.memory) == ("paused", None, None)
    waiting.until(lambda: not is_held(ws.job_lock(job)), "the job's lock", seconds=5)
    assert list((ws.scratch(job) / "data").glob("*.arrow"))
    # Its lane is free for the next one meanwhile.
    (tmp_path / "text.txt").write_text("one two three\n")
    making.dataset(ws, tmp_path / "text.txt")
    resume_to_the_end(ws, job)
    facts = operations.get_dataset(ws, object).facts
    assert facts
    assert facts.samples == huge_text.read_bytes().count(b"\n")
    assert not ws.scratch(job).exists()
    assert not ws.job_lock(job).exists()
    assert operations.get_dataset(ws, object).state == "ready"


def test_told_to_end_it_saves_and_goes(ws: Workspace, huge_text: Path) -> None:
    _, job = under_way(ws, huge_text)
    pid = get_job(ws, job).pid
    assert pid
    os.kill(pid, signal.SIGTERM)
    ended = waiting.for_job(ws, job)
    assert (ended.state, ended.reason) == (
        "interrupted",
        "The worker was asked to leave. Resume goes on from what was saved.",
    )
    assert list((ws.scratch(job) / "data").glob("*.arrow"))
    waiting.until(lambda: pid not in waiting.lanes(ws), "the lane to end", seconds=10)
    resume_to_the_end(ws, job)


def test_reading_cancelled_leaves_nothing(ws: Workspace, huge_text: Path) -> None:
    object, job = under_way(ws, huge_text)
    cancel_job(ws, job)
    cancelled_without_trace(ws, job)
    assert not (ws.folder(object) / "data").exists()
    assert operations.get_dataset(ws, object).state == "failed"


def test_tokenizing_cancelled_leaves_nothing(ws: Workspace, long_text: Path, tokenizer_folder: Path) -> None:
    started = making.tokenize(ws, making.dataset(ws, long_text), tokenizer_folder)
    job = str(started.job)
    waiting.until(lambda: get_job(ws, job).progress.done > 0, "some progress")
    cancel_job(ws, job)
    cancelled_without_trace(ws, job)
    assert not (ws.folder_of(ws.catalog.get(started.object)) / "blocks").exists()


def cancelled_without_trace(ws: Workspace, job: str) -> None:
    assert waiting.for_job(ws, job).state == "cancelled"
    waiting.until(lambda: not ws.scratch(job).exists(), "the job's files to go", seconds=5)
    waiting.until(lambda: not ws.job_lock(job).exists(), "the job's lock to go", seconds=5)


def test_a_job_that_does_not_hear_is_cancelled_and_the_next_one_runs(ws: Workspace, tmp_path: Path) -> None:
    jobs = []
    for name in ("one", "two"):  # both lanes of its kind are stuck
        path = tmp_path / f"{name}.txt"
        path.write_text("soon a pipe")
        shutil.move(path, tmp_path / "away")
        os.mkfifo(path)
        (tmp_path / "away").unlink()
        jobs.append(stuck(ws, path))
    waiting.until(lambda: all(get_job(ws, job).pid for job in jobs), "both lanes")
    (tmp_path / "text.txt").write_text("one two three\n")
    behind = str(making.add(ws, tmp_path / "text.txt").job)
    ws.scratch(jobs[0]).mkdir(exist_ok=True)
    for job in jobs:
        cancel_job(ws, job)
    assert waiting.for_job(ws, behind).state == "succeeded"
    assert [waiting.for_job(ws, job).state for job in jobs] == ["cancelled", "cancelled"]
    assert not ws.scratch(jobs[0]).exists()


def stuck(ws: Workspace, pipe: Path) -> str:
    from mistudio_ext.jobs import queue
    from tests.support import queued

    params = {"path": str(pipe), "owned": False}
    id = queue.submit(ws, operations.ADD, label="Read a pipe", object=queued.dataset(ws), uses=[], params=params)
    start.wake(ws)
    return id


def test_it_leaves_when_there_is_nothing_to_do(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTUDIO_LANE_IDLE", "0.3")
    (tmp_path / "text.txt").write_text("one two three\n")
    making.dataset(ws, tmp_path / "text.txt")
    waiting.until(lambda: not waiting.lanes(ws), "the idle lane to leave", seconds=10)


def test_queued_while_it_leaves_a_job_is_done_all_the_same(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each job comes at about the moment at which the lane goes; nobody looks again by himself.
    monkeypatch.setenv("MISTUDIO_LANE_IDLE", "0.3")
    (tmp_path / "text.txt").write_text("one two three\n")
    for round in range(3):
        started = making.add(ws, tmp_path / "text.txt")
        assert waiting.for_job(ws, str(started.job), seconds=30).state == "succeeded"
        time.sleep(0.28 + 0.02 * round)


def test_it_leaves_when_its_workspace_is_gone(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "workspace")
    (tmp_path / "text.txt").write_text("one two three\n")
    making.dataset(ws, tmp_path / "text.txt")
    process = start._started[str(ws.root), "io-1"].process
    shutil.rmtree(ws.root)
    process.wait(10)
    assert not ws.exists
    assert not ws.root.exists()


def test_a_folder_made_anew_is_another_workspace(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "workspace")
    (tmp_path / "text.txt").write_text("one two three\n")
    making.dataset(ws, tmp_path / "text.txt")
    process = start._started[str(ws.root), "io-1"].process
    ws.root.rename(tmp_path / "away")
    again = Workspace.open(tmp_path / "workspace")
    assert again.exists
    assert not ws.exists
    process.wait(10)


def lane(ws: Workspace, name: str = "cpu") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mistudio_ext.lanes", name, "--workspace", str(ws.root)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_a_removed_workspace_is_not_made_anew(ws: Workspace) -> None:
    ws.root.rename(ws.root.with_name("away"))
    try:
        ended = lane(ws)
        assert ended.returncode
        assert "There is no workspace" in ended.stderr
        assert not ws.root.exists()
    finally:
        ws.root.with_name("away").rename(ws.root)


def test_a_lane_of_another_schema_version_is_refused(ws: Workspace) -> None:
    path = ws.root / "catalog" / "version.json"
    kept = path.read_bytes()
    path.write_text(json.dumps({"schema": 99}))
    ended = lane(ws)
    path.write_bytes(kept)
    assert ended.returncode
    assert "schema version 99; this miStudio reads version 1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_process_is_not_the_same_lane(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("one two three\n")
    making.dataset(ws, tmp_path / "text.txt")
    [pid] = waiting.lanes(ws)
    assert lane(ws, "io-1").returncode == 0
    assert waiting.lanes(ws) == [pid]


def test_a_lane_that_cannot_start_is_not_tried_all_the_time(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho once >&2\nexit 3\n")
    broken.chmod(0o700)
    monkeypatch.setattr(start, "REST", 2.0)
    (tmp_path / "text.txt").write_text("one two three\n")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(broken))
        job = str(making.add(ws, tmp_path / "text.txt").job)
        for _ in range(25):
            start.wake(ws)
            time.sleep(0.02)
        assert (ws.root / "jobs" / "logs" / "lane-io-1.txt").read_text().count("once") <= 2
        assert get_job(ws, job).state == "queued"
    # Nobody asks again, and it is tried again all the same.
    assert waiting.for_job(ws, job, "succeeded").state == "succeeded"


def test_nothing_we_make_can_be_read_by_others(ws: Workspace, tmp_path: Path, tokenizer_folder: Path) -> None:
    (tmp_path / "text.txt").write_text("one two three\n" * 2000)
    dataset = making.dataset(ws, tmp_path / "text.txt")
    waiting.for_job(ws, str(making.tokenize(ws, dataset, tokenizer_folder).job))
    perform(ws, operations.add_dataset, operations.AddDataset(texts=["one", "two"]))
    job = str(making.add(ws, tmp_path / "text.txt").job)
    waiting.for_job(ws, job)
    open_ones = [str(each) for each in (ws.root, *ws.root.rglob("*")) if each.lstat().st_mode & 0o077]
    assert not open_ones
