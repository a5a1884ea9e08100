"""What many tests need: a workspace that leaves no process behind, a tokenizer of our own, a server with the extension."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mistudio_ext.lanes.presence import ask_to_leave
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting
from tests.support.tokenizer import make_tokenizer

pytest_plugins = ["pytest_jupyter.jupyter_server"]

# Nothing in a test may look for a hub.
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real byte-level BPE tokenizer, trained on a few sentences."""
    return make_tokenizer(tmp_path_factory.mktemp("tokenizer") / "tiny")


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace.open(tmp_path / "workspace")
    yield workspace
    ask_to_leave(workspace)
    waiting.until(lambda: not waiting.lanes(workspace), "lanes to leave", seconds=20)
    workspace.close()


@pytest.fixture
def jp_server_config(jp_server_config: object, tmp_path: Path) -> dict[str, object]:
    return {
        "ServerApp": {"jpserver_extensions": {"mistudio_ext": True}, "allow_unauthenticated_access": False},
        "MiStudio": {"workspace": str(tmp_path / "workspace"), "allowed_folders": [str(tmp_path)]},
    }
