"""Training on a model directly from a notebook, a terminal and over REST."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.contract.models import checked
from mistudio_ext.notebook.training import of_training
from mistudio_ext.trainings.schema import Train
from tests.server.test_rest import call, ready
from tests.trainings.conftest import HOOKS, SMALL, Prepared


def test_in_a_notebook(prepared: Prepared, tmp_path: Path) -> None:
    ws = ms.open(prepared.ws.root)
    model, text = ws.model(prepared.model), ws.tokenization(prepared.tokenization)
    what: dict[str, Any] = {"model": model, "tokenization": text, "hooks": HOOKS[1]}
    assert ws.estimate_training(**what, **SMALL).problem is None
    training = ws.train(**what, drop_first=2, precision="fp32", **SMALL)
    assert isinstance(training, ms.Training)
    assert (training.state, training.hooks, training.captures, training.tokenizations) == ("ready", [HOOKS[1]], [], [text])
    [source] = training.params["sources"]
    assert (source["drop_first"], source["precision"], source["hooks"]) == (2, "float32", [HOOKS[1]])
    assert text.id in training._repr_html_()
    sae = training.sae()
    assert isinstance(sae, ms.Sae)
    assert sae.load().cfg["hook"] == HOOKS[1]
    sae.export(tmp_path / "out")
    metadata = json.loads((tmp_path / "out" / "cfg.json").read_text())["metadata"]
    expected = {"model_name": "llama", "hook_name": "blocks.1.hook_resid_post", "dataset_path": "text", "context_size": 16}
    assert {name: metadata[name] for name in expected} == expected
    clone = training.clone(k=3, steps=2)
    assert isinstance(clone, ms.Training)
    assert clone.params["sources"] == training.params["sources"]
    for wrong in ({}, {"model": model}, what | {"hooks": "layers.9.resid_post"}, what | {"sources": prepared.captures[0]}):
        with pytest.raises(ms.MiStudioError):
            ws.train(**wrong)


def test_what_is_said_in_a_notebook_is_what_is_asked_for(prepared: Prepared) -> None:
    ws = ms.open(prepared.ws.root)
    capture, model = ws.capture(prepared.captures[0]), ws.model(prepared.model)
    beside = {"model": model, "tokenization": prepared.tokenization, "hooks": HOOKS[0], "batch_size": 3, "weight": 2}
    values = of_training([capture, beside], {"model": None, "tokenization": None, "hooks": None}, {"batch_size": 64})
    first, second = checked(Train, values).sources
    assert (first.id, first.weight) == (capture.id, 1)
    assert (second.id, second.weight, values["batch_size"]) == (prepared.tokenization, 2, 64)
    assert second.model_dump()["batch_size"] == 3
    direct = {"model": model.id, "tokenization": prepared.tokenization, "hooks": None}
    assert of_training(None, direct, {"role": "user", "seed": 4}) == {
        "sources": [{"model": model.id, "tokenization": prepared.tokenization, "role": "user"}], "seed": 4,
    }  # fmt: skip


def test_in_a_terminal(prepared: Prepared, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def parsed(*words: str, code: int = 0) -> Any:
        assert main(["training", *words, "--workspace", str(prepared.ws.root), "--json"]) == code, capfd.readouterr()
        return json.loads(capfd.readouterr().out)

    small = [word for name, value in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    what = ("--model", prepared.model, "--tokenization", prepared.tokenization, "--hooks", HOOKS[0], "--drop-first", "2")
    assert parsed("estimate", *what, *small)["problem"] is None
    made = parsed("start", *what, *small)
    assert (made["state"], made["facts"]["step"]) == ("ready", 30)
    [source] = made["sources"]
    assert (source["model"], source["drop_first"], source["hooks"]) == (prepared.model, 2, [HOOKS[0]])
    assert main(["training", "show", made["id"], "--workspace", str(prepared.ws.root)]) == 0
    assert prepared.tokenization in capfd.readouterr().out
    assert parsed("start", prepared.captures[0], *what, code=1)["error"]["field"] == "capture"
    file = tmp_path / "sources.json"
    file.write_text(json.dumps({"sources": made["sources"]}))
    assert parsed("start", prepared.captures[0], "--params", str(file), code=1)["error"]["field"] == "sources"


async def test_over_rest(jp_fetch: Any, source: Prepared, tmp_path: Path) -> None:
    shutil.copytree(source.ws.root, tmp_path / "workspace", symlinks=True, dirs_exist_ok=True)
    body = {"sources": [{"model": source.model, "tokenization": source.tokenization, "hooks": HOOKS}], "buffer": 300} | SMALL
    assert (await call(jp_fetch, "POST", "trainings", "estimate", body=body))["problem"] is None
    id = (await call(jp_fetch, "POST", "trainings", body=body))["object"]
    record = await ready(jp_fetch, "trainings", id)
    assert (record["state"], record["facts"]["mix"]) == ("ready", {source.tokenization: 30 * 64})
    plan = await call(jp_fetch, "GET", "models", source.model, "delete-plan")
    assert id in [each["id"] for each in plan["also"]]
    nothing = await call(jp_fetch, "POST", "trainings", "estimate", body={"sources": []})
    assert nothing["field"] == "sources"
