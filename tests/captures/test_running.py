"""Memory that runs out, batches that are found by trying, and pauses: the rows stay the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mistudio_ext.captures import operations
from mistudio_ext.captures.capture import Capturing, beginning
from mistudio_ext.captures.plan import Batch, Plan
from mistudio_ext.captures.run import Captured, Reader, fitting_size
from mistudio_ext.captures.schema import AppendTokens, CaptureOptions
from mistudio_ext.contract.errors import MiStudioError
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.models.hook_points import find_hook_points
from mistudio_ext.models.load import load_model
from tests.captures.conftest import Made
from tests.support import capturing, work


def plan_of(made: Made, tokenization: str) -> Plan:
    folder = made.ws.folder_of(made.ws.catalog.get(tokenization)) / "blocks"
    return Plan(folder, CaptureOptions(), frozenset({0, 1}))


def with_room_for(folder: Path, blocks: int) -> Any:
    """A model that finds no memory for more blocks than these."""
    model = load_model(folder, "float32")

    def full(_module: Any, args: Any, kwargs: Any) -> None:
        if len(kwargs["input_ids"]) > blocks:
            raise MemoryError

    model.register_forward_pre_hook(full, with_kwargs=True)
    return model


@pytest.mark.parametrize("room", [1, 3, 5])
def test_a_batch_halves_until_it_fits(made: Made, model_folders: dict[str, Path], room: int) -> None:
    plan = plan_of(made, made.tokenization(layout="rows"))
    small, plain = with_room_for(model_folders["llama"], room), load_model(model_folders["llama"], "float32")
    points = find_hook_points(plain)
    halved, whole = Reader(small, points, 16), Reader(plain, points, 16)
    for batch in plan.batches(16):
        parts, [expected] = list(halved.read(batch)), list(whole.read(batch))
        for hook, rows in expected.vectors.items():
            got = np.concatenate([part.vectors[hook].numpy() for part in parts])
            np.testing.assert_allclose(got, rows.numpy(), atol=1e-4)
        for name, column in expected.index.items():
            assert np.array_equal(np.concatenate([part.index[name] for part in parts]), column)
    assert room // 2 < halved.size <= room


def test_what_does_not_fit_alone_is_a_sentence(made: Made, model_folders: dict[str, Path]) -> None:
    model = with_room_for(model_folders["llama"], 0)
    reader = Reader(model, find_hook_points(load_model(model_folders["llama"], "float32")), 4)
    with pytest.raises(MiStudioError, match="single sequence") as caught:
        list(reader.read(next(plan_of(made, made.tokenization()).batches(4))))
    assert caught.value.code == "memory"


def test_a_batch_size_is_found(made: Made, model_folders: dict[str, Path]) -> None:
    tokenization = made.tokenization()
    blocks = list(plan_of(made, tokenization).blocks())
    points = find_hook_points(load_model(model_folders["llama"], "float32"))
    assert 1 <= fitting_size(with_room_for(model_folders["llama"], 5), points, blocks) <= 5
    id = capturing.capture(made.ws, made.model(model_folders["llama"]), tokenization, batch_size=None)
    found = capturing.stored(made.ws, id)
    assert found.manifest["batch_size"] >= 1
    assert capturing.without_row(capturing.index_of(found)) == capturing.expected_index(made.ws, tokenization)


@pytest.mark.parametrize("request_", ["pause", "cancel"])
def test_a_capture_rests_or_ends_when_asked(
    made: Made, model_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, request_: str
) -> None:
    monkeypatch.setattr("mistudio_ext.captures.shards.SHARD_BYTES", 60_000)
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    id = capturing.ask(made.ws, model, tokenization, batch_size=2)
    job = work.do_next(made.ws, "gpu", request=request_, after=12)
    assert not (made.ws.folder(id) / "data").exists()
    if request_ == "cancel":
        assert job.state == "cancelled"
        assert not made.ws.scratch(job.id).exists()
        return
    assert job.state == "paused"
    resume_job(made.ws, job.id)
    assert work.do_next(made.ws, "gpu").state == "succeeded"
    plain = capturing.capture(made.ws, model, tokenization, batch_size=2, drop_first=0)
    index = capturing.index_of(capturing.stored(made.ws, id))
    assert capturing.without_row(index) == capturing.expected_index(made.ws, tokenization)
    others = capturing.index_of(capturing.stored(made.ws, plain))
    [hook] = capturing.stored(made.ws, id).hooks
    mine, theirs = capturing.stored(made.ws, id)[hook], capturing.stored(made.ws, plain)[hook]
    order, same = [row["row"] for row in index.values()], [others[place]["row"] for place in index]
    assert np.array_equal(mine[order], theirs[same])


def test_adding_rests_too_and_a_cancel_leaves_what_was_there(
    made: Made, model_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mistudio_ext.captures.shards.SHARD_BYTES", 60_000)
    model, tokenization = made.model(model_folders["llama"]), made.tokenization()
    id = capturing.capture(made.ws, model, tokenization, max_tokens=50, batch_size=2)
    before = capturing.all_rows(capturing.stored(made.ws, id))
    operations.append_to_capture(made.ws, id, AppendTokens(max_tokens=400))
    assert work.do_next(made.ws, "gpu", request="cancel", after=8).state == "cancelled"
    assert np.array_equal(capturing.all_rows(capturing.stored(made.ws, id)), before)
    started = operations.append_to_capture(made.ws, id, AppendTokens(max_tokens=400))
    assert operations.append_to_capture(made.ws, id, AppendTokens(max_tokens=400)) == started
    assert work.do_next(made.ws, "gpu", request="pause", after=8).state == "paused"
    resume_job(made.ws, str(started.job))
    assert work.do_next(made.ws, "gpu").state == "succeeded"
    first = dict(list(capturing.expected_index(made.ws, tokenization).items())[:450])
    assert capturing.without_row(capturing.index_of(capturing.stored(made.ws, id))) == first


class Clock:
    """In place of `time` where progress is told: a second a batch."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


class Ticking(Reader):
    """A reader that tells such a clock of each batch, and notes how many tokens were done at each second."""

    def __init__(self, clock: Clock, model: Any, points: Any, size: int):
        super().__init__(model, points, size)
        self.clock, self.done = clock, [0]

    def read(self, batch: Batch) -> Iterator[Captured]:
        self.clock.now += 1
        self.done.append(self.done[-1] + batch.rows)
        yield from super().read(batch)


def test_progress_says_how_fast_and_the_log_that_the_batch_halved(
    made: Made, model_folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("mistudio_ext.jobs.context.time", clock)
    model, plan = with_room_for(model_folders["llama"], 3), plan_of(made, made.tokenization())
    points = find_hook_points(load_model(model_folders["llama"], "float32"))[-1:]
    job = JobContext(made.ws, "jb_00000000", 1, "cp_00000000")
    manifest = beginning({point.name: point.width for point in points}, 8, {"dtype": "float32"})
    reader = Ticking(clock, model, points, 8)
    Capturing(job, tmp_path / "data", manifest, plan).run(reader)
    job.flush()
    told = [
        json.loads(row["data"]) for row in made.ws.database.rows("SELECT data FROM events WHERE type = 'progress' ORDER BY id")
    ]
    told = [each for each in told if each["stage"] == "Capturing"]
    total = plan.count()
    assert len(told) > 6
    assert [each["done"] for each in told] == reader.done[1:]
    assert {(each["total"], each["unit"]) for each in told} == {(total, "tokens")}
    assert {each["figures"]["batch_size"] for each in told} == {2}
    for at, each in enumerate(told):
        # Over the last seconds, fewer than five; none has passed at the first.
        since = max(0, at - 4)
        expected = (each["done"] - told[since]["done"]) / (at - since) if at else None
        assert each["rate"] == pytest.approx(expected)
    lines = [json.loads(line) for line in made.ws.job_log(job.id).read_text().splitlines()]
    assert [(each["level"], each["text"]) for each in lines] == [
        ("warning", "The memory did not suffice for 8 sequences together; it goes on with 2.")
    ]
