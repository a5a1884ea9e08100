"""Numbers by step at full resolution: fixed rows of float64, added at the end, thinned when they are read.

A file has a row a step that was noted: the step, then its columns, whose names stand in a file beside it. What is not
known is not-a-number. A torn last row, as a crash leaves it, is not there for whoever reads.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..contract.errors import NotFound
from ..workspace import atomic
from ..workspace.workspace import read_json

Numbers = np.ndarray[Any, np.dtype[np.float64]]
NUMBER = np.dtype("<f8")


class MetricsWriter:
    """Rows behind those up to the step `keep`; later ones, of a run that was cut short, are dropped."""

    def __init__(self, path: Path, columns: Sequence[str], keep: int):
        self.path, self.columns = path, list(columns)
        atomic.make_folder(path.parent)
        if _columns(path) != self.columns:
            atomic.write_json(_beside(path), {"columns": self.columns})
            path.unlink(missing_ok=True)
        self._rows: list[list[float]] = []
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._end = int(np.searchsorted(_table(path, len(self.columns))[:, 0], keep, "right")) * self._row_bytes
        os.ftruncate(self._file, self._end)

    @property
    def _row_bytes(self) -> int:
        return NUMBER.itemsize * (1 + len(self.columns))

    def add(self, step: int, values: dict[str, float | None]) -> None:
        known = (values.get(name) for name in self.columns)
        self._rows.append([float(step), *(np.nan if value is None else float(value) for value in known)])

    def flush(self) -> None:
        """Write what was added. On a full disk it is kept, and written when there is room again."""
        if not self._rows:
            return
        content = np.array(self._rows, NUMBER).tobytes()
        with atomic.disk_full_says_so(self.path):
            written = 0
            while written < len(content):
                # By place, so that half of a row that did not fit is written over the next time.
                written += os.pwrite(self._file, content[written:], self._end + written)
        self._end += len(content)
        self._rows = []

    def sync(self) -> None:
        self.flush()
        self.settle()

    def settle(self) -> None:
        """See to it that what was written outlasts a power cut."""
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


def cut(path: Path, keep: int) -> None:
    """Drop the rows behind the step `keep`."""
    columns = _columns(path)
    if columns is not None and path.exists():
        MetricsWriter(path, columns, keep).close()


class Page(NamedTuple):
    steps: list[int]
    columns: dict[str, list[float | None]]
    # How many rows there are in the range that was asked for.
    rows: int
    last: int | None


def read_metrics(path: Path, columns: Sequence[str], first: int, last: int | None, points: int) -> Page:
    """Of more rows than `points`, the lowest and the highest of each stretch: no spike is lost. No column named: all."""
    names = _columns(path) or []
    if missing := [each for each in columns if each not in names]:
        what = f"There is no column {missing[0][:60]}."
        raise NotFound(what, f"There is: {', '.join(names)}." if names else "Nothing was noted yet.", field="columns")
    wanted = list(columns) or names
    table = _table(path, len(names))
    steps = table[:, 0]
    begin = int(np.searchsorted(steps, first, "left"))
    end = len(steps) if last is None else int(np.searchsorted(steps, last, "right"))
    part = table[begin : max(begin, end)]
    places = [1 + names.index(name) for name in wanted]
    chosen = part if len(part) <= points else part[_telling(part, places, points)]
    return Page(
        chosen[:, 0].astype(np.int64).tolist(),
        {name: _told(chosen[:, place]) for name, place in zip(wanted, places, strict=True)},
        len(part),
        int(steps[-1]) if len(steps) else None,
    )


def _telling(part: Numbers, places: list[int], points: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The first and last row, and of each stretch the rows where one of the columns is lowest or highest."""
    stretches = max(1, (points - 2) // (2 * max(len(places), 1)))
    edges = np.linspace(0, len(part), stretches + 1).astype(np.int64)
    found = [0, len(part) - 1]
    for place in places:
        column = np.asarray(part[:, place])
        for begin, end in pairwise(edges.tolist()):
            values = column[begin:end]
            if len(values) and not np.isnan(values).all():
                found += [begin + int(np.nanargmin(values)), begin + int(np.nanargmax(values))]
    # With many columns and few points even one stretch gives more than was asked for.
    return np.unique(found)[:points] if len(np.unique(found)) > points else np.unique(found)


def _told(values: Numbers) -> list[float | None]:
    """As JSON can hold them."""
    return [float(value) if np.isfinite(value) else None for value in values]


def _table(path: Path, columns: int) -> Numbers:
    row = NUMBER.itemsize * (1 + columns)
    try:
        rows = path.stat().st_size // row
    except FileNotFoundError:
        rows = 0
    if not rows:
        return np.empty((0, 1 + columns))
    # As a plain array: every look at a mapping makes another mapping.
    return np.memmap(path, NUMBER, "r", 0, (rows, 1 + columns)).view(np.ndarray)


def _columns(path: Path) -> list[str] | None:
    return list(read_json(_beside(path))["columns"]) if _beside(path).exists() else None


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")
