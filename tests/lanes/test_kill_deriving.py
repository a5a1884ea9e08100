"""A lane that cleans or arranges is killed (-9) at random moments: the state is told truly, and nothing is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.datasets import deriving, operations
from mistudio_ext.datasets.deriving_schema import ArrangeDataset, CleanDataset
from mistudio_ext.jobs.schema import Started
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, making, waiting


def clean(ws: Workspace, id: str) -> Started:
    params = CleanDataset(strip_html=True, normalize_unicode=True, collapse_blanks=True, min_characters=12, drop_duplicates=True)
    return perform(ws, deriving.clean_dataset, id, params)  # type: ignore[no-any-return]


def arrange(ws: Workspace, id: str) -> Started:
    params = ArrangeDataset(seed=7, validation_share=0.1, test_share=0.1)
    return perform(ws, deriving.arrange_dataset, id, params)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def prepared(huge_text: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    root = tmp_path_factory.mktemp("prepared") / "workspace"
    ws = Workspace.open(root)
    dataset = making.dataset(ws, huge_text)
    ending.lanes(ws)
    ws.close()
    yield root, dataset
    shutil.rmtree(root)


@pytest.fixture
def ready(prepared: tuple[Path, str], tmp_path: Path) -> Iterator[tuple[Workspace, str]]:
    ws = Workspace.open(shutil.copytree(prepared[0], tmp_path / "workspace"))
    yield ws, prepared[1]
    ending.lanes(ws)
    ws.close()


def test_a_killed_cleaning_goes_on(ready: tuple[Workspace, str]) -> None:
    goes_on(*ready, clean, seeds=[1])


@pytest.mark.long
@pytest.mark.parametrize("begin", [clean, arrange])
def test_many_killed_jobs_go_on(ready: tuple[Workspace, str], begin: Callable[[Workspace, str], Started]) -> None:
    goes_on(*ready, begin, seeds=list(range(100, 105)))


def goes_on(ws: Workspace, dataset: str, begin: Callable[[Workspace, str], Started], seeds: list[int]) -> None:
    whole = begin(ws, dataset)
    assert waiting.for_job(ws, str(whole.job)).state == "succeeded"
    for seed in seeds:
        started = begin(ws, dataset)
        killing.kill_and_resume(ws, str(started.job), seed)
        assert result(ws, started.object) == result(ws, whole.object)
    assert not list((ws.root / "jobs" / "scratch").iterdir())


def result(ws: Workspace, id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    data = ws.folder(id) / "data"
    assert not making.leftovers(data)
    facts = operations.get_dataset(ws, id).facts
    assert facts
    return making.digest(data), facts.model_dump(exclude={"bytes"})
