"""The same rows out of every kind of file, and what strangers may put into each kind."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import shutil
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mistudio_ext.contract.errors import MiStudioError, Unreadable
from mistudio_ext.datasets import read_json, read_tables
from mistudio_ext.datasets.columns import Row, choose, plain_row, row_of
from mistudio_ext.datasets.look import look_at
from mistudio_ext.datasets.operations import get_dataset
from mistudio_ext.datasets.read_files import OneFile
from mistudio_ext.datasets.reading_schema import ReadOptions
from mistudio_ext.datasets.samples import list_shards, open_shard
from mistudio_ext.jobs.log import read_log
from mistudio_ext.jobs.schema import ReadLog
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, written
from tests.support.work import read

TEXTS = [
    "plain",
    "two\nlines",
    'quotes " and, commas',
    "\u202e<b>bold</b>",
    "=cmd|' /C calc'!A0",
    "日本\U0001f600",
    "tab\tin",
    " x ",
]
ROWS = [{"id": str(number), "text": text} for number, text in enumerate(TEXTS * 3)]


def rows_of(path: Path, skip: int = 0, **options: Any) -> list[Row]:
    """As the job does it."""
    how = ReadOptions(**options)
    file = OneFile(path, path.name, how.sample_by, path.parent)
    raw = list(file.rows(skip=skip))
    if file.form == ".txt":
        return [plain_row(each) for each in raw]
    chosen = choose(how, file.header, raw[:20], file.name)
    return [row_of(each, how, chosen) for each in raw]


def of(tmp_path: Path, name: str, content: bytes, **options: Any) -> list[Row]:
    (tmp_path / name).write_bytes(content)
    return rows_of(tmp_path / name, **options)


@pytest.mark.parametrize("compression", written.COMPRESSIONS)
@pytest.mark.parametrize("form", written.FORMS)
def test_the_same_rows_out_of_every_kind(tmp_path: Path, form: str, compression: str) -> None:
    name = f"rows{form}{compression}"
    rows = of(tmp_path, name, written.written(name, ROWS), columns=["text"])
    assert [row.problem for row in rows] == [None] * len(ROWS)
    assert [(row.text, json.loads(row.other or "")) for row in rows] == [(each["text"], {"id": each["id"]}) for each in ROWS]
    assert not any(row.repaired for row in rows)
    assert [each.name for each in tmp_path.iterdir()] == [name], "what was unpacked is gone"


@pytest.mark.parametrize("form", written.FORMS)
def test_rows_are_skipped_to_go_on(tmp_path: Path, form: str) -> None:
    name = f"rows{form}.gz"
    whole = of(tmp_path, name, written.written(name, ROWS), columns=["text"])
    for skip in (1, 5, 10, len(ROWS) - 1, len(ROWS)):
        assert [row.text for row in rows_of(tmp_path / name, skip, columns=["text"])] == [row.text for row in whole[skip:]]


def test_an_arrow_file_is_as_good_as_a_stream(tmp_path: Path) -> None:
    assert [row.text for row in of(tmp_path, "a.arrow", written.arrow(ROWS, stream=False), columns=["text"])] == TEXTS * 3


@pytest.mark.parametrize("compression", written.COMPRESSIONS)
def test_text_of_every_compression(tmp_path: Path, compression: str) -> None:
    content = "eins\n\nzwei ß\n".encode()
    assert [row.text for row in of(tmp_path, f"a.txt{compression}", written.COMPRESSIONS[compression](content))] == [
        "eins",
        "zwei ß",
    ]


@pytest.mark.parametrize("form", [".parquet", ".arrow"])
def test_bytes_and_nulls_of_tables(tmp_path: Path, form: str) -> None:
    rows = [{"text": b"caf\xc3\xa9", "raw": b"\0\1"}, {"text": None, "raw": None}, {"text": b"caf\xe9", "raw": b""}]
    found = of(tmp_path, f"a{form}", written.FORMS[form](rows))
    assert [(row.text, row.repaired, row.problem) for row in found] == [
        ("café", False, None),
        ("", False, "“text” is null"),
        ("caf\ufffd", True, None),
    ]
    assert [json.loads(row.other or "null") for row in found] == [{"raw": "(2 bytes)"}, None, {"raw": "(0 bytes)"}]


@pytest.mark.parametrize("form", [".parquet", ".arrow"])
def test_text_that_is_no_utf8_is_repaired_in_its_own_row(tmp_path: Path, form: str) -> None:
    texts = pa.array([b"good", b"caf\xe9", b"fine"], pa.binary())
    broken = pa.StringArray.from_buffers(3, texts.buffers()[1], texts.buffers()[2])
    whole = pa.table({"text": broken})
    file = io.BytesIO()
    if form == ".parquet":
        pq.write_table(whole, file)
    else:
        with pa.ipc.new_stream(file, whole.schema) as writer:
            writer.write_table(whole)
    rows = of(tmp_path, f"a{form}", file.getvalue())
    assert [(row.text, row.repaired) for row in rows] == [("good", False), ("caf\ufffd", True), ("fine", False)]


def test_a_value_that_python_has_no_name_for_costs_its_own_row(tmp_path: Path) -> None:
    days = pa.array([0, 2**31 - 1], pa.int32()).cast(pa.date32())
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["a", "b"], "day": days}), file)
    good, bad = of(tmp_path, "a.parquet", file.getvalue())
    assert (good.text, good.other) == ("a", '{"day": "1970-01-01"}')
    assert (bad.problem or "").startswith("holds a value that cannot be read")


def test_offsets_that_lead_out_of_the_file_are_no_crash(tmp_path: Path) -> None:
    content = bytearray(written.arrow([{"text": "abc"}, {"text": "def"}]))
    at = content.index(b"\0\0\0\0\3\0\0\0\6\0\0\0")
    content[at + 4 : at + 8] = b"\xff\xff\xff\x7f"
    with pytest.raises(Unreadable, match=r"a\.arrow cannot be read"):
        of(tmp_path, "a.arrow", bytes(content))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([*written.FORMS]), st.sampled_from([*written.COMPRESSIONS]), st.randoms(use_true_random=False))
def test_whatever_happened_to_a_file_it_is_read_or_refused(tmp_path: Path, form: str, compression: str, chance: Random) -> None:
    rows = [{"id": str(row), "text": f"row {row} é"} for row in range(12)]
    content = bytearray(written.written(f"a{form}{compression}", rows))
    for _ in range(chance.choice([1, 3, 20])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    if chance.random() < 0.2:
        del content[chance.randrange(1, len(content)) :]
    path = tmp_path / f"a{form}{compression}"
    path.write_bytes(content)
    assert look_at(path, path.name, None, ReadOptions()).model_dump_json()
    with suppress(MiStudioError):
        for row in rows_of(path):
            assert (row.problem is None) == bool(row.text)
            f"{row.text}{row.other}{row.problem}".encode()


@pytest.mark.parametrize("form", [*written.FORMS, ".txt"])
@pytest.mark.parametrize("compression", [".gz", ".zst", ".bz2", ".xz"])
def test_what_is_no_archive_says_so(tmp_path: Path, form: str, compression: str) -> None:
    with pytest.raises(Unreadable, match="cannot be read"):
        of(tmp_path, f"a{form}{compression}", b"this was never packed" * 10)


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.jsonl.gz", "a.json", "a.csv.zst", "a.parquet.gz", "a.txt.xz"])
def test_what_was_cut_off_says_so(tmp_path: Path, name: str) -> None:
    content = written.written(name, ROWS) if ".txt" not in name else lzma.compress(b"line\n" * 1000)
    with pytest.raises(Unreadable, match="cannot be read"):
        of(tmp_path, name, content[: len(content) // 2])


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.json"])
@pytest.mark.parametrize("content", [b"PAR1 nothing else PAR1", b"ARROW1\0\0", b"[1, 2", b"\xff\xff\xff\xff\0\0\0\x7f" * 3])
def test_other_files_under_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    try:
        assert not [row for row in of(tmp_path, name, content) if row.problem is None]
    except MiStudioError as error:
        assert name in error.message  # noqa: PT017


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.json", "a.csv", "a.tsv.gz", "a.jsonl.zst"])
def test_empty_files_have_no_rows(tmp_path: Path, name: str) -> None:
    compression = name[name.rindex(".") :] if name.count(".") > 1 else ""
    assert of(tmp_path, name, written.COMPRESSIONS[compression](b"")) == []
    assert of(tmp_path, name, written.COMPRESSIONS[compression](b"\xef\xbb\xbf")) == []


def test_a_json_list_is_read_value_by_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_json, "CHUNK", 3)
    values = [{"text": f'ü{number} \\ "q"', "n": [number, 1.5e300, None, {"deep": "]},"}]} for number in range(40)]
    content = b" \n" + json.dumps(values, indent=2).encode() + b"\n"
    rows = of(tmp_path, "a.json", content)
    assert [row.text for row in rows] == [each["text"] for each in values]
    assert [json.loads(row.other or "") for row in rows] == [{"n": each["n"]} for each in values]
    assert [row.line for row in rows] == list(range(1, 41))


@pytest.mark.parametrize(
    ("content", "good"),
    [
        (b"[]", 0),
        (b'["a", 12345, {"text": "b"}, null]', 2),
        (b'["a" "b"]', None),
        (b'["a", ]', None),
        (b'["a", {]', None),
        (b'["a"', None),
        (b"[" * 100_000, None),
        (b'["caf\xe9", "\\ud800"]', 2),
    ],
)
def test_json_lists_of_every_sort(tmp_path: Path, content: bytes, good: int | None) -> None:
    if good is None:
        with pytest.raises(Unreadable, match=r"a\.json cannot be read"):
            of(tmp_path, "a.json", content)
    else:
        assert sum(row.problem is None for row in of(tmp_path, "a.json", content)) == good


def test_a_json_row_without_end_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_json, "MAX_ROW", 1000)
    monkeypatch.setattr(read_json, "CHUNK", 100)
    with pytest.raises(Unreadable, match="a row is longer than"):
        of(tmp_path, "a.json", b'["' + b"a" * 5000 + b'"]')


def test_ragged_and_broken_csv(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbfid,text,text,\r\n1,a,b,c\r\n2\r\n\r\n3,x,y,z,too much\r\n4,caf\xe9,,\r\n5,"a\nb\x00",,\r\n6,"open'
    rows = of(tmp_path, "a.csv", content)
    assert [(row.text, row.problem) for row in rows] == [
        ("a", None),
        ("", "no field “text”"),
        ("", "more cells than columns"),
        ("caf\ufffd", None),
        ("a\nb\0", None),
        ("open", None),
    ]
    assert json.loads(rows[0].other or "") == {"id": "1", "text (2)": "b", "column 4": "c"}
    assert rows[3].repaired


def test_a_csv_line_or_row_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_tables, "MAX_SAMPLE_BYTES", 100)
    rows = of(tmp_path, "a.csv", b"text\nshort\n" + b"a" * 5000 + b"\nlast\n")
    assert [(row.text, bool(row.problem)) for row in rows] == [("short", False), ("", True), ("last", False)]
    monkeypatch.setattr(read_tables, "MAX_ROW", 1000)
    with pytest.raises(Unreadable, match="a row is longer than"):
        of(tmp_path, "a.csv", b"text\n" + b'"a\n",' * 500)


def test_a_csv_of_very_many_columns(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(100_000)]
    content = f"{','.join(names)},text\n{',' * 100_000}here\n".encode()
    (row,) = of(tmp_path, "a.csv", content)
    assert row.text == "here"
    with pytest.raises(MiStudioError) as caught:
        of(tmp_path, "a.csv", content, columns=["nowhere"])
    assert len(str(caught.value)) < 1000


def test_nested_columns_of_tables_are_shown(tmp_path: Path) -> None:
    rows = [{"text": "a", "tags": ["x", None], "more": {"n": 1, "when": pa.scalar(0, pa.timestamp("s")).as_py()}}]
    (row,) = of(tmp_path, "a.parquet", written.parquet(rows))
    assert json.loads(row.other or "") == {"tags": ["x", None], "more": {"n": 1, "when": "1970-01-01 00:00:00"}}


def test_equal_columns_in_a_table_are_told_apart(tmp_path: Path) -> None:
    whole = pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"]), pa.array(["c"])], names=["text", "text", "text (2)"])
    file = io.BytesIO()
    with pa.ipc.new_stream(file, whole.schema) as writer:
        writer.write_table(whole)
    (row,) = of(tmp_path, "a.arrow", file.getvalue())
    assert (row.text, json.loads(row.other or "")) == ("a", {"text (3)": "b", "text (2)": "c"})


def test_a_packed_table_needs_room_to_be_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100))
    with pytest.raises(MiStudioError, match="no space left"):
        of(tmp_path, "a.parquet.gz", written.written("a.parquet.gz", ROWS))
    assert [each.name for each in tmp_path.iterdir()] == ["a.parquet.gz"]


def test_a_bomb_is_not_in_memory_at_once(tmp_path: Path) -> None:
    content = b"text\n" * 1_000_000
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(content))
    rows = OneFile(tmp_path / "a.txt.gz", "a.txt.gz", "line", tmp_path).rows()
    assert next(rows).value == "text"
    rows.close()


def test_through_the_job_every_kind_is_one_dataset(ws: Workspace, tmp_path: Path) -> None:
    found = {}
    for form in written.FORMS:
        path = tmp_path / f"rows{form}"
        path.write_bytes(written.written(path.name, ROWS))
        id = read(ws, path=str(path), columns="text")
        record = ws.catalog.get(id)
        assert (record["facts"]["columns"], record["facts"]["rows"], record["facts"]["files"]) == (["text"], "text", 1)
        found[form] = record["facts"]["fingerprint"], making.rows(ws.folder(id) / "data")
    assert all(each == found[".jsonl"] for each in found.values())


@pytest.mark.parametrize("form", [".parquet", ".arrow"])
def test_a_column_whose_name_is_no_text_ends_the_reading(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a{form}"
    rows: written.Rows = [{"text": "a", "naaaame": "b"}]
    content = written.parquet(rows, store_schema=False) if form == ".parquet" else written.arrow(rows)
    assert b"naaaame" in content
    path.write_bytes(content.replace(b"naaaame", b"na\xff\xfeame"))
    with pytest.raises(Unreadable, match="cannot be read"):
        rows_of(path)


def test_what_stands_beside_short_texts_is_not_gathered_without_end(ws: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(written.jsonl([{"text": "short", "page": "x" * 2**18} for _ in range(12)]))
    id = read(ws, path=str(path), columns="text")
    (shard,) = list_shards(ws.folder(id) / "data")
    assert [batch.num_rows for batch in open_shard(*shard).to_batches()] == [2] * 6


def test_blanks_before_a_json_list_are_passed_by_in_stretches(tmp_path: Path) -> None:
    blanks = b" \n\t\r" * 100_000

    class Counted(io.BufferedReader):
        reads = 0

        def read(self, *args: Any) -> bytes:
            self.reads += 1
            return super().read(*args)

    for content, lines in ((b'["a"]', [1]), (b'"a"\n"b"', [100_001, 100_002]), (b"", [])):
        file = Counted(io.BytesIO(blanks + content))  # type: ignore[arg-type]
        one = OneFile(tmp_path / "a.json", "a.json", "line", tmp_path)
        assert [row.line for row in one._json(file)] == lines
        assert file.reads < 100


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_what_stands_between_columns_is_seen_in_the_header(ws: Workspace, tmp_path: Path, sign: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(written.table(ROWS, sign))
    assert [each.name for each in look_at(path, path.name, None, ReadOptions()).columns] == ["id", "text"]
    id = read(ws, path=str(path))
    assert making.rows(ws.folder(id) / "data")["text"] == [row["text"] for row in ROWS]
    job = get_dataset(ws, id).job
    assert job
    log = " ".join(line.text for line in read_log(ws, job.id, ReadLog()).lines)
    assert ("a tab" if sign == "\t" else f"“{sign}”") in log


@pytest.mark.parametrize(
    ("header", "columns"), [("text", ["text"]), ("text,a;b;c", ["text", "a;b;c"]), ('"text;b"', ["text;b"]), ("a b", ["a b"])]
)
def test_a_comma_is_what_stands_between_columns(tmp_path: Path, header: str, columns: list[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\nx\n")
    assert [each.name for each in look_at(path, path.name, None, ReadOptions()).columns] == columns


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.jsonl", "a.txt.gz"])
@pytest.mark.parametrize("content", [Random(1).randbytes(300_000), b"PK\x03\x04" + b"\0" * 100, "Привет ".encode("koi8-r") * 9])
def test_what_is_no_text_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(MiStudioError, match=f"{name} is not text.*save it as UTF-8"):
        rows_of(path)
    assert "is not text" in (look_at(path, name, None, ReadOptions()).problem or "")


def test_what_is_not_quite_text_is_read_and_warned_of(ws: Workspace, tmp_path: Path) -> None:
    latin = tmp_path / "latin.txt"
    latin.write_bytes("café\nnoël\nplain\n".encode("latin-1") * 30 + b"a zero \0\n")
    facts = get_dataset(ws, read(ws, path=str(latin))).facts
    assert facts
    assert facts.samples == 91
    (warning,) = facts.warnings
    assert "60 rows have bytes that are not UTF-8" in warning
    assert "save it as UTF-8" in warning.lower().replace("utf-8", "UTF-8")
    assert get_dataset(ws, read(ws, texts=["é"])).facts.warnings == []  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["a.csv", "a.arrow"])
def test_two_columns_of_one_name_are_warned_of(ws: Workspace, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    table = pa.Table.from_arrays([pa.array(["one"]), pa.array(["two"])], names=["text", "text"])
    if name.endswith(".csv"):
        path.write_text("text,text\none,two\n")
    else:
        with pa.ipc.new_stream(str(path), table.schema) as file:
            file.write_table(table)
    facts = get_dataset(ws, read(ws, path=str(path))).facts
    assert facts
    assert facts.warnings == [f"Two columns of {name} are named “text”: the later one is read as “text (2)”."]


@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_times_in_an_unknown_zone_are_times(tmp_path: Path, form: str) -> None:
    """Written as they are in UTC, wherever in a row they are; a zone that is known stays."""
    moment = datetime(2020, 1, 1, 12, tzinfo=timezone.utc)
    utc = pa.array([moment, None], pa.timestamp("us", "UTC"))
    mars = utc.cast(pa.timestamp("us", "Mars/Base"))
    table = pa.table(
        {
            "text": ["a", "b"],
            "at": mars,
            "ats": pa.ListArray.from_arrays([0, 1, 2], mars),
            "in": pa.StructArray.from_arrays([mars, mars], ["x", "y"]),
            "here": utc.cast(pa.timestamp("us", "+02:00")),
        }
    )
    path = tmp_path / f"a.{form}"
    if form == "parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    first, second = rows_of(path)
    said = "2020-01-01 12:00:00+00:00"
    there = {"at": said, "ats": [said], "in": {"x": said, "y": said}, "here": "2020-01-01 14:00:00+02:00"}
    assert (first.problem, json.loads(first.other or "")) == (None, there)
    assert (second.problem, json.loads(second.other or "")["at"]) == (None, None)
