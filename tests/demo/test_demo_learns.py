"""The demo as it is, whole: what its SAE comes to, beside one that has learned nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import mistudio_ext
from mistudio_ext.cli import main
from mistudio_ext.saes.registry import BUILT_IN, architecture
from mistudio_ext.workspace.workspace import Workspace
from tests.support.notebook import shared_workspace

# The whole demo: a minute or two of both cores.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    yield from shared_workspace(tmp_path_factory.mktemp("demo") / "workspace")


@pytest.fixture(scope="module")
def found(empty: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("numbers") / "demo.json"
    assert main(["demo", "--workspace", str(empty.root), "--json", str(file)]) == 0
    numbers: dict[str, Any] = json.loads(file.read_text())
    return numbers


def test_its_sae_explains_what_the_model_computes(found: dict[str, Any]) -> None:
    trained, control = found["training"], found["control"]
    assert trained["fvu"] < 0.2
    assert trained["loss_recovered"] > 0.95
    assert trained["dead_share"] < 0.05
    assert trained["l0"] == pytest.approx(8, abs=0.1)
    assert control["l0"] == pytest.approx(8, abs=0.1)
    # What the shape alone gives is far from it.
    assert control["fvu"] > 0.5
    assert control["loss_recovered"] < 0.9
    assert found["seconds"] == pytest.approx(sum(each["seconds"] for each in found["steps"]))


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize("name", [each for each in BUILT_IN if each != "topk"])
def test_every_other_architecture_learns_on_the_demos_capture(empty: Workspace, name: str) -> None:
    ws = mistudio_ext.open(empty.root)
    (capture,) = ws.captures()
    assert capture.facts is not None
    sparsity = "target_l0" if architecture(name).penalized else "k"
    # Once through the capture, in small batches: enough to tell learning from collapse.
    params: dict[str, Any] = {
        "width": 256,
        sparsity: 8,
        "tokens": capture.facts.tokens,
        "batch_size": 1024,
        "evaluate_every": None,
    }
    training = ws.train(capture, wait=True, architecture=name, **params)
    assert training.facts is not None
    end = training.facts.saes[0].evaluation
    assert end is not None
    assert end.control is not None
    assert (end.fvu or 1) < 0.2
    assert (end.loss_recovered or 0) > 0.9
    assert end.dead is not None
    assert end.dead < 0.05
    assert end.l0 == pytest.approx(8, rel=0.15)
    assert (end.control.fvu or 0) > 0.5
