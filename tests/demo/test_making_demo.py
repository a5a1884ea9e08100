"""The demo is made by ordinary jobs, one after another, whoever looks; what is there is not made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from IPython.lib.pretty import pretty

import mistudio_ext as ms
from mistudio_ext.cli import main
from mistudio_ext.contract.errors import Conflict
from mistudio_ext.demo import material, steps
from mistudio_ext.demo.corpus import documents
from mistudio_ext.demo.operations import GO_ON, make_demo
from mistudio_ext.demo.schema import Demo
from mistudio_ext.display.facts import CONTROL
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.control import cancel_job, pause_job, retry_job
from mistudio_ext.jobs.records import get_job, list_jobs
from mistudio_ext.jobs.schema import ListJobs
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.support import queued, waiting, work
from tests.support.notebook import shared_workspace

# Four lanes start, and three of them load torch.
pytestmark = pytest.mark.timeout(300)
DOCUMENTS = 120
NAMES = ["dataset", "model", "tokenization", "capture", "training"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "DOCUMENTS", DOCUMENTS)


def trained(ws: Workspace) -> bool:
    return any(each["facts"] for each in ws.catalog.all("trainings"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Begun once, and then nobody asks for anything: each lane sees to it that the next one starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "DOCUMENTS", DOCUMENTS)
        for ws in shared_workspace(tmp_path_factory.mktemp("demo") / "workspace"):
            begun: Demo = perform(ws, make_demo)
            assert [each.state for each in begun.steps] == ["working", *["waiting"] * 4]
            assert not begun.ready
            waiting.until(partial(trained, ws), "the training", seconds=280)
            yield ws


def test_what_it_is_made_of_fits_together(made: Workspace) -> None:
    demo = ms.open(made.root).demo()
    known = list(documents(DOCUMENTS, steps.SEED))
    assert demo.dataset.name == "stories"
    for sample, document in zip(demo.dataset, known, strict=True):
        assert sample.text == document.text
        assert sample.other == {"topic": document.topic, "spans": [list(span) for span in document.spans]}
    assert demo.tokenization.dataset == demo.dataset
    assert demo.capture.model == demo.model
    assert demo.capture.hooks == ["layers.2.resid_post"]
    # Packed blocks begin with the begin token and hold end tokens between samples: all others are captured.
    blocks = demo.tokenization.load()
    about = json.loads((material.MODEL_FOLDER / "config.json").read_text())
    special = {about["bos_token_id"], about["eos_token_id"]}
    assert len(demo.capture) == sum(id not in special for ids in blocks["input_ids"] for id in ids[1:])
    assert demo.training.captures == [demo.capture]
    assert demo.training.facts is not None
    assert demo.training.facts.tokens == pytest.approx(steps.ROUNDS * len(demo.capture), abs=4096)


def test_it_is_not_made_twice(made: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = list_jobs(made, ListJobs()).total
    assert main(["demo", "--workspace", str(made.root), "--json", str(tmp_path / "demo.json")]) == 0
    said = capsys.readouterr().out
    assert "The demo is loaded." in said
    assert CONTROL in said
    written = json.loads((tmp_path / "demo.json").read_text())
    assert main(["demo", "--json", "--workspace", str(made.root)]) == 0
    assert json.loads(capsys.readouterr().out) == written
    assert written["ready"]
    assert [each["name"] for each in written["steps"]] == NAMES
    assert written["steps"][0]["counts"]["samples"] == DOCUMENTS
    assert all(each["seconds"] > 0 and each["job"] is None for each in written["steps"])
    assert written["seconds"] == pytest.approx(sum(each["seconds"] for each in written["steps"]))
    assert list_jobs(made, ListJobs()).total == jobs == len(NAMES)


def test_what_it_came_to_is_what_the_training_says(made: Workspace) -> None:
    found: Demo = make_demo(made)
    handles = ms.open(made.root).demo()
    expected = handles.training.evaluation()
    assert expected is not None
    for shown, numbers in ((found.training, expected), (found.control, expected.control)):
        assert shown is not None
        assert numbers is not None
        assert shown.model_dump() == {
            "fvu": numbers.fvu, "l0": numbers.l0, "dead_share": numbers.dead, "loss_recovered": numbers.loss_recovered,
        }  # fmt: skip
    for shown_as in (pretty(handles), handles._repr_html_(), handles.training._repr_html_()):
        assert CONTROL in shown_as


def test_the_notebook_runs(made: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MISTUDIO_WORKSPACE", str(made.root))
    notebook = json.loads((Path(steps.__file__).parent / "demo.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell.get("outputs") for cell in notebook["cells"])
    names: dict[str, object] = {}
    for cell in cells:
        exec(cell, names)
    assert ms.open(made.root).demo().capture == names["cap"]
    assert not torch.equal(names["steered"], names["unsteered"])  # type: ignore[arg-type]
    assert "→" in capsys.readouterr().out


def test_what_was_deleted_is_made_again_and_the_rest_stays(made: Workspace) -> None:
    handles = ms.open(made.root).demo()
    # With what was made of it, whichever steps have come to lie behind.
    handles.capture.delete(confirm=True)
    again = ms.open(made.root).demo()
    assert again.tokenization == handles.tokenization
    assert again.capture != handles.capture
    assert again.training != handles.training
    assert len(again.capture) > 0


def test_a_server_that_may_read_nothing_links_the_model_all_the_same(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    ws = Workspace.open(tmp_path / "workspace", allowed_folders=[root])
    make_demo(ws)
    assert work.do_next(ws, "io").state == "succeeded"
    demo = make_demo(ws)
    assert [each.state for each in demo.steps] == ["ready", "working", *["waiting"] * 3]
    assert ws.allowed_folders == [root]
    ws.close()


def test_begun_again_it_goes_on_where_it_was(ws: Workspace) -> None:
    first = make_demo(ws).steps[0]
    assert first.job
    pause_job(ws, first.job)
    assert make_demo(ws).steps[0] == first
    assert get_job(ws, first.job).state == "queued"
    # A lane that dies leaves an interrupted job.
    claimed = queue.claim(ws, "io", "test", 1)
    assert claimed is not None
    claimed.lock.release()
    assert get_job(ws, first.job).state == "interrupted"
    assert make_demo(ws).steps[0] == first
    assert get_job(ws, first.job).state == "queued"
    cancel_job(ws, first.job)
    assert make_demo(ws).steps[0].object != first.object


def test_a_demo_on_its_way_says_what_is_not_there_yet(ws: Workspace) -> None:
    make_demo(ws)
    demo = ms.open(ws.root).demo(wait=False)
    assert demo.dataset.name == "stories"
    with pytest.raises(Conflict, match="has not come so far"):
        _ = demo.capture


def test_what_follows_a_job_follows_its_success_alone(ws: Workspace) -> None:
    object = queued.dataset(ws)
    job = queued.job(ws, object)
    assert queue.then(ws, job, GO_ON)
    assert queue.follow_up(ws, job) == GO_ON
    cancel_job(ws, job)
    assert not queue.then(ws, job, GO_ON)
    assert not queue.then(ws, "jb_00000000", GO_ON)
    # The new try takes over what was to follow.
    assert queue.follow_up(ws, retry_job(ws, job).id) == GO_ON
    assert queue.follow_up(ws, queued.job(ws, object)) is None
