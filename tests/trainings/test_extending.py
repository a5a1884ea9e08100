"""A training that has ended and goes on: nothing of what was there before is lost, whatever becomes of the extension."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mistudio_ext.contract.errors import Conflict
from mistudio_ext.jobs.control import cancel_job, resume_job
from mistudio_ext.trainings import operations, run
from mistudio_ext.trainings.checkpoint import steps_of
from mistudio_ext.trainings.record_schema import DeleteCheckpoint, ReadMetrics, TrainingFacts
from mistudio_ext.trainings.schema import ExtendTraining
from tests.support import work
from tests.trainings.conftest import HOOKS, Prepared

ONE: dict[str, Any] = {"saes": [{"hook": HOOKS[0]}], "evaluate_every": None, "steps": 25, "keep_every": None}


@pytest.fixture(autouse=True)
def every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)


def facts_of(prepared: Prepared, id: str) -> TrainingFacts:
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    return facts


def test_cancelled_it_leaves_the_end_that_was_there(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    before = steps_of(prepared.ws.folder(id))
    assert before[-1] == 25
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=100))
    # By then it has checkpoints of its own.
    assert work.do_next(prepared.ws, "gpu", request="cancel", after=60).state == "cancelled"
    there = steps_of(prepared.ws.folder(id))
    assert there[-1] == 25
    assert facts_of(prepared, id).step == 25
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=10))
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert facts_of(prepared, id).step == 35


def test_where_an_extension_began_stays_while_it_goes(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=100))
    job = work.do_next(prepared.ws, "gpu", request="pause", after=60)
    assert job.state == "paused"
    assert 25 in steps_of(prepared.ws.folder(id))
    with pytest.raises(Conflict, match="began"):
        operations.delete_checkpoint(prepared.ws, id, "25", DeleteCheckpoint(agreed=True))
    cancel_job(prepared.ws, job.id)
    operations.delete_checkpoint(prepared.ws, id, "25", DeleteCheckpoint(agreed=True))


def test_without_its_end_it_is_not_extended(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    operations.delete_checkpoint(prepared.ws, id, "25", DeleteCheckpoint(agreed=True))
    with pytest.raises(Conflict, match="last step, 25, was deleted") as refused:
        operations.extend_training(prepared.ws, id, ExtendTraining(steps=10))
    assert "step 20" in refused.value.hint or "step 10" in refused.value.hint


def test_its_time_begins_anew(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(float(each) for each in range(10**6))
    monkeypatch.setattr("mistudio_ext.trainings.run_state.time.monotonic", lambda: next(seconds))
    id = prepared.train(**ONE, time_limit=15)
    stopped = facts_of(prepared, id)
    assert stopped.stopped_at_step == stopped.step < 25
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=100))
    job = work.do_next(prepared.ws, "gpu", request="pause", after=3)
    assert job.state == "paused"
    resume_job(prepared.ws, job.id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    further = facts_of(prepared, id)
    assert "time limit" in str(further.stop_reason)
    # As far again as in the time that it had at first, but for what a pause takes.
    assert further.step - stopped.step >= stopped.step / 2


def test_a_curriculum_does_not_jump_back(prepared: Prepared) -> None:
    sources = [
        {"capture": prepared.captures[0], "weight": 1, "weight_at_end": 0},
        {"capture": prepared.captures[1], "weight": 0, "weight_at_end": 1},
    ]
    id = prepared.train(**ONE, sources=sources, mixing="curriculum")
    before = facts_of(prepared, id).mix
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=20))
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    after = facts_of(prepared, id).mix
    # What has come to no weight is not read any more.
    assert after[prepared.captures[0]] == before[prepared.captures[0]]
    assert after[prepared.captures[1]] == before[prepared.captures[1]] + 20 * 64


def test_its_learning_rates_are_positive(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=20))
    work.do_next(prepared.ws, "gpu")
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(columns=["learning_rate"]))
    assert page.steps == list(range(1, 46))
    assert np.min(page.columns["learning_rate"]) > 0  # type: ignore[arg-type]
