"""Looking at samples: pages of the stored text, straight from the memory-mapped Arrow files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..contract.errors import BadRequest, Conflict, NotFound, Unreadable
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace, read_json
from .cells import named, shown
from .schema import ReadSamples, Sample, SampleHead, SamplePage

if TYPE_CHECKING:
    import pyarrow as pa


def read_samples(ws: Workspace, id: str, params: ReadSamples) -> SamplePage:
    """A page of a dataset's samples, of all or of those that are looked for."""
    record = _readable(ws, id)
    shards = list_shards(ws.folder(id) / "data")
    total = sum(rows for _, rows in shards)
    if params.search or params.split is not None:
        from .searching import find

        if params.split is not None:
            require_split(record["facts"]["splits"], params.split, "split")
        in_split: int = total if params.split is None else record["facts"]["splits"].get(params.split, 0)
        with _damage_says_so(ws.folder(id) / "data"):
            return find(shards, params, total if params.search else in_split)
    heads: list[SampleHead] = []
    first, wanted = params.offset, params.limit
    for file, rows in shards:
        if first >= rows:
            first -= rows
            continue
        for text, length, split in _heads(file, rows, first, wanted, params.characters):
            heads.append(SampleHead(row=params.offset + len(heads), text=text, length=length, split=split))
        first, wanted = 0, params.limit - len(heads)
        if wanted <= 0:
            break
    after = params.offset + len(heads)
    return SamplePage(samples=heads, total=total, next=after if after < total else None, looked_through=len(heads))


def require_split(splits: dict[str, int], split: str, field: str) -> None:
    if split not in splits:
        raise BadRequest(f"There is no split {shown(split)}.", f"It has: {named(list(splits))}.", field=field)


def get_sample(ws: Workspace, id: str, row: str) -> Sample:
    """One whole sample."""
    number = sample_row(row)
    _readable(ws, id)
    for file, rows in list_shards(ws.folder(id) / "data"):
        if number < rows:
            with _damage_says_so(file):
                return as_sample(id, int(row), open_shard(file, rows).slice(number, 1).to_pylist()[0])
        number -= rows
    raise NotFound(f"The dataset has no row {int(row):,}.", "Rows are counted from 0.")


def as_sample(dataset: str, row: int, stored: dict[str, Any]) -> Sample:
    """A stored row; a dataset that was made before there were conversations has no `messages`."""
    text, messages = stored["text"], stored.get("messages")
    return Sample(
        id=f"{dataset}/{row}",
        row=row,
        text=text,
        length=len(text),
        split=stored["split"],
        other=json.loads(stored["other"]) if stored["other"] else {},
        messages=json.loads(messages) if messages else None,
    )


def sample_row(row: str) -> int:
    if not row.isascii() or not row.isdecimal() or len(row) > 15:
        raise BadRequest(f"“{row[:20]}” is not a row number.", "Rows are counted from 0.", field="row")
    return int(row)


def open_shard(file: Path, rows: int | None = None) -> pa.Table:
    """A memory-mapped table: its rows are read from disk when they are looked at. `rows` is how many it must have."""
    import pyarrow as pa

    with _damage_says_so(file):
        with pa.memory_map(str(file)) as source:
            table = pa.ipc.open_stream(source).read_all()
        # A file that was cut between two batches reads well.
        if rows is not None and table.num_rows != rows:
            raise pa.ArrowInvalid(f"{table.num_rows} rows")
        return table


def list_shards(folder: Path) -> list[tuple[Path, int]]:
    """The Arrow files of a folder, in order, with the rows in each."""
    index = read_json(folder / "index.json")
    return [(folder / each["file"], each["rows"]) for each in index["shards"]]


def _heads(file: Path, rows: int, first: int, wanted: int, characters: int) -> list[tuple[str, int, str]]:
    """Beginning, length and split of some samples; their whole texts, which may be huge, stay in the file."""
    import pyarrow.compute as pc

    with _damage_says_so(file):
        table = open_shard(file, rows).slice(first, wanted)
        texts = pc.utf8_slice_codeunits(table["text"], 0, characters).to_pylist()
        return list(zip(texts, pc.utf8_length(table["text"]).to_pylist(), table["split"].to_pylist(), strict=True))


def _readable(ws: Workspace, id: str) -> dict[str, Any]:
    """The dataset's record, where there is text to look at."""
    if collection_of(id) != "datasets":
        raise BadRequest(f"{id} is not the id of one of the datasets.", "Give an id of the right kind.")
    record = ws.catalog.get(id)
    if record["facts"] is None:
        raise Conflict("The dataset is not ready.", "Look at its samples once it has been read.", code="not_ready")
    return record


@contextmanager
def _damage_says_so(file: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, IndexError):
        raise Unreadable(f"{file} is damaged or missing.", "Delete the dataset and read its text again.") from None
