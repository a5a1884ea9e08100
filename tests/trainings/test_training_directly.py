"""A training that reads a model directly: run, left and gone on with, made into SAEs, refused where it makes no sense."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from mistudio_ext.captures.vectors import Stored
from mistudio_ext.contract.errors import BadRequest, Conflict, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.jobs import context
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.lanes.perform import perform
from mistudio_ext.models.operations import add_model
from mistudio_ext.models.schema import AddModel
from mistudio_ext.saes.check import ROWS
from mistudio_ext.saes.files import read_check
from mistudio_ext.saes.folder import config_in
from mistudio_ext.saes.operations import get_sae
from mistudio_ext.trainings import operations, prefetch, run, train
from mistudio_ext.trainings.checkpoint import read_state, steps_of
from mistudio_ext.trainings.pools import Check
from mistudio_ext.trainings.prefetch import Prefetch
from mistudio_ext.trainings.record_schema import SaeOfTraining, TrainEstimate
from mistudio_ext.trainings.run import Run
from mistudio_ext.trainings.sae_of import sae_of_training
from mistudio_ext.trainings.schema import EstimateTraining, ExtendTraining, Train
from mistudio_ext.trainings.source_schema import StreamSource
from mistudio_ext.trainings.stream import StreamPool
from mistudio_ext.workspace import dependencies
from mistudio_ext.workspace.paths import disk_use
from tests.support import killing, work
from tests.support.tiny_models import make_tiny_model
from tests.trainings.conftest import HOOKS, SMALL, Prepared
from tests.trainings.test_resuming import outcome, require_same

# Windows of a tenth of the text; batchtopk and the transcoder ask for rows besides.
SAES: list[dict[str, Any]] = [{"hook": HOOKS[0]}, {"hook": HOOKS[1], "width": 48}]
DIRECT: dict[str, Any] = {"buffer": 300, "saes": SAES, "architecture": "batchtopk"}


def source(prepared: Prepared, **options: Any) -> dict[str, Any]:
    return {"model": prepared.model, "tokenization": prepared.tokenization, "hooks": ["layers.0-1.resid_post"]} | options


def sources(prepared: Prepared, **options: Any) -> dict[str, Any]:
    return {"sources": [source(prepared, **options)]}


def test_it_learns_as_from_a_capture_and_leaves_no_vectors_behind(prepared: Prepared) -> None:
    options: dict[str, Any] = {"saes": [{"hook": HOOKS[0]}], "steps": 200, "checkpoint_every": 200, "evaluate_every": None}
    captures = disk_use(prepared.ws.root / "captures")
    ids = [prepared.train(**options), prepared.train(**sources(prepared), **options)]
    of_capture, direct = (operations.get_training(prepared.ws, id) for id in ids)
    found = [each.facts.saes[0].evaluation for each in (of_capture, direct) if each.facts is not None]
    for name in ("fvu", "ce_clean", "ce_spliced", "l0"):
        one, other = (getattr(each, name) for each in found)
        assert one == pytest.approx(other, rel=0.05), name
    # The same held-out tokens, through the same model.
    assert [each.effect_tokens for each in found if each] == [256, 256]
    assert direct.facts is not None
    assert direct.facts.mix == {prepared.tokenization: 200 * 64}
    assert (direct.hooks, direct.model) == ([HOOKS[0]], prepared.model)
    assert disk_use(prepared.ws.root / "captures") == captures
    assert operations.get_health(prepared.ws, ids[1]).checked
    files = [each for each in prepared.ws.folder(ids[1]).rglob("*") if each.is_file()]
    named = {each.name.split("-")[0].split(".")[0] for each in files}
    assert named == {"weights", "optimizer", "run", "state", "training", "evaluation", "machine", "check_rows"}


def test_paused_in_a_window_it_ends_with_the_same_numbers(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    ws = prepared.ws
    expected = outcome(ws, prepared.train(**sources(prepared), **DIRECT))
    # Windows end at steps 4, 9, 13 …
    for steps in ((7, 3), (16, 8)):
        id = prepared.start(**sources(prepared), **DIRECT)
        for after in steps:
            job = work.do_next(ws, "gpu", request="pause", after=after + 4)
            assert job.state == "paused", job
            resume_job(ws, job.id)
        assert work.do_next(ws, "gpu").state == "succeeded"
        require_same(outcome(ws, id), expected)


def test_killed_it_goes_on_to_the_same_numbers(prepared: Prepared) -> None:
    ws = prepared.ws
    options: dict[str, Any] = (
        sources(prepared) | DIRECT | {"steps": 300, "checkpoint_every": 50, "evaluate_every": None, "keep_every": None}
    )
    expected = outcome(ws, prepared.train(**options))
    id = prepared.start(**options)
    job = operations.get_training(ws, id).job
    assert job is not None
    perform(ws, operations.get_training, id)
    killing.kill_on_the_way(ws, job.id, random.Random(1))
    killing.told_truly(ws, job.id)
    killing.resume_to_the_end(ws, job.id)
    require_same(outcome(ws, id), expected)


def test_found_sizes_are_kept_though_they_would_be_found_otherwise_now(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    ws, options = prepared.ws, sources(prepared, batch_size=None) | DIRECT
    monkeypatch.setattr(train, "fitting_size", lambda *_: 3)
    expected = outcome(ws, prepared.train(**options))
    id = prepared.start(**options)
    job = work.do_next(ws, "gpu", request="pause", after=18)
    assert job.state == "paused"
    monkeypatch.setattr(train, "fitting_size", lambda *_: 7)
    monkeypatch.setattr(train, "ALL_TOGETHER", 0.0)
    monkeypatch.setattr(train, "A_WINDOW", 1e-12)
    resume_job(ws, job.id)
    assert work.do_next(ws, "gpu").state == "succeeded"
    require_same(outcome(ws, id), expected)
    assert read_state(ws.folder(id), 30)["together"] == [3]


def test_asked_to_leave_while_a_window_is_computed_it_leaves(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "TELL_EVERY", 0.0)
    ws, options = prepared.ws, sources(prepared) | DIRECT
    expected = outcome(ws, prepared.train(**options))
    read = StreamPool._read

    def endless(self: StreamPool, number: int, blocks: Any) -> Any:
        """A batch of the second window takes as long as somebody waits for it."""
        windows.append(number == 0 and threading.current_thread().name == "prefetch")
        while sum(windows) > 1 and threading.current_thread().name == "prefetch" and not left.wait(0.01):
            pass
        return read(self, number, blocks)

    leave = Prefetch.__exit__

    def leaving(self: Prefetch, *error: Any) -> None:
        left.set()
        leave(self, *error)

    for request, state in (("pause", "paused"), ("stop", "succeeded"), ("cancel", "cancelled")):
        windows: list[bool] = []
        left = threading.Event()
        with monkeypatch.context() as patched:
            patched.setattr(StreamPool, "_read", endless)
            patched.setattr(Prefetch, "__exit__", leaving)
            id = prepared.start(**options)
            job = work.do_next(ws, "gpu", request=request, after=9)
        assert (job.state, left.is_set(), sum(windows)) == (state, True, 2), job
        if state == "paused":
            assert steps_of(ws.folder(id)) == [4]
            resume_job(ws, job.id)
            assert work.do_next(ws, "gpu").state == "succeeded"
            require_same(outcome(ws, id), expected)


def test_while_a_window_is_computed_it_says_how_far_that_is(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((prefetch, "LOOK_EVERY"), (context, "MIN_INTERVAL")):
        monkeypatch.setattr(module, name, 0.001)
    windows: list[int] = []
    told: list[tuple[float, float]] = []
    make_ready, read, tell = StreamPool.make_ready, StreamPool._read, Run._tell

    def counted(self: StreamPool, stretches: list[tuple[int, int]], check: Check) -> None:
        windows.append(sum(last - first for first, last in stretches))
        make_ready(self, stretches, check)

    def waiting(self: StreamPool, number: int, blocks: Any) -> Any:
        """No batch of a window before it was told how far the window is."""
        while threading.current_thread().name == "prefetch" and [self.reading] != told[-1:]:
            time.sleep(0.001)
        return read(self, number, blocks)

    def telling(self: Run, stage: str | None = None, **figures: float) -> None:
        tell(self, stage, **figures)
        if figures:
            told.append((figures["tokens_read"], figures["tokens_to_read"]))

    monkeypatch.setattr(StreamPool, "make_ready", counted)
    monkeypatch.setattr(StreamPool, "_read", waiting)
    monkeypatch.setattr(Run, "_tell", telling)
    id = prepared.train(**sources(prepared), **DIRECT)
    steps = [(1.0, 0.0), *(each for each, _ in itertools.groupby(told))]
    begins = [after for before, after in itertools.pairwise(steps) if after[0] < before[0]]
    assert begins == [(0, each) for each in windows]
    assert len(windows) > 2
    assert len(told) > 2 * len(windows)
    rows = prepared.ws.database.rows("SELECT data FROM events WHERE type = 'progress' ORDER BY id")
    reading = [each for each in (json.loads(row["data"]) for row in rows) if each["stage"] == "Reading the model"]
    assert {(each["total"], each["unit"]) for each in reading} == {(30, "steps")}
    assert all((each["figures"]["tokens_read"], each["figures"]["tokens_to_read"]) in told for each in reading)
    job = operations.get_training(prepared.ws, id).job
    assert job is not None
    assert "tokens_read" not in job.progress.figures


def test_an_sae_of_it_is_like_any_other(prepared: Prepared) -> None:
    ws = prepared.ws
    id = prepared.train(**sources(prepared, precision="float32"), saes=SAES)
    started = sae_of_training(ws, id, SaeOfTraining(sae=1, step=20))
    job = work.do_next(ws, "io")
    assert job.state == "succeeded", job.error
    sae = get_sae(ws, started.object)
    assert (sae.model, sae.model_name, sae.precision, sae.hook) == (prepared.model, "llama", "float32", HOOKS[1])
    check = read_check(ws.folder(sae.id), config_in(ws.folder(sae.id)))
    assert check is not None
    # Rows that the capture of this text holds out.
    stored = Stored(ws.folder(prepared.captures[0]) / "data")
    there = stored.index["counted"][:].astype(bool) & stored.index["held_out"][:].astype(bool)
    expected = torch.from_numpy(stored[HOOKS[1]][there][:ROWS])
    torch.testing.assert_close(check.x, expected, rtol=1e-4, atol=1e-5)


def test_several_hook_points_transcoders_and_captures_beside(prepared: Prepared) -> None:
    beside = [source(prepared) | {"weight": 3}, {"capture": prepared.captures[1], "weight": 1}]
    id = prepared.train(
        sources=beside, mixing="weights", target="transcode", saes=[{"hook": HOOKS[0], "out_hook": HOOKS[1]}], buffer=300
    )
    facts = operations.get_training(prepared.ws, id).facts
    assert facts is not None
    assert facts.mix == {prepared.tokenization: 30 * 48, prepared.captures[1]: 30 * 16}
    assert facts.saes[0].evaluation is not None
    assert facts.saes[0].evaluation.affine_fvu is not None
    operations.extend_training(prepared.ws, id, ExtendTraining(steps=10))
    assert work.do_next(prepared.ws, "gpu").state == "succeeded"


def test_deleting_the_model_or_the_text_says_that_it_goes_too(prepared: Prepared) -> None:
    id = prepared.train(**sources(prepared), saes=SAES, steps=3)
    for each in (prepared.model, prepared.tokenization):
        assert id in [item.id for item in dependencies.plan(prepared.ws, each).also]
    assert operations.get_training(prepared.ws, id).made_from == [prepared.model, prepared.tokenization]


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"hooks": ["layers.9.resid_post"]}, "hooks", "no layer 9"),
        ({"hooks": ["layers.0.nothing"]}, "hooks", "no kind of hook point"),
        ({"hooks": []}, "hooks", "No hook point"),
        ({"role": "user"}, "role", "no conversations"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_estimate_says_the_same(
    prepared: Prepared, options: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(BadRequest, match=words) as refused:
        prepared.start(**sources(prepared, **options))
    assert refused.value.field == field
    estimate = operations.estimate_training(prepared.ws, checked(EstimateTraining, sources(prepared, **options) | SMALL))
    assert (estimate.problem, estimate.field) == (str(refused.value), field)


def test_other_models_and_vocabularies_are_refused(prepared: Prepared, tmp_path: Path, tokenizer_folder: Path) -> None:
    few = add_model(prepared.ws, AddModel(path=str(make_tiny_model(tmp_path / "few", tokenizer_folder, vocab_size=100)))).object
    assert work.do_next(prepared.ws, "io").state == "succeeded"
    with pytest.raises(Conflict, match="knows only 100") as refused:
        prepared.start(**sources(prepared, model=few))
    assert refused.value.code == "vocabulary"
    capture = {"capture": prepared.captures[0]}
    with pytest.raises(BadRequest, match="another precision"):
        prepared.start(sources=[capture, source(prepared, precision="bfloat16")])
    with pytest.raises(BadRequest, match="no hook point in common"):
        prepared.start(sources=[capture, source(prepared, hooks=["layers.0.mlp_out"])])
    with pytest.raises(BadRequest, match="named twice"):
        prepared.start(sources=[source(prepared), source(prepared, drop_first=2)])
    with pytest.raises(NotFound):
        prepared.start(**sources(prepared, tokenization="tk_00000000"))


def test_where_no_token_is_left_it_says_so(prepared: Prepared) -> None:
    prepared.start(**sources(prepared, drop_first=16))
    job = work.do_next(prepared.ws, "gpu")
    assert (job.state, job.error is not None) == ("failed", True)
    assert "no row to train on" in str(job.error and job.error.message)


def test_an_estimate_counts_the_model_and_no_vectors_on_the_disk(prepared: Prepared) -> None:
    ws = prepared.ws

    def asked(**options: Any) -> TrainEstimate:
        return operations.estimate_training(ws, checked(EstimateTraining, SMALL | {"device": "cpu"} | options))

    of_capture, direct = asked(sources=[{"capture": prepared.captures[0]}]), asked(**sources(prepared))
    assert (direct.problem, direct.disk, direct.saes) == (None, of_capture.disk, of_capture.saes)
    weights = ws.catalog.get(prepared.model)["facts"]["bytes"]
    # Held are 32 dimensions of float32 at two hook points; a batch of text needs little.
    assert direct.memory - of_capture.memory > weights
    less = asked(**sources(prepared), buffer=300)
    rows = operations.plan_training(ws, checked(Train, SMALL | sources(prepared)), [checked(StreamSource, source(prepared))]).rows
    assert direct.memory - less.memory == (rows - 300) * 4 * 2 * ws.catalog.get(prepared.model)["facts"]["hidden_size"]
    # The text is counted by arithmetic.
    held = Stored(ws.folder(prepared.captures[0]) / "data")
    there = held.index["counted"][:].astype(bool) & ~held.index["held_out"][:].astype(bool)
    assert rows == pytest.approx(int(there.sum()), rel=0.05)
    # How fast the model is was seen when it was captured; how fast one trains, nobody knows yet.
    assert direct.seconds is None
    prepared.train()
    assert 0 < (asked(sources=[{"capture": prepared.captures[0]}]).seconds or 0) < (asked(**sources(prepared)).seconds or 0)
