"""Tables of words and numbers: numbers stand at the right, so that their digits are one below the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .text import plain

WIDEST = 60
NUMBER = re.compile(r"[-+]?[\d,]+(\.\d+)?(e[-+]?\d+)?( ?(%|B|kB|MB|GB|TB))?")
NONE = ("", "—")


def in_lines(headers: Sequence[str], rows: Iterable[Sequence[object]], widest: int = WIDEST) -> str:
    """For a terminal."""
    cells = [list(headers), *([plain(cell, widest) for cell in row] for row in rows)]
    right = numeric(cells[1:], len(headers))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at_right else cell.ljust(width) for cell, width, at_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    )


def numeric(rows: Sequence[Sequence[str]], columns: int) -> list[bool]:
    """Which columns hold numbers and nothing else."""
    return [_is_numeric([row[at] for row in rows]) for at in range(columns)]


def _is_numeric(cells: Sequence[str]) -> bool:
    given = [each for each in cells if each not in NONE]
    return bool(given) and all(NUMBER.fullmatch(each) for each in given)
