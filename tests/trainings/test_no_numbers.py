"""What is not a number: never in a checkpoint, never in what is told of a run, and blamed on what it came from."""

from __future__ import annotations

from typing import Any

import h5py
import pytest

from mistudio_ext.captures.vectors import Stored
from mistudio_ext.saes.standard import Standard
from mistudio_ext.saes.topk import TopK
from mistudio_ext.trainings import run
from mistudio_ext.trainings.checkpoint import steps_of
from tests.support import work
from tests.trainings.conftest import HOOKS, Prepared

ONE: dict[str, Any] = {"saes": [{"hook": HOOKS[0]}], "evaluate_every": None}


@pytest.fixture(autouse=True)
def every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)


def broken_from(step: int, made: type[TopK | Standard], monkeypatch: pytest.MonkeyPatch) -> None:
    loss = made.loss

    def broken(self: Any, x: Any, y: Any, state: Any) -> Any:
        return loss(self, x * (float("nan") if state.step >= step else 1.0), y, state)

    monkeypatch.setattr(made, "loss", broken)


def test_no_checkpoint_has_it_though_the_step_is_not_noted(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_from(15, TopK, monkeypatch)
    id = prepared.start(**ONE | {"metrics_every": 100})
    job = work.do_next(prepared.ws, "gpu")
    assert job.state == "failed"
    assert job.error is not None
    assert "step 20" in job.error.message
    assert "learning rate" in job.error.error.hint
    assert steps_of(prepared.ws.folder(id)) == [10]


def test_nor_one_that_is_saved_to_rest(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_from(12, TopK, monkeypatch)
    id = prepared.start(**ONE | {"metrics_every": 100})
    assert work.do_next(prepared.ws, "gpu", request="pause", after=15).state == "failed"
    assert steps_of(prepared.ws.folder(id)) == [10]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_vectors_that_hold_it_are_named(prepared: Prepared, value: float) -> None:
    [(file, rows)] = Stored(prepared.ws.folder(prepared.captures[0]) / "data").files
    with h5py.File(file, "r+") as shard:
        # Few enough that the first batch has none.
        shard[HOOKS[0]][rows // 2, 0] = value
    prepared.start(**ONE | {"steps": 300})
    job = work.do_next(prepared.ws, "gpu")
    assert job.state == "failed"
    assert job.error is not None
    assert f"at {HOOKS[0]} hold what is no number" in job.error.message
    assert "Capture" in job.error.error.hint
