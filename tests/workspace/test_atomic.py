"""The one writer: whole or not at all, and a full disk says so."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pyarrow as pa
import pytest

from mistudio_ext.contract.errors import DiskFull
from mistudio_ext.workspace import atomic

SAYS = r"There is no space left to write file\.json \(at least [\d,]+ bytes are needed, [\d,]+ are free"


def full_at(monkeypatch: pytest.MonkeyPatch, name: str, code: int = errno.ENOSPC) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(f"mistudio_ext.workspace.atomic.os.{name}", full)


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, code: int) -> None:
    path = tmp_path / "file.json"
    atomic.write_json(path, {"old": True})
    with monkeypatch.context() as patch:
        full_at(patch, where, code)
        with pytest.raises(DiskFull, match=SAYS) as caught:
            atomic.write_json(path, {"new": "x" * 5000})
    needed = int(re.sub(r"\D", "", re.findall(r"least ([\d,]+)", str(caught.value))[0]))
    assert needed >= 5000
    assert "Make room" in caught.value.hint
    assert path.read_text() == '{"old": true}'
    assert os.listdir(tmp_path) == ["file.json"]


def test_a_full_disk_is_told_through_arrow(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no device that is always full")
    schema = pa.schema([("x", pa.int64())])

    def write() -> None:
        with (
            atomic.whole_file(tmp_path / "file.json"),
            open("/dev/full", "wb", buffering=0) as full,
            pa.ipc.new_stream(full, schema) as stream,
        ):
            stream.write_batch(pa.record_batch({"x": [1, 2, 3]}, schema=schema))

    with pytest.raises(DiskFull):
        write()
    assert not os.listdir(tmp_path)


def test_an_error_of_the_writer_is_its_own(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), atomic.whole_file(tmp_path / "file"):
        raise ValueError("mine")
    with pytest.raises(ValueError, match="JSON"):
        atomic.write_json(tmp_path / "file", {"x": float("nan")})
    assert not os.listdir(tmp_path)


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    atomic.make_folder(tmp_path / "a" / "b")
    atomic.write_json(tmp_path / "a" / "b" / "file", {})
    assert [oct(each.stat().st_mode)[-3:] for each in sorted(tmp_path.rglob("*"))] == ["700", "700", "600"]


def test_what_a_crash_left_is_swept_when_it_is_old(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    old, young, own = atomic.beside(tmp_path / "deep" / "x"), atomic.beside(tmp_path / "x"), tmp_path / "x"
    for each in (old, young, own):
        each.touch()
    os.utime(old, (1, 1))
    assert atomic.sweep(tmp_path) == 1
    assert young.exists()
    assert atomic.sweep(tmp_path, older_than=0) == 1
    assert os.listdir(tmp_path / "deep") == []
    assert own.exists()


def test_room_is_measured_where_there_is_a_folder(tmp_path: Path) -> None:
    assert "at least 5,000 bytes" in str(atomic.no_space(tmp_path / "not" / "yet" / "there", 5000))
