"""A transformers model out of memory becomes one of the workspace: the same weights, the same tokens, nothing else."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from mistudio_ext.contract.errors import BadRequest, Conflict, DiskFull, MiStudioError, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.models import operations
from mistudio_ext.models.load import load_model
from mistudio_ext.models.schema import AddModel, Precision, TryModel
from mistudio_ext.notebook.model import model_fields
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.families import make_model

OPTIONS = {"vocab_size": 512, "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1}


@pytest.fixture
def model() -> Any:
    return make_model("llama", **OPTIONS)


def begun(ws: Workspace, model: Any, tokenizer: Any = None, **values: Any) -> str:
    with model_fields(ws, model, tokenizer) as fields:
        return operations.add_model(ws, checked(AddModel, fields | values)).object


def added(ws: Workspace, model: Any, tokenizer: Any = None, **values: Any) -> str:
    id = begun(ws, model, tokenizer, **values)
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return id


def left(ws: Workspace) -> list[str]:
    return os.listdir(ws.root / "uploads")


def test_it_comes_back_as_it_was(ws: Workspace, model: Any, model_folder: Path) -> None:
    tokenizer = Tokenizer(model_folder).inner
    # Numbers that it did not have when it was made.
    with torch.no_grad():
        model.model.layers[1].mlp.up_proj.weight.mul_(3)
    id = added(ws, model, tokenizer, precision="bfloat16", name="mine")
    record = operations.get_model(ws, id)
    assert (record.source.kind, record.source.name, record.name) == ("memory", "LlamaForCausalLM", "mine")
    assert (record.state, record.precision, record.linked) == ("ready", "bfloat16", False)
    files = ws.folder(id) / "files"
    loaded, weights = load_model(files, "float32"), model.state_dict()
    assert loaded.state_dict().keys() == weights.keys()
    assert all(torch.equal(each, weights[name]) for name, each in loaded.state_dict().items())
    text = "The rain falls on the hills."
    assert Tokenizer(files).inner(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert record.facts is not None
    assert record.facts.parameters == sum(each.numel() for each in model.parameters())
    assert record.facts.chat_template
    assert left(ws) == []
    plan = operations.plan_delete_model(ws, id)
    assert "link" not in plan.statement


def test_tied_weights_stay_tied(ws: Workspace) -> None:
    model = make_model("gpt2", **OPTIONS)
    tied = load_model(ws.folder(added(ws, model)) / "files", "float32")
    assert tied.lm_head.weight is tied.transformer.wte.weight
    ids = torch.tensor([[3, 5, 9]])
    with torch.no_grad():
        assert torch.equal(tied(ids).logits, model(ids).logits)


def test_without_a_tokenizer_there_are_no_texts(ws: Workspace, model: Any) -> None:
    id = added(ws, model)
    with pytest.raises(Conflict, match="no tokenizer") as caught:
        operations.try_model(ws, id, TryModel(prompt="The rain"))
    assert caught.value.code == "no_tokenizer"


def test_programs_of_its_own_stay_behind(ws: Workspace, model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = model.save_pretrained

    def save(folder: Path, **options: Any) -> None:
        theirs(folder, **options)
        (Path(folder) / "modeling_mine.py").write_text("raise SystemExit")
        (Path(folder) / "custom_generate").mkdir()

    monkeypatch.setattr(model, "save_pretrained", save)
    files = ws.folder(added(ws, model)) / "files"
    assert {each.name for each in files.iterdir()} == {"config.json", "generation_config.json", "model.safetensors"}


def test_each_time_is_another_model(ws: Workspace, model: Any) -> None:
    assert added(ws, model) != added(ws, model)


def test_what_cannot_be_added_says_why_and_leaves_nothing(ws: Workspace, model: Any, model_folder: Path) -> None:
    adapted, meta = make_model("llama", **OPTIONS), make_model("llama", **OPTIONS)
    adapted._hf_peft_config_loaded = True
    meta.model.layers[2].to("meta")
    for given, words in (
        (5, "class int is no transformers model"),
        (torch.nn.Linear(2, 2), "class Linear is no"),
        (model.model, "no model that writes text"),
        (adapted, "adapters"),
        (meta, "not in memory"),
    ):
        with pytest.raises(BadRequest, match=words) as caught:
            begun(ws, given)
        assert caught.value.hint
    with pytest.raises(BadRequest, match="no transformers tokenizer") as caught:
        begun(ws, model, "gpt2")
    assert caught.value.field == "tokenizer"
    with pytest.raises(BadRequest, match="from memory only"):
        begun(ws, str(model_folder), Tokenizer(model_folder).inner)
    with pytest.raises(BadRequest, match="precision"):
        begun(ws, model, precision="float7")
    assert left(ws) == []
    assert ws.catalog.all("models") == []


@pytest.mark.skipif(find_spec("bitsandbytes") is None, reason="bitsandbytes has no wheel for this machine")
@pytest.mark.parametrize("precision", ["int8", "nf4"])
def test_quantized_weights_are_refused(ws: Workspace, model_folder: Path, precision: Precision) -> None:
    with pytest.raises(BadRequest, match="quantized") as caught:
        begun(ws, load_model(model_folder, precision))
    assert caught.value.code == "stored_quantized"
    assert left(ws) == []


def test_a_full_disk_is_said_before_anything_is_written(ws: Workspace, model: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = sum(each.nbytes for each in model.parameters())
    monkeypatch.setattr(Workspace, "free_bytes", lambda _: needed - 1)
    with pytest.raises(DiskFull, match=f"{needed:,} bytes"):
        begun(ws, model)
    assert left(ws) == []


def test_an_upload_that_is_no_model_is_refused(ws: Workspace) -> None:
    for wrong in ("up_00000000", "../../etc", "md_00000000"):
        with pytest.raises(NotFound) as caught:
            operations.add_model(ws, AddModel(upload=wrong))
        assert caught.value.field == "upload"


def test_what_was_written_is_taken_over_once(ws: Workspace, model: Any) -> None:
    with model_fields(ws, model, None) as fields:
        first = operations.add_model(ws, checked(AddModel, fields)).object
        second = operations.add_model(ws, checked(AddModel, fields)).object
    assert first != second
    assert work.do_next(ws, "io").state == "succeeded"
    job = work.do_next(ws, "io")
    assert job.error is not None
    assert "not there any more" in job.error.message
    with pytest.raises(MiStudioError):
        operations.add_model(ws, checked(AddModel, fields))
