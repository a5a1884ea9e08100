"""The capture itself: batch after batch through the model, shard after shard onto the disk, gone on with where it was left."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..contract.errors import BadRequest, Conflict
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .measure import Sums
from .plan import Batch, Plan
from .run import Captured, Reader, stored
from .shards import ShardFile, rows_a_shard

MANIFEST = "manifest.json"
Manifest = dict[str, Any]


def beginning(hooks: dict[str, int], batch_size: int, about: dict[str, Any]) -> Manifest:
    """What stands beside the shards, before there is one: enough to read them without the catalog, and to go on."""
    sums = {hook: Sums(width).state() for hook, width in hooks.items()}
    return about | {
        "hooks": hooks, "batch_size": batch_size, "shards": [], "whole": False,
        "state": {"begin": 0, "batch": 0, "size": batch_size, "rows": 0, "total": None, "seconds": 0.0, "sums": sums},
    }  # fmt: skip


def further(manifest: Manifest) -> Manifest:
    """The beginning of more tokens behind those of a whole capture; its shards stay where they are."""
    state = manifest["state"] | {"begin": rows_in(manifest), "batch": 0, "rows": 0, "total": None}
    return manifest | {"whole": False, "state": state}


def rows_in(manifest: Manifest) -> int:
    return sum(each["rows"] for each in manifest["shards"])


class Capturing:
    """`folder` is where shards are written until all of them are there."""

    def __init__(self, job: JobContext, folder: Path, manifest: Manifest, plan: Plan):
        self.job, self.folder, self.manifest, self.plan = job, folder, manifest, plan
        self.hooks: dict[str, int] = manifest["hooks"]
        self.state: dict[str, Any] = manifest["state"]
        self.sums = {hook: Sums.restore(each) for hook, each in self.state["sums"].items()}
        self._held: Batch | None = None
        atomic.make_folder(folder)
        # Alone here: what a crash left under a temporary name is nobody's.
        atomic.sweep(folder, older_than=0)

    def run(self, reader: Reader) -> None:
        """From where it was left to the end."""
        self._begun = time.monotonic()
        if self.state["total"] is None:
            self.job.progress(0, None, "Counting tokens")
            self.state["total"] = self.plan.count()
        if not self.state["total"]:
            if self.state["begin"]:
                raise Conflict("All tokens of the text are in the capture already.", "Capture another text.", code="nothing_left")
            raise BadRequest(
                "Not one token would be kept.", "Keep special tokens or first positions, or choose other samples or roles."
            )
        self._write_manifest()
        todo = self.plan.batches(self.manifest["batch_size"], self.state["batch"])
        ahead: list[Batch] = []
        while ahead := ahead or self._for_one_shard(todo):
            ahead = self._shard(reader, ahead)
            if self.job.should_pause:
                self.job.rest()
        self.manifest["whole"] = True
        self._write_manifest()

    def _for_one_shard(self, todo: Iterator[Batch]) -> list[Batch]:
        """The batches whose rows fill one shard: known before, so that the file gets its size at once."""
        room = rows_a_shard(list(self.hooks.values()), self.manifest["dtype"])
        taken, rows = ([], 0) if self._held is None else ([self._held], self._held.rows)
        self._held = None
        for batch in todo:
            if taken and rows + batch.rows > room:
                self._held = batch
                break
            taken.append(batch)
            rows += batch.rows
        return taken

    def _shard(self, reader: Reader, todo: list[Batch]) -> list[Batch]:
        """Write a shard of these batches. Those that are left when it was time to save, or to rest, are returned."""
        path = self.folder / f"{len(self.manifest['shards']):05d}.h5"
        with ShardFile(path, self.hooks, self.manifest["dtype"], sum(batch.rows for batch in todo)) as shard:
            for batch in todo:
                size = reader.size
                for part in reader.read(batch):
                    self._take(shard, part)
                if reader.size < size:
                    text = f"The memory did not suffice for {size} sequences together; it goes on with {reader.size}."
                    self.job.log("warning", text)
                self.state["batch"] = batch.number + 1
                done = self.state["rows"] + shard.done
                self.job.progress(done, self.state["total"], "Capturing", "tokens", batch_size=reader.size)
                if self.job.should_pause or time.monotonic() - self._begun > self.job.workspace.settings.capture_seconds:
                    break
        self.manifest["shards"].append({"file": path.name, "rows": shard.done})
        now = time.monotonic()
        self.state.update(
            rows=self.state["rows"] + shard.done, size=reader.size, seconds=self.state["seconds"] + now - self._begun
        )
        self.state["sums"] = {hook: each.state() for hook, each in self.sums.items()}
        self._begun = now
        self._write_manifest()
        return [each for each in todo if each.number > batch.number]

    def _take(self, shard: ShardFile, part: Captured) -> None:
        import torch

        counted = torch.from_numpy(part.index["counted"])
        every = bool(counted.all())
        vectors = {}
        for hook, rows in part.vectors.items():
            vectors[hook] = stored(hook, rows, self.manifest["dtype"])
            self.sums[hook].add(rows if every else rows[counted.to(rows.device)])
        shard.add(vectors, part.index)

    def _write_manifest(self) -> None:
        atomic.write_json(self.folder / MANIFEST, self.manifest)


def publish(folder: Path, target: Path) -> None:
    """Put what is whole where it belongs; where there are shards already, behind them. May be done twice."""
    if not target.exists():
        atomic.publish(folder, target)
        return
    manifest = read_json(folder / MANIFEST)
    for each in manifest["shards"]:
        if (folder / each["file"]).exists():
            os.rename(folder / each["file"], target / each["file"])
    atomic.sync_folder(target)
    atomic.write_json(target / MANIFEST, manifest)
