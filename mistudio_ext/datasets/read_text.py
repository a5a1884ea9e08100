"""Samples out of plain text, from any line on, whatever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from ..contract.errors import BadRequest
from .cells import decoded, too_long
from .reading_schema import SampleBy
from .schema import MAX_SAMPLE_BYTES

BOM = b"\xef\xbb\xbf"
# In text there is hardly a zero byte, and surely no more than one in so many.
MAX_ZEROS = 500
FEW = 16
# Control characters that are no white space, no escape and no backspace; and what is no UTF-8.
STRANGE = re.compile("[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Place(NamedTuple):
    """Between two rows: reading may end here and go on later."""

    byte: int = 0
    lines: int = 0


BEGINNING = Place()


class Raw(NamedTuple):
    """One row as its file has it, or what is wrong where one should be."""

    line: int  # the line that it begins on, as editors count them; in tables the row
    after: Place = BEGINNING
    value: Any = None
    repaired: bool = False
    problem: str | None = None
    deep: bool = True  # whether it may be nested deeply


class Line(NamedTuple):
    content: bytes | None  # None: too long to be a sample
    number: int
    after: Place


def check_beginning(head: bytes, name: str) -> int:
    """How many bytes of a mark a file begins with; one that is not UTF-8, or no text at all, is refused."""
    if head.startswith(UTF_16):
        raise BadRequest(f"{name} is UTF-16.", "Save it as UTF-8.")
    if _is_binary(head):
        what = f"{name} is not text: it begins with bytes that no text has."
        raise BadRequest(what, "If it is text in another encoding, save it as UTF-8. If it is something else, convert it first.")
    return len(BOM) if head.startswith(BOM) else 0


def _is_binary(head: bytes) -> bool:
    """A stray zero byte happens in text, also a stretch that is not UTF-8."""
    signs = head.decode("utf-8", "replace")
    strange = len(STRANGE.findall(signs))
    return head.count(0) > max(FEW, len(head) // MAX_ZEROS) or strange > max(FEW, len(signs) // 2)


def text_rows(file: BinaryIO, sample_by: SampleBy, start: Place = BEGINNING) -> Iterator[Raw]:
    if sample_by == "document":
        yield from _document(file, start)
    elif sample_by == "paragraph":
        yield from _paragraphs(file, start)
    else:
        for line in lines(file, start):
            yield from _text_row(line.content, line.number, line.after)


def lines(file: BinaryIO, start: Place) -> Iterator[Line]:
    # Counted here: asking the file where it is costs a system call a line.
    byte, number = start
    while content := file.readline(MAX_SAMPLE_BYTES + 1):
        byte += len(content)
        number += 1
        if len(content) <= MAX_SAMPLE_BYTES:
            yield Line(content, number, Place(byte, number))
            continue
        rest = content
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(2**20)
            byte += len(rest)
        yield Line(None, number, Place(byte, number))


def _document(file: BinaryIO, start: Place) -> Iterator[Raw]:
    content = file.read(MAX_SAMPLE_BYTES + 1)
    if len(content) <= MAX_SAMPLE_BYTES:
        count = content.count(b"\n")
        yield from _text_row(content, start.lines + 1, Place(start.byte + len(content), start.lines + count))
    else:
        end = start.byte + len(content)
        while rest := file.read(2**20):
            end += len(rest)
        yield Raw(start.lines + 1, Place(end, start.lines), problem=too_long())


def _paragraphs(file: BinaryIO, start: Place) -> Iterator[Raw]:
    gathered: list[bytes] = []
    size = 0
    first, after = start.lines + 1, start
    for line in lines(file, start):
        after = line.after
        if line.content is not None and not line.content.strip():
            yield from _paragraph(gathered, size, first, after)
            gathered, size = [], 0
            continue
        if not size:
            first = line.number
        size += MAX_SAMPLE_BYTES + 1 if line.content is None else len(line.content)
        if line.content is None or size > MAX_SAMPLE_BYTES:
            gathered.clear()  # of a paragraph that is too long nothing is kept but its size
        else:
            gathered.append(line.content)
    yield from _paragraph(gathered, size, first, after)


def _paragraph(gathered: list[bytes], size: int, first: int, after: Place) -> Iterator[Raw]:
    if size:
        yield from _text_row(b"".join(gathered) if size <= MAX_SAMPLE_BYTES else None, first, after)


def _text_row(raw: bytes | None, line: int, after: Place) -> Iterator[Raw]:
    if raw is None:
        yield Raw(line, after, problem=too_long())
        return
    text, repaired = decoded(raw)
    text = text.strip("\r\n").replace("\r\n", "\n")  # a line end is one character, as for every reader of text files
    if text and not text.isspace():
        yield Raw(line, after, text, repaired)
