"""Rows filled up to the longest of all, which is known only once all are there: a second pass over what the first wrote."""

from __future__ import annotations

import numpy as np

from ..contract.errors import TooLarge
from ..jobs.context import JobContext
from . import blocks
from .blocks import Padding
from .encode import stored_batches
from .layouts import State
from .rows import PART_TOKENS
from .shards import ShardWriter
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizeOptions


def fill_up(job: JobContext, params: TokenizeOptions, tokenizer: Tokenizer, first: State) -> None:
    """From the scratch folder's `rows` to its `blocks`; `first` is what the first pass counted."""
    source = job.scratch / "rows"
    padding = Padding(first["longest"], tokenizer.pad, tokenizer.pads_left)
    roles = "roles" in next(stored_batches(source)).schema.names
    writer = ShardWriter(job.scratch / "blocks", blocks.schema(mask=params.attention_mask, roles=roles))
    if writer.state is None:
        _check_space(job, params, first, roles=roles)
    padded = first["blocks"] * padding.width - first["tokens"]
    done = writer.state or first | {
        "batch": 0, "row": 0, "written": 0, "padding_tokens": padded, "pad_id": padding.id,
        "largest_id": max(first["largest_id"], padding.id) if padded else first["largest_id"],
    }  # fmt: skip
    at_once = max(1, PART_TOKENS // padding.width)
    for stored in stored_batches(source, done["batch"]):
        while done["row"] < stored.num_rows:
            part = stored.slice(done["row"], at_once)
            rows, apart = blocks.rows_of(part)
            writer.add(blocks.of_rows(rows, apart, padding, mask=params.attention_mask, roles=roles))
            done["row"] += len(rows)
            done["written"] += len(rows)
            job.progress(done["written"], first["blocks"], "Filling up", "rows")
            if writer.full or job.should_pause:
                writer.save(done)
            if job.should_pause:
                job.rest()
        done["batch"], done["row"] = done["batch"] + 1, 0
    writer.save(done)


def _check_space(job: JobContext, params: TokenizeOptions, first: State, *, roles: bool) -> None:
    size = first["blocks"] * first["longest"] * (np.dtype(np.int32).itemsize + params.attention_mask + roles)
    free = job.workspace.free_bytes()
    if size > free:
        raise TooLarge(
            f"The longest row has {first['longest']:,} tokens. All {first['blocks']:,} rows filled up to it take {size:,} bytes,"
            f" and {free:,} are free.",
            "Choose a truncation, or another padding.",
            field="padding",
        )
