"""Captures in a notebook, in a terminal and over REST: the same work, the same records."""

from __future__ import annotations

import inspect
import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.captures import operations
from mistudio_ext.cli import main
from mistudio_ext.cli.commands import TABLE
from mistudio_ext.workspace.workspace import Workspace
from tests.server.test_rest import call, ready
from tests.support import capturing
from tests.support.hostile import HOSTILE
from tests.support.notebook import shared_workspace


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from shared_workspace(tmp_path_factory.mktemp("faces") / "workspace")


@pytest.fixture(scope="module")
def made(shared: Workspace, text: Path, tokenizer_folder: Path, model_folders: dict[str, Path]) -> dict[str, Any]:
    ws = ms.open(shared.root)
    tokenization = ws.add_dataset(text).tokenize(tokenizer_folder, max_length=16, eval_share=0.3)
    model = ws.add_model(model_folders["llama"])
    capture = ws.capture(model, tokenization, hooks="layers.1.resid_post", max_tokens=150, dtype="fp32")
    return {"ws": ws, "tokenization": tokenization, "model": model, "capture": capture}


def test_a_capture_in_a_notebook(shared: Workspace, made: dict[str, Any], model_folders: dict[str, Path], tmp_path: Path) -> None:
    ws, model, tokenization = made["ws"], made["model"], made["tokenization"]
    capture: ms.Capture = made["capture"]
    hook = "layers.1.resid_post"
    assert (capture.state, len(capture), capture.hooks) == ("ready", 150, [hook])
    assert (capture.model, capture.tokenization, capture.dataset) == (model, tokenization, tokenization.dataset)
    direct = capturing.direct_vectors(model_folders["llama"], "llama", shared, tokenization.id)
    columns = capture.index
    expected = [direct[int(columns["block"][row]), int(columns["position"][row])][hook] for row in range(150)]
    np.testing.assert_allclose(capture[hook][:], np.stack(expected), atol=1e-4)
    np.testing.assert_allclose(capture[hook][3:9], np.stack(expected[3:9]), atol=1e-4)
    place = capture.locate(5)
    assert place.sample == columns["sample"][5]
    assert place.token in ws.dataset(capture.dataset.id)[place.sample].text
    assert place.context_ids == tokenization.load()[place.block]["input_ids"]
    assert place.context_ids[place.position] == columns["token"][5]
    assert capture.locate(-145) == place
    for row in (150, -151):
        with pytest.raises(ms.MiStudioError, match="no row"):
            capture.locate(row)
    assert 5 in capture.rows_of(place.sample)
    assert len(capture.torch_dataset(hook)) == 150
    apart = [capture.torch_dataset(hook, held_out=each) for each in (True, False)]
    assert sum(map(len, apart)) == 150
    assert capture.statistics(hook).tokens == 150
    np.testing.assert_allclose(capture.mean(hook), capture[hook][:].astype(np.float64).mean(0))
    assert ws.capture(model.id, tokenization.id, hooks=[hook], max_tokens=150, dtype="float32") == capture
    estimate = ws.estimate_capture(model, tokenization, hooks=["layers.0-1.resid_post"])
    assert len(estimate.hooks) == 2
    assert estimate.seconds
    streamed = list(ws.stream_activations(model, tokenization, hooks=[hook], max_tokens=150, dtype="fp32", rows=40, buffer=100))
    assert sum(map(len, streamed)) == 150
    together = torch.cat([each.vectors[hook] for each in streamed]).numpy()
    np.testing.assert_allclose(np.sort(together, 0), np.sort(capture[hook][:], 0), atol=1e-4)
    assert capture in ws.captures()
    assert ws.capture(capture.id) == capture == pickle.loads(pickle.dumps(capture))
    assert capture.job is not None
    assert capture.job.object == capture
    files = capture.export(tmp_path, format="npy")
    assert f"{hook}.npy" in files
    assert np.array_equal(np.load(tmp_path / f"{hook}.npy"), capture[hook][:])
    assert len(capture.append(20)) == 170
    with pytest.raises(ms.MiStudioError) as caught:
        ws.capture(model, tokenization, hooks="layers.9.resid_post")
    assert caught.value.field == "hooks"
    with pytest.raises(ms.MiStudioError):
        ws.capture(5, tokenization)


def test_one_method_makes_a_capture_and_gives_one_by_its_id(made: dict[str, Any]) -> None:
    ws, model, capture = made["ws"], made["model"], made["capture"]
    one: ms.Capture = ws.capture(capture.id)
    assert one == capture
    job: ms.Job = ws.capture(model, made["tokenization"], hooks="layers.middle.mlp_out", max_tokens=20, wait=False)
    assert job.result().hooks == ["layers.1.mlp_out"]
    for alone in (model, model.id):
        with pytest.raises(ms.MiStudioError) as caught:
            ws.capture(alone)
        assert caught.value.field == "tokenization"
    for wrong, params in ((capture.id, {"hooks": "layers.1.mlp_out"}), ("cp_00000000", {}), ("x", {}), (5, {})):
        with pytest.raises(ms.MiStudioError):
            ws.capture(wrong, **params)
    known = inspect.signature(ws.capture).parameters
    assert [*known][:2] == ["model", "tokenization"]
    assert {"hooks", "dtype", "precision", "max_tokens", "name", "wait"} <= known.keys()
    assert known["dtype"].default == "float16"
    assert "hooks: Where the model is read" in str(ws.capture.__doc__)


def test_a_lane_draws_no_bars(shared: Workspace, made: dict[str, Any]) -> None:
    assert made["capture"].state == "ready"
    [file] = (shared.root / "jobs" / "logs").glob("lane-main.txt")
    assert "Loading" not in file.read_text()


def test_what_is_hostile_is_shown_without_effect(made: dict[str, Any]) -> None:
    capture = made["capture"]
    before = capture.notes
    try:
        capture.note("".join(HOSTILE))
        html, text = capture._repr_html_(), pretty(capture)
        assert "layers.1.resid_post" in html
        assert "<script>" not in html
        assert "<img" not in html
        assert "\x1b" not in html + text
        assert "\u202e" not in html + text
    finally:
        capture.note(before)


def test_a_terminal_does_the_same(
    shared: Workspace, made: dict[str, Any], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert main(["capture", *words, "--workspace", str(shared.root)]) == code, capfd.readouterr()
        return capfd.readouterr().out

    def parsed(*words: str, code: int = 0) -> Any:
        return json.loads(typed(*words, "--json", code=code))

    model, tokenization = made["model"].id, made["tokenization"].id
    id = parsed("make", model, tokenization, "--hooks", "layers.0-1.mlp_out", "--max-tokens", "50", "--dtype", "bf16")["id"]
    assert parsed("show", id) == operations.get_capture(shared, id).model_dump(mode="json")
    assert "layers.1.mlp_out" in typed("show", id)
    assert "tokens" in typed("list")
    assert operations.get_capture(shared, id).dtype == "bfloat16"
    assert id in typed("estimate", model, tokenization, "--hooks", "layers.0-1.mlp_out", "--max-tokens", "50", "--dtype", "bf16")
    assert "Choose one" in typed("estimate", model)
    assert parsed("edit", id, "--notes", "seen")["notes"] == "seen"
    assert parsed("rows", id, "layers.0.mlp_out", "--limit", "3")["total"] == 50
    assert "3 of 50 rows" in typed("rows", id, "--limit", "3")
    assert parsed("append", id, "10")["facts"]["tokens"] == 60
    parsed("export", id, str(tmp_path))
    assert (tmp_path / "layers.0.mlp_out.safetensors").exists()
    assert parsed("make", model, tokenization, "--hooks", "layers.7.mlp_in", code=1)["error"]["field"] == "hooks"
    assert parsed("delete", id, "--yes")["ids"] == [id]


def test_every_operation_on_captures_has_its_command() -> None:
    reached = {command.operation for command in TABLE["capture"].values()} | {*TABLE["capture"]["delete"].plans.values()}
    public = {each for each in vars(operations).values() if getattr(each, "__module__", "") == operations.__name__}
    assert {each.__name__ for each in public - reached if not each.__name__.startswith("_")} == set()


async def test_rest_does_the_same(jp_fetch: Any, model_folders: dict[str, Path], tokenizer_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(model_folders["llama"], tmp_path / "tiny")
    shutil.copytree(tokenizer_folder, tmp_path / "tokenizer")
    model = (await call(jp_fetch, "POST", "models", body={"path": str(tmp_path / "tiny")}))["object"]
    dataset = (await call(jp_fetch, "POST", "datasets", body={"texts": ["the rain fell over the valley " * 20] * 9}))["object"]
    await ready(jp_fetch, "datasets", dataset)
    body: dict[str, Any] = {"tokenizer": str(tmp_path / "tokenizer"), "max_length": 16}
    tokenization = (await call(jp_fetch, "POST", "datasets", dataset, "tokenizations", body=body))["object"]
    await ready(jp_fetch, "tokenizations", tokenization)
    await ready(jp_fetch, "models", model)
    body = {"model": model, "tokenization": tokenization, "hooks": ["layers.2.resid_post"]}
    assert (await call(jp_fetch, "POST", "captures", "estimate", body=body))["hooks"] == ["layers.2.resid_post"]
    id = (await call(jp_fetch, "POST", "captures", body=body))["object"]
    record = await ready(jp_fetch, "captures", id)
    assert record["state"] == "ready", record["reason"]
    assert [each["id"] for each in (await call(jp_fetch, "GET", "captures", model=model))["captures"]] == [id]
    page = await call(jp_fetch, "GET", "captures", id, "vectors", limit="2", offset="1")
    assert [each["row"] for each in page["rows"]] == [1, 2]
    plan = await call(jp_fetch, "GET", "models", model, "delete-plan")
    assert [each["id"] for each in plan["also"]] == [id]
    assert (await call(jp_fetch, "DELETE", "captures", id))["ids"] == [id]
