"""Rows on their way into Arrow files. Each file appears whole; the index tells which ones count, and where to go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from ..workspace import atomic
from ..workspace.workspace import read_json

# Large enough to be few, small enough that a crash costs seconds.
SHARD_BYTES = 32 * 2**20


class ShardWriter:
    """`state` is the caller's: what it needs to go on after the last row that `save` has made safe."""

    def __init__(self, folder: Path, schema: pa.Schema):
        self.folder = folder
        self.schema = schema
        self.shards: list[dict[str, Any]] = []
        self.state: dict[str, Any] | None = None
        self._batches: list[pa.RecordBatch] = []
        self._bytes = 0
        atomic.make_folder(folder)
        # Alone here: what a crash left under a temporary name is nobody's.
        atomic.sweep(folder, older_than=0)
        if (folder / "index.json").exists():
            index = read_json(folder / "index.json")
            self.shards, self.state = index["shards"], index["state"]

    def start_over(self) -> None:
        for path in self.folder.iterdir():
            path.unlink()
        self.shards, self.state = [], None

    def add(self, columns: dict[str, Any]) -> None:
        batch = pa.record_batch(columns, schema=self.schema)
        if batch.num_rows:
            self._batches.append(batch)
            self._bytes += batch.nbytes

    @property
    def full(self) -> bool:
        """Time to save."""
        return self._bytes >= SHARD_BYTES

    def save(self, state: dict[str, Any]) -> None:
        """From here on, everything added so far and `state` survive anything."""
        if self._batches:
            name = f"{len(self.shards):05d}.arrow"
            with (
                atomic.whole_file(self.folder / name) as file,
                pa.ipc.new_stream(file, self.schema) as stream,
            ):
                for batch in self._batches:
                    stream.write_batch(batch)
            self.shards.append({"file": name, "rows": sum(batch.num_rows for batch in self._batches)})
            self._batches, self._bytes = [], 0
        self.state = state
        atomic.write_json(self.folder / "index.json", {"shards": self.shards, "state": state})
