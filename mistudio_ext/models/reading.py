"""Small JSON files of strangers: read as far as one should be, and anything wrong said with the file's name."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..contract.errors import NotFound, Unreadable

MAX_CONFIG, MAX_INDEX = 2**20, 2**26


def read_object(file: Path, limit: int, model: str, *, infinite: bool = False) -> dict[str, Any]:
    """The object in a JSON file. Numbers that JSON does not have become null, unless `infinite` keeps them."""
    if not file.is_file():
        raise NotFound(f"{file.name} of {model} is not there.", "Look whether it is whole.", code="incomplete")
    try:
        with open(file, "rb") as stream:
            content = stream.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{file.name} of {model} cannot be read: {error.strerror}.", "Look at its rights.") from None
    if len(content) > limit:
        raise Unreadable(f"{file.name} of {model} is larger than {limit // 2**20} MB.", "Choose another model.")
    return parse_object(content, f"{file.name} of {model}", infinite=infinite)


def parse_object(content: bytes, what: str, *, infinite: bool = False) -> dict[str, Any]:
    hooks: dict[str, Any] = {} if infinite else {"parse_constant": lambda _: None, "parse_float": _finite}
    try:
        found = json.loads(content, **hooks)
        # Half a character can be written in JSON, and nowhere else.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable(f"{what} is not a JSON object.", "It may not have arrived whole; get it again.")
    return found


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
