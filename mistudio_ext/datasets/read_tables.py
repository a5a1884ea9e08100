"""Rows out of tables: CSV, Parquet and Arrow, each with the columns that it says it has."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import expanding
from .cells import CellKind, plain, too_long, whole_characters
from .read_json import MAX_ROW, Broken
from .read_text import Raw
from .schema import MAX_SAMPLE_BYTES
from .zones import in_known_zones

# Of files that hold many rows in one piece: what is made into Python's objects at once.
BATCH_BYTES = 32 * 2**20
BATCH_ROWS = 1000
# Beside the comma, what tables that are called .csv are written with.
OTHER_DELIMITERS = (";", "\t", "|")


class Column(NamedTuple):
    name: str
    kind: CellKind
    written: str | None = None  # the name that it has in its file, where another column has that too


def csv_columns(table: Iterator[list[str]]) -> list[Column]:
    names = [whole_characters(name) or f"column {number}" for number, name in enumerate(next(table, []), 1)]
    return [Column(name, "text", own) for name, own in _unique(names)]


class CsvTable:
    """Its first line names the columns, and shows what stands between them where no delimiter is given. A line or a row
    without end is a bad row, or ends the reading."""

    def __init__(self, file: io.BufferedReader, delimiter: str | None):
        csv.field_size_limit(MAX_SAMPLE_BYTES)
        # A byte that is not UTF-8 comes as half a character, and is counted and mended with the others of that kind.
        self._text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        self._size, self._cut = 0, False
        lines = self._lines()
        first = next(lines, "")
        self.delimiter = delimiter or _delimiter_of(first)
        self._table = csv.reader(chain([first] if first else [], lines), delimiter=self.delimiter)
        try:
            self.columns = csv_columns(self._table)
        except csv.Error as error:
            raise Broken(f"its first line is not CSV ({error})") from None

    def rows(self) -> Iterator[Raw]:
        while True:
            self._size, self._cut = 0, False
            try:
                cells = next(self._table)
            except StopIteration:
                return
            except csv.Error as error:
                yield Raw(self._table.line_num, problem=f"not CSV ({error})")
                continue
            line = self._table.line_num
            if self._cut:
                yield Raw(line, problem=too_long())
            elif len(cells) > len(self.columns):
                yield Raw(line, problem="more cells than columns")
            elif cells:
                names = (column.name for column in self.columns)
                yield Raw(line, value=dict(zip(names, cells, strict=False)), deep=False)

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(MAX_SAMPLE_BYTES + 1):
            self._size += len(line)
            if self._size > MAX_ROW:
                raise Broken(f"a row is longer than {MAX_ROW / 2**20:,.0f} MB")
            if len(line) > MAX_SAMPLE_BYTES and not line.endswith(("\r", "\n")):
                while line and not line.endswith(("\r", "\n")):
                    line = self._text.readline(2**20)
                self._cut = True
            yield line


def _delimiter_of(header: str) -> str:
    """A comma, unless with that there is one column, and with another sign there are several."""

    def columns(sign: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=sign), []))
        except csv.Error:
            return 0

    best = max(OTHER_DELIMITERS, key=columns)
    return best if columns(",") <= 1 < columns(best) else ","


class ParquetTable:
    def __init__(self, raw: BinaryIO):
        self._raw = raw
        self._file = pq.ParquetFile(raw)
        self.columns = _columns(self._file.schema_arrow)
        self.share = 0.0

    def rows(self, skip: int, at_once: int) -> Iterator[Raw]:
        number, metadata = 0, self._file.metadata
        for index in range(metadata.num_row_groups):
            group = metadata.row_group(index)
            if number + group.num_rows <= skip:
                number += group.num_rows
                continue
            count = max(1, min(at_once, BATCH_BYTES * group.num_rows // max(1, group.total_byte_size)))
            shared = expanding.shared_columns(self._raw, metadata, index, count)
            file = pq.ParquetFile(self._raw, metadata=metadata, read_dictionary=shared) if shared else self._file
            for batch in file.iter_batches(count, row_groups=[index]):
                known = min(batch.num_rows, max(0, skip - number))
                yield from _rows(batch.slice(known), self.columns, number + known)
                number += batch.num_rows
                self.share = number / max(1, metadata.num_rows)


class ArrowTable:
    """An Arrow file or stream; its batches are as large as whoever wrote them liked."""

    def __init__(self, source: Any):
        whole = source.read(6) == b"ARROW1"
        source.seek(0)
        self.share = 0.0
        self._source = source
        self._reader = pa.ipc.open_file(source) if whole else pa.ipc.open_stream(source)
        self._whole = whole
        self.columns = _columns(self._reader.schema)

    def rows(self, at_once: int) -> Iterator[Raw]:
        number = 0
        for batch in self._batches():
            # Before anything is asked of it: what its offsets promise must be there.
            batch.validate()
            count = max(1, min(at_once, BATCH_BYTES * batch.num_rows // max(1, batch.nbytes)))
            for start in range(0, batch.num_rows, count):
                piece = batch.slice(start, count)
                yield from _rows(piece, self.columns, number)
                number += piece.num_rows

    def _batches(self) -> Iterator[pa.RecordBatch]:
        if not self._whole:
            for batch in self._reader:
                self.share = self._source.tell() / self._source.size()
                yield batch
            return
        count = self._reader.num_record_batches
        for at in range(count):
            self.share = (at + 1) / count
            yield self._reader.get_batch(at)


def _rows(batch: pa.RecordBatch, columns: list[Column], number: int) -> Iterator[Raw]:
    batch = pa.RecordBatch.from_arrays(list(map(in_known_zones, batch.columns)), names=[column.name for column in columns])
    try:
        # Offsets that lead out of the file's own memory are found here, and not by a crash.
        batch.validate(full=True)
    except (pa.ArrowInvalid, ValueError):
        # Text that is not UTF-8.
        batch = _as_bytes(batch)
    shared = [column for column in batch.columns if expanding.shares(column.type)]
    if not shared:
        yield from _values(batch, number)
        return
    sizes = sum(map(expanding.row_sizes, shared), np.zeros(batch.num_rows, np.int64))
    for start, end in expanding.slices(sizes, BATCH_BYTES):
        if sizes[start] > MAX_ROW:
            yield Raw(number + start + 1, problem=too_long())
        else:
            yield from _values(batch.slice(start, end - start), number + start)


def _values(batch: pa.RecordBatch, number: int) -> Iterator[Raw]:
    try:
        values = batch.to_pylist()
    except (pa.ArrowInvalid, ValueError, OverflowError):
        # A date that Python has no name for: the rows are taken one by one.
        yield from _one_by_one(batch, number)
        return
    for value in values:
        number += 1
        yield _raw(value, number)


def _one_by_one(batch: pa.RecordBatch, number: int) -> Iterator[Raw]:
    for at in range(batch.num_rows):
        number += 1
        try:
            yield _raw(batch.slice(at, 1).to_pylist()[0], number)
        except (ValueError, OverflowError) as error:
            yield Raw(number, problem=f"holds a value that cannot be read ({str(error)[:100]})")


def _as_bytes(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same with its texts as bytes, which are decoded later, and what is wrong with them repaired and counted."""
    kinds = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}

    def turned_one(column: Any) -> Any:
        if pa.types.is_dictionary(column.type):
            return pa.DictionaryArray.from_arrays(column.indices, turned_one(column.dictionary))
        return column.view(kinds[column.type]) if column.type in kinds else column

    columns = list(map(turned_one, batch.columns))
    turned = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    turned.validate(full=True)
    return turned


def _raw(value: dict[str, Any], number: int) -> Raw:
    return Raw(number, value={name: each if isinstance(each, bytes) else plain(each) for name, each in value.items()})


def _columns(schema: pa.Schema) -> list[Column]:
    names = _unique(schema.names)
    return [Column(name, _kind(field.type), own) for (name, own), field in zip(names, schema, strict=True)]


def _kind(type: pa.DataType) -> CellKind:
    types = pa.types
    if types.is_dictionary(type):
        return _kind(type.value_type)
    for kind, tests in {
        "text": ("is_string", "is_large_string", "is_string_view"),
        "bytes": ("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view"),
        "number": ("is_integer", "is_floating", "is_decimal"),
        "boolean": ("is_boolean",),
        "list": ("is_list", "is_large_list", "is_fixed_size_list", "is_list_view", "is_map"),
        "object": ("is_struct",),
        "empty": ("is_null",),
    }.items():
        if any(getattr(types, test)(type) for test in tests if hasattr(types, test)):
            return kind  # type: ignore[return-value]
    return "other"


def _unique(names: list[str]) -> list[tuple[str, str | None]]:
    """Of columns with one name, the second is “name (2)”; beside it, what it was called."""
    seen: set[str] = set()
    counts: dict[str, int] = {}
    found: list[tuple[str, str | None]] = []
    taken = set(names)
    for name in names:
        new = name
        while new in seen or (new != name and new in taken):
            counts[name] = counts.get(name, 1) + 1
            new = f"{name} ({counts[name]})"
        seen.add(new)
        found.append((new, name if new != name else None))
    return found
