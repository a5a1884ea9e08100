"""Rows out of the kinds of files that datasets of a hub are made of, plain or compressed."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from ..contract.errors import BadRequest, MiStudioError, TooLarge, Unreadable
from .read_text import BEGINNING, Row, check_beginning, decoded, json_rows, text_rows, value_row
from .schema import MAX_SAMPLE_BYTES, SampleBy

COMPRESSIONS = (".gz", ".zst", ".bz2", ".xz")
# Of files that hold many samples in one piece: what is held in memory at once.
MAX_WHOLE_JSON = 2**30
BATCH_BYTES = 32 * 2**20
BATCH_ROWS = 1000
BROKEN = (OSError, EOFError, RecursionError, zlib.error, lzma.LZMAError, pa.ArrowException)


class OneFile:
    """A file on the way through: `path` is where it lies, `name` what it is called."""

    def __init__(self, path: str, name: str, sample_by: SampleBy, text_field: str):
        self.path, self.name = path, name
        self.sample_by, self.text_field = sample_by, text_field
        self._raw: BinaryIO | None = None
        self._done = 0.0

    def read(self) -> float:
        """How many of the file's bytes are done."""
        return self._raw.tell() if self._raw is not None else self._done

    def rows(self, skip: int = 0) -> Generator[Row]:
        """All rows behind the first `skip` ones."""
        form, compression = kind_of(self.name)
        with self._broken_says_so(), open(self.path, "rb") as raw:
            if form == ".parquet":
                yield from self._parquet(raw, skip)
                return
            size, self._raw = os.fstat(raw.fileno()).st_size, raw
            try:
                rows = self._arrow(raw) if form == ".arrow" else self._stream(opened(raw, compression), form)
                yield from islice(rows, skip, None)
            finally:
                # By now the file may be closed: whoever wrapped it did that when it was let go.
                self._done, self._raw = size, None

    def _stream(self, file: io.BufferedReader, form: str) -> Iterator[Row]:
        file.read(check_beginning(file.peek(3)[:3], self.name))
        binary = cast("BinaryIO", file)
        if form in (".csv", ".tsv"):
            yield from self._csv(file, "\t" if form == ".tsv" else ",")
        elif form == ".json":
            yield from self._json(file)
        elif form == ".jsonl":
            yield from json_rows(binary, self.text_field)
        else:
            yield from text_rows(binary, self.sample_by)

    def _json(self, file: io.BufferedReader) -> Iterator[Row]:
        """One list of rows, or rows one a line: both are called .json."""
        if file.peek(1)[:1] != b"[":
            yield from json_rows(cast("BinaryIO", file), self.text_field)
            return
        content = file.read(MAX_WHOLE_JSON + 1)
        if len(content) > MAX_WHOLE_JSON:
            what = f"{self.name} is one JSON list of more than {MAX_WHOLE_JSON // 2**20:,} MB."
            raise TooLarge(what, "Choose a repository that has one row a line (.jsonl), or parquet.")
        try:
            values = json.loads(content.decode("utf-8", "replace"), parse_constant=str)
        except (ValueError, RecursionError) as error:
            raise self._unreadable(error) from None
        for number, value in enumerate(values, 1):
            yield value_row(value, number, BEGINNING, self.text_field)

    def _csv(self, file: io.BufferedReader, delimiter: str) -> Iterator[Row]:
        csv.field_size_limit(MAX_SAMPLE_BYTES)
        # A byte that is not UTF-8 comes as half a character, and is counted and mended with the others of that kind.
        text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        table = csv.reader(text, delimiter=delimiter)
        columns = next(table, [])
        self._has_column(columns)
        while True:
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(table.line_num, BEGINNING, problem=f"not CSV ({error})")
                continue
            if not cells:
                continue
            if len(cells) > len(columns):
                yield Row(table.line_num, BEGINNING, problem="more cells than columns")
                continue
            yield value_row(dict(zip(columns, cells, strict=False)), table.line_num, BEGINNING, self.text_field, deep=False)

    def _parquet(self, raw: BinaryIO, skip: int) -> Iterator[Row]:
        file = pq.ParquetFile(raw)
        self._has_column(file.schema_arrow.names)
        number, size = 0, raw.seek(0, io.SEEK_END)
        total = max(1, file.metadata.num_rows)
        for index in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(index)
            if number + group.num_rows <= skip:
                number += group.num_rows
                continue
            count = max(1, min(BATCH_ROWS, BATCH_BYTES * group.num_rows // max(1, group.total_byte_size)))
            for batch in file.iter_batches(count, row_groups=[index]):
                for value in batch.to_pylist():
                    number += 1
                    if number > skip:
                        yield self._row(value, number)
                self._done = size * number / total

    def _arrow(self, raw: BinaryIO) -> Iterator[Row]:
        whole = raw.read(6) == b"ARROW1"
        raw.seek(0)
        reader = pa.ipc.open_file(raw) if whole else pa.ipc.open_stream(raw)
        self._has_column(reader.schema.names)
        number = 0
        for batch in (reader.get_batch(at) for at in range(reader.num_record_batches)) if whole else reader:
            # Offsets that lead out of the file's own memory are found here, and not by a crash.
            batch.validate(full=True)
            for start in range(0, batch.num_rows, BATCH_ROWS):
                for value in batch.slice(start, BATCH_ROWS).to_pylist():
                    number += 1
                    yield self._row(value, number)

    def _row(self, value: dict[str, Any], number: int) -> Row:
        text, repaired = value[self.text_field], False
        if isinstance(text, bytes):
            text, repaired = decoded(text)
        clean = {name: plain(each) for name, each in value.items()} | {self.text_field: text}
        return value_row(clean, number, BEGINNING, self.text_field, repaired=repaired)

    def _has_column(self, columns: list[str]) -> None:
        if self.text_field not in columns:
            names = [name[:60].encode("utf-8", "replace").decode() for name in columns[:20]]
            named = ", ".join(f"“{name}”" for name in names) + (" …" if len(columns) > 20 else "")
            raise BadRequest(
                f"{self.name} has no column “{self.text_field}”.",
                f"It has: {named or 'none'}. Give the one that holds the text.",
                field="text_field",
                code="no_column",
            )

    @contextmanager
    def _broken_says_so(self) -> Iterator[None]:
        try:
            yield
        except MiStudioError:
            raise
        except BROKEN as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: BaseException) -> Unreadable:
        why = str(error).strip().split("\n")[0][:200] or type(error).__name__
        return Unreadable(f"{self.name} cannot be read: {why}.", "Tell the owner of the repository, or choose another split.")


def kind_of(name: str) -> tuple[str, str]:
    """How a file is read, and how it is compressed, by its name."""
    path = PurePosixPath(name.lower())
    compression = path.suffix if path.suffix in COMPRESSIONS else ""
    form = PurePosixPath(path.stem).suffix if compression else path.suffix
    form = {".ndjson": ".jsonl", ".jsonlines": ".jsonl", ".text": ".txt", ".pq": ".parquet"}.get(form, form)
    if form in (".jsonl", ".json", ".csv", ".tsv", ".txt") or (form in (".parquet", ".arrow") and not compression):
        return form, compression
    raise BadRequest(
        f"{name} is of a kind that is not read here.",
        "Read are parquet, arrow, and jsonl, json, csv, tsv, txt, plain or as .gz, .zst, .bz2, .xz.",
        field="hub",
        code="hub_format",
    )


def opened(raw: BinaryIO, compression: str) -> io.BufferedReader:
    """The plain bytes, one after another: of a bomb, never more than is asked for is in memory."""
    plainly: Any = raw
    if compression == ".gz":
        plainly = gzip.GzipFile(fileobj=raw)
    elif compression == ".zst":
        plainly = pa.CompressedInputStream(raw, "zstd")
    elif compression:
        plainly = (bz2.BZ2File if compression == ".bz2" else lzma.LZMAFile)(raw)
    return io.BufferedReader(plainly, 2**18)


def plain(value: Any) -> Any:
    """A value as JSON has it: what JSON lacks is named or written as text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
