"""Samples out of .txt and .jsonl files, from any row on, whatever the bytes are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..contract.errors import BadRequest
from .schema import MAX_SAMPLE_BYTES, ReadText, SampleBy

BOM = b"\xef\xbb\xbf"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
HALF_PAIR = re.compile("[\ud800-\udfff]")
# What a row holds beside its text is shown as it was; nested deeper than this, no face could show it.
MAX_DEPTH = 64


class Place(NamedTuple):
    """Between two rows: reading may end here and go on later."""

    byte: int = 0
    lines: int = 0


BEGINNING = Place()


class Row(NamedTuple):
    """One sample, or what is wrong where one should be."""

    line: int  # the line that it begins on, as editors count them
    after: Place
    text: str = ""
    other: str | None = None
    repaired: bool = False
    problem: str | None = None


class Line(NamedTuple):
    content: bytes | None  # None: too long to be a sample
    number: int
    after: Place


def read_rows(params: ReadText, start: Place = BEGINNING) -> Iterator[Row]:
    path = Path(params.file)
    with open(path, "rb") as file:
        after_mark = check_beginning(file.read(3), path.name)
        if start.byte == 0:
            start = Place(after_mark, 0)
        file.seek(start.byte)
        if path.suffix.lower() == ".jsonl":
            yield from json_rows(file, params.text_field, start)
        else:
            yield from text_rows(file, params.sample_by, start)


def check_beginning(head: bytes, name: str) -> int:
    """How many bytes of a mark a file begins with; one that is not UTF-8 is refused."""
    if head.startswith(UTF_16):
        raise BadRequest(f"{name} is UTF-16.", "Save it as UTF-8.")
    return len(BOM) if head.startswith(BOM) else 0


def text_rows(file: BinaryIO, sample_by: SampleBy, start: Place = BEGINNING) -> Iterator[Row]:
    if sample_by == "document":
        yield from _document(file, start)
    elif sample_by == "paragraph":
        yield from _paragraphs(file, start)
    else:
        for line in _lines(file, start):
            yield from _text_row(line.content, line.number, line.after)


def _lines(file: BinaryIO, start: Place) -> Iterator[Line]:
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


def _document(file: BinaryIO, start: Place) -> Iterator[Row]:
    content = file.read(MAX_SAMPLE_BYTES + 1)
    if len(content) <= MAX_SAMPLE_BYTES:
        lines = content.count(b"\n")
        yield from _text_row(content, start.lines + 1, Place(start.byte + len(content), start.lines + lines))
    else:
        end = start.byte + len(content)
        while rest := file.read(2**20):
            end += len(rest)
        yield Row(start.lines + 1, Place(end, start.lines), problem=too_long())


def _paragraphs(file: BinaryIO, start: Place) -> Iterator[Row]:
    gathered: list[bytes] = []
    size = 0
    first, after = start.lines + 1, start
    for line in _lines(file, start):
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


def _paragraph(lines: list[bytes], size: int, first: int, after: Place) -> Iterator[Row]:
    if size:
        yield from _text_row(b"".join(lines) if size <= MAX_SAMPLE_BYTES else None, first, after)


def _text_row(raw: bytes | None, line: int, after: Place) -> Iterator[Row]:
    if raw is None:
        yield Row(line, after, problem=too_long())
        return
    text, repaired = decoded(raw)
    text = text.strip("\r\n").replace("\r\n", "\n")  # a line end is one character, as for every reader of text files
    if text and not text.isspace():
        yield Row(line, after, text, repaired=repaired)


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text, with � for each byte that is not UTF-8, and whether there were any."""
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), True


def json_rows(file: BinaryIO, text_field: str, start: Place = BEGINNING) -> Iterator[Row]:
    for line in _lines(file, start):
        if line.content is None:
            yield Row(line.number, line.after, problem=too_long())
        elif not line.content.isspace():
            yield _json_row(line.content, line.number, line.after, text_field)


def _json_row(content: bytes, line: int, after: Place, text_field: str) -> Row:
    written, repaired = decoded(content)
    try:
        value = json.loads(written, parse_constant=str)
    except (ValueError, RecursionError):
        return Row(line, after, problem="not JSON")
    deep = written.count("[") + written.count("{") > MAX_DEPTH
    return value_row(value, line, after, text_field, deep=deep, repaired=repaired)


def value_row(value: Any, line: int, after: Place, text_field: str, *, deep: bool = True, repaired: bool = False) -> Row:
    """One row of any kind of file, as JSON has it; `deep` where it may be nested deeply."""
    if isinstance(value, str):
        value = {text_field: value}
    if not isinstance(value, dict):
        return Row(line, after, problem="neither an object nor a text")
    name = f"“{text_field[:60]}”"
    if text_field not in value:
        return Row(line, after, problem=f"no field {name}")
    text = value.pop(text_field)
    if not isinstance(text, str):
        return Row(line, after, problem=f"{name} is not a text")
    if len(text) > MAX_SAMPLE_BYTES:
        return Row(line, after, problem=too_long())
    if not text.strip():
        return Row(line, after, problem=f"{name} is empty")
    clean = _whole_characters(text)
    if not value:
        return Row(line, after, clean, repaired=repaired or clean != text)
    if deep and _depth(value) > MAX_DEPTH:
        return Row(line, after, problem="nested too deeply")
    other = _as_json(value)
    whole = _whole_characters(other)
    return Row(line, after, clean, whole, repaired or clean != text or whole != other)


def _as_json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:  # a number like 1e999, which Python reads as infinity and JSON cannot hold
        return json.dumps(_numbers_named(value), ensure_ascii=False, allow_nan=False)


def _numbers_named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers_named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers_named(each) for each in value]
    if value != value:
        return "NaN"
    return "Infinity" if value == float("inf") else "-Infinity" if value == float("-inf") else value


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level:
        depth += 1
        level = [
            each
            for container in level
            if isinstance(container, dict | list)
            for each in (container.values() if isinstance(container, dict) else container)
        ]
    return depth


def _whole_characters(text: str) -> str:
    """JSON can smuggle in half a surrogate pair, which no file can hold."""
    return text if text.isascii() else HALF_PAIR.sub("\ufffd", text)


def too_long() -> str:
    return f"longer than {MAX_SAMPLE_BYTES / 2**20:,.0f} MB"
