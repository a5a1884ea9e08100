"""A look at a source: what its first rows hold, what reading would make of them, and never more than that."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, Forbidden, NotFound
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets import look as looking
from mistudio_ext.datasets import operations
from mistudio_ext.datasets.incoming import add_part, start_upload
from mistudio_ext.datasets.live import look
from mistudio_ext.datasets.reading_schema import LookAtSource, SourceLook
from mistudio_ext.datasets.schema import StartUpload, UploadPart
from mistudio_ext.lanes.perform import perform
from mistudio_ext.workspace.workspace import Workspace
from tests.datasets.test_folders import filled
from tests.support import making, written
from tests.support.hostile import HOSTILE
from tests.support.work import read

ROWS = [{"id": number, "body": f"text {number}", "tags": ["x"], "gone": None} for number in range(50)]


def looked(path: Path, **options: Any) -> SourceLook:
    return look(str(path), path.name, None, options)


def shown(found: SourceLook) -> list[tuple[str, str]]:
    return [(each.text, each.split) for each in found.samples]


@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
@pytest.mark.parametrize("form", [".jsonl", ".json", ".parquet", ".arrow"])
def test_what_is_there_and_what_would_be_read(tmp_path: Path, form: str, compression: str) -> None:
    path = tmp_path / f"a{form}{compression}"
    path.write_bytes(written.written(path.name, ROWS))
    found = looked(path)
    assert found.problem is None
    assert (found.files, found.bytes, found.formats) == (1, path.stat().st_size, [f"{form}{compression}"[1:]])
    assert [(each.name, each.type, each.example) for each in found.columns] == [
        ("id", "number", "0"), ("body", "text", "text 0"), ("tags", "list", '["x"]'), ("gone", "empty", ""),
    ]  # fmt: skip
    assert (found.rows, found.chosen, found.bad_rows) == ("text", ["body"], [])
    assert shown(found) == [(f"text {number}", "train") for number in range(5)]
    assert [each.length for each in found.samples] == [6] * 5


def test_it_shows_what_the_job_makes_of_it(ws: Workspace, tmp_path: Path) -> None:
    rows = [{"title": f"t{n}", "body": "" if n == 2 else f"b{n}", "part": "x" if n % 2 else None} for n in range(9)]
    folder = filled(tmp_path / "set", {"test/a.jsonl": b"{\n" + written.jsonl(rows), "train/b.jsonl": written.jsonl(rows)})
    for options in ({"columns": ["title", "body"]}, {"columns": "body"}, {"columns": "title", "split_column": "part"}):
        id = read(ws, path=str(folder), **options)
        stored = making.rows(ws.folder(id) / "data")
        params = checked(LookAtSource, {"path": str(folder)} | options)
        found = perform(ws, operations.look_at_source, params)
        assert shown(found) == list(zip(stored["text"], stored["split"], strict=True))[:5]
        assert found.bad_rows[0] == "line 1: not JSON"
        facts = operations.get_dataset(ws, id).facts
        assert facts is not None
        assert (found.chosen, found.rows, found.files) == (facts.columns, facts.rows, facts.files)


def test_plain_text_and_its_cuts(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("one\ntwo\n\nthree\n")
    for by, expected in {
        "line": ["one", "two", "three"],
        "paragraph": ["one\ntwo", "three"],
        "document": ["one\ntwo\n\nthree"],
    }.items():
        found = looked(path, sample_by=by)
        assert [text for text, _ in shown(found)] == expected
        assert (found.columns, found.chosen, found.rows, found.problem) == ([], [], "text", None)


def test_conversations_are_recognized(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(written.json_list([{"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "ho"}]}]))
    found = looked(path)
    assert (found.rows, found.chosen) == ("sharegpt", ["conversations"])
    assert found.samples[0].messages == 2
    assert found.samples[0].text == "user: hi\n\nassistant: ho"
    assert [(each.name, each.type) for each in found.columns] == [("conversations", "list")]
    wrong = looked(path, rows="alpaca")
    assert wrong.problem == "None of the first rows of a.json can be read: row 1: no field “instruction”."


@pytest.mark.parametrize(
    ("name", "content", "options", "problem"),
    [
        ("a.csv", b"title,body\nx,y\n", {}, "a.csv has no column “text”, but 2 others with text: “title”, “body”."),
        ("a.csv", b"title,body\nx,y\n", {"columns": ["z"]}, "a.csv has no column “z”."),
        ("a.csv", b"text\nx\n", {"split_column": "z"}, "a.csv has no column “z”."),
        ("a.jsonl", b'{"n": 1}\n', {}, "a.jsonl has no column with text."),
        (
            "a.jsonl",
            b'{"text": 1}\n',
            {},
            "None of the first rows of a.jsonl can be read: line 1: “text” is a number, not a text.",
        ),
        ("a.jsonl", b"", {}, "There is no text in a.jsonl."),
        ("a.txt", b"\n\n", {}, "There is no text in a.txt."),
        ("a.txt", b"\xff\xfex\0", {}, "a.txt is UTF-16."),
        ("a.parquet", b"no table", {}, "a.parquet cannot be read:"),
        ("a.jsonl.gz", b"no archive", {}, "a.jsonl.gz cannot be read:"),
    ],
)
def test_what_can_be_mended_is_a_sentence(tmp_path: Path, name: str, content: bytes, options: Any, problem: str) -> None:
    (tmp_path / name).write_bytes(content)
    found = looked(tmp_path / name, **options)
    assert found.problem is not None
    assert found.problem.startswith(problem)
    assert found.samples == []


def test_the_columns_are_told_also_where_there_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"title,body\nx,y\n")
    assert [each.name for each in looked(tmp_path / "a.csv").columns] == ["title", "body"]


def test_rows_before_a_broken_place_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'[{"text": "a"}, {"text": "b"}, {')
    found = looked(tmp_path / "a.json")
    assert [text for text, _ in shown(found)] == ["a", "b"]


class Counted:
    """How many bytes were read of a file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.bytes = 0
        from mistudio_ext.datasets import read_files

        real = read_files._Beginning.readinto

        def counting(this: Any, buffer: Any) -> int:
            size = real(this, buffer)
            self.bytes += size
            return size

        monkeypatch.setattr(read_files._Beginning, "readinto", counting)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.json.gz", "a.csv.gz", "a.txt.gz", "a.json", "a.jsonl"])
def test_of_a_large_file_only_the_beginning_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(looking, "MOST_BYTES", 100_000)
    rows = [{"text": f"{number} " + "x" * 1000} for number in range(2000)]
    content = (
        b"".join(row["text"].encode() + b"\n" for row in rows)
        if ".txt" in name
        else written.written(name.removesuffix(".gz"), rows)
    )
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    counted = Counted(monkeypatch)
    found = looked(tmp_path / name)
    assert [text[:2] for text, _ in shown(found)] == ["0 ", "1 ", "2 ", "3 ", "4 "]
    assert (found.problem, found.bad_rows) == (None, [])
    assert 0 < counted.bytes <= 100_000


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv", "a.jsonl.gz"])
def test_a_row_that_is_larger_than_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(looking, "MOST_BYTES", 2**20)
    (tmp_path / name).write_bytes(written.written(name, [{"text": "x" * 2**21}]))
    found = looked(tmp_path / name)
    assert (found.samples, found.problem) == ([], None)
    assert found.bad_rows == ["The first row is larger than 1 MB, so it is not shown here."]


def test_a_packed_table_that_is_too_large_to_look_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_BYTES", 2**20)
    (tmp_path / "a.arrow.gz").write_bytes(written.written("a.arrow.gz", [{"text": "x" * 2**21}]))
    found = looked(tmp_path / "a.arrow.gz")
    assert found.problem is not None
    assert "can be read, but not looked at" in found.problem


def test_very_many_columns_and_hostile_ones(tmp_path: Path) -> None:
    rows = [{f"c{number}": number for number in range(5000)} | dict.fromkeys(HOSTILE, "x")]
    (tmp_path / "a.jsonl").write_bytes(written.jsonl(rows))
    found = looked(tmp_path / "a.jsonl")
    assert len(found.columns) == looking.MOST_COLUMNS
    (tmp_path / "b.jsonl").write_bytes(json.dumps(dict.fromkeys(HOSTILE, HOSTILE[5]) | {"\ud800": "x"}).encode())
    found = looked(tmp_path / "b.jsonl")
    assert [each.name for each in found.columns] == [name[:200] for name in HOSTILE] + ["\ufffd"]
    assert all(len(each.example) <= 80 for each in found.columns)
    assert found.model_dump_json()


def test_uploads_are_looked_at_where_they_lie(ws: Workspace) -> None:
    content = b"id,body\n1,hello\n"
    upload = start_upload(ws, StartUpload(name="a.csv", size=len(content)))
    add_part(ws, upload.id, UploadPart(offset=0), content[:4])
    with pytest.raises(Conflict, match="4 of 16 bytes"):
        operations.look_at_source(ws, LookAtSource(upload=upload.id))
    add_part(ws, upload.id, UploadPart(offset=4), content[4:])
    found = perform(ws, operations.look_at_source, LookAtSource(upload=upload.id))
    assert (found.formats, found.chosen, shown(found)) == (["csv"], ["body"], [("hello", "train")])
    assert read(ws, upload=upload.id)


def test_what_may_not_be_read_is_not_looked_at(tmp_path: Path) -> None:
    root, secret = filled(tmp_path / "root", {"a.txt": b"a", "b.docx": b"x"}), filled(tmp_path / "x", {"s.txt": b"s"})
    (root / "out").symlink_to(secret)
    ws = Workspace(tmp_path / "workspace", [root])
    for path, error in {"out": Forbidden, "../x": Forbidden, "/etc/passwd": Forbidden, "b.docx": BadRequest}.items():
        with pytest.raises(error):
            operations.look_at_source(ws, LookAtSource(path=path))
    for wrong in ({}, {"path": "a.txt", "upload": "up_00000000"}, {"path": "a.txt", "rows": "alpaca", "columns": "x"}):
        with pytest.raises(BadRequest):
            operations.look_at_source(ws, checked(LookAtSource, wrong))
    request = operations.look_at_source(ws, LookAtSource(path="."))
    assert shown(look(**request.params)) == [("a", "train")]
    ws.close()


def test_what_went_before_it_was_looked_at_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="not there any more"):
        looked(tmp_path / "gone.txt")
