"""Tables in which many rows share one value: small files whose rows, each with a copy of its own, would fill the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .encoded import Numbers

SHARING = ("is_dictionary", "is_string_view", "is_binary_view", "is_list_view", "is_large_list_view", "is_run_end_encoded")
TEXTS = ("is_string", "is_large_string", "is_binary", "is_large_binary")
CODED = {"PLAIN_DICTIONARY", "RLE_DICTIONARY"}
# What the rows of a batch, or of lists the whole group's, may take before their column is read as the few values it has:
# that takes several times as long for one that has many.
MOST = 256 * 2**20


def is_one_of(type: pa.DataType, *tests: str) -> bool:
    return any(getattr(pa.types, test)(type) for test in tests if hasattr(pa.types, test))


def shares(type: pa.DataType) -> bool:
    """Whether rows of this type may share what they hold."""
    return is_one_of(type, *SHARING) or any(shares(type.field(at).type) for at in range(type.num_fields))


def slices(sizes: Numbers, at_most: int) -> Iterator[tuple[int, int]]:
    """Bounds of stretches of rows that come to so many bytes at the most; a row that is larger comes alone."""
    start, total = 0, 0
    for at, size in enumerate(sizes.tolist()):
        if at > start and total + size > at_most:
            yield start, at
            start, total = at, 0
        total += size
    yield start, len(sizes)


def row_sizes(array: Any) -> Numbers:
    """About how many bytes each row takes with a copy of its own."""
    type, rows = array.type, array.offset + np.arange(len(array) + 1)
    if is_one_of(type, "is_dictionary"):
        sizes = np.append(row_sizes(array.dictionary), 0)
        return _at(sizes, _numbers(array.indices.fill_null(len(array.dictionary))))
    if is_one_of(type, "is_run_end_encoded"):
        return _at(row_sizes(array.values), np.searchsorted(_numbers(array.run_ends), rows[:-1], "right"))
    if is_one_of(type, *TEXTS):
        return _numbers(pc.binary_length(array).fill_null(0))
    if is_one_of(type, "is_string_view", "is_binary_view"):
        # Of each view's sixteen bytes, the first four are its length.
        return _at(np.frombuffer(array.buffers()[1], np.int32)[::4].astype(np.int64), rows[:-1])
    sizes = np.full(len(array), 8, np.int64)
    if is_one_of(type, "is_struct"):
        for at in range(type.num_fields):
            sizes += row_sizes(array.field(at))
        return sizes
    if is_one_of(type, "is_list_view", "is_large_list_view"):
        starts, total = _numbers(array.offsets), _summed(array.values)
        return sizes + _at(total, starts + _numbers(array.sizes)) - _at(total, starts)
    if is_one_of(type, "is_map"):
        bounds = _numbers(array.offsets)
        return _between(_summed(array.keys), bounds) + _between(_summed(array.items), bounds) + 8
    if is_one_of(type, "is_list", "is_large_list"):
        return _between(_summed(array.values), _numbers(array.offsets)) + 8
    if is_one_of(type, "is_fixed_size_list"):
        return _between(_summed(array.values), rows * type.list_size) + 8
    if is_one_of(type, "is_fixed_size_binary"):
        sizes[:] = type.byte_width
    return sizes


def shared_columns(raw: BinaryIO, metadata: pq.FileMetaData, group: int, at_once: int) -> list[str]:
    """Columns of texts, of a group of rows, that would take too much with a copy for each row."""
    about = metadata.row_group(group)
    risky = {}
    for at in range(about.num_columns):
        column = about.column(at)
        if column.physical_type == "BYTE_ARRAY" and CODED.intersection(column.encodings):
            # How many values there are in each row of lists, only its levels say.
            values = column.num_values if metadata.schema.column(at).max_repetition_level else min(at_once, about.num_rows)
            if values * column.total_uncompressed_size > MOST:
                risky[column.path_in_schema] = values
    if not risky:
        return []
    # The first row alone brings the whole dictionary of its group along.
    file = pq.ParquetFile(raw, metadata=metadata, read_dictionary=list(risky))
    first = next(file.iter_batches(1, row_groups=[group], columns=list(risky)), None)
    largest = max(map(_largest, first.columns), default=0) if first is not None else 0
    return [path for path, values in risky.items() if values * largest > MOST]


def _largest(array: Any) -> int:
    """Bytes of the largest value in any dictionary within."""
    if is_one_of(array.type, "is_dictionary"):
        return int(row_sizes(array.dictionary).max(initial=0))
    if is_one_of(array.type, "is_struct"):
        return max((_largest(array.field(at)) for at in range(array.type.num_fields)), default=0)
    if is_one_of(array.type, "is_map"):
        return max(_largest(array.keys), _largest(array.items))
    return _largest(array.values) if is_one_of(array.type, "is_list", "is_large_list", "is_fixed_size_list") else 0


def _summed(array: Any) -> Numbers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(row_sizes(array))])


def _between(total: Numbers, bounds: Numbers) -> Numbers:
    return np.asarray(np.diff(total[bounds]))


def _at(sizes: Numbers, places: Numbers) -> Numbers:
    return np.asarray(sizes[places])


def _numbers(array: Any) -> Numbers:
    return np.asarray(array.to_numpy(zero_copy_only=False), np.int64)
