"""Counting a tokenization: its tokens, and how long its samples are. docs/metrics.md defines each number."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..contract.models import checked
from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .derive import Stored
from .encoded import Flags, Numbers, spread
from .lengths import InRows, Packed, SampleLengths, Small
from .pieces import pieces
from .samples import list_shards, open_shard
from .statistics_schema import CountedToken, CountTokens, Histogram, Lengths, SplitCount, Statistics
from .tokenizer import Tokenizer
from .tokenizing_schema import TokenizationRecord

BINS = 60
TOP = 50
HELD_OUT = "held out"


def count_tokens(job: JobContext, _params: CountTokens) -> Statistics:
    ws = job.workspace
    record = checked(TokenizationRecord, ws.catalog.get(job.object))
    folder = ws.folder_of(record.model_dump())
    job.progress(0, None, "Loading the tokenizer")
    tokenizer = Tokenizer(folder / "tokenizer", record.tokenizer.path)
    stored = Stored(ws.folder(record.parent) / "data")
    lengths: SampleLengths
    if record.layout == "packed":
        state = read_json(folder / "blocks" / "index.json")["state"]
        lengths = Packed(stored, tokenizer, state.get("layout") or state["packers"])
    else:
        lengths = InRows(stored, tokenizer, record)
    counts = np.zeros(tokenizer.size, np.int64)
    total = sum(rows for _, rows in list_shards(folder / "blocks"))
    done = 0
    for batch in _batches(folder / "blocks"):
        counts = _added(counts, _tokens(batch))
        lengths.take(batch)
        done += batch.num_rows
        job.progress(done, total, "Counting", "blocks")
        if job.should_pause:
            # It goes on from the beginning: it is quick, and to save what is counted so far would take longer.
            job.rest()
    lengths.finish()
    statistics = _statistics(record, tokenizer, counts, lengths)
    atomic.write_json(folder / "statistics.json", statistics.model_dump())
    ws.catalog.update(job.object, {"statistics": statistics.computed})
    return statistics


def _batches(blocks: Path) -> Iterator[pa.RecordBatch]:
    for each in list_shards(blocks):
        yield from open_shard(*each).to_batches()


def _tokens(batch: pa.RecordBatch) -> Numbers:
    """All tokens of these blocks but padding."""
    ids = batch.column("input_ids")
    flat: Numbers = ids.flatten().to_numpy()
    if "first" not in batch.schema.names:  # made before there were rows: full blocks
        return flat
    edges = ids.offsets.to_numpy()
    first, length = (batch.column(name).to_numpy().astype(np.int64) for name in ("first", "length"))
    return flat if len(flat) == length.sum() else flat[spread(edges[:-1] - edges[0] + first, length)]


def _added(counts: Numbers, ids: Numbers) -> Numbers:
    found: Numbers = np.bincount(ids, minlength=len(counts))
    found[: len(counts)] += counts
    return found


def _statistics(record: TokenizationRecord, tokenizer: Tokenizer, counts: Numbers, found: SampleLengths) -> Statistics:
    tokens = int(counts.sum())
    unique = int(np.count_nonzero(counts))
    lengths = found.lengths[found.there]
    return Statistics(
        tokenization=record.id,
        computed=time.time(),
        samples=len(lengths),
        tokens=tokens,
        lengths=lengths_of(lengths),
        unique_tokens=unique,
        vocabulary=tokenizer.size,
        vocabulary_share=unique / tokenizer.size if tokenizer.size else None,
        top_tokens=_top(tokenizer, counts, tokens),
        splits=_splits(found),
        held_out=_sum(HELD_OUT, found, found.held),
    )


def lengths_of(lengths: Small) -> Lengths:
    """From how many samples have each length, so that nothing is sorted and nothing is rounded."""
    counts = np.bincount(lengths)
    samples = len(lengths)
    if not samples:
        return Lengths(mean=None, min=None, median=None, max=None, histogram=Histogram(edges=[0], counts=[]))
    up_to = np.cumsum(counts)
    middle = np.searchsorted(up_to, [(samples - 1) // 2, samples // 2], "right")
    width = len(counts) // BINS + (len(counts) % BINS > 0)
    edges = np.arange(0, len(counts), width)
    return Lengths(
        mean=int(lengths.sum(dtype=np.int64)) / samples,
        min=int(lengths.min()),
        median=int(middle.sum()) / 2,
        max=int(lengths.max()),
        histogram=Histogram(edges=[*edges.tolist(), int(edges[-1]) + width], counts=np.add.reduceat(counts, edges).tolist()),
    )


def _top(tokenizer: Tokenizer, counts: Numbers, tokens: int) -> list[CountedToken]:
    order = np.argsort(-counts, kind="stable")[:TOP]
    ids = order[counts[order] > 0].tolist()
    return [
        CountedToken(piece=piece, count=int(counts[id]), share=int(counts[id]) / tokens)
        for id, piece in zip(ids, pieces(tokenizer, ids), strict=True)
    ]


def _splits(found: SampleLengths) -> list[SplitCount]:
    """In the order in which the dataset has them, also those without a token."""
    sums: dict[str, list[int]] = {}
    for first, names, numbers in found.stored.splits():
        rows = slice(first, first + len(numbers))
        there = found.there[rows]
        samples = np.bincount(numbers[there], minlength=len(names))
        tokens = np.bincount(numbers[there], weights=found.lengths[rows][there], minlength=len(names))
        for name, more in zip(names, zip(samples.tolist(), tokens.tolist(), strict=True), strict=True):
            known = sums.setdefault(name, [0, 0])
            known[0] += more[0]
            known[1] += int(more[1])
    return [SplitCount(split=name, samples=samples, tokens=tokens) for name, (samples, tokens) in sums.items()]


def _sum(name: str, found: SampleLengths, which: Flags) -> SplitCount:
    return SplitCount(split=name, samples=int(which.sum()), tokens=int(found.lengths[which].sum(dtype=np.int64)))
