"""A lane that tokenizes is killed (-9) at random moments: the state is told truly, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets import operations
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, making, waiting


@dataclass(frozen=True)
class Reference:
    """What a run that nobody disturbed came to."""

    root: Path
    dataset: str
    rows: dict[str, list[Any]]
    facts: dict[str, Any]


@pytest.fixture(scope="module")
def reference(long_text: Path, tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reference]:
    prepared = tmp_path_factory.mktemp("prepared") / "workspace"
    ws = Workspace.open(prepared)
    dataset = making.dataset(ws, long_text)
    ending.lanes(ws)
    ws.close()
    root = shutil.copytree(prepared, prepared.with_name("reference"))
    ws = Workspace.open(root)
    try:
        started = making.tokenize(ws, dataset, tokenizer_folder)
        job = waiting.for_job(ws, str(started.job))
        assert job.state == "succeeded"
        yield Reference(prepared, dataset, *result(ws, started.object))
    finally:
        ending.lanes(ws)


def result(ws: Workspace, id: str) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    folder = ws.folder_of(ws.catalog.get(id)) / "blocks"
    assert not making.leftovers(folder)
    facts = operations.get_tokenization(ws, id).facts
    assert facts
    return making.rows(folder), facts.model_dump()


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_tokenization_goes_on(seed: int, reference: Reference, tokenizer_folder: Path, tmp_path: Path) -> None:
    kill_and_resume(seed, reference, tokenizer_folder, tmp_path / "workspace")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_killed_tokenizations_go_on(seed: int, reference: Reference, tokenizer_folder: Path, tmp_path: Path) -> None:
    kill_and_resume(seed, reference, tokenizer_folder, tmp_path / "workspace")


def kill_and_resume(seed: int, reference: Reference, tokenizer_folder: Path, root: Path) -> None:
    shutil.copytree(reference.root, root)
    ws = Workspace.open(root)
    try:
        started = making.tokenize(ws, reference.dataset, tokenizer_folder)
        killing.kill_and_resume(ws, str(started.job), seed)
        rows, facts = result(ws, started.object)
        assert facts == reference.facts
        assert rows.keys() == reference.rows.keys()
        for name, column in rows.items():
            assert column == reference.rows[name], f"{name} differs"
        assert not list((root / "jobs" / "scratch").iterdir())
    finally:
        ending.lanes(ws)
        ws.close()
