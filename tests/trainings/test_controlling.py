"""What may be asked of a training, and what may happen to it: stop, cancel, extend, clone, full disks, foreign vectors."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from mistudio_ext.captures.vectors import Stored
from mistudio_ext.contract.errors import BadRequest, Conflict, DiskFull, MiStudioError, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.jobs.control import cancel_job, pause_job, resume_job, retry_job
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import Job, ReadLog
from mistudio_ext.saes.topk import TopK
from mistudio_ext.trainings import checkpoint, operations, run
from mistudio_ext.trainings.checkpoint import steps_of
from mistudio_ext.trainings.checkpoint_net import load_net
from mistudio_ext.trainings.record_schema import (
    CloneTraining,
    DeleteCheckpoint,
    KeepCheckpoints,
    ListTrainings,
    ReadMetrics,
    SaeOfTraining,
    Training,
)
from mistudio_ext.trainings.sae_of import sae_of_training
from mistudio_ext.trainings.schema import EstimateTraining, ExtendTraining, Train
from mistudio_ext.workspace import dependencies
from tests.support import work
from tests.trainings.conftest import HOOKS, SMALL, Prepared

ONE: dict[str, Any] = {"saes": [{"hook": HOOKS[0]}], "evaluate_every": None}


@pytest.fixture(autouse=True)
def every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)


def get(prepared: Prepared, id: str) -> Training:
    return operations.get_training(prepared.ws, id)


def job_of(prepared: Prepared, id: str) -> Job:
    job = get(prepared, id).job
    assert job is not None
    return job


def log_of(prepared: Prepared, id: str) -> str:
    return "\n".join(each.text for each in read_log(prepared.ws, job_of(prepared, id).id, ReadLog()).lines)


def steps_kept(prepared: Prepared, id: str) -> list[int]:
    return [each.step for each in operations.list_checkpoints(prepared.ws, id).checkpoints]


def test_stopping_keeps_what_was_learned(prepared: Prepared) -> None:
    id = prepared.start(**ONE)
    job = work.do_next(prepared.ws, "gpu", request="stop", after=15)
    training = get(prepared, id)
    assert (job.state, training.state) == ("succeeded", "ready")
    assert training.facts is not None
    stopped = training.facts.stopped_at_step
    assert stopped is not None
    assert 0 < stopped < 30
    assert job.stopped_at_step == stopped == training.facts.step
    assert training.facts.stop_reason == "It was stopped."
    assert steps_kept(prepared, id)[-1] == stopped
    assert training.facts.saes[0].evaluation is not None
    assert training.facts.saes[0].evaluation.step == stopped
    assert load_net(prepared.ws.folder(id), stopped, 0).W_dec.shape == (64, 64)


def test_a_time_limit_stops_it_too(prepared: Prepared) -> None:
    id = prepared.train(**ONE, time_limit=1e-6)
    facts = get(prepared, id).facts
    assert facts is not None
    assert facts.stopped_at_step == facts.step < 30
    assert "time limit" in str(facts.stop_reason)


def test_cancelling_throws_away_what_was_made(prepared: Prepared) -> None:
    id = prepared.start(**ONE)
    assert work.do_next(prepared.ws, "gpu", request="cancel", after=25).state == "cancelled"
    assert steps_kept(prepared, id) == []
    assert get(prepared, id).state == "failed"
    retry_job(prepared.ws, job_of(prepared, id).id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert steps_kept(prepared, id) == [10, 20, 30]


def test_cancelled_at_rest_it_begins_anew(prepared: Prepared) -> None:
    id = prepared.start(**ONE)
    job = work.do_next(prepared.ws, "gpu", request="pause", after=20)
    assert job.state == "paused"
    assert operations.read_metrics(prepared.ws, id, ReadMetrics()).rows > 0
    cancel_job(prepared.ws, job.id)
    assert (get(prepared, id).state, get(prepared, id).facts) == ("failed", None)
    assert steps_kept(prepared, id) == []
    assert operations.read_metrics(prepared.ws, id, ReadMetrics()).rows == 0
    retry_job(prepared.ws, job.id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    page = operations.read_metrics(prepared.ws, id, ReadMetrics())
    plain = operations.read_metrics(prepared.ws, prepared.train(**ONE), ReadMetrics())
    assert page == plain


def test_a_checkpoint_by_hand_stays(prepared: Prepared) -> None:
    id = prepared.start(**ONE, keep_every=30)
    job = work.do_next(prepared.ws, "gpu", request="save", after=16)
    assert job.state == "succeeded"
    kept = {each.step: each.kept_for for each in operations.list_checkpoints(prepared.ws, id).checkpoints}
    [by_hand] = [step for step, why in kept.items() if "by hand" in why]
    assert by_hand < 30
    assert kept[10] == ["first"]
    assert {"last", "every"} <= {*kept[30]}
    with pytest.raises(Conflict, match="not running"):
        operations.save_checkpoint(prepared.ws, id)


def by_hand_of(prepared: Prepared, id: str) -> list[int]:
    return [each.step for each in operations.list_checkpoints(prepared.ws, id).checkpoints if "by hand" in each.kept_for]


@pytest.mark.parametrize("wishes", ["save pause", "pause save"])
def test_a_checkpoint_and_a_pause_asked_for_at_once_are_both_heard(prepared: Prepared, wishes: str) -> None:
    id = prepared.start(**ONE, keep_every=30)
    job = work.do_next(prepared.ws, "gpu", request=wishes, after=16)
    assert job.state == "paused"
    [step] = by_hand_of(prepared, id)
    assert 10 < step < 20
    resume_job(prepared.ws, job.id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert by_hand_of(prepared, id) == [step]


@pytest.mark.parametrize("wishes", ["save stop", "stop save"])
def test_a_checkpoint_and_a_stop_asked_for_at_once_are_both_heard(prepared: Prepared, wishes: str) -> None:
    id = prepared.start(**ONE, keep_every=30)
    job = work.do_next(prepared.ws, "gpu", request=wishes, after=16)
    assert job.state == "succeeded"
    assert job.stopped_at_step in by_hand_of(prepared, id)
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=20))
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert job.stopped_at_step in by_hand_of(prepared, id)


def test_a_checkpoint_asked_of_a_lane_that_must_leave_is_saved_when_the_run_goes_on(prepared: Prepared) -> None:
    id = prepared.start(**ONE, architecture="batchtopk", keep_every=30)
    job = work.do_next(prepared.ws, "gpu", request="save leave", after=16)
    assert job.state == "interrupted"
    # In haste it is saved without its threshold: no SAE could be taken from it.
    assert by_hand_of(prepared, id) == []
    resume_job(prepared.ws, job.id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    [step] = by_hand_of(prepared, id)
    assert load_net(prepared.ws.folder(id), step, 0).threshold is not None


def test_extending_goes_on_with_a_schedule_of_its_own(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=20))
    with pytest.raises(Conflict, match="not ended"):
        operations.extend_training(prepared.ws, id, ExtendTraining(steps=20))
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    facts = get(prepared, id).facts
    assert facts is not None
    assert (facts.step, facts.steps, facts.tokens, facts.stopped_at_step) == (50, 50, 3200, None)
    page = operations.read_metrics(prepared.ws, id, ReadMetrics(columns=["learning_rate", "fvu"]))
    assert page.steps == list(range(1, 51))
    rates = page.columns["learning_rate"]
    # One step of warm-up, then full rate, then a decay over the last four steps.
    assert rates[30:46] == [1e-3] * 16
    assert rates[29] < 1e-3 > rates[46] > rates[49]
    assert get(prepared, id).state == "ready"
    # Cancelled, an extension leaves what was there before.
    operations.extend_training(prepared.ws, id, ExtendTraining(tokens=64 * 30))
    assert work.do_next(prepared.ws, "gpu", request="cancel", after=22).state == "cancelled"
    assert steps_kept(prepared, id)[-1] == 50
    assert get(prepared, id).state == "ready"


def test_a_clone_has_the_same_parameters_but_for_what_was_changed(prepared: Prepared) -> None:
    id = prepared.start(**ONE, seed=3)
    clone = operations.clone_training(prepared.ws, id, CloneTraining(changes={"k": 7, "tokens": 6400})).object
    first, other = get(prepared, id), get(prepared, clone)
    fields = {*Train.model_fields} - {"name", "tags", "notes"}
    differ = {name for name in fields if getattr(first, name) != getattr(other, name)}
    assert differ == {"k", "steps", "tokens"}
    with pytest.raises(BadRequest, match="no parameter"):
        operations.clone_training(prepared.ws, id, CloneTraining(changes={"klm": 7}))


def test_starting_from_a_checkpoint_starts_with_its_net(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    expected = load_net(prepared.ws.folder(id), 20, 0)
    further = prepared.train(**ONE | {"start_from": f"{id}@20", "steps": 1, "learning_rate": 1e-6, "seed": 5})
    net = load_net(prepared.ws.folder(further), 1, 0)
    for name in ("W_dec", "b_enc", "b_dec", "encoder"):
        torch.testing.assert_close(getattr(net, name), getattr(expected, name), atol=1e-4, rtol=1e-3)
    with pytest.raises(BadRequest, match="32"):
        prepared.start(**ONE | {"start_from": f"{id}@20", "width": 32})
    for wrong in (f"{id}@21", f"{id}@", "tr_00000000@20", "nothing"):
        with pytest.raises((BadRequest, NotFound)):
            prepared.start(**ONE | {"start_from": wrong})


def test_checkpoints_can_be_deleted_and_the_best_asks(prepared: Prepared) -> None:
    id = prepared.train(**ONE | {"steps": 40})
    there = operations.list_checkpoints(prepared.ws, id).checkpoints
    [best] = [each.step for each in there if "best" in each.kept_for]
    assert [each.best_of for each in there if each.step == best] == [[0]]
    with pytest.raises(Conflict) as refused:
        operations.delete_checkpoint(prepared.ws, id, str(best), DeleteCheckpoint())
    assert refused.value.code == "best"
    plain = next(each.step for each in there if {*each.kept_for} <= {"every", "first"})
    assert plain not in [
        each.step for each in operations.delete_checkpoint(prepared.ws, id, str(plain), DeleteCheckpoint()).checkpoints
    ]
    plan = operations.plan_pruning(prepared.ws, id, KeepCheckpoints())
    left = operations.prune_checkpoints(prepared.ws, id, KeepCheckpoints()).checkpoints
    assert [each.step for each in left] == plan.keep
    assert not {*plan.keep} & {*plan.drop}
    assert all(each.kept_for for each in left)
    for each in left[:-1]:
        operations.delete_checkpoint(prepared.ws, id, str(each.step), DeleteCheckpoint(agreed=True))
    with pytest.raises(Conflict, match="only checkpoint"):
        operations.delete_checkpoint(prepared.ws, id, str(left[-1].step), DeleteCheckpoint(agreed=True))
    for wrong in ("11", "x", "-1"):
        with pytest.raises(MiStudioError):
            operations.delete_checkpoint(prepared.ws, id, wrong, DeleteCheckpoint())


def full_at(monkeypatch: pytest.MonkeyPatch, *steps: int) -> None:
    write = checkpoint.write_tensors

    def full(path: Path, tensors: Any) -> int:
        if any(f"/{step}." in str(path.parent) for step in steps):
            raise DiskFull("There is no space left to write.", "Make room.")
        return write(path, tensors)

    monkeypatch.setattr(checkpoint, "write_tensors", full)


def test_a_full_disk_at_a_checkpoint_does_not_end_the_run(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    full_at(monkeypatch, 10)
    id = prepared.train(**ONE)
    assert steps_kept(prepared, id) == [20, 30]
    assert "A checkpoint was not saved. There is no space left" in log_of(prepared, id)
    assert not list((prepared.ws.folder(id) / "checkpoints").glob("*part*"))


def test_a_full_disk_at_the_end_rests_and_goes_on_when_there_is_room(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = operations.read_metrics(prepared.ws, prepared.train(**ONE), ReadMetrics())
    with monkeypatch.context() as full:
        full_at(full, 30)
        id = prepared.start(**ONE)
        job = work.do_next(prepared.ws, "gpu")
    assert job.state == "interrupted"
    assert "space" in str(job.reason)
    assert steps_kept(prepared, id) == [10, 20]
    resume_job(prepared.ws, job.id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert operations.read_metrics(prepared.ws, id, ReadMetrics()) == expected


def test_vectors_that_are_not_the_models_are_refused(prepared: Prepared) -> None:
    folder = prepared.ws.folder(prepared.captures[0]) / "data"
    [(file, _)] = Stored(folder).files
    with h5py.File(file, "r+") as shard:
        # Each token has the vector of the token after it.
        shard[HOOKS[0]][...] = np.roll(shard[HOOKS[0]][...], -1, axis=0)
    prepared.start(**ONE)
    job = work.do_next(prepared.ws, "gpu")
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.error.code == "not_the_models"
    # The other hook point's are as they were.
    prepared.train(**ONE | {"saes": [{"hook": HOOKS[1]}]})


def test_a_loss_that_is_no_number_fails_and_says_what_to_do(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = TopK.loss

    def broken(self: TopK, x: Any, y: Any, state: Any) -> Any:
        return loss(self, x * (float("nan") if state.step == 15 else 1.0), y, state)

    monkeypatch.setattr(TopK, "loss", broken)
    id = prepared.start(**ONE)
    job = work.do_next(prepared.ws, "gpu")
    assert job.state == "failed"
    assert job.error is not None
    assert "step 15" in job.error.message
    assert "learning rate" in job.error.error.hint
    assert steps_kept(prepared, id) == [10]


def test_what_was_found_is_told(prepared: Prepared) -> None:
    id = prepared.train(**ONE | {"dead_after": 64, "dead_features": "none", "width": 512, "k": 2})
    health = operations.get_health(prepared.ws, id)
    assert health.checked
    assert (health.step, health.steps, health.phase) == (30, 30, "decay")
    [dead] = [each for each in health.findings if "dead" in each.text]
    assert (dead.level, dead.sae) == ("warning", 0)
    assert "aux_k" in dead.remedy
    assert dead.text in log_of(prepared, id)


def test_progress_has_figures_and_the_list_its_states(prepared: Prepared) -> None:
    id, waiting = prepared.train(**ONE), prepared.start(**ONE)
    progress = job_of(prepared, id).progress
    assert (progress.done, progress.total, progress.unit) == (30, 30, "steps")
    assert {"loss", "fvu", "l0", "dead", "learning_rate", "tokens_per_second"} == {*progress.figures}
    found = operations.list_trainings(prepared.ws, ListTrainings())
    assert [each.id for each in found.trainings] == [waiting, id]
    assert found.counts == {"ready": 1, "working": 1}
    assert [each.id for each in operations.list_trainings(prepared.ws, ListTrainings(state="ready")).trainings] == [id]
    assert operations.list_trainings(prepared.ws, ListTrainings(filter="nosuchword")).trainings == []
    pause_job(prepared.ws, job_of(prepared, waiting).id)
    plan = operations.plan_delete_training(prepared.ws, id)
    assert plan.bytes > 0
    assert steps_of(prepared.ws.folder(id))


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"k": 65}, "k"),
        ({"architecture": "nosuch"}, "architecture"),
        ({"saes": [{"hook": "layers.7.resid_post"}]}, "saes"),
        ({"saes": [{"k": 4, "hook": HOOKS[0]}, {"hook": HOOKS[0]}]}, "saes"),
        ({"architecture": "standard", "target_l0": 100.0}, "target_l0"),
        ({"target": "transcode", "saes": [{"hook": HOOKS[0]}]}, "saes"),
        ({"saes": [{"hook": HOOKS[0], "out_hook": HOOKS[1]}]}, "target"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_estimate_says_the_same(
    prepared: Prepared, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        prepared.start(**options)
    assert refused.value.field == field
    values = {"sources": [{"capture": prepared.captures[0]}]} | SMALL | options
    estimate = operations.estimate_training(prepared.ws, checked(EstimateTraining, values))
    assert (estimate.problem, estimate.field) == (str(refused.value), field)


def test_an_estimate_is_near_what_comes(prepared: Prepared) -> None:
    values = {"sources": [{"capture": prepared.captures[0]}]} | SMALL | ONE | {"width": 512, "keep_every": None}
    estimate = operations.estimate_training(prepared.ws, checked(EstimateTraining, values))
    assert (estimate.problem, estimate.seconds) == (None, None)
    id = prepared.train(**ONE | {"width": 512, "keep_every": None})
    checkpoints = operations.list_checkpoints(prepared.ws, id).checkpoints
    assert 0.3 * estimate.disk < sum(each.bytes for each in checkpoints) <= estimate.disk
    again = operations.estimate_training(prepared.ws, checked(EstimateTraining, values))
    assert again.seconds
    assert operations.estimate_training(prepared.ws, EstimateTraining()).field == "sources"
    shutil.rmtree(prepared.ws.folder(id))


def test_starting_from_an_sae_of_the_workspace(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    sae = sae_of_training(prepared.ws, id, SaeOfTraining(step=20)).object
    assert work.do_next(prepared.ws, "io").state == "succeeded"
    expected = load_net(prepared.ws.folder(id), 20, 0)
    further = prepared.train(**ONE | {"start_from": sae, "steps": 1, "learning_rate": 1e-6, "seed": 5})
    torch.testing.assert_close(load_net(prepared.ws.folder(further), 1, 0).W_dec, expected.W_dec, atol=1e-4, rtol=1e-3)
    with pytest.raises(NotFound):
        prepared.start(**ONE | {"start_from": "sa_00000000"})


def test_what_it_started_from_may_go_once_it_has_a_checkpoint(prepared: Prepared) -> None:
    id = prepared.train(**ONE)
    sae = sae_of_training(prepared.ws, id, SaeOfTraining(step=20)).object
    assert work.do_next(prepared.ws, "io").state == "succeeded"
    further = prepared.start(**ONE | {"start_from": sae})
    # Until then it is needed.
    assert dependencies.plan(prepared.ws, sae).blocked_by
    assert work.do_next(prepared.ws, "gpu", request="pause", after=15).state == "paused"
    found = dependencies.plan(prepared.ws, sae)
    assert not found.blocked_by
    assert "on it" not in found.statement
    dependencies.delete(prepared.ws, sae)
    resume_job(prepared.ws, job_of(prepared, further).id)
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"
    assert get(prepared, further).state == "ready"
