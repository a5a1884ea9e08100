"""Samples that have a text in them, or are of a split: found in the memory-mapped files, a stretch at a time.

Small and capital letters are equal as Unicode folds single characters: É and é, Σ and ς, but not ß and SS.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from .samples import open_shard
from .schema import ReadSamples, SampleHead, SamplePage

# An answer looks through about so much, then says where to go on.
ENOUGH_BYTES = 64 * 2**20
ENOUGH_SECONDS = 0.5
# Rows that are looked through before the time is looked at again.
STEP = 10_000
MORE = "…"


class Stretch(NamedTuple):
    first: int
    batch: pa.RecordBatch


def find(shards: list[tuple[Path, int]], params: ReadSamples, total: int) -> SamplePage:
    """The first matching samples from the wanted row on."""
    found: list[SampleHead] = []
    looked, size, until = 0, 0, time.monotonic() + ENOUGH_SECONDS
    for first, batch in _stretches(shards, params.offset):
        hits = list(_hits(batch, params))
        room = params.limit - len(found)
        found += [_head(batch, first, each, params) for each in hits[:room]]
        if len(hits) >= room:
            # The page is full: what follows its last sample is for the next one.
            after = hits[room - 1].row + 1
            return _page(found, total, params, looked + after, shards)
        looked += batch.num_rows
        size += batch.column("text").nbytes if params.search else 0
        if size > ENOUGH_BYTES or time.monotonic() > until:
            break
    return _page(found, total, params, looked, shards)


class Hit(NamedTuple):
    row: int
    byte: int  # where in the text the hit is


def _hits(batch: pa.RecordBatch, params: ReadSamples) -> Iterator[Hit]:
    chosen: Any = None
    if params.split is not None:
        chosen = pc.equal(batch.column("split"), params.split)
        if not pc.any(chosen).as_py():
            return
    places = pc.find_substring(batch.column("text"), params.search, ignore_case=True) if params.search else None
    if places is not None:
        there = pc.greater_equal(places, 0)
        chosen = there if chosen is None else pc.and_(chosen, there)
    for row in pc.indices_nonzero(chosen).to_pylist():
        yield Hit(row, places[row].as_py() if places is not None else 0)


def _stretches(shards: list[tuple[Path, int]], offset: int) -> Iterator[Stretch]:
    """Batches of a bearable size, from a row on."""
    first = 0
    for file, rows in shards:
        if first + rows > offset:
            for batch in open_shard(file, rows).to_batches():
                for start in range(max(0, offset - first), batch.num_rows, STEP):
                    part = batch.slice(start, STEP)
                    yield Stretch(first + start, part)
                first += batch.num_rows
        else:
            first += rows


def _head(batch: pa.RecordBatch, first: int, hit: Hit, params: ReadSamples) -> SampleHead:
    column = batch.column("text").slice(hit.row, 1)
    return SampleHead(
        row=first + hit.row,
        text=snippet(column[0].as_buffer(), hit.byte, params.characters),
        length=pc.utf8_length(column)[0].as_py(),
        split=batch.column("split")[hit.row].as_py(),
    )


def snippet(text: Any, byte: int, characters: int) -> str:
    """The place around a hit, cut out of a text's bytes, which may be huge; a quarter of it is what stands before."""
    before = characters // 4
    start = byte - 4 * before if byte > 4 * before else 0
    ahead = bytes(text[start:byte]).decode("utf-8", "ignore")
    rest = bytes(text[byte : byte + 4 * characters]).decode("utf-8", "ignore")
    if start == 0 and len(ahead) <= before:
        return (ahead + rest)[:characters]
    ahead = ahead[len(ahead) - before :]
    return (MORE + ahead + rest)[:characters]


def _page(found: list[SampleHead], total: int, params: ReadSamples, looked: int, shards: list[tuple[Path, int]]) -> SamplePage:
    after = params.offset + looked
    end = sum(rows for _, rows in shards)
    return SamplePage(samples=found, total=total, next=after if after < end else None, looked_through=looked)
