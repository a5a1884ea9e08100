"""A model that is on the disk: looked at, linked, shown, deleted without a trace in the folder that it is in."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Forbidden, MiStudioError, NotFound, Unreadable
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import tokenizer_files
from mistudio_ext.jobs.schema import Started
from mistudio_ext.models import operations
from mistudio_ext.models.schema import AddModel, EstimateMemory
from mistudio_ext.workspace.schema import DeleteObject, EditObject, ListObjects
from mistudio_ext.workspace.workspace import Workspace
from tests.support import work
from tests.support.tiny_models import make_tiny_model


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model_folder, tmp_path / "mine" / "tiny"))


def add(ws: Workspace, **values: Any) -> Started:
    return operations.add_model(ws, checked(AddModel, values))


def linked(ws: Workspace, folder: Path, **values: Any) -> str:
    started = add(ws, path=str(folder), **values)
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return started.object


def refused(ws: Workspace, folder: Path) -> str:
    """What the job that links it says."""
    add(ws, path=str(folder))
    job = work.do_next(ws, "io")
    assert job.state == "failed", job
    assert job.error is not None
    assert job.error.error.code != "bug", job.error
    return job.error.message


def digest(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_folder_is_linked_and_told_of(ws: Workspace, folder: Path) -> None:
    id = linked(ws, folder, tags=["small"])
    model = operations.get_model(ws, id)
    assert (model.name, model.tags, model.state, model.linked) == ("tiny", ["small"], "ready", True)
    assert (model.source.kind, model.source.path) == ("folder", str(folder))
    assert os.readlink(ws.folder(id) / "files") == str(folder)
    facts = model.facts
    assert facts is not None
    # Counted by hand from the configuration: 2 embeddings, 3 layers of attention, MLP and two norms, a last norm.
    layer = 64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 128 + 2 * 64
    assert (facts.parameters, facts.layer_parameters) == (2 * 512 * 64 + 3 * layer + 64, layer)
    assert (facts.family, facts.architecture, facts.layers, facts.hidden_size) == ("llama", "LlamaForCausalLM", 3, 64)
    assert (facts.heads, facts.key_value_heads, facts.vocabulary, facts.context) == (4, 2, 512, 64)
    assert (facts.mlp_ratio, facts.tied_embeddings, facts.stored_as) == (2.0, False, "float32")
    assert (facts.chat_template, facts.license) == (True, "apache-2.0")
    assert facts.tokenizer == tokenizer_files.describe(folder).fingerprint
    assert facts.bytes == sum(file.stat().st_size for file in folder.iterdir())
    assert facts.config == json.loads((folder / "config.json").read_text())
    card = operations.get_model_card(ws, id)
    assert card.text == "# A tiny model\n\nIt <b>knows</b> nothing.\n"
    shown = operations.edit_model(ws, id, EditObject(name="mine", notes="for tests"))
    assert (shown.name, shown.notes) == ("mine", "for tests")
    assert [each.id for each in operations.list_models(ws, ListObjects(filter="mine small")).models] == [id]
    assert not operations.list_models(ws, ListObjects(filter="other")).models


def test_deleting_removes_the_link_alone(ws: Workspace, folder: Path) -> None:
    before = digest(folder)
    id = linked(ws, folder)
    plan = operations.plan_delete_model(ws, id)
    assert "only the link" in plan.statement
    assert str(folder) in plan.statement
    assert plan.bytes == 0
    operations.delete_model(ws, id, DeleteObject())
    assert not ws.folder(id).exists()
    assert digest(folder) == before
    with pytest.raises(NotFound):
        operations.get_model(ws, id)


def test_equal_requests_get_one_model(ws: Workspace, folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        started = list(threads.map(lambda _: add(ws, path=str(folder)), range(8)))
    assert len({each.object for each in started}) == 1
    assert len({each.job for each in started}) == 1
    assert work.do_next(ws, "io").state == "succeeded"
    again = add(ws, path=f"{folder}/../tiny")
    assert (again.object, again.job) == (started[0].object, None)
    other = Path(shutil.copytree(folder, folder.with_name("other")))
    assert add(ws, path=str(other)).object != again.object


def test_files_that_go_and_come_back(ws: Workspace, folder: Path) -> None:
    id = linked(ws, folder)
    away = folder.rename(folder.with_name("away"))
    gone = operations.get_model(ws, id)
    assert gone.state == "failed"
    assert str(folder) in (gone.reason or "")
    with pytest.raises(MiStudioError, match="not ready"):
        operations.estimate_memory(ws, id, EstimateMemory())
    with pytest.raises(NotFound, match="no card"):
        operations.get_model_card(ws, id)
    again = add(ws, path=str(shutil.copytree(away, away.with_name("third"))))
    shutil.rmtree(away.with_name("third"))
    job = work.do_next(ws, "io")
    assert job.error is not None
    assert "not there any more" in job.error.message
    assert operations.get_model(ws, again.object).state == "failed"
    away.rename(folder)
    assert operations.get_model(ws, id).state == "ready"


def test_a_fingerprint_is_of_the_files(ws: Workspace, folder: Path) -> None:
    def fingerprint(id: str) -> str:
        facts = operations.get_model(ws, id).facts
        assert facts is not None
        return facts.fingerprint

    first = linked(ws, folder)
    before = fingerprint(first)
    operations.delete_model(ws, first, DeleteObject())
    second = linked(ws, folder)
    assert fingerprint(second) == before
    operations.delete_model(ws, second, DeleteObject())
    os.utime(folder / "model.safetensors", ns=(1, 1))
    third = linked(ws, folder)
    assert fingerprint(third) != before
    operations.delete_model(ws, third, DeleteObject())
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"rms_norm_eps": 0.5}))
    assert fingerprint(linked(ws, folder)) != before


def test_what_is_no_model_is_refused_at_once(ws: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    for there, code in (
        ((), "no_weights"),
        (("model.safetensors",), "no_config"),
        (("config.json", "thing.Q4_K_M.gguf"), "foreign_weights"),
        (("config.json", "consolidated.00.pth"), "foreign_weights"),
        (("config.json", "weights.bin"), "foreign_weights"),
        (("config.json", "pytorch_model.bin", "adapter_config.json"), "adapter"),
        (("adapter_config.json", "adapter_model.safetensors"), "adapter"),
    ):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in there:
            (folder / name).write_bytes(b"{}")
        with pytest.raises(BadRequest) as caught:
            add(ws, path=str(folder))
        assert caught.value.code == code
        assert caught.value.hint
    with pytest.raises(BadRequest, match="no folder"):
        add(ws, path=str(folder / "adapter_config.json"))
    with pytest.raises(NotFound):
        add(ws, path=str(tmp_path / "nowhere"))
    for values in ({}, {"path": "x", "hub": "a/b"}, {"hub": "a/b", "cached": "a/b"}, {"path": "x", "revision": "main"}):
        with pytest.raises(BadRequest):
            add(ws, **values)
    for values in ({"hub": "../up"}, {"hub": "a/b", "revision": "a..b"}, {"cached": "../../etc"}):
        with pytest.raises(BadRequest):
            add(ws, **values)
    assert not ws.catalog.all("models")


def test_links_that_lead_out_of_the_allowed_folders_are_refused(ws: Workspace, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    bounded = Workspace.open(ws.root, allowed_folders=[tmp_path / "mine"])
    with pytest.raises(Forbidden):
        add(bounded, path=str(tmp_path / "secret"))
    for name in ("model.safetensors", "README.md", "tokenizer.json", "config.json"):
        (folder / name).rename(tmp_path / "secret" / name)
        (folder / name).symlink_to(tmp_path / "secret" / name)
        with pytest.raises(Forbidden):
            add(bounded, path=str(folder))
        (folder / name).unlink()
        (tmp_path / "secret" / name).rename(folder / name)
    id = linked(bounded, folder)
    # The card may become such a link later.
    (folder / "README.md").unlink()
    (folder / "README.md").symlink_to("/etc/hostname")
    with pytest.raises(Forbidden):
        operations.get_model_card(bounded, id)
    bounded.close()


def change(folder: Path, **values: Any) -> None:
    config = json.loads((folder / "config.json").read_text()) | values
    (folder / "config.json").write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"model_type": "novel", "auto_map": {"AutoConfig": "configuration_novel.Config"}}, "needs program code"),
        ({"model_type": "novel"}, "knows no kind of model.*novel"),
        ({"model_type": None}, "knows no kind of model"),
        ({"model_type": 5}, "knows no kind of model"),
        ({"model_type": "t5"}, "no model that writes text"),
        ({"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "no model that writes text"),
        ({"architectures": ["LlamaForSequenceClassification"]}, "no model that writes text"),
        ({"num_hidden_layers": 10**9}, "num_hidden_layers"),
        ({"text_config": {"num_local_experts": 10**9}}, "num_local_experts"),
        ({"num_hidden_layers": "three"}, "describes no model"),
        ({"num_attention_heads": 0}, "describes no model"),
        ({"hidden_act": "os.system"}, "describes no model"),
        ({"quantization_config": {"quant_method": "gptq", "bits": 4}}, "stored quantized"),
        ({"intermediate_size": 512}, "not those of its config.json"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_a_sentence(ws: Workspace, folder: Path, values: Any, says: str) -> None:
    import re

    change(folder, **values)
    assert re.search(says, refused(ws, folder))


def test_no_program_is_fetched_that_a_configuration_names(ws: Workspace, folder: Path) -> None:
    """To compute attention with programs from the hub is a thing that transformers does if a configuration says so."""
    change(folder, attn_implementation="owner/kernel", _attn_implementation="owner/kernel", experts_implementation="owner/kernel")
    change(folder, auto_map={"AutoModelForCausalLM": "modeling_llama.LlamaForCausalLM"})
    from mistudio_ext.models.load import load_model

    assert operations.get_model(ws, linked(ws, folder)).state == "ready"
    assert load_model(folder, "float32").config._attn_implementation in ("sdpa", "eager")


def test_what_a_folder_is_given_later_is_not_run_either(ws: Workspace, folder: Path, tmp_path: Path) -> None:
    from mistudio_ext.models.load import load_model

    mark = tmp_path / "ran"
    linked(ws, folder)
    (folder / "custom_generate").mkdir()
    program = f"import pathlib\npathlib.Path({str(mark)!r}).touch()\ndef generate(*a, **k): pass\n"
    (folder / "custom_generate" / "generate.py").write_text(program)
    for forbidden, says in (("custom_generate", "program of its own"), ("adapter_config.json", "is an adapter")):
        with pytest.raises(BadRequest, match=says):
            load_model(folder, "float32")
        other = Path(shutil.copytree(folder, tmp_path / f"with {forbidden}"))
        with pytest.raises(BadRequest, match=says):
            add(ws, path=str(other))
        shutil.rmtree(folder / "custom_generate", ignore_errors=True)
        (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "owner/other"}))
    assert not mark.exists()


def test_damaged_files_are_named(ws: Workspace, folder: Path) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-100])
    assert "model.safetensors of tiny is damaged: it is cut off" in refused(ws, folder)
    (folder / "model.safetensors").write_bytes(whole)
    for content in (b"{", b"[]", b"\xff\xfe", b'{"a": "\\ud800"}', b"{" * 10_000, b" " * (2**20 + 1)):
        (folder / "config.json").write_bytes(content)
        assert "config.json of tiny" in refused(ws, folder)


def test_a_pickle_is_taken_where_there_is_nothing_else_and_never_opened(ws: Workspace, folder: Path, tmp_path: Path) -> None:
    import pickle

    import torch
    from safetensors.torch import load_file

    from mistudio_ext.models.load import load_model

    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(weights, folder / "pytorch_model.bin")
    id = linked(ws, folder)
    facts = operations.get_model(ws, id).facts
    assert facts is not None
    assert (facts.stored_as, facts.parameters) == ("unknown", sum(each.numel() for each in weights.values()))
    assert torch.equal(load_model(folder, "float32").lm_head.weight, weights["lm_head.weight"])
    operations.delete_model(ws, id, DeleteObject())
    mark = tmp_path / "ran"

    class Runs:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {mark}",)

    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Runs(), protocol=2))
    linked(ws, folder)
    with pytest.raises(Unreadable, match="programs are not run"):
        load_model(folder, "float32")
    assert not mark.exists()
    (folder / "pytorch_model.bin").write_bytes(b"no pickle")
    shutil.copytree(folder, folder.with_name("other"))
    assert "pytorch_model.bin of other is damaged" in refused(ws, folder.with_name("other"))


def test_tied_weights_count_once(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    folder = make_tiny_model(tmp_path / "gpt", tokenizer_folder, family="gpt2", template=False)
    facts = operations.get_model(ws, linked(ws, folder)).facts
    assert facts is not None
    layer = 64 * 192 + 192 + 64 * 64 + 64 + 2 * 64 * 256 + 256 + 64 + 4 * 64
    assert facts.parameters == 512 * 64 + 64 * 64 + 3 * layer + 2 * 64
    assert (facts.tied_embeddings, facts.chat_template) == (True, False)


def test_an_estimate_is_of_the_weights(ws: Workspace, folder: Path) -> None:
    id = linked(ws, folder)
    found = operations.estimate_memory(ws, id, EstimateMemory(precision="float32"))
    half = operations.estimate_memory(ws, id, EstimateMemory(precision="bfloat16"))
    facts = operations.get_model(ws, id).facts
    assert facts is not None
    assert 4 * facts.parameters <= found.weights < 4.01 * facts.parameters
    assert half.weights < 0.51 * found.weights
    assert (found.fits, found.smaller) == (True, None)
    assert found.free > 0
