"""Blocks and rows as they are stored: columns of an Arrow file, rows filled up where that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from .encoded import Flags, Numbers, spread
from .pack import Blocks
from .rows import Rows


def schema(*, mask: bool, roles: bool) -> pa.Schema:
    fields = [
        ("input_ids", pa.list_(pa.int32())),
        ("held_out", pa.bool_()),
        # Where in a row the tokens are that are no padding.
        ("first", pa.int32()),
        ("length", pa.int32()),
        ("samples", pa.list_(pa.int64())),
        ("starts", pa.list_(pa.int32())),
        ("offsets", pa.list_(pa.int64())),
    ]
    if mask:
        fields.append(("attention_mask", pa.list_(pa.int8())))
    if roles:
        fields.append(("roles", pa.list_(pa.int8())))
    return pa.schema(fields)


@dataclass(frozen=True)
class Padding:
    """`width` is how long a row is made; a longer one stays as it is. 0: nothing is filled up."""

    width: int
    id: int
    left: bool


def of_blocks(blocks: Blocks, kept: bool, *, roles: bool) -> dict[str, Any]:
    length = blocks.ids.shape[1]
    spans = _edges(blocks.spans)
    edges = np.arange(len(blocks) + 1, dtype=np.int32) * length
    columns = {
        "input_ids": pa.ListArray.from_arrays(edges, blocks.ids.ravel()),
        "held_out": np.full(len(blocks), kept),
        "first": np.zeros(len(blocks), np.int32),
        "length": np.full(len(blocks), length, np.int32),
        "samples": pa.ListArray.from_arrays(spans, blocks.samples),
        "starts": pa.ListArray.from_arrays(spans, blocks.starts.astype(np.int32)),
        "offsets": pa.ListArray.from_arrays(spans, blocks.offsets),
    }
    if roles:
        assert blocks.roles is not None
        columns["roles"] = pa.ListArray.from_arrays(edges, blocks.roles.ravel())
    return columns


def of_rows(rows: Rows, apart: Flags, padding: Padding, *, mask: bool, roles: bool) -> dict[str, Any]:
    widths = np.maximum(rows.lengths, padding.width)
    first = widths - rows.lengths if padding.left else np.zeros(len(rows), np.int64)
    edges = _edges(widths)
    places = spread(edges[:-1] + first, rows.lengths)
    one = np.arange(len(rows) + 1, dtype=np.int32)

    def filled(values: Any, filler: int, kind: Any) -> pa.ListArray:
        whole = np.full(int(edges[-1]), filler, kind)
        whole[places] = values
        return pa.ListArray.from_arrays(edges, whole)

    columns = {
        "input_ids": filled(rows.ids, padding.id, np.int32),
        "held_out": apart,
        "first": first.astype(np.int32),
        "length": rows.lengths.astype(np.int32),
        "samples": pa.ListArray.from_arrays(one, rows.samples),
        "starts": pa.ListArray.from_arrays(one, (first + rows.starts).astype(np.int32)),
        "offsets": pa.ListArray.from_arrays(one, rows.offsets),
    }
    if mask:
        columns["attention_mask"] = filled(1, 0, np.int8)
    if roles:
        columns["roles"] = filled(rows.roles if rows.roles is not None else 0, 0, np.int8)
    return columns


def rows_of(stored: pa.RecordBatch) -> tuple[Rows, Flags]:
    """Rows that were stored without padding, and which of them are held out. What was counted is not counted again."""
    numbers = {name: stored.column(name).flatten().to_numpy() for name in ("input_ids", "samples", "starts", "offsets")}
    rows = Rows(
        ids=numbers["input_ids"],
        roles=stored.column("roles").flatten().to_numpy() if "roles" in stored.schema.names else None,
        lengths=stored.column("length").to_numpy().astype(np.int64),
        samples=numbers["samples"],
        starts=numbers["starts"].astype(np.int64),
        offsets=numbers["offsets"],
        leads=np.zeros(stored.num_rows, np.bool_),
        dropped=np.zeros(stored.num_rows, np.int64),
    )
    return rows, stored.column("held_out").to_numpy(zero_copy_only=False)


def _edges(lengths: Numbers) -> Any:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
