"""Folders as one dataset: what is read of them, in which order and splits, and gone on with from anywhere."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, DatasetDict

from mistudio_ext.contract.errors import BadRequest, Forbidden, TooLarge
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import folders, shards
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets.add import splits_of
from mistudio_ext.datasets.folders import files_in, sentence
from mistudio_ext.datasets.operations import add_dataset, get_dataset
from mistudio_ext.datasets.schema import AddDataset
from mistudio_ext.jobs.control import resume_job
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, written
from tests.support.work import do_next, read


def filled(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder


def texts(ws: Workspace, id: str) -> list[tuple[str, str]]:
    stored = making.rows(ws.folder(id) / "data")
    return list(zip(stored["text"], stored["split"], strict=True))


def names(folder: Path, within: list[Path] | None = None) -> list[str]:
    return [file.name for file in files_in(folder, within).files]


MIXED = {
    "b.txt": b"from b\n",
    "a/z.jsonl.gz": written.written("z.jsonl.gz", [{"text": "from z"}]),
    "a/y.csv": b"n,body\n1,from y\n",
    "c.parquet": written.parquet([{"text": "from c", "n": 1}]),
    "readme.md": b"# no data",
    ".hidden.txt": b"no",
    ".git/objects.txt": b"no",
    "dataset_info.json": b"{}",
    "picture.png": b"\x89PNG",
}


def test_all_that_can_be_read_in_the_order_of_its_name(ws: Workspace, tmp_path: Path) -> None:
    folder = filled(tmp_path / "mixed", MIXED)
    id = read(ws, path=str(folder))
    assert texts(ws, id) == [("from y", "train"), ("from z", "train"), ("from b", "train"), ("from c", "train")]
    dataset = get_dataset(ws, id)
    assert (dataset.name, dataset.source.kind, dataset.source.path) == ("mixed", "folder", str(folder))
    assert dataset.facts is not None
    assert (dataset.facts.files, dataset.facts.columns) == (4, ["body", "text"])
    log = ws.job_log(dataset.job.id if dataset.job else "").read_text()
    assert "Left out: 1 about the data, 2 hidden, 2 of another kind." in log


@pytest.mark.parametrize("files", [{}, {"a.docx": b"x"}, {".a.txt": b"x"}, {"sub/.b/c.txt": b"x", "state.json": b"{}"}])
def test_a_folder_without_a_readable_file_is_refused_at_once(ws: Workspace, tmp_path: Path, files: dict[str, bytes]) -> None:
    folder = filled(tmp_path / "empty", files)
    folder.mkdir(exist_ok=True)
    with pytest.raises(BadRequest, match="There is no file in empty that can be read") as caught:
        add_dataset(ws, checked(AddDataset, {"path": str(folder)}))
    assert (caught.value.field, caught.value.code) == ("path", "no_files")
    assert ws.catalog.all("datasets") == []


def test_links_lead_nowhere_that_may_not_be_read(tmp_path: Path) -> None:
    root, secret = filled(tmp_path / "root", {"data/a.txt": b"a", "shared/b.txt": b"b"}), filled(tmp_path / "x", {"s.txt": b"s"})
    data = root / "data"
    (data / "file.txt").symlink_to(secret / "s.txt")
    (data / "folder").symlink_to(secret)
    (data / "inside").symlink_to(root / "shared")
    (data / "round").symlink_to(data)
    (data / "nowhere.txt").symlink_to(tmp_path / "gone.txt")
    (data / "up.txt").symlink_to("../../x/s.txt")
    os.mkfifo(data / "pipe.txt")
    found = files_in(data, [root])
    assert [file.name for file in found.files] == ["a.txt", "inside/b.txt"]
    assert found.left_out["that are links out of the folders that may be read"] == 4
    assert "4 that are links out" in sentence(found)
    assert names(data, None) == ["a.txt", "file.txt", "folder/s.txt", "inside/b.txt", "up.txt"]
    ws = Workspace(tmp_path / "workspace", [root])
    id = read(ws, path="data")
    assert texts(ws, id) == [("a", "train"), ("b", "train")]
    with pytest.raises(Forbidden):
        add_dataset(ws, AddDataset(path="data/folder"))
    ws.close()


def test_a_link_put_there_between_the_request_and_the_job_leads_nowhere(tmp_path: Path) -> None:
    root, secret = filled(tmp_path / "root", {"data/a.txt": b"a"}), filled(tmp_path / "x", {"s.txt": b"s"})
    ws = Workspace(tmp_path / "workspace", [root])
    started = add_dataset(ws, AddDataset(path="data"))
    (root / "data" / "b.txt").symlink_to(secret / "s.txt")
    assert do_next(ws, "io").state == "succeeded"
    assert texts(ws, started.object) == [("a", "train")]
    ws.close()


def test_a_link_with_an_ending_to_a_file_without_one(ws: Workspace, tmp_path: Path) -> None:
    filled(tmp_path, {"blobs/3f2a": written.parquet([{"text": "kept by its hash"}])})
    (tmp_path / "data.parquet").symlink_to(tmp_path / "blobs" / "3f2a")
    assert texts(ws, read(ws, path=str(tmp_path / "data.parquet"))) == [("kept by its hash", "train")]


def test_a_workspace_of_ours_is_no_data(tmp_path: Path) -> None:
    ws = Workspace.open(tmp_path / "project" / "mistudio")
    read(ws, texts=["inside"])
    filled(tmp_path / "project", {"a.txt": b"a"})
    assert names(tmp_path / "project") == ["a.txt"]
    ws.close()


@pytest.mark.parametrize(
    "files",
    [
        ["train.jsonl", "test.jsonl"],
        ["data/train-00000-of-00002.jsonl", "data/train-00001-of-00002.jsonl", "data/validation-00000-of-00001.jsonl"],
        ["train/a.jsonl", "train/b.jsonl", "test/a.jsonl"],
        ["my_train_1.jsonl", "my-dev-set.jsonl"],
        ["one.jsonl", "two.jsonl"],
        ["data/odd-00000-of-00001.jsonl"],
    ],
)
def test_splits_are_those_of_the_datasets_library(tmp_path: Path, files: list[str]) -> None:
    from datasets import load_dataset_builder

    folder = filled(tmp_path / "set", dict.fromkeys(files, b'{"text": "x"}\n'))
    known = load_dataset_builder(str(folder), cache_dir=str(tmp_path / "cache")).config.data_files
    expected = {Path(path).relative_to(folder).as_posix(): str(split) for split, paths in known.items() for path in paths}
    assert splits_of(files_in(folder, None).files) == expected


def test_odd_names_are_no_patterns(tmp_path: Path) -> None:
    odd = ["a[1]*.txt", "b::c.txt", "hf:x.txt", "line\nbreak.txt", "<b>train.txt", "日本.txt"]
    folder = filled(tmp_path / "odd", dict.fromkeys(odd, b"x"))
    assert splits_of(files_in(folder, None).files) == dict.fromkeys(sorted(odd), "train")


def test_folders_that_the_datasets_library_saved(ws: Workspace, tmp_path: Path) -> None:
    several = DatasetDict(
        {name: Dataset.from_list([{"text": f"{name} {row}", "n": row} for row in range(30)]) for name in ("train", "mine")}
    )
    several.save_to_disk(str(tmp_path / "several"), num_shards={"train": 3, "mine": 1})
    id = read(ws, path=str(tmp_path / "several"))
    assert sorted(texts(ws, id)) == sorted((text, split) for split in several for text in several[split]["text"])
    one = several["train"].shuffle(seed=3).select(range(7))
    one.save_to_disk(str(tmp_path / "one"))
    # What a later map left in the folder is no data of its own.
    (tmp_path / "one" / "cache-1234.arrow").write_bytes((tmp_path / "one" / "data-00000-of-00001.arrow").read_bytes())
    id = read(ws, path=str(tmp_path / "one"))
    assert [text for text, _ in texts(ws, id)] == one["text"]


FORMS = ["a.jsonl", "b.txt", "c.csv", "d.parquet", "e.arrow.gz", "f.json", "g.jsonl.zst", "h.tsv.xz"]


@pytest.mark.parametrize("seed", range(3))
def test_interrupted_anywhere_a_folder_of_mixed_kinds_is_the_same(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 4 + seed)
    monkeypatch.setattr(shards, "SHARD_BYTES", 300)
    files = {}
    for name in FORMS:
        rows: list[dict[str, Any]] = [{"n": str(row), "text": f"{name} {row}" if row % 5 else ""} for row in range(17)]
        files[name] = b"".join(b"line %d\n\n" % row for row in range(17)) if ".txt" in name else written.written(name, rows)
    folder = filled(tmp_path / "mixed", files)
    whole = read(ws, path=str(folder), columns="text")
    started = add_dataset(ws, AddDataset(path=str(folder), columns=["text"]))
    rounds = 0
    while (job := do_next(ws, "io", request="pause", after=rounds % 3)).state == "paused":
        resume_job(ws, job.id)
        rounds += 1
    assert job.state == "succeeded", job.error
    assert rounds > 10
    facts = [get_dataset(ws, id).facts for id in (whole, started.object)]
    assert facts[0] is not None
    assert facts[1] is not None
    assert facts[0].model_copy(update={"bytes": 0}) == facts[1].model_copy(update={"bytes": 0})
    assert facts[0].bad_rows == 4 * 7
    assert facts[0].bad_examples[0] == "a.jsonl, line 1: “text” is empty"
    assert making.rows(ws.folder(whole) / "data") == making.rows(ws.folder(started.object) / "data")


def test_a_folder_that_changed_while_it_rested_is_read_anew(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 5)
    folder = filled(tmp_path / "set", {"a.txt": b"a\n" * 20, "b.txt": b"b\n" * 20})
    started = add_dataset(ws, AddDataset(path=str(folder)))
    assert do_next(ws, "io", request="pause", after=6).state == "paused"
    filled(folder, {"0.txt": b"new\n"})
    resume_job(ws, started.job or "")
    assert do_next(ws, "io").state == "succeeded"
    assert [text for text, _ in texts(ws, started.object)] == ["new"] + ["a"] * 20 + ["b"] * 20


def test_a_split_column_and_its_limits(ws: Workspace, tmp_path: Path) -> None:
    rows = [{"text": "a", "part": "one"}, {"text": "b", "part": None}, {"text": "c", "part": 2}, {"text": "d", "part": ["x"]}]
    rows += [{"text": "e", "part": "x\ny"}, {"text": "f", "part": "y" * 201}, {"text": "g"}]
    folder = filled(tmp_path / "set", {"test.jsonl": written.jsonl(rows)})
    id = read(ws, path=str(folder), split_column="part")
    assert texts(ws, id) == [("a", "one"), ("b", "test"), ("c", "2"), ("e", "x\ufffdy"), ("g", "test")]
    facts = get_dataset(ws, id).facts
    assert facts is not None
    assert facts.splits == {"one": 1, "test": 2, "2": 1, "x\ufffdy": 1}
    many = filled(tmp_path / "many", {"a.jsonl": written.jsonl([{"text": "x", "part": str(row)} for row in range(1500)])})
    add_dataset(ws, AddDataset(path=str(many), split_column="part"))
    job = do_next(ws, "io")
    assert job.error is not None
    assert "more than 1,000 different values" in job.error.message
    assert job.error.error.field == "split_column"


def test_a_saved_state_of_a_stranger_leads_nowhere(tmp_path: Path) -> None:
    for number, state in enumerate(
        (b"[", b"[]", b'{"_data_files": 3}', b'{"_data_files": [{"filename": 7}]}', b"[" * 100_000, b'{"_data_files": []}')
    ):
        folder = filled(tmp_path / str(number), {"state.json": state, "a.arrow": written.arrow([{"text": "a"}])})
        if number < 5:
            assert names(folder) == ["a.arrow"]
        else:
            with pytest.raises(BadRequest):
                names(folder)
    folder = filled(tmp_path / "up", {"state.json": json.dumps({"_data_files": [{"filename": "../x.arrow"}]}).encode()})
    filled(tmp_path, {"x.arrow": written.arrow([{"text": "a"}])})
    with pytest.raises(BadRequest):
        names(folder)


def test_folders_that_may_not_be_opened_or_lie_too_deep_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "set", {"a.txt": b"a", "closed/b.txt": b"b", "jobs/c.txt": b"c"})
    for depth in (100, 101):
        filled(folder, {"/".join(["dd"] * depth) + "/deep.txt": b"d"})
    lacking = PermissionError(13, "Permission denied")
    looked_at = os.stat

    def refused(path: Any, *args: Any, **options: Any) -> os.stat_result:
        # As a folder that may be listed but not entered, which whoever runs this as root would enter all the same.
        if isinstance(path, str | Path) and {"closed", "jobs"} & set(Path(path).parent.parts):
            raise lacking
        return looked_at(path, *args, **options)

    monkeypatch.setattr(os, "stat", refused)
    found = files_in(folder, None)
    assert [file.name for file in found.files] == ["a.txt", "/".join(["dd"] * 100) + "/deep.txt"]
    assert found.left_out == {"of another kind": 2, "in folders that lie too deep": 1}


def test_a_folder_of_endless_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_ENTRIES", 20)
    folder = filled(tmp_path / "a", {f"{place}/{number}.docx": b"" for place in "bcd" for number in range(5)} | {"a.txt": b"x"})
    assert len(files_in(folder, None).files) == 1  # 3 folders, 16 files
    (folder / "d" / "more").mkdir()
    (folder / "d" / "most").mkdir()
    with pytest.raises(TooLarge, match="more than 20 files and folders"):
        files_in(folder, None)
