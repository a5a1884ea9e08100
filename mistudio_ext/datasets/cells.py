"""What a row may hold: a text to be read, or something that is shown beside it, whatever a stranger wrote there."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from .schema import MAX_SAMPLE_BYTES

CellKind = Literal["text", "number", "boolean", "list", "object", "bytes", "empty", "other"]

HALF_PAIR = re.compile("[\ud800-\udfff]")
# What a row holds beside its text is shown as it was; nested deeper than this, no face could show it.
MAX_DEPTH = 64
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
SAID = {
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "object": "an object",
    "empty": "null",
    "other": "of another kind",
}


class BadRow(Exception):
    """Why no sample can be made of a row. It is counted, and the next one is read."""


def kind_of_cell(value: Any) -> CellKind:
    if value is None:
        return "empty"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, bytes):
        return "bytes"
    if isinstance(value, list | tuple):
        return "list"
    return "object" if isinstance(value, dict) else "other"


def text_of(value: Any, name: str) -> tuple[str, bool]:
    """The text in a cell, and whether it had to be repaired."""
    if isinstance(value, bytes):
        value, repaired = decoded(value)
    elif isinstance(value, str):
        repaired = False
    elif value is None:
        raise BadRow(f"{shown(name)} is null")
    else:
        raise BadRow(f"{shown(name)} is {SAID[kind_of_cell(value)]}, not a text")
    if len(value) > MAX_SAMPLE_BYTES:
        raise BadRow(too_long())
    clean = whole_characters(value)
    return clean, repaired or clean != value


def decoded(raw: bytes) -> tuple[str, bool]:
    """The text, with � for each byte that is not UTF-8, and whether there were any."""
    try:
        return raw.decode(), False
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace"), True


def whole_characters(text: str) -> str:
    """JSON can smuggle in half a surrogate pair, which no file can hold."""
    return text if text.isascii() else HALF_PAIR.sub("\ufffd", text)


def others(value: dict[str, Any], *, deep: bool) -> tuple[str | None, bool]:
    """What else a row held, as JSON, and whether it had to be repaired; `deep` where it may be nested deeply."""
    if not value:
        return None, False
    if deep and depth(value) > MAX_DEPTH:
        raise BadRow("nested too deeply")
    value = {name: f"({len(each):,} bytes)" if isinstance(each, bytes) else each for name, each in value.items()}
    written = _as_json(value)
    whole = whole_characters(written)
    return whole, whole != written


def depth(value: Any) -> int:
    count = 0
    level = [value]
    while level:
        count += 1
        level = [
            each
            for container in level
            if isinstance(container, dict | list)
            for each in (container.values() if isinstance(container, dict) else container)
        ]
    return count


def plain(value: Any) -> Any:
    """A value as JSON has it: what JSON lacks is named or written as text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return f"({len(value):,} bytes)"
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def shown(name: str) -> str:
    """A column's name in a sentence."""
    return f"“{whole_characters(name[:60])}”"


def named(names: list[str]) -> str:
    return ", ".join(shown(name) for name in names[:20]) + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")


def too_long() -> str:
    return f"longer than {MAX_SAMPLE_BYTES / 2**20:,.0f} MB"


def _as_json(value: Any) -> str:
    try:
        return ENCODER.encode(value)
    except ValueError:  # a number like 1e999, which Python reads as infinity and JSON cannot hold
        return ENCODER.encode(_numbers_named(value))


def _numbers_named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers_named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_numbers_named(each) for each in value]
    if value != value:
        return "NaN"
    return "Infinity" if value == float("inf") else "-Infinity" if value == float("-inf") else value
