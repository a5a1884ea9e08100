"""A lane that reads text is killed (-9) at random moments: the state is told truly, and nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets import operations
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, making, written


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


@pytest.fixture(scope="module")
def mixed(huge_text: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose files can only be gone on with by skipping what was read; it is saved half-way more than once."""
    folder = tmp_path_factory.mktemp("mixed")
    lines = huge_text.read_text().splitlines()[:28_000]
    for number, name in enumerate(("a.jsonl.gz", "b.csv", "c.parquet", "d.arrow.zst")):
        rows = [{"row": str(row), "text": text * 20} for row, text in enumerate(lines[number::4])]
        (folder / name).write_bytes(written.written(name, rows))
    return folder


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(200, 210))])
def test_a_killed_reading_of_a_folder_goes_on(seed: int, ws: Workspace, mixed: Path) -> None:
    whole = result(ws, making.dataset(ws, mixed))
    assert whole["facts"]["samples"] == 28_000
    kill_and_resume(seed, ws, mixed, whole)


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
