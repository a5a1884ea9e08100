"""A small text, a tokenizer of our own, and tiny models that can read it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.models import checked
from mistudio_ext.models.operations import add_model
from mistudio_ext.models.schema import AddModel
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.tiny_models import make_tiny_model
from tests.support.tokenizer import write_text

FAMILIES = ("gpt2", "llama", "gpt_neox")
OPTIONS = {"gpt2": {"n_positions": 64}}


@pytest.fixture(scope="session")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_text(tmp_path_factory.mktemp("text") / "text.txt", 40)


@pytest.fixture(scope="session")
def model_folders(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Read them, never change them."""
    folder = tmp_path_factory.mktemp("models")
    return {name: make_tiny_model(folder / name, tokenizer_folder, family=name) for name in FAMILIES}


def left_padding(tokenizer: Path, folder: Path) -> Path:
    """The same tokenizer, that pads on the left."""
    shutil.copytree(tokenizer, folder)
    config = folder / "tokenizer_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"padding_side": "left"}))
    return folder


class Made:
    """A workspace with a dataset in it and what is made of it, by real jobs in this process."""

    def __init__(self, ws: Workspace, text: Path, tokenizer: Path):
        self.ws, self.tokenizer = ws, tokenizer
        self.dataset = work.read(ws, path=str(text))

    def tokenization(self, **options: object) -> str:
        return work.tokenized(self.ws, self.dataset, self.tokenizer, **({"max_length": 16} | options))

    def model(self, folder: Path, **options: Any) -> str:
        started = add_model(self.ws, checked(AddModel, {"path": str(folder)} | options))
        if started.job:
            job = work.do_next(self.ws, "io")
            assert job.state == "succeeded", job.error
        return started.object


@pytest.fixture
def made(ws: Workspace, text: Path, tokenizer_folder: Path) -> Made:
    return Made(ws, text, tokenizer_folder)
