"""Datasets from texts, files and uploads: what is kept, and that a failure at any step leaves nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, DiskFull, Forbidden, MiStudioError, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import gather, incoming, shards
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets.operations import add_dataset, delete_dataset, edit_dataset, get_dataset, plan_delete_dataset
from mistudio_ext.datasets.samples import get_sample, read_samples
from mistudio_ext.datasets.schema import AddDataset, DatasetFacts, ReadSamples, StartUpload, UploadPart
from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset
from mistudio_ext.jobs import queue
from mistudio_ext.jobs.control import resume_job, retry_job
from mistudio_ext.workspace.schema import DeleteObject, EditObject
from mistudio_ext.workspace.workspace import Workspace
from tests.support.work import do_next, read, tokenized


def given(**values: Any) -> AddDataset:
    return checked(AddDataset, values)


def facts_of(ws: Workspace, id: str) -> DatasetFacts:
    facts = get_dataset(ws, id).facts
    assert facts is not None
    return facts


def nothing_there(ws: Workspace) -> bool:
    folder = ws.root / "datasets"
    jobs = ws.database.rows("SELECT id FROM jobs")
    return not ws.catalog.all("datasets") and not (folder.exists() and os.listdir(folder)) and not jobs


def test_texts_come_back_as_they_were(ws: Workspace) -> None:
    texts = ["plain", "two\nlines\r\n", "\0\u202e<b>", " spaces ", "\ufeff日本", "a" * 100_000]
    id = read(ws, texts=texts, columns=["ignored"])
    assert [get_sample(ws, id, str(row)).text for row in range(len(texts))] == texts
    facts = facts_of(ws, id)
    assert (facts.samples, facts.characters, facts.bad_rows) == (len(texts), sum(map(len, texts)), 0)
    assert facts.splits == {"train": len(texts)}


def test_a_file_with_good_and_bad_rows(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    lines = [b'{"text": "good", "id": 7, "n": NaN}', b"{", b'{"text": 1}', b"", b'{"text": "caf\xe9"}', *[b"[]"] * 10, b'"last"']
    path.write_bytes(b"\n".join(lines))
    id = read(ws, path=str(path))
    facts = facts_of(ws, id)
    assert (facts.samples, facts.bad_rows, facts.repaired_rows) == (3, 12, 1)
    assert facts.bad_examples[:2] == ["line 2: not JSON", "line 3: “text” is a number, not a text"]
    assert len(facts.bad_examples) == gather.MAX_EXAMPLES
    assert get_sample(ws, id, "0").other == {"id": 7, "n": "NaN"}
    assert path.exists()
    assert get_dataset(ws, id).source.path == str(path)


def test_equal_text_has_an_equal_fingerprint_however_it_came(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    (tmp_path / "b.txt").write_text("one\n\ntwo")
    ids = [read(ws, path=str(tmp_path / "a.txt")), read(ws, path=str(tmp_path / "b.txt")), read(ws, texts=["one", "two"])]
    other = read(ws, texts=["onetwo"]), read(ws, texts=["two", "one"])
    assert len({facts_of(ws, id).fingerprint for id in ids}) == 1
    assert len({facts_of(ws, id).fingerprint for id in (ids[0], *other)}) == 3


@pytest.mark.parametrize("kind", ["txt", "jsonl"])
def test_interrupted_anywhere_the_dataset_is_the_same(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 7)
    monkeypatch.setattr(shards, "SHARD_BYTES", 500)
    path = tmp_path / f"text.{kind}"
    line = '{{"text": "row {}", "n": {}}}\n{{\n' if kind == "jsonl" else "row {} {}\r\n\n"
    path.write_text("\ufeff" + "".join(line.format(row, row) for row in range(150)), newline="")
    whole = read(ws, path=str(path))
    started = add_dataset(ws, given(path=str(path)))
    rounds = 0
    while (job := do_next(ws, "io", request="pause", after=rounds % 3)).state == "paused":
        resume_job(ws, job.id)
        rounds += 1
    assert job.state == "succeeded"
    assert rounds > 5
    wanted, found = facts_of(ws, whole), facts_of(ws, started.object)
    assert found.model_copy(update={"bytes": 0}) == wanted.model_copy(update={"bytes": 0})
    pages = [read_samples(ws, id, ReadSamples(limit=500)) for id in (whole, started.object)]
    assert pages[0] == pages[1]


def test_a_file_that_changed_while_it_rested_is_read_anew(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 5)
    path = tmp_path / "text.txt"
    path.write_text("old\n" * 50)
    started = add_dataset(ws, given(path=str(path)))
    assert do_next(ws, "io", request="pause", after=2).state == "paused"
    path.write_text("new\n" * 20)
    resume_job(ws, started.job or "")
    assert do_next(ws, "io").state == "succeeded"
    assert facts_of(ws, started.object).samples == 20
    assert get_sample(ws, started.object, "0").text == "new"


def test_a_file_that_went_away_can_be_retried(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("text\n")
    started = add_dataset(ws, given(path=str(path)))
    path.unlink()
    job = do_next(ws, "io")
    assert job.state == "failed"
    assert "not there any more" in (get_dataset(ws, started.object).reason or "")
    path.write_text("text\n")
    retry_job(ws, job.id)
    assert do_next(ws, "io").state == "succeeded"
    assert get_dataset(ws, started.object).state == "ready"


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, BadRequest),
        ({"texts": ["a"], "path": "a.txt"}, BadRequest),
        ({"path": "nowhere.txt"}, NotFound),
        ({"path": "folder.txt"}, BadRequest),
        ({"path": "data.docx"}, BadRequest),
        ({"path": "\0"}, BadRequest),
        ({"path": "/etc/passwd"}, Forbidden),
        ({"path": "pipe.txt"}, BadRequest),
        ({"path": "data.csv", "rows": "alpaca", "columns": ["a"]}, BadRequest),
        ({"path": "data.csv", "rows": "messages", "columns": ["a", "b"]}, BadRequest),
        ({"path": "data.csv", "split_column": "a", "columns": ["a", "b"]}, BadRequest),
        ({"upload": "up_00000000"}, NotFound),
        ({"upload": "ds_00000000"}, BadRequest),
    ],
)
def test_what_is_refused_leaves_nothing(tmp_path: Path, values: Any, error: type[MiStudioError]) -> None:
    root = tmp_path / "root"
    (root / "folder.txt").mkdir(parents=True)
    (root / "data.csv").write_text("a")
    (root / "data.docx").write_text("a")
    os.mkfifo(root / "pipe.txt")
    ws = Workspace(tmp_path / "workspace", [root])
    with pytest.raises(error):
        add_dataset(ws, given(**values))
    assert nothing_there(ws)
    ws.close()


def full(*_: object, **__: object) -> Any:
    raise DiskFull("There is no space left.", "Make room.")


@pytest.mark.parametrize("step", ["texts", "record", "job"])
@pytest.mark.parametrize("source", ["texts", "upload"])
def test_a_full_disk_at_any_step_leaves_everything_as_it_was(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, step: str, source: str
) -> None:
    upload = incoming.start_upload(ws, StartUpload(name="a.txt", size=3))
    incoming.add_part(ws, upload.id, UploadPart(offset=0), b"abc")
    values = {"texts": ["a"]} if source == "texts" else {"upload": upload.id}
    with monkeypatch.context() as broken:
        if step == "texts":
            broken.setattr(incoming, "write_texts" if source == "texts" else "get_upload", full)
        elif step == "record":
            broken.setattr(ws.catalog, "insert", full)
        else:
            broken.setattr(queue, "submit", full)
        with pytest.raises(DiskFull):
            add_dataset(ws, given(**values))
    assert nothing_there(ws)
    assert incoming.get_upload(ws, upload.id).received == 3
    assert read(ws, **values)


def test_default_names(ws: Workspace, tmp_path: Path) -> None:
    def name(**values: Any) -> str:
        return get_dataset(ws, add_dataset(ws, given(**values)).object).name

    assert name(texts=["a"]) == "1 text"
    assert name(texts=["a"] * 1000) == "1,000 texts"
    assert name(texts=["a"], name="  mine  ") == "mine"
    for file, expected in (
        ("my.corpus.txt", "my.corpus"),
        (".jsonl", ".jsonl"),
        ("rows.v2.jsonl.GZ", "rows.v2"),
        ("\u202ebad.txt", "Text"),
        ("n" * 240 + ".txt", "n" * 200),
    ):
        (tmp_path / file).write_text("a")
        assert name(path=str(tmp_path / file)) == expected


def test_a_path_that_is_no_text_is_refused(ws: Workspace, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(path, "wb") as file:
        file.write(b"a")
    with pytest.raises(BadRequest, match="not UTF-8"):
        add_dataset(
            ws, AddDataset.model_construct(**(given(texts=["a"]).model_dump() | {"texts": None, "path": os.fsdecode(path)}))
        )
    assert nothing_there(ws)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\0", "\x1b[31mred", "abc\u202ecba", "\u200f", "\u2028", "x" * 201])
@pytest.mark.parametrize("model", [AddDataset, TokenizeDataset, EditObject])
def test_names_are_one_visible_line(model: Any, name: str) -> None:
    values = {"name": name} | ({"tokenizer": "t"} if model is TokenizeDataset else {})
    with pytest.raises(BadRequest, match="name"):
        checked(model, values)


def test_names_in_every_script_are_welcome() -> None:
    for name in ("日本語", "\u05e2\u05d1\u05e8", "\u0646\u0635\u200c\u0647\u0627", "\U0001f469\u200d\U0001f467", "<b>&amp;'\""):
        assert checked(EditObject, {"name": name}).name == name
    with pytest.raises(BadRequest, match="control characters"):
        checked(EditObject, {"tags": ["fine", "not\nfine"]})


def test_only_the_owner_may_look_in(ws: Workspace) -> None:
    started = add_dataset(ws, given(texts=["private"]))
    assert ws.folder(started.object).stat().st_mode & 0o077 == 0


def test_edit_and_delete_with_its_statement(ws: Workspace, tokenizer_folder: Path) -> None:
    id = read(ws, texts=["some text to delete"] * 50)
    tokenization = tokenized(ws, id, tokenizer_folder, max_length=8, name="small blocks")
    edited = edit_dataset(ws, id, EditObject(name="new name", tags=["x"], notes="line\nline"))
    assert (edited.name, edited.tags, edited.notes) == ("new name", ["x"], "line\nline")
    with pytest.raises(BadRequest, match="Nothing was given"):
        edit_dataset(ws, id, EditObject())
    plan = plan_delete_dataset(ws, id)
    assert "“new name”" in plan.statement
    assert "“small blocks”" in plan.statement
    assert [each.id for each in plan.also] == [tokenization]
    assert set(delete_dataset(ws, id, DeleteObject(agreed=[tokenization])).ids) == {id, tokenization}
    assert not ws.folder(id).exists()
    with pytest.raises(NotFound):
        get_dataset(ws, id)


def test_a_path_may_name_a_dataset_of_the_hub(ws: Workspace) -> None:
    source = get_dataset(ws, add_dataset(ws, AddDataset(path="hub:owner/name", revision="v1")).object).source
    assert (source.kind, source.path) == ("hub", None)
    assert source.hub is not None
    assert (source.hub.repository, source.hub.revision) == ("owner/name", "v1")
    with pytest.raises(BadRequest, match="not the name of a repository"):
        add_dataset(ws, AddDataset(path="hub:../x"))
    with pytest.raises(BadRequest, match="path and hub"):
        add_dataset(ws, AddDataset(path="hub:owner/name", hub="owner/name"))


def test_what_was_cancelled_says_so(ws: Workspace) -> None:
    id = add_dataset(ws, AddDataset(texts=["a"])).object
    assert do_next(ws, "io", request="cancel").state == "cancelled"
    found = get_dataset(ws, id)
    assert (found.state, found.reason) == ("failed", "Its job was cancelled. Retry it, or delete this.")


def test_texts_of_which_none_is_usable(ws: Workspace) -> None:
    add_dataset(ws, AddDataset(texts=["", " "]))
    error = do_next(ws, "io").error
    assert error
    assert error.message == "There is no usable text in the given texts. 2 rows were bad, such as line 1: “text” is empty."
