"""Rows out of files, whatever their bytes are."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mistudio_ext.contract.errors import BadRequest
from mistudio_ext.datasets import read_text
from mistudio_ext.datasets.columns import Chosen, Row, plain_row, row_of
from mistudio_ext.datasets.read_files import OneFile
from mistudio_ext.datasets.read_text import BEGINNING, Place
from mistudio_ext.datasets.reading_schema import ReadOptions


def rows_of(
    content: bytes, by: str = "line", *, name: str = "file.txt", field: str = "text", start: Place = BEGINNING
) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        file = OneFile(path, name, by, Path(folder))  # type: ignore[arg-type]
        options, chosen = ReadOptions(), Chosen("text", [field])
        return [plain_row(raw) if file.form == ".txt" else row_of(raw, options, chosen) for raw in file.rows(start)]


def texts(content: bytes, by: str = "line") -> list[str]:
    rows = rows_of(content, by)
    assert all(row.problem is None for row in rows)
    return [row.text for row in rows]


def json_row(line: str | bytes, field: str = "text") -> Row:
    (row,) = rows_of(line if isinstance(line, bytes) else line.encode(), name="file.jsonl", field=field)
    return row


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"   \n\t\n\r\n", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\ntwo\r\n", ["one", "two"]),
        (b"one\ntwo", ["one", "two"]),
        (b"\n\none\n\n\ntwo\n\n", ["one", "two"]),
        (b"\xef\xbb\xbfone\n\xef\xbb\xbftwo", ["one", "\ufefftwo"]),
        (b"\xef\xbb\xbf", []),
        (b"a\0b\n\0\n", ["a\0b", "\0"]),
        ("  indented stays  \n\u3000\n".encode(), ["  indented stays  "]),
        ("a\u2028b\x0bc\x85d\n".encode(), ["a\u2028b\x0bc\x85d"]),
        (b"<script>alert(1)</script>\n=cmd|' /C calc'!A0\n", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0"]),
    ],
)
def test_lines(content: bytes, expected: list[str]) -> None:
    assert texts(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n \n\r\n", []),
        (b"a\nb\n\nc\n", ["a\nb", "c"]),
        (b"a\r\nb\r\n\r\nc", ["a\nb", "c"]),
        (b"\n\n\na\n \t \nb\n\n\n", ["a", "b"]),
        (b"\xef\xbb\xbf\na\n\nb", ["a", "b"]),
    ],
)
def test_paragraphs(content: bytes, expected: list[str]) -> None:
    assert texts(content, "paragraph") == expected


@pytest.mark.parametrize(("content", "expected"), [(b"", []), (b" \n ", []), (b"\na\r\n\r\nb\n", ["a\n\nb"])])
def test_documents(content: bytes, expected: list[str]) -> None:
    assert texts(content, "document") == expected


def test_bytes_that_are_no_utf8_are_repaired_and_counted() -> None:
    bad, marked, good = rows_of(b"caf\xe9\n" + "a \ufffd of its own\n".encode() + b"fine\n")
    assert (bad.text, bad.repaired) == ("caf\ufffd", True)
    assert (marked.text, marked.repaired) == ("a \ufffd of its own", False)
    assert (good.text, good.repaired) == ("fine", False)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf16_is_refused_by_name(mark: bytes) -> None:
    with pytest.raises(BadRequest, match="UTF-16"):
        rows_of(mark + "text".encode("utf-16-le"))


@pytest.mark.parametrize("by", ["line", "paragraph", "document", "json"])
def test_a_sample_longer_than_the_limit_is_a_bad_row(monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setattr(read_text, "MAX_SAMPLE_BYTES", 20)
    if by == "json":
        content = json.dumps("a" * 30).encode() + b'\n"short"\n' + b'"' + b"b" * 50
        rows = rows_of(content, name="file.jsonl")
        assert [(row.line, row.text, bool(row.problem)) for row in rows] == [(1, "", True), (2, "short", False), (3, "", True)]
    elif by == "document":
        assert [row.text for row in rows_of(b"a" * 20, by)] == ["a" * 20]
        (row,) = rows_of(b"a" * 21, by)
        assert row.problem
        assert row.problem.startswith("longer than")
    else:
        gap = b"\n" if by == "paragraph" else b""
        rows = rows_of(b"a" * 50 + b"\n" + gap + b"short\n" + gap + b"c" * 20 + b"\n" + gap + b"d" * 20, by)
        assert [row.text for row in rows if not row.problem] == ["short", "d" * 20]
        assert sum(bool(row.problem) for row in rows) == 2
        assert rows_of(b"a" * 50 + b"\n" + gap + b"short\n", by, start=rows[0].after)[0].text == "short"


def test_a_paragraph_of_many_lines_may_be_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_text, "MAX_SAMPLE_BYTES", 20)
    rows = rows_of(b"x\n" * 15 + b"\nshort\n", "paragraph")
    assert [(row.line, row.text, bool(row.problem)) for row in rows] == [(1, "", True), (17, "short", False)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "not JSON"),
        ("{'text': 1}", "not JSON"),
        ("1e400", "neither an object nor a text"),
        ("17", "neither"),
        ("null", "neither"),
        ('["text"]', "neither"),
        ("{}", "no field “text”"),
        ('{"Text": "a"}', "no field"),
        ('{"text": 17}', "“text” is a number, not a text"),
        ('{"text": true}', "“text” is true or false, not a text"),
        ('{"text": null}', "“text” is null"),
        ('{"text": ["a"]}', "“text” is a list, not a text"),
        ('{"text": {"a": 1}}', "“text” is an object, not a text"),
        ('{"text": ""}', "is empty"),
        ('{"text": " \\n "}', "is empty"),
        ("[" * 100_000, "not JSON"),
        ('{"text": "a", "deep": ' + "[" * 300 + "]" * 300 + "}", "nested too deeply"),
        ('{"text": "a", "number": ' + "9" * 5000 + "}", "not JSON"),
    ],
)
def test_bad_json_rows_say_what_is_wrong(line: str, problem: str) -> None:
    row = json_row(line)
    assert row.problem is not None
    assert problem in row.problem


def test_what_else_a_json_row_holds_is_kept() -> None:
    row = json_row('{"id": 123456789012345678901234567890, "text": "a", "tags": ["x", {"y": null}], "ü": "ß"}')
    assert row.text == "a"
    assert json.loads(row.other or "") == {"id": 123456789012345678901234567890, "tags": ["x", {"y": None}], "ü": "ß"}


def test_numbers_that_json_has_not_are_kept_as_words() -> None:
    row = json_row('{"text": "a", "n": NaN, "i": [-Infinity, 1e999, {"m": -1e999}]}')
    assert json.loads(row.other or "") == {"n": "NaN", "i": ["-Infinity", "Infinity", {"m": "-Infinity"}]}


def test_json_texts_and_double_keys() -> None:
    assert json_row('"just a text"').text == "just a text"
    assert json_row('{"text": "first", "text": "last"}').text == "last"
    assert json_row('{"body": "b", "text": "t"}', field="body").text == "b"
    assert json_row(b'\xef\xbb\xbf{"text": "after a mark"}').text == "after a mark"


def test_half_surrogates_and_broken_bytes_in_json_are_repaired() -> None:
    row = json_row(r'{"text": "a\ud800b", "\udfff": "\ud83d\ude00 \ud83d"}')
    assert (row.text, row.repaired) == ("a\ufffdb", True)
    assert json.loads(row.other or "") == {"\ufffd": "\U0001f600 \ufffd"}
    broken = json_row(b'{"text": "caf\xe9"}')
    assert (broken.text, broken.repaired) == ("caf\ufffd", True)
    assert not json_row('{"text": "\\ud83d\\ude00"}').repaired


# Bytes that matter to the reader, and any others.
PIECES = st.sampled_from(
    [b"\n", b"\r\n", b"\n\n", b" ", b"a", b"word", b"\xc3\xa9", b"\xff", b"\0", b"\r", b"\xef\xbb\xbf", b"{", b'"a"']
)
ROWS = st.sampled_from([b'{"text": "x"}\n', b'{"text": 1}\n', b'"y"\n', b"{\n", b"\n"])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES | ROWS | st.binary(max_size=3), max_size=40).map(b"".join),
    st.sampled_from(["line", "paragraph", "document", "json"]),
)
def test_reading_goes_on_from_any_row_as_if_it_had_not_ended(content: bytes, by: str) -> None:
    if content[:2] in read_text.UTF_16:
        return
    how = {"name": "file.jsonl"} if by == "json" else {"by": by}
    rows = rows_of(content, **how)
    for number, row in enumerate(rows):
        assert rows_of(content, **how, start=row.after) == rows[number + 1 :]


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_characters="\n\r"), max_size=60))
def test_a_line_stays_what_it_is(text: str) -> None:
    content = text.encode("utf-8", "replace")
    if content[:2] in read_text.UTF_16 or content[:3] == read_text.BOM:
        return
    assert texts(content + b"\n") == ([] if not content.decode().strip() else [content.decode()])


def test_a_long_paragraph_is_read_in_linear_time() -> None:
    def seconds(lines: int) -> float:
        begin = time.process_time()
        rows_of(b"a line of text\n" * lines, "paragraph")
        return time.process_time() - begin

    seconds(1000)
    # Twentyfold; a list built anew for every line takes four hundredfold.
    assert seconds(100_000) < 100 * max(seconds(5000), 0.002)
