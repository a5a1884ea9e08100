"""Small files with much in them: what rows share is not copied for all of them at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mistudio_ext.datasets import expanding, read_tables
from mistudio_ext.datasets.read_files import OneFile

LARGE, ROWS = 4_000_000, 600

# In a process of its own, which may have 600 MB more than it has: the rows' own copies would be 2.4 GB.
READ = """
import resource, sys
from pathlib import Path
from mistudio_ext.datasets import expanding
from mistudio_ext.datasets.read_files import OneFile
import pyarrow.dataset
here = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (here + 600 * 2**20,) * 2)
path = Path(sys.argv[1])
rows = letters = 0
for row in OneFile(path, path.name, "line", path.parent).rows():
    value = row.value["text"]
    rows += 1
    letters += len(value if isinstance(value, str) else value[0] if isinstance(value, list) else value["t"])
print(rows, letters)
"""


def shared(kind: str) -> Any:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * ROWS, pa.int32()), pa.array(["x" * LARGE]))
    if kind == "list":
        return pa.ListArray.from_arrays(pa.array(range(ROWS + 1), pa.int32()), texts)
    return pa.StructArray.from_arrays([texts], ["t"]) if kind == "struct" else texts


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory is Linux's")
@pytest.mark.parametrize("kind", ["text", "list", "struct"])
@pytest.mark.parametrize("form", ["parquet", "arrow"])
def test_values_that_all_rows_share(tmp_path: Path, form: str, kind: str) -> None:
    path = tmp_path / f"small.{form}"
    table = pa.table({"text": shared(kind)})
    if form == "parquet":
        pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=2**30, store_schema=False)
        assert path.stat().st_size < 10_000
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table)
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True)
    assert done.stdout.split() == [str(ROWS), str(ROWS * LARGE)], done.stderr[-2000:]


def nested() -> Iterator[Any]:
    texts = pa.array(["a", "bcd", None, "", "é" * 7, "abc"])
    coded = texts.dictionary_encode()
    yield coded
    yield texts.cast(pa.string_view())
    yield pa.StructArray.from_arrays([coded], ["t"])
    yield pa.ListArray.from_arrays([0, 2, 2, 5, 6], coded)
    yield pa.LargeListArray.from_arrays([0, 1, 6], coded)
    yield pa.FixedSizeListArray.from_arrays(coded, 2)
    yield pa.MapArray.from_arrays([0, 1, 4], pa.array(["k", "l", "mm", "n"]), coded[:4])
    yield pa.RunEndEncodedArray.from_arrays(pa.array([2, 3, 9], pa.int32()), pa.array(["xx", None, "yyyy"]))
    yield pa.ListViewArray.from_arrays([0, 0, 3], [3, 3, 2], coded)


def letters(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, dict):
        return sum(map(letters, value.values()))
    return sum(map(letters, value)) if isinstance(value, list | tuple) else 0


@pytest.mark.parametrize("array", list(nested()), ids=lambda array: str(array.type))
def test_sizes_of_rows_are_those_of_their_values(array: Any) -> None:
    """Apart from a few bytes that every value of a list or a field takes, whatever part of a table it is."""
    assert expanding.shares(array.type)
    for start in range(len(array)):
        part = array.slice(start, 3)
        sizes = expanding.row_sizes(part)
        texts = np.array([letters(value) for value in part.to_pylist()])
        values = 8 * np.array([1 + (len(value) if isinstance(value, list | tuple | dict) else 0) for value in part.to_pylist()])
        assert (sizes >= texts).all()
        assert (sizes <= texts + values).all()


def test_slices_hold_what_they_may_and_every_row_once() -> None:
    sizes = np.array([5, 5, 1, 20, 3, 3, 3, 3])
    assert list(expanding.slices(sizes, 10)) == [(0, 2), (2, 3), (3, 4), (4, 7), (7, 8)]


def test_what_no_row_may_be_is_a_bad_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_tables, "MAX_ROW", 1000)
    monkeypatch.setattr(read_tables, "BATCH_BYTES", 500)
    lists = pa.ListArray.from_arrays([0, 1, 300, 301], pa.array(["ten chars."] * 301).dictionary_encode())
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, pa.schema([("text", lists.type)])) as file:
        file.write_batch(pa.record_batch([lists], ["text"]))
    rows = list(OneFile(path, path.name, "line", tmp_path).rows())
    assert [row.problem for row in rows] == [None, "longer than 64 MB", None]
    assert [row.line for row in rows] == [1, 2, 3]


def test_ordinary_columns_are_read_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are coded by default: only where that could fill the memory it makes a difference, and never in the rows."""
    rows = [{"text": f"text {number % 7}", "turns": [{"role": "a", "content": "b" * (number % 5)}]} for number in range(3000)]
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1300)
    file = pq.ParquetFile(path)
    with open(path, "rb") as raw:
        assert [expanding.shared_columns(raw, file.metadata, group, 1000) for group in range(3)] == [[], [], []]
        monkeypatch.setattr(expanding, "MOST", 0)
        assert len(expanding.shared_columns(raw, file.metadata, 0, 1000)) == 3
    assert [row.value for row in OneFile(path, path.name, "line", tmp_path).rows()] == rows


def test_bytes_that_are_no_text_are_mended_in_shared_values_too(tmp_path: Path) -> None:
    coded = pa.array([b"caf\xe9", b"good", b"caf\xe9"]).view(pa.string()).dictionary_encode()
    path = tmp_path / "a.arrow"
    with pa.ipc.new_file(path, pa.schema([("text", coded.type)])) as file:
        file.write_batch(pa.record_batch([coded], ["text"]))
    assert [row.value["text"] for row in OneFile(path, path.name, "line", tmp_path).rows()] == [b"caf\xe9", b"good", b"caf\xe9"]
