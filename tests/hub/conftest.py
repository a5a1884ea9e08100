"""A hub of our own, a job to use it in, and no way to any other hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mistudio_ext.hub import fetch
from mistudio_ext.hub.client import Hub
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.workspace.ids import new_id
from mistudio_ext.workspace.workspace import Workspace
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import MB


@pytest.fixture(autouse=True)
def home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf-home"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter-config"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def local() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        yield hub


@pytest.fixture
def hub(local: LocalHub) -> Iterator[Hub]:
    client = Hub(local.url, timeout=5, tries=4)
    yield client
    client.close()


@pytest.fixture
def make_job(ws: Workspace) -> Callable[[], JobContext]:
    return lambda: JobContext(ws, new_id("jb"), 1, new_id("ds"))


@pytest.fixture
def job(make_job: Callable[[], JobContext]) -> JobContext:
    return make_job()


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mistudio_ext.hub.trouble.FIRST_WAIT", 0.02)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "datasets" / "ds" / "files"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PIECE", MB)
