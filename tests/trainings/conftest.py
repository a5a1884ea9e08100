"""A small model's activations, captured once, and trainings on them by real jobs in the test's own process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.models import checked
from mistudio_ext.models.operations import add_model
from mistudio_ext.models.schema import AddModel
from mistudio_ext.saes.schema import TOPK_FAMILY
from mistudio_ext.trainings import operations
from mistudio_ext.trainings.schema import Train
from mistudio_ext.workspace.workspace import Workspace
from tests.support import capturing, ending, work
from tests.support.tiny_models import make_tiny_model
from tests.support.tokenizer import write_text

HOOKS = ["layers.0.resid_post", "layers.1.resid_post"]
SMALL: dict[str, Any] = {
    "width": 64, "k": 4, "batch_size": 64, "steps": 30, "learning_rate": 1e-3, "checkpoint_every": 10, "evaluate_every": 10,
    "evaluation_tokens": 256, "metrics_every": 1, "threads": 1, "keep_every": 10,
}  # fmt: skip


@dataclass
class Prepared:
    """A workspace that holds a model, a tokenization and two captures of different text."""

    ws: Workspace
    model: str
    tokenization: str
    captures: list[str]
    model_folder: Path

    def start(self, **options: Any) -> str:
        """Its id; its job waits."""
        values = {"sources": [{"capture": self.captures[0]}]} | SMALL | options
        if values.get("architecture", "topk") not in TOPK_FAMILY and "k" not in options:
            # It has none.
            del values["k"]
        return operations.start_training(self.ws, checked(Train, values)).object

    def train(self, **options: Any) -> str:
        """Its id, once it is done."""
        id = self.start(**options)
        job = work.do_next(self.ws, "gpu")
        assert job.state == "succeeded", (job.error, job.reason)
        return id


@pytest.fixture(scope="session")
def source(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """To be copied, not changed."""
    root = tmp_path_factory.mktemp("trainings")
    folder = make_tiny_model(root / "llama", tokenizer_folder)
    ws = Workspace.open(root / "workspace")
    started = add_model(ws, AddModel(path=str(folder)))
    assert work.do_next(ws, "io").state == "succeeded"
    dataset = work.read(ws, path=str(write_text(root / "text.txt", 200)))
    tokenization = work.tokenized(ws, dataset, tokenizer_folder, max_length=16, eval_share=0.2)
    captures = [
        capturing.capture(ws, started.object, tokenization, hooks=HOOKS, max_samples=samples, dtype="float32")
        for samples in (None, 60)
    ]
    ws.close()
    return Prepared(ws, started.object, tokenization, captures, folder)


@pytest.fixture
def prepared(source: Prepared, tmp_path: Path) -> Iterator[Prepared]:
    ws = Workspace.open(shutil.copytree(source.ws.root, tmp_path / "workspace", symlinks=True))
    yield Prepared(ws, source.model, source.tokenization, source.captures, source.model_folder)
    ending.lanes(ws)
    ws.close()
