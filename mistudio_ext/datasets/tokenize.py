"""Tokenizing a dataset: batch after batch through the tokenizer, packed into blocks, saved as it goes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..contract.errors import BadRequest
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.paths import disk_use
from ..workspace.workspace import read_json
from . import memory
from .pack import Blocks, Encoded, Packer, held_out
from .samples import list_shards, open_shard
from .schema import TokenizationFacts, TokenizeOptions
from .shards import ShardWriter
from .tokenizer import Tokenizer

SCHEMA = pa.schema(
    [
        ("input_ids", pa.list_(pa.int32())),
        ("held_out", pa.bool_()),
        ("samples", pa.list_(pa.int64())),
        ("starts", pa.list_(pa.int32())),
        ("offsets", pa.list_(pa.int64())),
    ]
)
# A crash costs at most this many batches of work beyond the last full shard.
SAVE_EVERY = 8
GIVE_BACK_EVERY = 8


def tokenize_dataset(job: JobContext, params: TokenizeOptions) -> TokenizationFacts:
    ws = job.workspace
    record = ws.catalog.get(job.object)
    folder = ws.folder_of(record)
    target = folder / "blocks"
    if not target.exists():
        job.progress(0, None, "Loading the tokenizer")
        tokenizer = Tokenizer(folder / "tokenizer")
        state = _tokenize(job, params, tokenizer, ws.folder(record["parent"]) / "data")
        _check(job, params, state)
        atomic.write_json(folder / "tokens.json", {str(id): token for id, token in tokenizer.strings.items()})
        atomic.publish(job.scratch / "blocks", target)
    facts = _facts(read_json(target / "index.json")["state"], folder)
    ws.catalog.update(job.object, {"facts": facts.model_dump()})
    return facts


def _tokenize(job: JobContext, params: TokenizeOptions, tokenizer: Tokenizer, data: Path) -> dict[str, Any]:
    begin = tokenizer.begin if params.special_tokens else None
    if params.max_length <= (begin is not None):
        raise BadRequest("A block of one token would hold the begin token alone.", "Choose a longer block.", field="max_length")
    if tokenizer.end is None:
        job.log("warning", "The tokenizer has no end token: nothing stands between two samples.")
    packers = {kept: Packer(params.max_length, begin, tokenizer.end) for kept in (False, True)}
    writer = ShardWriter(job.scratch / "blocks", SCHEMA)
    state = writer.state or {
        "rows": 0, "batches": 0, "tokens_seen": 0, "blocks": 0, "held_out_blocks": 0, "samples": 0, "held_out_samples": 0,
        "tokens": 0, "dropped_tokens": 0, "last": {"false": -1, "true": -1}, "packers": {},
    }  # fmt: skip
    for kept, packer in packers.items():
        if saved := state["packers"].get(str(kept).lower()):
            packer.restore(saved)
    total = sum(rows for _, rows in list_shards(data))

    def save() -> None:
        state["packers"] = {str(kept).lower(): packer.state() for kept, packer in packers.items()}
        state["dropped_tokens"] = sum(len(packer.left) for packer in packers.values())
        writer.save(state)

    with closing(_encoded(tokenizer, data, state["batches"])) as batches:
        for encoded in batches:
            count = len(encoded.lengths)
            rows = np.arange(state["rows"], state["rows"] + count)
            apart = held_out(rows, params.eval_share)
            for kept, packer in packers.items():
                _write(writer, state, packer.add(rows[apart == kept], encoded.of(apart == kept)), kept)
            state["rows"] += count
            state["batches"] += 1
            state["tokens_seen"] += len(encoded.ids)
            job.progress(state["rows"], total, "Tokenizing", "samples", tokens=state["tokens_seen"], blocks=state["blocks"])
            if writer.full or job.should_pause or state["batches"] % SAVE_EVERY == 0:
                save()
            if state["batches"] % GIVE_BACK_EVERY == 0:
                memory.give_back()
            if job.should_pause:
                job.rest()
    save()
    return state


def _encoded(tokenizer: Tokenizer, data: Path, done: int) -> Generator[Encoded]:
    """Batch after batch; while one is packed, the next is being encoded (which needs no Python)."""
    with ThreadPoolExecutor(1) as encoder:
        ahead = None
        for texts in _batches(data, done):
            coming = encoder.submit(tokenizer.encode, texts)
            if ahead:
                yield ahead.result()
            ahead = coming
        if ahead:
            yield ahead.result()


def _batches(data: Path, done: int) -> Iterator[list[str]]:
    """The stored record batches, as they were written: equal batches whether or not the job was interrupted."""
    for file, rows in list_shards(data):
        batches = open_shard(file, rows).to_batches()
        for batch in batches[done:]:
            yield batch.column("text").to_pylist()
        done = max(0, done - len(batches))


def _write(writer: ShardWriter, state: dict[str, Any], blocks: Blocks, kept: bool) -> None:
    if not len(blocks):
        return
    spans = np.concatenate([[0], np.cumsum(blocks.spans)]).astype(np.int32)
    edges = np.arange(len(blocks) + 1, dtype=np.int32) * blocks.ids.shape[1]
    writer.add(
        {
            "input_ids": pa.ListArray.from_arrays(edges, blocks.ids.ravel()),
            "held_out": np.full(len(blocks), kept),
            "samples": pa.ListArray.from_arrays(spans, blocks.samples),
            "starts": pa.ListArray.from_arrays(spans, blocks.starts.astype(np.int32)),
            "offsets": pa.ListArray.from_arrays(spans, blocks.offsets),
        }
    )
    state["blocks"] += len(blocks)
    state["tokens"] += blocks.ids.size
    # Samples come in order, so one that goes on in the next block is counted once.
    key = str(kept).lower()
    count = int((np.unique(blocks.samples) > state["last"][key]).sum())
    state["last"][key] = int(blocks.samples[-1])
    state["samples"] += count
    if kept:
        state["held_out_blocks"] += len(blocks)
        state["held_out_samples"] += count


def _check(job: JobContext, params: TokenizeOptions, state: dict[str, Any]) -> None:
    """There must be something to train on; that there is something to evaluate on is only wished for."""
    if state["blocks"] == state["held_out_blocks"]:
        apart = " beside what is held out" if params.eval_share else ""
        raise BadRequest(
            f"The text's {state['tokens_seen']:,} tokens do not fill one block of {params.max_length:,}{apart}.",
            "Choose a shorter block length, or a larger dataset.",
            field="max_length",
        )
    if params.eval_share and not state["held_out_blocks"]:
        job.log("warning", "The held-out samples do not fill a block: there is nothing to evaluate on.")


def _facts(state: dict[str, Any], folder: Path) -> TokenizationFacts:
    return TokenizationFacts(
        blocks=state["blocks"],
        tokens=state["tokens"],
        held_out_blocks=state["held_out_blocks"],
        samples=state["samples"],
        held_out_samples=state["held_out_samples"],
        dropped_tokens=state["dropped_tokens"],
        bytes=disk_use(folder),
    )
