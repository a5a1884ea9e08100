"""Rows out of a .json file that is one object: the one that it is, those of the list in it, or those that its columns make."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, cast

from . import conversations
from .cells import decoded
from .read_json import DECODER, Broken, json_rows
from .read_text import BEGINNING, Place, Raw
from .schema import MAX_SAMPLE_BYTES

# What a list of rows is called where other things stand beside it.
LISTS = ("data", "rows", "examples", "instances", "items", "samples", "records")
# So many blanks at the end of a file are looked through.
BLANKS = 2**12


def object_rows(file: io.BufferedReader, blank: int) -> Iterator[Raw]:
    """`blank` lines came before. One object over several lines, one on a single line, or else one a line."""
    first = file.readline(MAX_SAMPLE_BYTES + 1)
    if first.strip() == b"{":
        yield from _rows_of(*_whole(first, file))
        return
    ahead = _ahead(file)
    try:
        value = None if ahead.strip() or len(ahead) == BLANKS else DECODER.decode(decoded(first)[0])
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and _rows_within(value) is not None:
        yield from _rows_of(value, decoded(first)[1])
        return
    again = io.BufferedReader(_Again(first + ahead, file))
    yield from json_rows(cast("Any", again), Place(0, blank))


def _ahead(file: io.BufferedReader) -> bytes:
    """What comes next, up to the first sign that is not blank."""
    gathered = b""
    while not gathered.strip() and len(gathered) < BLANKS and (piece := file.read(1)):
        gathered += piece
    return gathered


def _whole(first: bytes, file: io.BufferedReader) -> tuple[dict[str, Any], bool]:
    content = first + file.read(MAX_SAMPLE_BYTES + 1)
    if len(content) > MAX_SAMPLE_BYTES:
        raise Broken(
            f"it is one object of more than {MAX_SAMPLE_BYTES / 2**20:,.0f} MB; save its rows as a list, or one a line (.jsonl)"
        )
    written, repaired = decoded(content)
    try:
        value = DECODER.decode(written)
    except (ValueError, RecursionError):
        raise Broken("it begins an object over several lines, and is not JSON") from None
    return value, repaired


def _rows_of(value: dict[str, Any], repaired: bool) -> Iterator[Raw]:
    for number, row in enumerate(_rows_within(value) or [value], 1):
        yield Raw(number, BEGINNING, row, repaired)


def _rows_within(value: dict[str, Any]) -> list[Any] | None:
    """The rows that an object holds; None where it is a row itself."""
    if conversations.recognized(value):
        return None
    lists = [
        name for name, each in value.items() if isinstance(each, list) and each and all(isinstance(row, dict) for row in each)
    ]
    if len(lists) > 1 and len(lists) == len(value):
        names = ", ".join(f"“{name[:40]}”" for name in lists[:5])
        raise Broken(f"it holds several lists of rows ({names}); save each as a file of its own, named for its split")
    if len(lists) == 1 and (len(value) == 1 or lists[0] in LISTS):
        return list(value[lists[0]])
    return _from_columns(list(value), list(value.values()))


def _from_columns(names: list[str], columns: list[Any]) -> list[Any] | None:
    """Column by column, as pandas writes tables: a list of values each, or an object of row and value."""
    if columns and all(isinstance(each, dict) and list(each) == list(columns[0]) for each in columns):
        columns = [list(each.values()) for each in columns]
    if not columns or not all(isinstance(each, list) and each for each in columns):
        return None
    if len({len(each) for each in columns}) > 1:
        raise Broken("it is an object of lists that are not equally long: neither a row nor a table")
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


class _Again(io.RawIOBase):
    """Bytes that were read already, and behind them the rest of the file."""

    def __init__(self, read: bytes, file: io.BufferedReader):
        self._read, self._file = memoryview(read), file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._read[: len(buffer)] or self._file.read1(len(buffer))
        buffer[: len(piece)] = piece
        self._read = self._read[len(piece) :] if self._read else self._read
        return len(piece)
