"""A lane that reads text is killed (-9) at random moments: the state is told truly, and nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets import operations
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, making


@pytest.fixture(scope="module")
def undisturbed(huge_text: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    ws = Workspace.open(tmp_path_factory.mktemp("reading") / "workspace")
    try:
        return result(ws, making.dataset(ws, huge_text))
    finally:
        ending.lanes(ws)


def result(ws: Workspace, id: str) -> dict[str, Any]:
    """The facts, with a fingerprint over all samples, and what is stored."""
    facts = operations.get_dataset(ws, id).facts
    assert facts
    folder = ws.folder(id) / "data"
    assert not making.leftovers(folder)
    return {"facts": facts.model_dump(), "rows": making.digest(folder)}


def test_a_killed_reading_goes_on(ws: Workspace, huge_text: Path, undisturbed: dict[str, Any]) -> None:
    kill_and_resume(0, ws, huge_text, undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_killed_readings_go_on(seed: int, ws: Workspace, huge_text: Path, undisturbed: dict[str, Any]) -> None:
    kill_and_resume(seed, ws, huge_text, undisturbed)


def kill_and_resume(seed: int, ws: Workspace, huge_text: Path, undisturbed: dict[str, Any]) -> None:
    started = making.add(ws, huge_text)
    killing.kill_and_resume(ws, str(started.job), seed)
    assert result(ws, started.object) == undisturbed


def test_a_file_that_has_changed_meanwhile_is_read_anew(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("one\ntwo\n" * 400_000)
    started = making.add(ws, path)
    job = str(started.job)
    killing.kill_on_the_way(ws, job, random.Random(5))
    killing.told_truly(ws, job)
    path.write_text("three\n")
    killing.resume_to_the_end(ws, job)
    facts = operations.get_dataset(ws, started.object).facts
    assert facts
    assert facts.samples == 1
