"""Samples out of .txt and .jsonl files, from any byte on, whatever the bytes are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .schema import MAX_SAMPLE_BYTES, ReadText

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    """One sample, or what is wrong where one should be. `end` is the byte after it: reading may go on there."""

    end: int
    text: str = ""
    other: str | None = None
    repaired: bool = False
    problem: str | None = None


def read_rows(params: ReadText, offset: int) -> Iterator[Row]:
    path = Path(params.file)
    with open(path, "rb") as file:
        file.seek(offset)
        if offset == 0 and file.read(3) != BOM:
            file.seek(0)
        if path.suffix.lower() == ".jsonl":
            for line, end in _lines(file):
                if line is None or line.strip():
                    yield _json_row(line, end, params.text_field)
        elif params.sample_by == "line":
            for line, end in _lines(file):
                yield from _text_row(line, end)
        elif params.sample_by == "paragraph":
            yield from _paragraphs(file)
        else:
            content = file.read(MAX_SAMPLE_BYTES + 1)
            yield from _text_row(content if len(content) <= MAX_SAMPLE_BYTES else None, path.stat().st_size)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes | None, int]]:
    """Lines with the byte after each; None for one that is too long to be a sample."""
    while line := file.readline(MAX_SAMPLE_BYTES):
        if len(line) == MAX_SAMPLE_BYTES and not line.endswith(b"\n"):
            while (rest := file.readline(MAX_SAMPLE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield None, file.tell()
        else:
            yield line, file.tell()


def _paragraphs(file: BinaryIO) -> Iterator[Row]:
    gathered: list[bytes] = []
    size = 0
    end = file.tell()
    for line, after in _lines(file):
        if line is not None and not line.strip():
            yield from _paragraph(gathered, size, after)
            gathered, size = [], 0
        else:
            size += MAX_SAMPLE_BYTES + 1 if line is None else len(line)
            # Of a paragraph that is too long nothing is kept but its size.
            gathered = [*gathered, line] if line is not None and size <= MAX_SAMPLE_BYTES else []
        end = after
    yield from _paragraph(gathered, size, end)


def _paragraph(lines: list[bytes], size: int, end: int) -> Iterator[Row]:
    if size:
        yield from _text_row(b"".join(lines) if size <= MAX_SAMPLE_BYTES else None, end)


def _text_row(raw: bytes | None, end: int) -> Iterator[Row]:
    if raw is None:
        yield Row(end, problem=f"longer than {MAX_SAMPLE_BYTES // 2**20} MB")
        return
    text = raw.decode("utf-8", "replace").strip("\r\n")
    if text.strip():
        yield Row(end, text=text, repaired=_was_repaired(raw, text))


def _was_repaired(raw: bytes, text: str) -> bool:
    # The mark may stand in the file itself; only then is decoding a second time worth its price.
    if "\ufffd" not in text:
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _json_row(line: bytes | None, end: int, text_field: str) -> Row:
    if line is None:
        return Row(end, problem=f"longer than {MAX_SAMPLE_BYTES // 2**20} MB")
    decoded = line.decode("utf-8", "replace")
    repaired = _was_repaired(line, decoded)
    try:
        value = json.loads(decoded)
    except (ValueError, RecursionError):
        return Row(end, problem="not JSON")
    if isinstance(value, str):
        value = {text_field: value}
    if not isinstance(value, dict):
        return Row(end, problem="neither an object nor a text")
    if text_field not in value:
        return Row(end, problem=f"no field “{text_field[:60]}”")
    text = value.pop(text_field)
    if not isinstance(text, str):
        return Row(end, problem=f"“{text_field[:60]}” is not a text")
    if not text.strip():
        return Row(end, problem=f"“{text_field[:60]}” is empty")
    clean = text.encode("utf-8", "replace").decode()  # JSON can smuggle in half a surrogate pair, which no file can hold
    other = json.dumps(value) if value else None
    return Row(end, text=clean, other=other, repaired=repaired or clean != text)
