"""The demo as it is, whole: what its SAE comes to, beside one that has learned nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mistudio_ext.cli import main
from mistudio_ext.workspace.workspace import Workspace
from tests.support.notebook import shared_workspace

# The whole demo: a minute or two of both cores.
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    yield from shared_workspace(tmp_path / "workspace")


def test_its_sae_explains_what_the_model_computes(empty: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    assert main(["demo", "--workspace", str(empty.root), "--json", str(file)]) == 0
    found = json.loads(file.read_text())
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
