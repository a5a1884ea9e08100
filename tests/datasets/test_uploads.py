"""Uploads in parts: names from strangers, order, resuming, disk space, and what nobody finished."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mistudio_ext.contract.errors import BadRequest, Conflict, DiskFull, MiStudioError, NotFound, TooLarge
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import incoming
from mistudio_ext.datasets.incoming import add_part, cancel_upload, get_upload, safe_name, start_upload, sweep_uploads
from mistudio_ext.datasets.operations import add_dataset
from mistudio_ext.datasets.schema import AddDataset, StartUpload, Upload, UploadPart
from mistudio_ext.workspace.workspace import Workspace
from tests.support.work import read


def begin(ws: Workspace, size: int, name: str = "text.txt") -> Upload:
    return start_upload(ws, checked(StartUpload, {"name": name, "size": size}))


def part(offset: int) -> UploadPart:
    return UploadPart(offset=offset)


def uploads(ws: Workspace) -> list[str]:
    return os.listdir(ws.root / "uploads")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd.txt", "etcpasswd.txt"),
        ("C:\\temp\\a.txt", "Ctempa.txt"),
        ("a\0b\n.txt", "ab.txt"),
        ("\u202etxt.exe.txt", "txt.exe.txt"),
        ("  .hidden.txt ", "hidden.txt"),
        ("日本 naïve.jsonl", "日本 naïve.jsonl"),
        ("\ud800.txt", "txt"),
    ],
)
def test_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("name", ["", ".", "..", "/", "\0", "\u202e", " . . "])
def test_names_of_nothing(name: str) -> None:
    with pytest.raises(BadRequest, match="no usable letter"):
        safe_name(name)


@given(st.text(max_size=300))
def test_any_name_is_refused_or_one_file_name(name: str) -> None:
    try:
        safe = safe_name(name)
    except BadRequest:
        return
    assert 0 < len(safe.encode()) <= 255
    assert os.path.basename(safe) == safe
    assert safe not in (".", "..")
    assert safe.isprintable()


def test_only_files_that_can_be_read_are_begun(ws: Workspace) -> None:
    for name in ("model.bin", "archive.tar.gz", "table.xlsx", "noending", "a.gz", ".zst", "a.parquet.zip"):
        with pytest.raises(BadRequest, match="of a kind that is not read here"):
            begin(ws, 5, name)
    assert uploads(ws) == []
    for name in ("a.PARQUET", "b.csv.gz", "c.ndjson", "d.json.zst", "e.tsv.bz2", "f.txt.xz", "g.arrow"):
        begin(ws, 5, name)


def test_parts_in_order_and_resuming(ws: Workspace) -> None:
    upload = begin(ws, 10)
    assert add_part(ws, upload.id, part(0), b"hello").received == 5
    with pytest.raises(Conflict, match="5 bytes are there"):
        add_part(ws, upload.id, part(0), b"hello")
    with pytest.raises(Conflict):
        add_part(ws, upload.id, part(7), b"lo")
    with pytest.raises(TooLarge):
        add_part(ws, upload.id, part(5), b"too much")
    assert get_upload(ws, upload.id).received == 5
    other = Workspace(ws.root)  # another server goes on
    assert add_part(other, upload.id, part(5), b"\nbye\n").received == 10
    other.close()
    id = read(ws, upload=upload.id)
    assert ws.catalog.get(id)["facts"]["samples"] == 2
    assert uploads(ws) == []
    assert not (ws.folder(id) / "incoming").exists()
    with pytest.raises(NotFound):
        get_upload(ws, upload.id)


def test_of_parts_sent_at_once_one_is_taken(ws: Workspace) -> None:
    upload = begin(ws, 1000)

    def send(number: int) -> bool:
        try:
            add_part(ws, upload.id, part(0), bytes([number]) * 100)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 1
    content = (ws.folder(upload.id) / "content").read_bytes()
    assert len(content) == 100
    assert len(set(content)) == 1


def test_a_disk_too_small_is_said_before_anything_is_sent(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workspace, "free_bytes", lambda _: 100)
    with pytest.raises(DiskFull, match="101 bytes are needed"):
        begin(ws, 101)
    assert uploads(ws) == []
    begin(ws, 100)


def test_a_disk_that_fills_up_takes_nothing_of_the_part(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = begin(ws, 10)
    add_part(ws, upload.id, part(0), b"hello")
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(DiskFull):
            add_part(ws, upload.id, part(5), b"world")
    assert get_upload(ws, upload.id).received == 5
    assert add_part(ws, upload.id, part(5), b"world").received == 10


def test_cancel_and_unknown_ids(ws: Workspace) -> None:
    upload = begin(ws, 10)
    cancel_upload(ws, upload.id)
    assert uploads(ws) == []
    for wrong, error in ((upload.id, NotFound), ("up_00000000", NotFound), ("ds_00000000", BadRequest), ("../x", BadRequest)):
        with pytest.raises(error):
            get_upload(ws, wrong)
        with pytest.raises(error):
            add_part(ws, wrong, part(0), b"x")
        with pytest.raises(error):
            cancel_upload(ws, wrong)


def test_an_unfinished_upload_makes_no_dataset(ws: Workspace) -> None:
    upload = begin(ws, 10)
    add_part(ws, upload.id, part(0), b"hello")
    with pytest.raises(Conflict, match="5 of 10 bytes"):
        add_dataset(ws, AddDataset(upload=upload.id))
    assert get_upload(ws, upload.id).received == 5
    assert ws.catalog.all("datasets") == []
    assert os.listdir(ws.root / "datasets") == []


def test_of_two_datasets_from_one_upload_one_is_made(ws: Workspace) -> None:
    upload = begin(ws, 5)
    add_part(ws, upload.id, part(0), b"hello")

    def make(_: int) -> bool:
        try:
            add_dataset(ws, AddDataset(upload=upload.id))
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(make, range(4))) == 1
    assert len(ws.catalog.all("datasets")) == len(os.listdir(ws.root / "datasets")) == 1


def test_what_nobody_finished_is_swept(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten, young, taken = begin(ws, 5), begin(ws, 5), begin(ws, 5)
    long_ago = time.time() - incoming.FORGOTTEN_AFTER - 10
    os.utime(ws.folder(forgotten.id) / "content", (long_ago, long_ago))
    (ws.folder(taken.id) / "content").unlink()
    sweep_uploads(ws)
    assert set(uploads(ws)) == {young.id, taken.id}
    os.utime(ws.folder(taken.id), (long_ago, long_ago))
    sweep_uploads(ws)
    assert uploads(ws) == [young.id]


def test_an_empty_file_says_so(ws: Workspace) -> None:
    started = add_dataset(ws, AddDataset(upload=begin(ws, 0).id))
    from tests.support.work import do_next

    job = do_next(ws, "io")
    assert job.object == started.object
    assert job.error is not None
    assert "no usable text" in job.error.message


def test_errors_are_sentences() -> None:
    with pytest.raises(MiStudioError, match=r"^[A-Z].*\.$"):
        safe_name("...")
