"""A lane that tokenizes is killed (-9) at random moments: the state is told truly, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets import tokenizations
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, making, waiting

# Rows that wait for the longest one go through two passes, each of which can be killed.
ROWS = {"layout": "rows", "padding": "longest", "truncation": "none"}


@dataclass(frozen=True)
class Reference:
    """What runs that nobody disturbed came to: packed, and in rows."""

    root: Path
    dataset: str
    results: dict[str, tuple[dict[str, list[Any]], dict[str, Any]]]


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
        results = {}
        for layout, options in (("packed", {}), ("rows", ROWS)):
            started = making.tokenize(ws, dataset, tokenizer_folder, **options)
            assert waiting.for_job(ws, str(started.job)).state == "succeeded"
            results[layout] = result(ws, started.object)
        yield Reference(prepared, dataset, results)
    finally:
        ending.lanes(ws)


def result(ws: Workspace, id: str) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    folder = ws.folder_of(ws.catalog.get(id)) / "blocks"
    assert not making.leftovers(folder)
    facts = tokenizations.get_tokenization(ws, id).facts
    assert facts
    return making.rows(folder), facts.model_dump()


@pytest.mark.parametrize(("layout", "seed"), [("packed", 0), ("packed", 1), ("packed", 2), ("rows", 3)])
def test_a_killed_tokenization_goes_on(
    layout: str, seed: int, reference: Reference, tokenizer_folder: Path, tmp_path: Path
) -> None:
    kill_and_resume(layout, seed, reference, tokenizer_folder, tmp_path / "workspace")


@pytest.mark.long
@pytest.mark.parametrize("layout", ["packed", "rows"])
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_killed_tokenizations_go_on(
    layout: str, seed: int, reference: Reference, tokenizer_folder: Path, tmp_path: Path
) -> None:
    kill_and_resume(layout, seed, reference, tokenizer_folder, tmp_path / "workspace")


def kill_and_resume(layout: str, seed: int, reference: Reference, tokenizer_folder: Path, root: Path) -> None:
    shutil.copytree(reference.root, root)
    ws = Workspace.open(root)
    expected_rows, expected_facts = reference.results[layout]
    try:
        started = making.tokenize(ws, reference.dataset, tokenizer_folder, **(ROWS if layout == "rows" else {}))
        killing.kill_and_resume(ws, str(started.job), seed)
        rows, facts = result(ws, started.object)
        assert facts == expected_facts
        assert rows.keys() == expected_rows.keys()
        for name, column in rows.items():
            assert column == expected_rows[name], f"{name} differs"
        assert not list((root / "jobs" / "scratch").iterdir())
    finally:
        ending.lanes(ws)
        ws.close()
