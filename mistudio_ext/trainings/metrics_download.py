"""All numbers of a run, at full resolution, as a file: read and written a few thousand rows at a time."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic_core import to_json

from .metrics_file import Numbers, opened

ROWS = 4096
# A spreadsheet takes what begins so for a formula.
FORMULA = "=+-@＝＋－＠"  # noqa: RUF001
END = b"\r\n"


class Table(NamedTuple):
    """Of the machine there is one for all SAEs."""

    sae: int | None
    title: str
    path: Path


def as_csv(tables: list[Table]) -> Iterator[bytes]:
    headed = False
    for table in tables:
        own = b"" if table.sae is None else _line([table.sae, safe(table.title)]) + b","
        with opened(table.path) as rows:
            if not headed and rows.columns:
                yield _line([*(["sae", "title"] if own else []), "step", *rows.columns]) + END
                headed = True
            for block in rows.blocks(0, rows.count, ROWS):
                if len(block):
                    # Numbers alone: what parts rows in JSON stands nowhere else in them.
                    lines = _rows(block)[1:-1].replace(b"],[", END + own).replace(b"null", b"")
                    yield own + lines + END


def as_json(id: str, of: str, tables: list[Table]) -> Iterator[bytes]:
    yield to_json({"training": id, "of": of})[:-1] + b',"tables":['
    for place, table in enumerate(tables):
        with opened(table.path) as rows:
            head = to_json({"sae": table.sae, "title": table.title, "columns": ["step", *rows.columns]})
            yield (b"," if place else b"") + head[:-1] + b',"rows":['
            for number, block in enumerate(rows.blocks(0, rows.count, ROWS)):
                if len(block):
                    yield (b"," if number else b"") + _rows(block)
        yield b"]}"
    yield b"]}"


def safe(text: str) -> str:
    """A cell of a table that stays a text."""
    shown = next((each for each in text if not each.isspace() and not unicodedata.category(each).startswith("C")), "")
    return f"'{text}" if shown and shown in FORMULA else text


def _rows(block: Numbers) -> bytes:
    """As JSON, without the brackets around all. Steps are whole numbers; what is no number is null."""
    values = block.astype(object)
    values[:, 0] = block[:, 0].astype(np.int64)
    values[~np.isfinite(block)] = None
    return to_json(values.tolist())[1:-1]


def _line(cells: list[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue().encode()
