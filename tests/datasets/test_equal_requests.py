"""Tokenizations asked for: equal ones once, whoever asks and how often; and when none can be made."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, DiskFull, MiStudioError, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import tokenizer_files
from mistudio_ext.datasets.operations import add_dataset, delete_dataset, get_dataset
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.datasets.tokenizations import (
    delete_tokenization,
    edit_tokenization,
    get_tokenization,
    list_tokenizations,
    preview_tokens,
    tokenize_dataset,
)
from mistudio_ext.datasets.tokenizing_schema import ListTokenizations, PreviewTokens, TokenizeDataset
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.records import list_jobs
from mistudio_ext.jobs.schema import ListJobs, Started
from mistudio_ext.workspace.schema import DeleteObject, EditObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support.work import do_next, read, tokenized


@pytest.fixture
def dataset(ws: Workspace) -> str:
    return read(ws, texts=["some words to cut into blocks"] * 20)


def ask(ws: Workspace, dataset: str, tokenizer: Path, **values: object) -> Started:
    return tokenize_dataset(ws, dataset, checked(TokenizeDataset, {"tokenizer": str(tokenizer), "max_length": 8} | values))


def ask_elsewhere(root: Path, dataset: str, tokenizer: Path, start: Any, answers: Any) -> None:
    ws = Workspace.open(root)
    start.wait()
    answers.put(ask(ws, dataset, tokenizer).model_dump())
    ws.close()


def everything(ws: Workspace) -> tuple[int, int]:
    jobs = [job for job in list_jobs(ws, ListJobs()).jobs if job.kind == "dataset.tokenize"]
    return len(ws.catalog.all("tokenizations")), len(jobs)


def test_threads_that_ask_at_once_get_one(ws: Workspace, dataset: str, tokenizer_folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask(ws, dataset, tokenizer_folder, name=f"name {number}"), range(16)))
    assert len({(each.object, each.job) for each in answers}) == 1
    assert everything(ws) == (1, 1)
    assert len(os.listdir(ws.folder(dataset) / "tokenizations")) == 1


def test_processes_that_ask_at_once_get_one(ws: Workspace, dataset: str, tokenizer_folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, answers = context.Event(), context.Queue()
    processes = [
        context.Process(target=ask_elsewhere, args=(ws.root, dataset, tokenizer_folder, start, answers)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    start.set()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
    assert len({(each["object"], each["job"]) for each in found}) == 1
    assert everything(ws) == (1, 1)


def test_what_is_there_is_not_made_again(ws: Workspace, dataset: str, tokenizer_folder: Path, tmp_path: Path) -> None:
    first = ask(ws, dataset, tokenizer_folder)
    assert ask(ws, dataset, tokenizer_folder) == first
    do_next(ws, "cpu")
    assert ask(ws, dataset, tokenizer_folder, name="other name") == Started(object=first.object, job=None)
    elsewhere = tmp_path / "same files"
    shutil.copytree(tokenizer_folder, elsewhere)
    assert ask(ws, dataset, elsewhere).object == first.object
    delete_tokenization(ws, first.object, DeleteObject())
    assert ask(ws, dataset, tokenizer_folder).object != first.object


def test_another_text_tokenizer_or_option_is_another_one(
    ws: Workspace, dataset: str, tokenizer_folder: Path, tmp_path: Path
) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(tokenizer_folder, changed)
    config = json.loads((changed / "tokenizer_config.json").read_text())
    (changed / "tokenizer_config.json").write_text(json.dumps(config | {"model_max_length": 17}))
    other = read(ws, texts=["other words"] * 20)
    asked = [
        ask(ws, dataset, tokenizer_folder),
        ask(ws, dataset, changed),
        ask(ws, dataset, tokenizer_folder, max_length=9),
        ask(ws, dataset, tokenizer_folder, special_tokens=False),
        ask(ws, dataset, tokenizer_folder, eval_share=0.1),
        ask(ws, other, tokenizer_folder),
    ]
    assert len({each.object for each in asked}) == 6
    assert len({get_tokenization(ws, each.object).fingerprint for each in asked}) == 6
    assert [each.id for each in list_tokenizations(ws, ListTokenizations(dataset=other)).tokenizations] == [asked[-1].object]


def test_equal_first_texts_with_other_second_ones_are_not_equal(ws: Workspace, tokenizer_folder: Path, tmp_path: Path) -> None:
    asked = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps({"text": "the same question", "answer": name}) + "\n")
        asked.append((read(ws, path=str(path)), name))
    texts = [get_dataset(ws, id).facts for id, _ in asked]
    assert texts[0] is not None
    assert texts[1] is not None
    assert texts[0].fingerprint == texts[1].fingerprint
    made = [ask(ws, id, tokenizer_folder, layout="rows", second="answer").object for id, _ in asked]
    assert len({get_tokenization(ws, each).fingerprint for each in made}) == 2


def test_the_tokenizer_stays_when_its_folder_goes(ws: Workspace, dataset: str, tokenizer_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "passing"
    shutil.copytree(tokenizer_folder, folder)
    started = ask(ws, dataset, folder)
    shutil.rmtree(folder)
    assert do_next(ws, "cpu").state == "succeeded"
    own = ws.folder_of(ws.catalog.get(started.object)) / "tokenizer"
    assert tokenizer_files.describe(own).fingerprint == tokenizer_files.describe(tokenizer_folder).fingerprint
    request = preview_tokens(ws, PreviewTokens(text="a", tokenization=started.object))
    assert request.params["folder"] == str(own)


def test_a_dataset_that_is_not_ready(ws: Workspace, tokenizer_folder: Path) -> None:
    id = add_dataset(ws, AddDataset(texts=[" "])).object
    with pytest.raises(Conflict, match="still being read"):
        ask(ws, id, tokenizer_folder)
    assert do_next(ws, "io").state == "failed"
    with pytest.raises(Conflict, match="has no text"):
        ask(ws, id, tokenizer_folder)
    with pytest.raises(NotFound):
        ask(ws, "ds_00000000", tokenizer_folder)
    assert everything(ws) == (0, 0)


def test_nothing_goes_while_it_is_worked_on(ws: Workspace, dataset: str, tokenizer_folder: Path) -> None:
    started = ask(ws, dataset, tokenizer_folder)
    for delete, id in ((delete_dataset, dataset), (delete_tokenization, started.object)):
        with pytest.raises(Conflict, match="in use by: Tokenize"):
            delete(ws, id, DeleteObject())
    claimed = queue.claim(ws, "cpu", "test", os.getpid())
    assert claimed is not None
    with pytest.raises(Conflict, match="in use by"):
        delete_dataset(ws, dataset, DeleteObject())
    queue.end(ws, claimed.id, "interrupted", reason="gone")
    claimed.lock.release()
    delete_dataset(ws, dataset, DeleteObject())
    assert everything(ws)[0] == 0


@pytest.mark.parametrize("step", ["copy", "record", "job"])
def test_a_full_disk_leaves_no_half_tokenization(
    ws: Workspace, dataset: str, tokenizer_folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device") if step == "copy" else DiskFull("There is no space left.", "Make room.")

    with monkeypatch.context() as broken:
        broken.setattr(*{"copy": (shutil, "copyfileobj"), "record": (ws.catalog, "insert"), "job": (queue, "submit")}[step], full)
        with pytest.raises(DiskFull):
            ask(ws, dataset, tokenizer_folder)
    assert everything(ws) == (0, 0)
    assert not os.listdir(ws.folder(dataset) / "tokenizations")
    assert ask(ws, dataset, tokenizer_folder)


@pytest.mark.parametrize("values", [{}, {"tokenizer": "a", "tokenization": "tk_00000000"}, {"tokenization": "tk_00000000"}])
def test_previews_that_cannot_be(ws: Workspace, values: dict[str, str]) -> None:
    with pytest.raises(MiStudioError):
        preview_tokens(ws, PreviewTokens(text="a", **values))


@pytest.mark.parametrize(
    "values", [{"max_length": 0}, {"max_length": 8193}, {"eval_share": -0.1}, {"eval_share": 0.6}, {"eval_share": float("nan")}]
)
def test_bounds(values: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        checked(TokenizeDataset, {"tokenizer": "t"} | values)


def test_renaming_and_finding(ws: Workspace, dataset: str, tokenizer_folder: Path) -> None:
    id = tokenized(ws, dataset, tokenizer_folder, max_length=8)
    assert get_tokenization(ws, id).name == "tiny · 8 · packed"
    edit_tokenization(ws, id, EditObject(name="renamed", tags=["blue"]))
    for words, count in (("renamed", 1), ("BLUE tiny", 1), ("other", 0), ("", 1)):
        assert len(list_tokenizations(ws, ListTokenizations(filter=words)).tokenizations) == count
    with pytest.raises(BadRequest):
        edit_tokenization(ws, dataset, EditObject(name="not a tokenization"))
