"""A lane that is killed (-9) while it captures: what was saved is gone on with, and row for row it comes to the same."""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.captures import operations
from mistudio_ext.captures.schema import MakeCapture
from mistudio_ext.captures.vectors import Stored
from mistudio_ext.contract.models import checked
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.jobs.records import get_job
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.captures.conftest import Made
from tests.support import capturing, ending, killing, waiting
from tests.support.tokenizer import write_text

# A lane imports torch first, which takes a while on a busy machine.
PATIENCE = 240
KILLED: dict[str, Any] = {"hooks": ["layers.all.resid_post", "layers.all.mlp_out"], "batch_size": 8}


@pytest.fixture(scope="module")
def prepared(tokenizer_folder: Path, model_folders: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A workspace that is ready to capture, to be copied; and what an undisturbed capture comes to."""
    root = tmp_path_factory.mktemp("prepared")
    ws = Workspace.open(root / "workspace")
    made = Made(ws, write_text(root / "long.txt", 600), tokenizer_folder)
    tokenization, model = made.tokenization(max_length=32), made.model(model_folders["llama"])
    ws.close()
    shutil.copytree(root / "workspace", root / "reference")
    ws = Workspace.open(root / "reference")
    id = capturing.capture(ws, model, tokenization, **KILLED)
    yield root / "workspace", model, tokenization, row_for_row(capturing.stored(ws, id))
    ws.close()


def row_for_row(found: Stored) -> dict[str, Any]:
    return {name: column[:] for name, column in found.index.items()} | {hook: found[hook][:] for hook in found.hooks}


def kill_and_resume(prepared: Any, root: Path, share: float, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Kill the lane at this share of the work, and look at what it comes to in the end; whether it was killed in time."""
    source, model, tokenization, expected = prepared
    ws = Workspace.open(shutil.copytree(source, root))
    # Read by the lane's process when it starts.
    monkeypatch.setenv("MISTUDIO_CAPTURE_SECONDS", "0.5")
    try:
        values = {"model": model, "tokenization": tokenization, "dtype": "float32"} | KILLED
        started = perform(ws, operations.make_capture, checked(MakeCapture, values))
        if not killed_at(ws, str(started.job), share):
            return False
        killing.told_truly(ws, str(started.job))
        saved = shards_in(ws.scratch(str(started.job)) / "data")
        perform(ws, resume_job, str(started.job))
        job = waiting.for_job(ws, str(started.job), seconds=PATIENCE)
        assert (job.state, job.attempt) == ("succeeded", 2), job
        found = Stored(ws.folder(started.object) / "data")
        assert_same(row_for_row(found), expected)
        # What was saved was gone on with, not made again.
        assert saved.items() <= shards_in(found.folder).items()
        assert {each.name for each in found.folder.iterdir()} == {"manifest.json", *(path.name for path, _ in found.files)}
        assert not list((root / "jobs" / "scratch").iterdir())
        return True
    finally:
        ending.lanes(ws)
        ws.close()


def killed_at(ws: Workspace, id: str, share: float) -> bool:
    """At a mark of its progress, never at a time: a busy machine only makes it wait."""

    def far_enough() -> bool:
        job = get_job(ws, id)
        total = job.progress.total
        there = job.pid is not None and (share <= 0 or (total is not None and total * share <= job.progress.done))
        return there or job.state in waiting.AT_REST

    waiting.until(far_enough, "the job to come far enough", seconds=PATIENCE)
    pid = get_job(ws, id).pid
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    job = waiting.for_job(ws, id)
    assert job.state in ("interrupted", "succeeded"), job
    return job.state == "interrupted"


def shards_in(folder: Path) -> dict[str, int]:
    """Those that the manifest knows, and which file each is on the disk."""
    if not (folder / "manifest.json").exists():
        return {}
    return {path.name: path.stat().st_ino for path, _ in Stored(folder).files}


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert list(found) == list(expected)
    for name, column in expected.items():
        assert np.array_equal(found[name], column), name


def kill_somewhere(prepared: Any, folder: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Below nothing: as soon as it runs, while the model is loaded. One that was done before it could be killed tells
    # nothing; the next try comes earlier.
    share = random.Random(seed).uniform(-0.1, 0.8)
    tries = (kill_and_resume(prepared, folder / str(number), share / 2**number, monkeypatch) for number in range(4))
    assert any(tries), "every kill came too late"


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_capture_goes_on(seed: int, prepared: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_somewhere(prepared, tmp_path, seed, monkeypatch)


@pytest.mark.long
@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_killed_captures_go_on(seed: int, prepared: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_somewhere(prepared, tmp_path, seed, monkeypatch)
