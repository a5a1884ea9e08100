"""A full disk: a clear error, everything older intact, and jobs that go on once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mistudio_ext.contract.errors import DiskFull
from mistudio_ext.datasets import operations
from mistudio_ext.jobs.control import pause_job, resume_job
from mistudio_ext.jobs.records import get_job, list_jobs
from mistudio_ext.jobs.schema import ListJobs
from mistudio_ext.lanes.leaving import ask_to_leave
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, making, queued, waiting

MIB = 2**20


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={8 * MIB},mode=700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"this machine lets no test mount a file system: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    path = folder / "ballast"
    with open(path, "wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    assert os.statvfs(folder).f_bavail == 0
    return path


def test_on_a_tiny_disk(tiny_disk: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text(f"{'one two three four five ' * 20}\n" * 30_000)  # more than the disk holds
    (tmp_path / "small.txt").write_text("one\n")
    ws = Workspace.open(tiny_disk / "workspace")
    try:
        small = making.dataset(ws, tmp_path / "small.txt")
        started = making.add(ws, text)
        job = waiting.for_job(ws, str(started.job))
        assert job.state == "interrupted"
        assert "There is no space left" in str(job.reason)
        assert "bytes are needed" in str(job.reason)
        assert job.error
        assert job.error.error.code == "disk_full"
        assert job.controls["resume"] is None
        ballast = fill(tiny_disk)
        # What can be seen can be seen still, and what is there is whole.
        assert len(list_jobs(ws, ListJobs()).jobs) == 2
        assert len(operations.list_datasets(ws, operations.ListObjects()).datasets) == 2
        assert Workspace.open(ws.root).catalog.get(small)["facts"]["samples"] == 1
        with pytest.raises(DiskFull, match="bytes are needed, 0 are free"):
            perform(ws, operations.add_dataset, operations.AddDataset(path=str(tmp_path / "small.txt")))
        with pytest.raises(DiskFull):
            ws.catalog.update(small, {"name": "renamed"})
        assert ws.catalog.get(small)["name"] == "small"
        assert [each.id for each in operations.list_datasets(ws, operations.ListObjects()).datasets] == [started.object, small]
        ballast.unlink()
        subprocess.run(["mount", "-o", f"remount,size={100 * MIB}", str(tiny_disk)], check=True)
        perform(ws, resume_job, job.id)
        assert waiting.for_job(ws, job.id).state == "succeeded"
        facts = operations.get_dataset(ws, started.object).facts
        assert facts
        assert facts.samples == 30_000
    finally:
        ending.lanes(ws)
        ws.close()


def back_and_forth(ws: Workspace, id: str) -> None:
    for _ in range(100):
        pause_job(ws, id)
        resume_job(ws, id)


def test_the_job_list_is_full(ws: Workspace) -> None:
    ids = [queued.job(ws) for _ in range(3)]
    pages = ws.database.rows("PRAGMA page_count")[0][0]
    ws.database.connection.execute(f"PRAGMA max_page_count = {pages}")
    try:
        with pytest.raises(DiskFull, match=r"no space left to write jobs\.sqlite \(at least [\d,]+ bytes are needed"):
            back_and_forth(ws, ids[0])
        assert [each.state in ("queued", "paused") for each in list_jobs(ws, ListJobs()).jobs] == [True] * 3
    finally:
        ws.database.close()
    assert get_job(ws, ids[1]).state == "queued"
    assert queued.claim(ws)


def test_a_death_that_cannot_be_written_down_is_told_all_the_same(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    claimed = queued.claim_of(ws, queued.job(ws))
    claimed.lock.release()

    def full(*_: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr("mistudio_ext.workspace.events.append", full)
        assert get_job(ws, claimed.id).state == "interrupted"
        assert list_jobs(ws, ListJobs()).jobs[0].state == "interrupted"
    assert get_job(ws, claimed.id).state == "interrupted"


def test_lanes_hear_that_they_must_leave_although_it_cannot_be_written_down(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "text.txt").write_text("one\n")
    making.dataset(ws, tmp_path / "text.txt")
    assert waiting.lanes(ws)

    def full(*_: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(ws.database, "change", full)
        ask_to_leave(ws)
    waiting.until(lambda: not waiting.lanes(ws), "the lane to leave", seconds=10)
