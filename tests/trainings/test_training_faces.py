"""Trainings in a notebook, in a terminal and over REST: the same work, the same records."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.cli.commands import TABLE
from mistudio_ext.display.facts import CONTROL
from mistudio_ext.notebook.training import with_variants
from mistudio_ext.trainings import operations
from mistudio_ext.trainings.record_schema import ReadMetrics
from mistudio_ext.workspace.workspace import Workspace
from tests.server.test_rest import call, ready
from tests.support import ending
from tests.support.hostile import HOSTILE
from tests.trainings.conftest import HOOKS, SMALL, Prepared


@pytest.fixture(scope="module")
def shared(source: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    root = shutil.copytree(source.ws.root, tmp_path_factory.mktemp("faces") / "workspace", symlinks=True)
    ws = Workspace.open(root)
    yield ws
    ending.lanes(ws)
    ws.close()


def test_a_training_in_a_notebook(shared: Workspace, source: Prepared) -> None:
    ws = ms.open(shared.root)
    capture = ws.capture(source.captures[0])
    estimate = ws.estimate_training(capture, **SMALL, hook=HOOKS[0])
    assert estimate.problem is None
    options: dict[str, Any] = SMALL | {"k": [4, 8], "hook": HOOKS[0]}
    training = ws.train(capture, **options)
    assert isinstance(training, ms.Training)
    assert training.state == "ready"
    assert training.facts is not None
    assert [each.k for each in training.facts.saes] == [4, 8]
    assert (training.model, training.captures, training.hooks) == (ws.model(source.model), [capture], [HOOKS[0]])
    metrics = training.metrics()
    assert isinstance(metrics, pd.DataFrame)
    assert {*metrics["sae"]} == {0, 1}
    one = training.metrics(1)
    assert list(one.index) == list(range(1, 31))
    page = operations.read_metrics(shared, training.id, ReadMetrics(variant=1))
    assert one["loss"].tolist() == page.columns["loss"]
    assert np.isnan(one["rare"]).all()
    assert list(training.metrics(0, of="evaluation").index) == [10, 20, 30]
    assert "tokens_per_second" in training.metrics(of="machine")
    assert [each.step for each in training.checkpoints()] == [10, 20, 30]
    assert "best" in pretty(training.checkpoints())
    assert training.evaluation(1).step == 30  # type: ignore[union-attr]
    assert training._repr_html_().count(CONTROL) == 2
    assert training.health().checked
    assert len(training.prune().drop) == len(training.checkpoints()) - len(training.prune(confirm=True))
    assert training.extend(5).facts.step == 35  # type: ignore[union-attr]
    assert ws.training(training.id) == training == pickle.loads(pickle.dumps(training))
    assert training in ws.trainings()
    assert training.job.object == training  # type: ignore[union-attr]
    clone = training.clone(k=[5, 6], steps=3, wait=False)
    assert isinstance(clone, ms.Job)
    assert [each["k"] for each in clone.result().params["saes"]] == [5, 6]  # type: ignore[attr-defined]
    with pytest.raises(ms.MiStudioError) as caught:
        ws.train(capture, k=1000, width=64)
    assert caught.value.field == "k"
    with pytest.raises(ms.MiStudioError):
        ws.train(5)


def test_lists_are_each_with_each() -> None:
    found = with_variants({"width": [64, 128], "k": (4, 8), "steps": 5})
    assert found == {"steps": 5, "saes": [{"width": w, "k": k} for w in (64, 128) for k in (4, 8)]}
    assert with_variants({"width": 64}) == {"width": 64}
    assert with_variants({"hook": "a"}) == {"saes": [{"hook": "a"}]}
    transcoders = with_variants({"hook": "a", "out_hook": "b", "k": [4, 8], "target": "transcode"})
    assert transcoders == {"target": "transcode", "saes": [{"hook": "a", "out_hook": "b", "k": k} for k in (4, 8)]}
    for wrong in ({"k": []}, {"k": [4], "saes": [{}]}):
        with pytest.raises(ms.MiStudioError):
            with_variants(wrong)


def test_what_is_hostile_is_shown_without_effect(shared: Workspace, source: Prepared) -> None:
    ws = ms.open(shared.root)
    job = ws.train(source.captures[1], **SMALL, wait=False)
    training = job.object
    assert isinstance(training, ms.Training)
    training.note("".join(HOSTILE))
    html, text = training._repr_html_(), pretty(training)
    assert "<script>" not in html
    assert "<img" not in html
    assert "\x1b" not in html + text
    assert "\u202e" not in html + text
    job.cancel()


def test_a_terminal_does_the_same(shared: Workspace, source: Prepared, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def typed(*words: str, code: int = 0) -> str:
        assert main(["training", *words, "--workspace", str(shared.root)]) == code, capfd.readouterr()
        return capfd.readouterr().out

    def parsed(*words: str, code: int = 0) -> Any:
        return json.loads(typed(*words, "--json", code=code))

    small = [word for name, value in SMALL.items() for word in (f"--{name.replace('_', '-')}", str(value))]
    wanted = [f"--{name}" for name in ("clip", "evaluate-every", "keep-every")]
    plain = parsed("start", source.captures[0], *small, *(word for name in wanted for word in (name, "null")))
    assert (plain["clip"], plain["evaluate_every"], plain["keep_every"]) == (None, None, None)
    # Not where a number must stand, and a name is a name.
    assert parsed("start", source.captures[0], "--batch-size", "null", code=2)["error"]["field"] == "batch_size"
    assert parsed("edit", plain["id"], "--name", "null")["name"] == "null"
    assert parsed("delete", plain["id"], "--yes")
    assert "learning rate" in typed("estimate", source.captures[0], *small)
    id = parsed("start", source.captures[0], *small)["id"]
    assert parsed("show", id) == operations.get_training(shared, id).model_dump(mode="json")
    assert HOOKS[0] in typed("show", id)
    assert CONTROL in typed("show", id)
    assert id in typed("list")
    assert parsed("metrics", id, "--variant", "1", "--points", "5")["rows"] == 30
    assert "30 rows" in typed("metrics", id)
    assert "first batch" in typed("health", id)
    assert [each["step"] for each in parsed("checkpoints", id)["checkpoints"]] == [10, 20, 30]
    assert parsed("plan-pruning", id)["keep"]
    assert "best" in typed("prune", id)
    assert parsed("extend", id, "3")["facts"]["step"] == 33
    assert parsed("edit", id, "--notes", "seen")["notes"] == "seen"
    file = tmp_path / "several.json"
    sources = [{"capture": each, "weight": 1.0} for each in source.captures]
    file.write_text(json.dumps(SMALL | {"sources": sources, "mixing": "weights", "saes": [{"hook": HOOKS[1]}]}))
    other = parsed("start", "--params", str(file))
    assert other["facts"]["mix"] == dict.fromkeys(source.captures, 960)
    assert parsed("pause", id, code=1)["error"]["code"] == "wrong_state"
    assert parsed("start", source.captures[0], "--k", "9999999", code=2)
    assert parsed("delete", id, "--yes")["ids"] == [id]


def test_every_operation_on_trainings_has_its_command() -> None:
    reached = {command.operation for command in TABLE["training"].values()} | {*TABLE["training"]["delete"].plans.values()}
    public = {getattr(operations, name) for name in operations.__all__}
    # A terminal can name a capture where the others give a list.
    assert public - reached == {operations.start_training, operations.estimate_training}


async def test_rest_does_the_same(jp_fetch: Any, source: Prepared, tmp_path: Path) -> None:
    shutil.copytree(source.ws.root, tmp_path / "workspace", symlinks=True, dirs_exist_ok=True)
    body: dict[str, Any] = {"sources": [{"capture": source.captures[0]}], "saes": [{"hook": HOOKS[0]}]} | SMALL
    estimate = await call(jp_fetch, "POST", "trainings", "estimate", body=body)
    assert estimate["problem"] is None
    id = (await call(jp_fetch, "POST", "trainings", body=body))["object"]
    record = await ready(jp_fetch, "trainings", id)
    assert record["state"] == "ready", record["reason"]
    assert record["facts"]["step"] == 30
    assert [each["id"] for each in (await call(jp_fetch, "GET", "trainings", state="ready"))["trainings"]] == [id]
    page = await call(jp_fetch, "GET", "trainings", id, "metrics", columns="loss", points="10")
    assert page["rows"] == 30
    assert len(page["steps"]) <= 10
    there = (await call(jp_fetch, "GET", "trainings", id, "checkpoints"))["checkpoints"]
    assert [each["step"] for each in there] == [10, 20, 30]
    assert (await call(jp_fetch, "GET", "trainings", id, "checkpoints", "prune-plan"))["keep"]
    assert (await call(jp_fetch, "GET", "trainings", id, "health"))["checked"]
    plan = await call(jp_fetch, "GET", "captures", source.captures[0], "delete-plan")
    assert [each["id"] for each in plan["also"]] == [id]
    assert (await call(jp_fetch, "DELETE", "trainings", id))["ids"] == [id]
