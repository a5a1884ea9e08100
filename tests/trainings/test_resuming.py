"""A training that was paused, interrupted or killed ends with the same numbers as one that was not: to the last bit."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.jobs.control import resume_job
from mistudio_ext.lanes.perform import perform
from mistudio_ext.saes.tensor_file import read_tensors
from mistudio_ext.trainings import operations, run
from mistudio_ext.trainings.checkpoint import read_state, steps_of
from mistudio_ext.trainings.record_schema import ReadMetrics
from mistudio_ext.workspace.workspace import Workspace
from tests.support import ending, killing, waiting, work
from tests.trainings.conftest import HOOKS, Prepared

# All architectures' ways to remember are among them; two read the same vectors on the same scale.
SAES: list[dict[str, Any]] = [{"hook": HOOKS[0]}, {"hook": HOOKS[0], "k": 8}, {"hook": HOOKS[1], "width": 48}]
DIFFERENT = {"seconds", "created"}


def outcome(ws: Workspace, id: str) -> dict[str, Any]:
    """All that a training has come to: weights, what optimizers remember, numbers by step; as bytes and plain values."""
    folder, found = ws.folder(id), {}
    for step in steps_of(folder):
        for file in sorted((folder / "checkpoints" / str(step)).glob("*.safetensors")):
            tensors = read_tensors(file)
            found |= {f"{step}/{file.name}/{name}": each.numpy().tobytes() for name, each in tensors.items()}
        found |= {f"{step}/{key}": value for key, value in read_state(folder, step).items() if key not in DIFFERENT}
    for file in sorted((folder / "metrics").glob("*.bin")):
        if file.name != "machine.bin":
            found[file.name] = file.read_bytes()
    return found


def require_same(got: dict[str, Any], expected: dict[str, Any]) -> None:
    assert got.keys() == expected.keys()
    assert [key for key in expected if got[key] != expected[key]] == []


@pytest.mark.parametrize(
    "options",
    [
        {"saes": SAES},
        {"architecture": "batchtopk", "dead_features": "aux_k", "dead_after": 200},
        {"architecture": "matryoshka", "optimizer": "adafactor"},
        {"architecture": "jumprelu", "target_l0": 10.0, "optimizer": "adamw", "weight_decay": 0.01},
        {"architecture": "gated", "optimizer": "sgd", "dead_features": "ghost", "dead_after": 200},
        {"architecture": "standard", "dead_features": "resample", "dead_after": 300, "normalization": "whitening"},
        {"architecture": "topk", "target": "skip_transcode", "normalization": "layer_norm", "micro_batch": 24},
    ],
    ids=lambda each: each.get("architecture", "several"),
)
def test_a_pause_changes_nothing(
    prepared: Prepared, source: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    expected = outcome(prepared.ws, prepared.train(**options))
    for after in random.Random(str(options)).sample(range(2, 30), 2):
        other = Workspace.open(shutil.copytree(source.ws.root, tmp_path / f"again-{after}", symlinks=True))
        again = Prepared(other, source.model, source.tokenization, source.captures, source.model_folder)
        id = again.start(**options)
        job = work.do_next(other, "gpu", request="pause", after=after)
        assert job.state == "paused", job
        rested = steps_of(other.folder(id))[-1]
        resume_job(other, job.id)
        assert work.do_next(other, "gpu").state == "succeeded"
        got = outcome(other, id)
        # Where it rested, a checkpoint was made that is not one of the plan's; it went when a later one was there.
        assert rested in (10, 20, 30) or rested not in steps_of(other.folder(id))
        require_same(got, expected)
        other.close()


def small(prepared: Prepared, **options: Any) -> str:
    return prepared.start(**{"saes": SAES, "steps": 600, "metrics_every": 5, "checkpoint_every": 40, "keep_every": 200} | options)


@pytest.fixture(scope="module")
def undisturbed(source: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a training in a lane comes to that nobody disturbs."""
    root = shutil.copytree(source.ws.root, tmp_path_factory.mktemp("reference") / "workspace", symlinks=True)
    ws = Workspace.open(root)
    id = small(Prepared(ws, source.model, source.tokenization, source.captures, source.model_folder))
    assert work.do_next(ws, "gpu").state == "succeeded"
    found = outcome(ws, id)
    ws.close()
    return found


def kill_and_resume(prepared: Prepared, expected: dict[str, Any], seed: int) -> None:
    ws, id = prepared.ws, small(prepared)
    job = operations.get_training(ws, id).job
    assert job is not None
    perform(ws, operations.get_training, id)
    killing.kill_on_the_way(ws, job.id, random.Random(seed))
    killing.told_truly(ws, job.id)
    # Whatever is there can be read.
    page = operations.read_metrics(ws, id, ReadMetrics())
    assert page.steps == sorted(page.steps)
    assert all(each.bytes > 0 for each in operations.list_checkpoints(ws, id).checkpoints)
    killing.resume_to_the_end(ws, job.id)
    require_same(outcome(ws, id), expected)
    assert not list((ws.folder(id) / "checkpoints").glob("*.mistudio-part-*"))


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_training_goes_on(prepared: Prepared, undisturbed: dict[str, Any], seed: int) -> None:
    kill_and_resume(prepared, undisturbed, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_many_killed_trainings_go_on(prepared: Prepared, undisturbed: dict[str, Any], seed: int) -> None:
    kill_and_resume(prepared, undisturbed, seed)


def test_a_training_whose_lane_must_leave_goes_on(prepared: Prepared, undisturbed: dict[str, Any]) -> None:
    ws, id = prepared.ws, small(prepared)
    job = operations.get_training(ws, id).job
    assert job is not None
    perform(ws, operations.get_training, id)
    waiting.until(lambda: operations.get_training(ws, id).job.progress.done > 50, "some steps")  # type: ignore[union-attr]
    ending.lanes(ws)
    found = waiting.for_job(ws, job.id)
    assert found.state == "interrupted"
    # What it had done by then was saved, not what the plan had saved before.
    assert steps_of(ws.folder(id))[-1] % 40 or found.progress.done <= steps_of(ws.folder(id))[-1]
    killing.resume_to_the_end(ws, job.id)
    require_same(outcome(ws, id), undisturbed)
    assert np.isfinite(operations.get_training(ws, id).facts.seconds)  # type: ignore[union-attr]
