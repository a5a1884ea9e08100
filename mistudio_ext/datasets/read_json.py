"""Rows out of JSON: one a line, or one list of them all, which is never in memory as a whole."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from .cells import MAX_DEPTH, decoded, too_long
from .read_text import BEGINNING, Place, Raw, lines
from .schema import MAX_SAMPLE_BYTES

CHUNK = 2**16
# A row's text may have the largest size and be escaped.
MAX_ROW = 4 * MAX_SAMPLE_BYTES
WHITE = " \t\n\r"
# Made once: to make one costs as much as to read a short row.
DECODER = json.JSONDecoder(parse_constant=str)


class Broken(Exception):
    """Why the rest of a file cannot be read."""


def json_rows(file: BinaryIO, start: Place = BEGINNING) -> Iterator[Raw]:
    for line in lines(file, start):
        if line.content is None:
            yield Raw(line.number, line.after, problem=too_long())
        elif not line.content.isspace():
            yield _json_row(line.content, line.number, line.after)


def _json_row(content: bytes, line: int, after: Place) -> Raw:
    written, repaired = decoded(content)
    try:
        value = DECODER.decode(written)
    except (ValueError, RecursionError):
        return Raw(line, after, problem="not JSON")
    return Raw(line, after, value, repaired, deep=written.count("[") + written.count("{") > MAX_DEPTH)


def list_rows(file: io.BufferedReader) -> Iterator[Raw]:
    """The items of a JSON list whose bracket is the next sign of the file."""
    text = _Window(file)
    text.at = 1
    number = 0
    while (sign := text.next_sign()) != "]":
        if number and sign != ",":
            raise Broken(f"behind row {number:,} there is neither a comma nor the end of the list")
        text.at += bool(number)
        text.next_sign()
        number += 1
        try:
            yield Raw(number, BEGINNING, text.value())
        except (ValueError, RecursionError):
            raise Broken(f"row {number:,} is not JSON") from None


class _Window:
    """A piece of the text, moved on value by value."""

    def __init__(self, file: io.BufferedReader):
        # A byte that is not UTF-8 comes as half a character, and is counted and mended with the others of that kind.
        self._file = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")
        self._text = self._file.read(CHUNK)
        self.at = 0

    def next_sign(self) -> str:
        while True:
            while self.at < len(self._text):
                if self._text[self.at] not in WHITE:
                    return self._text[self.at]
                self.at += 1
            if not self._more():
                return ""

    def value(self) -> Any:
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self.at)
            except json.JSONDecodeError as error:
                cut = error.pos > len(self._text) - 16 or error.msg.startswith("Unterminated")
                if not (cut and self._more()):
                    raise
                continue
            # A number at the end of the window may go on behind it.
            if end < len(self._text) or not self._more():
                self.at = end
                return value

    def _more(self) -> bool:
        left = len(self._text) - self.at
        if left > MAX_ROW:
            raise Broken(f"a row is longer than {MAX_ROW / 2**20:,.0f} MB")
        # Twice as much each time, so that a long row is not looked at again and again.
        more = self._file.read(max(CHUNK, left))
        self._text, self.at = self._text[self.at :] + more, 0
        return bool(more)
