"""A model of the hub, from the question to the facts: every way it can go, and every way it can end."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from mistudio_ext.contract.models import checked
from mistudio_ext.hub.token import save_token
from mistudio_ext.jobs.control import cancel_job, pause_job, resume_job, retry_job
from mistudio_ext.jobs.records import get_job
from mistudio_ext.jobs.schema import Job, Started
from mistudio_ext.lanes.perform import perform
from mistudio_ext.models import operations
from mistudio_ext.models.load import load_model
from mistudio_ext.models.schema import AddModel, ModelFacts
from mistudio_ext.workspace.schema import DeleteObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support import waiting, work
from tests.support.hub_server import LocalHub
from tests.support.hub_tools import MB, TOKEN
from tests.support.tiny_models import contents, make_tiny_model

NAME = "org/tiny"
CLUTTER = {"modeling_x.py": b"raise SystemExit", "pytorch_model.bin": b"x" * 9, "onnx/model.onnx": b"x", "original/w.pth": b"x"}


@pytest.fixture
def files(model_folder: Path) -> dict[str, bytes]:
    return contents(model_folder)


@pytest.fixture(scope="session")
def large(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Some twelve megabytes, for whoever wants to be in time."""
    return contents(make_tiny_model(tmp_path_factory.mktemp("large") / "large", tokenizer_folder, vocab_size=24_000))


@pytest.fixture
def hub_ws(local: LocalHub, ws: Workspace) -> Workspace:
    return ws


def start(ws: Workspace, hub: str = NAME, **values: Any) -> Started:
    return operations.add_model(ws, checked(AddModel, {"hub": hub, **values}))


def added(ws: Workspace, hub: str = NAME, **values: Any) -> str:
    started = start(ws, hub, **values)
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return started.object


def refused(ws: Workspace, hub: str = NAME, **values: Any) -> tuple[str, str]:
    """How it ended: the error's code and message."""
    start(ws, hub, **values)
    return ended(work.do_next(ws, "io"))


def ended(job: Job) -> tuple[str, str]:
    assert job.state == "failed", job
    assert job.error is not None
    assert job.error.error.hint
    return job.error.error.code, job.error.message


def facts(ws: Workspace, id: str) -> ModelFacts:
    found = operations.get_model(ws, id).facts
    assert found is not None
    return found


def test_a_repository_becomes_a_model_of_its_files_alone(local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]) -> None:
    commit = local.add("model", NAME, files | CLUTTER).refs["main"]
    id = added(hub_ws, tags=["x"])
    model = operations.get_model(hub_ws, id)
    assert (model.name, model.tags, model.state, model.linked) == ("tiny", ["x"], "ready", False)
    source = model.source
    assert (source.kind, source.name, source.endpoint, source.commit) == ("hub", NAME, local.url, commit)
    assert contents(hub_ws.folder(id) / "files") == files
    assert not set(CLUTTER) & set(local.sent), "what is not the model's is not even fetched"
    found = facts(hub_ws, id)
    assert (found.license, found.bytes, found.files) == ("mit", sum(map(len, files.values())), len(files))
    assert load_model(hub_ws.folder(id) / "files", "float32").config.hidden_size == 64
    assert not list((hub_ws.root / "jobs" / "scratch").iterdir())
    plan = operations.plan_delete_model(hub_ws, id)
    assert plan.bytes == found.bytes
    operations.delete_model(hub_ws, id, DeleteObject())
    assert not hub_ws.folder(id).exists()


def test_the_same_again_is_the_one_there(local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]) -> None:
    repository = local.add("model", NAME, files)
    first = start(hub_ws)
    again = start(hub_ws, name="another name")
    assert again == first
    assert work.do_next(hub_ws, "io").state == "succeeded"
    assert start(hub_ws) == Started(object=first.object, job=None)
    assert start(hub_ws, revision=repository.refs["main"]) == Started(object=first.object, job=None)
    old = repository.refs["main"]
    repository.commit(files | {"README.md": b"another"})
    newer = added(hub_ws, revision="main")
    assert newer != first.object
    assert operations.get_model(hub_ws, newer).source.commit != old
    assert facts(hub_ws, newer).fingerprint == facts(hub_ws, first.object).fingerprint, "the weights are the same"


def test_another_precision_is_another_model_of_the_same_files(
    local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]
) -> None:
    local.add("model", NAME, files)
    first = added(hub_ws)
    local.forget()
    second = added(hub_ws, precision="bfloat16")
    assert second != first
    assert [operations.get_model(hub_ws, each).precision for each in (first, second)] == ["float32", "bfloat16"]
    assert start(hub_ws, precision="bfloat16").object == second
    assert not local.sent.keys() - {"config.json"}, "nothing is downloaded twice"
    for name in files:
        assert (hub_ws.folder(first) / "files" / name).samefile(hub_ws.folder(second) / "files" / name)
    assert facts(hub_ws, second) == facts(hub_ws, first)
    operations.delete_model(hub_ws, first, DeleteObject())
    assert contents(hub_ws.folder(second) / "files") == files
    # Where not all is there any more, it is downloaded.
    (hub_ws.folder(second) / "files" / "model.safetensors").unlink()
    third = added(hub_ws, precision="float16")
    assert "model.safetensors" in local.sent
    assert contents(hub_ws.folder(third) / "files") == files


def test_shards_and_what_their_index_says(local: LocalHub, hub_ws: Workspace, model_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    weights = load_file(model_folder / "model.safetensors")
    names = sorted(weights)
    parts = {"model-00001-of-00002.safetensors": names[:10], "model-00002-of-00002.safetensors": names[10:]}
    files = {name: content for name, content in contents(model_folder).items() if name != "model.safetensors"}
    for part, inside in parts.items():
        save_file({name: weights[name] for name in inside}, tmp_path / part, metadata={"format": "pt"})
        files[part] = (tmp_path / part).read_bytes()
    index = {"metadata": {}, "weight_map": {name: part for part, inside in parts.items() for name in inside}}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    local.add("model", NAME, files | {"consolidated.safetensors": b"not wanted"})
    id = added(hub_ws)
    assert facts(hub_ws, id).parameters == sum(each.numel() for each in weights.values())
    assert "consolidated.safetensors" not in local.sent
    model = load_model(hub_ws.folder(id) / "files", "float32")
    assert torch.equal(model.lm_head.weight, weights["lm_head.weight"])
    local.add(
        "model", "org/less", {name: content for name, content in files.items() if name != "model-00002-of-00002.safetensors"}
    )
    local.forget()
    code, message = refused(hub_ws, "org/less")
    assert code == "incomplete"
    assert "model-00002-of-00002.safetensors of org/less" in message
    assert not any(name.endswith(".safetensors") for name in local.sent), "known before a weight is fetched"


def test_what_cannot_be_used_is_refused_before_its_weights_are_fetched(
    local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]
) -> None:
    def changed(**values: Any) -> dict[str, bytes]:
        return files | {"config.json": json.dumps(json.loads(files["config.json"]) | values).encode()}

    less = {name: content for name, content in files.items() if name != "model.safetensors"}
    auto_map = {"AutoConfig": "configuration_novel.Config"}
    for name, there, wanted in (
        ("code", changed(model_type="novel", auto_map=auto_map), "remote_code"),
        ("novel", changed(model_type="novel"), "unknown_kind"),
        ("encoder", changed(model_type="bert", architectures=["BertForMaskedLM"]), "not_decoder_only"),
        ("packed", changed(quantization_config={"quant_method": "awq"}), "stored_quantized"),
        ("broken", files | {"config.json": b"{"}, "unreadable"),
        ("gguf", less | {"tiny.gguf": b"GGUF"}, "foreign_weights"),
        ("pickle", less | {"tiny.pt": b"\x80\x02"}, "foreign_weights"),
        ("adapter", {"adapter_config.json": b"{}", "adapter_model.safetensors": b"x"}, "adapter"),
        ("empty", {"README.md": b"soon"}, "no_weights"),
    ):
        local.add("model", f"org/{name}", there)
        code, message = refused(hub_ws, f"org/{name}")
        assert code == wanted
        assert f"org/{name}" in message
    assert "model.safetensors" not in local.sent


def test_weights_that_lie_end_as_a_sentence(local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]) -> None:
    local.add("model", NAME, files | {"model.safetensors": files["model.safetensors"][:-8]})
    code, message = refused(hub_ws)
    assert (code, message[:40]) == ("damaged", f"model.safetensors of {NAME} is damaged: it is cut"[:40])
    # The owner mends it; trying again gets the new files.
    local.repositories["model", NAME].commit(files)
    [model] = hub_ws.catalog.all("models")
    job = operations.get_model(hub_ws, model["id"]).job
    assert job is not None
    retry_job(hub_ws, job.id)
    assert work.do_next(hub_ws, "io").state == "succeeded"
    assert contents(hub_ws.folder(model["id"]) / "files") == files


def test_what_is_gone_gated_or_no_model_says_so(local: LocalHub, hub_ws: Workspace, files: dict[str, bytes]) -> None:
    assert refused(hub_ws, "org/none")[0] == "hub_gone"
    local.add("dataset", "org/text", {"train.jsonl": b"{}"})
    code, message = refused(hub_ws, "org/text")
    assert (code, message) == ("hub_kind", "org/text is a dataset, not a model.")
    local.add("model", NAME, files)
    assert refused(hub_ws, revision="nowhere")[0] == "hub_revision"
    local.add("model", "org/gated", files, gated=True, allowed={TOKEN})
    local.users[TOKEN] = "jane"
    started = start(hub_ws, "org/gated")
    job = work.do_next(hub_ws, "io")
    assert ended(job)[0] == "hub_gated"
    save_token(local.url, TOKEN)
    retry_job(hub_ws, job.id)
    assert work.do_next(hub_ws, "io").state == "succeeded"
    assert contents(hub_ws.folder(started.object) / "files") == files
    for path in hub_ws.root.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_a_misbehaving_hub(local: LocalHub, hub_ws: Workspace, large: dict[str, bytes]) -> None:
    local.add("model", NAME, large)
    size = len(large["model.safetensors"])
    local.trouble("model.safetensors", drop_after=MB, times=3)
    local.trouble("model.safetensors", status=429, headers={"Retry-After": "0"}, times=1)
    local.trouble("config.json", status=503, times=1)
    id = added(hub_ws)
    assert contents(hub_ws.folder(id) / "files") == large
    assert local.sent["model.safetensors"] < size + 4 * MB, "each part came once, but for what was on its way"
    local.add("model", "org/damaged", large)
    local.trouble("model.safetensors", corrupt=True, times=100)
    code, message = refused(hub_ws, "org/damaged")
    assert code == "hub_corrupt"
    assert "model.safetensors of org/damaged" in message
    local.troubles.clear()
    local.add("model", "org/down", large)
    local.trouble("model.safetensors", status=500, times=100)
    assert refused(hub_ws, "org/down")[0] == "hub_down"


def test_a_killed_lane_fetches_only_what_is_missing(local: LocalHub, hub_ws: Workspace, large: dict[str, bytes]) -> None:
    local.add("model", NAME, large)
    local.trouble("model.safetensors", bytes_per_second=4e6)
    started: Started = perform(hub_ws, operations.add_model, checked(AddModel, {"hub": NAME}))
    id = str(started.job)
    waiting.until(lambda: get_job(hub_ws, id).progress.done > 4 * MB, "a third of it to be there")
    os.kill(get_job(hub_ws, id).pid or 0, signal.SIGKILL)
    waiting.until(lambda: get_job(hub_ws, id).state == "interrupted", "the truth", seconds=10)
    assert operations.get_model(hub_ws, started.object).state == "working"
    time.sleep(0.5)  # until the hub has noticed
    local.forget()
    # What the hub has by now is another thing; this job goes on with what it began.
    local.repositories["model", NAME].commit({"README.md": b"gone"})
    perform(hub_ws, resume_job, id)
    job = waiting.for_job(hub_ws, id)
    assert job.state == "succeeded", job.error
    assert contents(hub_ws.folder(started.object) / "files") == large
    assert local.bytes_sent < len(large["model.safetensors"]) - 3 * MB


def test_pause_cancel_and_retry_keep_what_is_there(local: LocalHub, hub_ws: Workspace, large: dict[str, bytes]) -> None:
    local.add("model", NAME, large)
    local.trouble("model.safetensors", bytes_per_second=4e6, times=2)
    started: Started = perform(hub_ws, operations.add_model, checked(AddModel, {"hub": NAME}))
    id = str(started.job)
    waiting.until(lambda: get_job(hub_ws, id).progress.done > 2 * MB, "some of it")
    perform(hub_ws, pause_job, id)
    assert waiting.for_job(hub_ws, id, "paused").state == "paused"
    perform(hub_ws, resume_job, id)
    waiting.until(lambda: get_job(hub_ws, id).progress.done > 5 * MB, "more of it")
    perform(hub_ws, cancel_job, id)
    assert waiting.for_job(hub_ws, id, "cancelled").state == "cancelled"
    assert operations.get_model(hub_ws, started.object).state == "failed"
    time.sleep(0.3)
    local.forget()
    again = perform(hub_ws, retry_job, id)
    assert waiting.for_job(hub_ws, again.id).state == "succeeded"
    assert contents(hub_ws.folder(started.object) / "files") == large
    assert local.bytes_sent < len(large["model.safetensors"]) - 4 * MB
