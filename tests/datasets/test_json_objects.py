"""A .json file that is one object: its rows are those that a person sees in it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from mistudio_ext.contract.errors import Unreadable
from mistudio_ext.datasets import read_object
from mistudio_ext.datasets.read_files import OneFile

ROWS = [{"text": "one", "n": 1}, {"text": "two\nlines", "n": None}]


def values(path: Path) -> list[Any]:
    return [row.value for row in OneFile(path, path.name, "line", path.parent).rows()]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("around", ["{}", "\n \n{}\n\n \n"])
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ({"data": ROWS}, ROWS),
        ({"version": "2.0", "data": ROWS, "n": 3}, ROWS),
        ({"anything": ROWS}, ROWS),
        # As pandas writes a table: by column, then by row.
        ({"text": ["one", "two\nlines"], "n": [1, None]}, ROWS),
        ({"text": {"0": "one", "1": "two\nlines"}, "n": {"0": 1, "1": None}}, ROWS),
        ({"data": ["one", "two"]}, [{"data": "one"}, {"data": "two"}]),
        # These are rows themselves.
        (ROWS[0], ROWS[:1]),
        ({"text": "one", "tags": [{"a": 1}]}, [{"text": "one", "tags": [{"a": 1}]}]),
        ({"messages": [{"role": "user", "content": "one"}]}, [{"messages": [{"role": "user", "content": "one"}]}]),
        ({"text": "one", "about": {"a": 1}}, [{"text": "one", "about": {"a": 1}}]),
        ({}, [{}]),
    ],
)
def test_rows_of_one_object(tmp_path: Path, content: Any, rows: list[Any], around: str, indent: int | None) -> None:
    (tmp_path / "a.json").write_text(around.replace("{}", json.dumps(content, indent=indent)))
    assert values(tmp_path / "a.json") == rows


def test_several_objects_are_rows_one_a_line(tmp_path: Path) -> None:
    lines = [{"data": ROWS}, {"text": ["a", "b"]}]
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"\n".join(json.dumps(each).encode() for each in lines)))
    assert values(tmp_path / "a.json.gz") == lines
    (tmp_path / "b.json").write_text("".join(json.dumps(each) + "\n" + "\n" * 5000 for each in ROWS))
    found = list(OneFile(tmp_path / "b.json", "b.json", "line", tmp_path).rows())
    assert [(row.line, row.value) for row in found] == [(1, ROWS[0]), (5002, ROWS[1])]


def test_bytes_that_are_not_utf_8_are_mended(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{\n"data": [{"text": "caf\xe9"}]}')
    [row] = OneFile(tmp_path / "a.json", "a.json", "line", tmp_path).rows()
    assert (row.value, row.repaired) == ({"text": "caf\ufffd"}, True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"train": [{"text": "a"}], "test": [{"text": "b"}]}', "several lists of rows .“train”, “test”."),
        ('{"text": ["a", "b"], "n": [1]}', "not equally long"),
        ('{\n"text": ["a", "b"}', "is not JSON"),
        ('{\n"text": "' + "a" * 2000 + '"}', "one object of more than"),
    ],
)
def test_what_has_no_rows_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, why: str) -> None:
    monkeypatch.setattr(read_object, "MAX_SAMPLE_BYTES", 1000)
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(Unreadable, match=why):
        values(tmp_path / "a.json")
