"""Looking at samples: pages of the stored text, straight from the memory-mapped Arrow files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.errors import BadRequest, Conflict, NotFound, Unreadable
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace, read_json
from .schema import ReadSamples, Sample, SampleHead, SamplePage

if TYPE_CHECKING:
    import pyarrow as pa


def read_samples(ws: Workspace, id: str, params: ReadSamples) -> SamplePage:
    """A page of a dataset's samples."""
    shards = _shards(ws, id)
    total = sum(rows for _, rows in shards)
    heads: list[SampleHead] = []
    first, wanted = params.offset, params.limit
    for file, rows in shards:
        if first >= rows:
            first -= rows
            continue
        for each in open_shard(file).slice(first, wanted).to_pylist():
            text = each["text"]
            row = params.offset + len(heads)
            heads.append(SampleHead(row=row, text=text[: params.characters], length=len(text), split=each["split"]))
        first, wanted = 0, params.limit - len(heads)
        if wanted <= 0:
            break
    return SamplePage(samples=heads, total=total)


def get_sample(ws: Workspace, id: str, row: str) -> Sample:
    """One whole sample."""
    if not row.isascii() or not row.isdecimal() or len(row) > 15:
        raise BadRequest(f"“{row[:20]}” is not a row number.", "Rows are counted from 0.", field="row")
    number = int(row)
    for file, rows in _shards(ws, id):
        if number < rows:
            each = open_shard(file).slice(number, 1).to_pylist()[0]
            other = json.loads(each["other"]) if each["other"] else {}
            return Sample(row=int(row), text=each["text"], length=len(each["text"]), split=each["split"], other=other)
        number -= rows
    raise NotFound(f"The dataset has no row {int(row):,}.", "Rows are counted from 0.")


def open_shard(file: Path) -> pa.Table:
    """A memory-mapped table: its rows are read from disk when they are looked at."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(file)) as source:
            return pa.ipc.open_stream(source).read_all()
    except (pa.ArrowInvalid, OSError):
        raise Unreadable(f"{file} cannot be read.", "Delete the dataset and read its text again.") from None


def _shards(ws: Workspace, id: str) -> list[tuple[Path, int]]:
    if collection_of(id) != "datasets":
        raise BadRequest(f"{id} is not the id of one of the datasets.", "Give an id of the right kind.")
    record = ws.catalog.get(id)
    if record["facts"] is None:
        raise Conflict("The dataset is not ready.", "Look at its samples once it has been read.", code="not_ready")
    return list_shards(ws.folder(id) / "data")


def list_shards(folder: Path) -> list[tuple[Path, int]]:
    """The Arrow files of a folder, in order, with the rows in each."""
    index = read_json(folder / "index.json")
    return [(folder / each["file"], each["rows"]) for each in index["shards"]]
