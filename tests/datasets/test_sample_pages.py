"""Pages of samples: over several files, past the end, huge samples, damaged files; and what may be imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import datasets
import pytest

from mistudio_ext.contract.errors import BadRequest, Conflict, NotFound, Unreadable
from mistudio_ext.datasets import read as reading
from mistudio_ext.datasets import shards
from mistudio_ext.datasets.operations import add_dataset
from mistudio_ext.datasets.samples import get_sample, list_shards, read_samples
from mistudio_ext.datasets.schema import AddDataset, ReadSamples
from mistudio_ext.workspace.workspace import Workspace
from tests.support.work import read

COUNT = 230


@pytest.fixture
def many(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(reading, "BATCH_ROWS", 10)
    monkeypatch.setattr(shards, "SHARD_BYTES", 1000)
    id = read(ws, texts=[f"sample {row} é" for row in range(COUNT)])
    assert len(files(ws, id)) > 3
    return id


def files(ws: Workspace, id: str) -> list[Path]:
    return [file for file, _ in list_shards(ws.folder(id) / "data")]


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 50), (0, 500), (35, 30), (99, 102), (229, 50), (230, 5), (10**9, 5), (2**53, 500)]
)
def test_pages(ws: Workspace, many: str, offset: int, limit: int) -> None:
    page = read_samples(ws, many, ReadSamples(offset=offset, limit=limit))
    rows = list(range(COUNT))[offset : offset + limit]
    assert page.total == COUNT
    assert [(each.row, each.text, each.length) for each in page.samples] == [
        (row, f"sample {row} é", len(f"sample {row} é")) for row in rows
    ]


def test_whole_samples_and_rows_that_are_none(ws: Workspace, many: str) -> None:
    for row in (0, 119, COUNT - 1):
        assert get_sample(ws, many, str(row)).text == f"sample {row} é"
    for row in (str(COUNT), "9" * 15):
        with pytest.raises(NotFound, match="no row"):
            get_sample(ws, many, row)
    for text in ("-1", "1.5", "", "one", "²", "٣", "9" * 16):
        with pytest.raises(BadRequest, match="not a row number"):
            get_sample(ws, many, text)


def test_a_sample_of_a_million_characters(ws: Workspace) -> None:
    id = read(ws, texts=["é" * 10**6, "short"])
    page = read_samples(ws, id, ReadSamples(characters=10))
    assert [(each.text, each.length) for each in page.samples] == [("é" * 10, 10**6), ("short", 5)]
    assert get_sample(ws, id, "0").length == 10**6


def test_a_dataset_that_is_not_ready(ws: Workspace) -> None:
    id = add_dataset(ws, AddDataset(texts=["a"])).object
    with pytest.raises(Conflict, match="not ready"):
        read_samples(ws, id, ReadSamples())
    with pytest.raises(NotFound):
        get_sample(ws, "ds_00000000", "0")
    with pytest.raises(BadRequest):
        read_samples(ws, "tk_00000000", ReadSamples())


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "cut between batches", "garbage", "index"])
def test_damage_is_said(ws: Workspace, many: str, damage: str) -> None:
    file = files(ws, many)[1]
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "index":
        (file.parent / "index.json").write_text("{")
    elif damage == "cut between batches":
        import pyarrow as pa

        with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as stream:
            stream.read_next_batch()
            end = source.tell()
        file.write_bytes(content[:end])
    else:
        file.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "garbage": b"\xff" * len(content)}[damage])
    with pytest.raises(Unreadable):
        read_samples(ws, many, ReadSamples(limit=COUNT))
    if damage != "index":
        assert read_samples(ws, many, ReadSamples(limit=1)).samples


def test_others_read_our_files(ws: Workspace, many: str) -> None:
    for file, rows in list_shards(ws.folder(many) / "data"):
        theirs = datasets.Dataset.from_file(str(file))
        assert theirs.num_rows == rows
        assert theirs.column_names == ["text", "split", "other", "messages"]


def test_nothing_heavy_before_the_first_page(tmp_path: Path) -> None:
    """The server's way: operations, uploads, tokenizers' files; numpy and pyarrow when data is looked at, torch never."""
    code = """
import sys
from pathlib import Path
from mistudio_ext.workspace.workspace import Workspace
from mistudio_ext.datasets import deriving, incoming, operations, samples, schema, sources, tokenizations, tokenizer_files
from mistudio_ext.workspace.schema import ListObjects
"""
    code += f"""
ws = Workspace.open(Path({str(tmp_path / "workspace")!r}))
operations.add_dataset(ws, schema.AddDataset(texts=["a"]))
operations.list_datasets(ws, ListObjects())
heavy = ["torch", "transformers", "tokenizers", "datasets", "h5py", "pandas", "numpy", "pyarrow"]
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"


def test_a_split_that_is_not_there_is_refused(ws: Workspace, many: str) -> None:
    with pytest.raises(BadRequest, match=r"no split “nope”\. It has: “train”") as caught:
        read_samples(ws, many, ReadSamples(split="nope"))
    assert caught.value.field == "split"
    assert read_samples(ws, many, ReadSamples(split="train")).total == COUNT
