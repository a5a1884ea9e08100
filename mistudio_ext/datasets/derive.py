"""What datasets made of other datasets share: reading the one, writing the other, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import Conflict, NotFound
from ..contract.models import checked
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .columns import Row
from .deriving_schema import RuleCount
from .encoded import Flags, Numbers
from .gather import BATCH_CHARACTERS, BATCH_ROWS, SCHEMA, beginning, facts_of, take
from .read_text import BEGINNING
from .samples import list_shards, open_shard
from .schema import DatasetFacts, DatasetRecord
from .shards import ShardWriter


class Stored:
    """A dataset's rows by their numbers. Nothing is read from the files but what is asked for."""

    def __init__(self, data: Path):
        self._batches = [batch for each in list_shards(data) for batch in open_shard(*each).to_batches()]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def sizes(self) -> Numbers:
        """Bytes in each row."""
        sizes = np.zeros(len(self), np.int64)
        for start, batch in zip(self._starts, self._batches, strict=False):
            for name in batch.schema.names:
                lengths = pc.fill_null(pc.binary_length(batch.column(name)), 0).to_numpy(zero_copy_only=False)
                sizes[start : start + batch.num_rows] += lengths
        return sizes

    def splits(self) -> Iterator[tuple[int, list[str], Numbers]]:
        """Stretches of rows: the first one's number, the names of their splits, and for each row which of them it is in."""
        for start, batch in zip(self._starts, self._batches, strict=False):
            coded = pc.dictionary_encode(batch.column("split"))
            yield int(start), coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)

    def conversations(self) -> Flags:
        """Which rows are conversations."""
        found = np.zeros(len(self), np.bool_)
        for start, batch in zip(self._starts, self._batches, strict=False):
            if "messages" in batch.schema.names:
                found[start : start + batch.num_rows] = batch.column("messages").is_valid().to_numpy(zero_copy_only=False)
        return found

    def of_split(self, split: str) -> Numbers:
        """The rows of a split, in order."""
        found = [
            np.flatnonzero(pc.equal(batch.column("split"), split).to_numpy(zero_copy_only=False)) + start
            for start, batch in zip(self._starts, self._batches, strict=False)
        ]
        return np.concatenate([np.empty(0, np.int64), *found])

    def take(self, rows: Numbers) -> pa.Table:
        """These rows, in this order."""
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        edges = np.searchsorted(wanted, self._starts)
        parts = [
            _with_all_columns(self._batches[at].take(pa.array(wanted[edges[at] : edges[at + 1]] - self._starts[at])))
            for at in np.flatnonzero(np.diff(edges)).tolist()
        ]
        back = np.empty(len(rows), np.int64)
        back[order] = np.arange(len(rows))
        return pa.Table.from_batches(parts).combine_chunks().take(pa.array(back))


def _with_all_columns(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A dataset that was made before there were conversations lacks a column."""
    nothing = pa.nulls(batch.num_rows, pa.string())
    return pa.record_batch({name: batch.column(name) if name in batch.schema.names else nothing for name in SCHEMA.names})


def in_batches(rows: Numbers, sizes: Numbers, start: int = 0) -> Iterator[tuple[int, int]]:
    """From where to where in `rows` the batches go, from `start` on: each one small, unless a single row is large."""
    ends = np.cumsum(sizes[rows])
    while start < len(rows):
        before = int(ends[start - 1]) if start else 0
        fits = int(np.searchsorted(ends, before + BATCH_CHARACTERS, "right"))
        end = min(max(fits, start + 1), start + BATCH_ROWS, len(rows))
        yield start, end
        start = end


class Derived:
    """A dataset on its way out of another one: `data` is the other's, `state` what is counted so far."""

    def __init__(self, job: JobContext):
        self.job = job
        self.target = job.workspace.folder(job.object) / "data"
        made = checked(DatasetRecord, job.workspace.catalog.get(job.object)).source.derived
        assert made is not None
        try:
            source = checked(DatasetRecord, job.workspace.catalog.get(made.dataset))
        except NotFound:
            raise Conflict(f"The dataset “{made.name}” was deleted.", "Delete this one too.", code="object_gone") from None
        assert source.facts is not None
        self.data = job.workspace.folder(source.id) / "data"
        self._writer = ShardWriter(job.scratch / "data", SCHEMA)
        self.state = self._writer.state or beginning(made.fingerprint) | {
            "done": 0, "rules": {}, "rows": source.facts.rows, "columns": source.facts.columns, "files": source.facts.files,
        }  # fmt: skip

    @property
    def published(self) -> bool:
        """Whether all is written: a resumed job may have got so far before."""
        return self.target.exists()

    def add(self, rows: list[Row]) -> None:
        take(self._writer, self.state, rows, "")

    def step(self, done: int, total: int, stage: str) -> None:
        """So many rows are done: save now and then, and rest where that was asked for."""
        self.state["done"] = done
        self.job.progress(done, total, stage, "samples", samples=self.state["samples"])
        if self._writer.full or self.job.should_pause:
            self._writer.save(self.state)
        if self.job.should_pause:
            self.job.rest()

    def saved_texts(self) -> Iterator[list[str]]:
        for each in self._writer.shards:
            for batch in open_shard(self._writer.folder / each["file"], each["rows"]).to_batches():
                yield batch.column("text").to_pylist()

    def publish(self) -> None:
        self._writer.save(self.state)
        atomic.publish(self._writer.folder, self.target)

    def finish(self) -> DatasetFacts:
        state = read_json(self.target / "index.json")["state"]
        rules = [RuleCount(**each) for each in state["rules"].values()]
        facts = facts_of(state, self.target).model_copy(update={"rules": rules})
        self.job.workspace.catalog.update(self.job.object, {"facts": facts.model_dump()})
        return facts


def rows_of(taken: pa.Table) -> list[Row]:
    """Stored samples as those that are about to be stored."""
    columns = (taken[name].to_pylist() for name in ("text", "other", "messages", "split"))
    return [
        Row(0, BEGINNING, text, other, messages=messages, split=split)
        for text, other, messages, split in zip(*columns, strict=True)
    ]
