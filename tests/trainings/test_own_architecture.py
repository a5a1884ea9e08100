"""An architecture of a notebook's cell, trained by a lane: a process that has not run the cell."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

import mistudio_ext as ms
from mistudio_ext.lanes.presence import ask_to_leave
from mistudio_ext.saes import registry
from tests.support import waiting
from tests.trainings.conftest import HOOKS, SMALL, Prepared

CELL = """
import mistudio_ext as ms
from mistudio_ext.saes.topk import TopK

@ms.register_architecture
class Halved(TopK):
    architecture = "halved"

    def loss(self, x, y, state):
        losses = super().loss(x, y, state)
        losses.add("half", -0.5 * losses.total)
        return losses
"""


def test_a_lane_trains_it(prepared: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    InteractiveShell().run_cell(CELL).raise_error()  # type: ignore[no-untyped-call]
    registry._registered.clear()
    ws = ms.open(prepared.ws.root)
    wanted = SMALL | {"saes": [{"hook": HOOKS[0]}], "clip": None, "evaluate_every": None, "optimizer": "sgd", "warm_up": 0.0}
    try:
        own, plain = (ws.train(prepared.captures[0], wait=True, architecture=each, **wanted) for each in ("halved", "topk"))
    finally:
        ask_to_leave(prepared.ws)
        waiting.until(lambda: not waiting.lanes(prepared.ws), "the lane to leave", seconds=20)
    first, other = (torch.tensor(each.metrics()["loss"].to_list()) for each in (own, plain))
    # Half the loss at the first step, and half the way from there on.
    assert first[0].item() == pytest.approx(other[0].item() / 2, rel=1e-5)
    assert first[-1].item() != pytest.approx(other[-1].item() / 2, rel=1e-5)
