"""One file on the way through: opened by its name's ending, unpacked if need be, and read row by row."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa

from ..contract.errors import MiStudioError, TooLarge, Unreadable
from ..workspace import atomic
from .formats import kind_of
from .read_json import Broken, json_rows, list_rows
from .read_object import object_rows
from .read_tables import BATCH_ROWS, ArrowTable, Column, CsvTable, ParquetTable
from .read_text import BEGINNING, Place, Raw, check_beginning, text_rows
from .reading_schema import SampleBy

BROKEN = (OSError, EOFError, RecursionError, UnicodeDecodeError, zlib.error, lzma.LZMAError, pa.ArrowException, Broken)
CHUNK = 2**20
# So much of a file shows whether it is text.
HEAD = 2**16
WHITE = b" \t\r\n"


class OneFile:
    """`path` is where it lies, `name` what it is called, `scratch` where it may be unpacked.

    Of a file that is only looked at, `at_most` bytes are unpacked: it ends there, and then was `cut`.
    """

    def __init__(self, path: Path, name: str, sample_by: SampleBy, scratch: Path, at_most: int | None = None):
        self.path, self.name, self.sample_by, self.scratch = path, name, sample_by, scratch
        self.form, self.compression = kind_of(name, "path")
        self.header: list[Column] | None = None  # known once the first row was asked for, if the file says it
        self.delimiter: str | None = None  # known with the header, for a table of text
        self.unit = "row" if self.form in (".parquet", ".arrow") else "line"
        self.cut = False
        self._at_most = at_most
        self._raw: BinaryIO | None = None
        self._size = 0
        self._done = 0.0

    @property
    def by_place(self) -> bool:
        """Whether reading can begin at a byte; in all other files rows are skipped."""
        return self.form in (".txt", ".jsonl") and not self.compression

    def read(self) -> float:
        """How many of the file's bytes are done."""
        return self._raw.tell() if self._raw is not None and not self._raw.closed else self._done

    def rows(self, start: Place = BEGINNING, skip: int = 0) -> Generator[Raw]:
        """All rows behind `start`, where it can begin there, or else behind the first `skip` ones."""
        with self._broken_says_so(), open(self.path, "rb") as raw:
            self._size = os.fstat(raw.fileno()).st_size
            if self.form in (".parquet", ".arrow"):
                with self._unpacked(raw) as table:
                    yield from self._table(table, skip)
                return
            self._raw = raw
            try:
                if self.by_place:
                    yield from self._by_place(raw, start)
                else:
                    with closing(self._stream(raw)) as rows:
                        yield from islice(rows, skip, None)
            finally:
                self._done, self._raw = self._size, None

    def _by_place(self, raw: BinaryIO, start: Place) -> Iterator[Raw]:
        head = raw.read(HEAD)
        after_mark = check_beginning(head, self.name)
        if start.byte == 0:
            start = Place(after_mark, 0)
        raw.seek(start.byte)
        file = cast("BinaryIO", self._limited(raw)) if self._at_most else raw
        yield from json_rows(file, start) if self.form == ".jsonl" else text_rows(file, self.sample_by, start)

    def _stream(self, raw: BinaryIO) -> Generator[Raw]:
        with opened(raw, self.compression) as packed:
            file = self._limited(packed)
            file.read(check_beginning(file.peek(HEAD), self.name))
            binary = cast("BinaryIO", file)
            if self.form in (".csv", ".tsv"):
                table = CsvTable(file, "\t" if self.form == ".tsv" else None)
                self.header, self.delimiter = table.columns, table.delimiter
                yield from table.rows()
            elif self.form == ".txt":
                yield from text_rows(binary, self.sample_by)
            elif self.form == ".json":
                yield from self._json(file)
            else:
                yield from json_rows(binary)

    def _json(self, file: io.BufferedReader) -> Iterator[Raw]:
        """One list of rows, one object with all of them, or rows one a line: all of these are called .json."""
        blank = 0
        while (head := file.peek(1)) and (ahead := head.lstrip(WHITE)) != head:
            blank += file.read(len(head) - len(ahead)).count(b"\n")
        if head[:1] == b"[":
            self.unit = "row"
            yield from list_rows(file)
        elif head[:1] == b"{":
            yield from object_rows(file, blank)
        else:
            yield from json_rows(cast("BinaryIO", file), Place(0, blank))

    def _table(self, file: BinaryIO, skip: int) -> Iterator[Raw]:
        at_once = 1 if self._at_most else BATCH_ROWS
        if self.form == ".parquet":
            parquet = ParquetTable(file)
            self.header = parquet.columns
            for row in parquet.rows(skip, at_once):
                self._done = self._size * parquet.share
                yield row
        else:
            # Of a file that is only looked at, what is not looked at stays on the disk, however large its batches are.
            with (pa.memory_map if self._at_most else pa.OSFile)(file.name) as source:
                arrow = ArrowTable(source)
                self.header = arrow.columns
                for row in islice(arrow.rows(at_once), skip, None):
                    self._done = self._size * arrow.share
                    yield row
        self._done = self._size

    @contextmanager
    def _unpacked(self, raw: BinaryIO) -> Iterator[BinaryIO]:
        """A table is read from several places at once, so a compressed one is unpacked first."""
        if not self.compression:
            yield raw
            return
        place = self.scratch / f"unpacked{self.form}"
        try:
            with open(place, "wb", opener=atomic.private) as file, atomic.disk_full_says_so(place):
                packed = opened(raw, self.compression)
                while piece := packed.read(CHUNK):
                    self._check_room(file.tell() + len(piece))
                    file.write(piece)
            with open(place, "rb") as unpacked:
                yield unpacked
        finally:
            place.unlink(missing_ok=True)

    def _check_room(self, size: int) -> None:
        if self._at_most is not None and size > self._at_most:
            what = f"{self.name} is a table of more than {self._at_most // 2**20:,} MB inside a compressed file."
            raise TooLarge(f"{what} It can be read, but not looked at before.", "Unpack it to look at it.")
        # Half of the free disk is not ours to fill with what goes again.
        if size > shutil.disk_usage(self.scratch).free:
            raise atomic.no_space(self.scratch, 2 * size)

    def _limited(self, file: BinaryIO | io.BufferedReader) -> io.BufferedReader:
        if self._at_most is None:
            assert isinstance(file, io.BufferedReader)
            return file
        return io.BufferedReader(_Beginning(file, self._at_most, self._is_cut))

    def _is_cut(self) -> None:
        self.cut = True

    @contextmanager
    def _broken_says_so(self) -> Iterator[None]:
        try:
            yield
        except MiStudioError:
            raise
        except BROKEN as error:
            why = str(error).strip().split("\n")[0][:200] or type(error).__name__
            hint = "Look whether it is whole, and of the kind that its name says."
            raise Unreadable(f"{self.name} cannot be read: {why}.".replace("..", "."), hint) from error


class _Beginning(io.RawIOBase):
    """No more than the first bytes of a file, and a word to it where there are more."""

    def __init__(self, file: BinaryIO | io.BufferedReader, size: int, more: Callable[[], None]):
        self._file, self._left, self._more = file, size, more

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._file.read(min(len(buffer), self._left)) if self._left else b""
        buffer[: len(piece)] = piece
        self._left -= len(piece)
        if not self._left and self._file.read(1):
            self._more()
        return len(piece)


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
