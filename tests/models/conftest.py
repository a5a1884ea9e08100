"""A small model, and a hub of our own to get it from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hub_server import LocalHub
from tests.support.tiny_models import make_tiny_model

HUB = {"TRIES": "3", "TIMEOUT": "5"}


@pytest.fixture(scope="session")
def model_folder(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, never change it."""
    return make_tiny_model(tmp_path_factory.mktemp("model") / "tiny", tokenizer_folder)


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """A hub that the lanes of this test are pointed at; there is no way to another."""
    for name in ("HF_HUB_OFFLINE", "HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_ENDPOINT", "HF_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf-home"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter-config"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("mistudio_ext.hub.trouble.FIRST_WAIT", 0.02)
    with LocalHub() as hub:
        for name, value in {**HUB, "ENDPOINT": hub.url}.items():
            monkeypatch.setenv(f"MISTUDIO_HUB_{name}", value)
        yield hub
