"""Numbers by step at full resolution: fixed rows of float64, added at the end, thinned when they are read.

A file has a row a step that was noted: the step, then its columns, whose names stand in a file beside it. What is not
known is not-a-number. A torn last row, as a crash leaves it, is not there for whoever reads.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..contract.errors import NotFound
from ..workspace import atomic
from ..workspace.workspace import read_json

Numbers = np.ndarray[Any, np.dtype[np.float64]]
NUMBER = np.dtype("<f8")
# Rows that are looked at in one go: a few megabytes.
BLOCK = 2**16


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
        with opened(path) as rows:
            self._end = rows.after(keep) * self._row_bytes
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


class Rows:
    """The whole rows of a file as they were when it was opened. They are read, not mapped: whoever maps a file that is cut
    meanwhile is killed."""

    def __init__(self, path: Path):
        self.columns = _columns(path) or []
        self._row = NUMBER.itemsize * (1 + len(self.columns))
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC) if path.exists() else None
        self.count = 0 if self._file is None else os.fstat(self._file).st_size // self._row

    def read(self, begin: int, end: int) -> Numbers:
        """Fewer where the file was cut meanwhile."""
        wanted = max(0, min(end, self.count) - begin) * self._row
        found = os.pread(self._file, wanted, begin * self._row) if self._file is not None and wanted else b""
        return np.frombuffer(found[: len(found) // self._row * self._row], NUMBER).reshape(-1, 1 + len(self.columns))

    def blocks(self, begin: int, end: int, size: int = BLOCK) -> Iterator[Numbers]:
        for first in range(begin, end, size):
            yield self.read(first, min(first + size, end))

    def before(self, step: int) -> int:
        """How many rows have an earlier step."""
        return bisect_left(range(self.count), step, key=self._step)

    def after(self, step: int) -> int:
        """How many rows have this step or an earlier one."""
        return bisect_right(range(self.count), step, key=self._step)

    def _step(self, row: int) -> int:
        found = self.read(row, row + 1)
        # Where the file was cut meanwhile, whatever was there is behind all.
        return int(found[0, 0]) if len(found) else 2**62

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)


@contextmanager
def opened(path: Path) -> Iterator[Rows]:
    rows = Rows(path)
    try:
        yield rows
    finally:
        rows.close()


class Page(NamedTuple):
    steps: list[int]
    columns: dict[str, list[float | None]]
    # How many rows there are in the range that was asked for.
    rows: int
    last: int | None


def read_metrics(path: Path, columns: Sequence[str], first: int, last: int | None, points: int) -> Page:
    """Of more rows than `points`, the lowest and the highest of each stretch: no spike is lost. No column named: all."""
    with opened(path) as rows:
        names = rows.columns
        if missing := [each for each in columns if each not in names]:
            what = f"There is no column {missing[0][:60]}."
            raise NotFound(what, f"There is: {', '.join(names)}." if names else "Nothing was noted yet.", field="columns")
        wanted = list(columns) or names
        begin, end = rows.before(first), rows.count if last is None else rows.after(last)
        places = [1 + names.index(name) for name in wanted]
        count = max(0, end - begin)
        chosen = rows.read(begin, end) if count <= points else _thinned(rows, begin, end, places, points)
        latest = rows.read(rows.count - 1, rows.count) if rows.count else chosen
    return Page(
        chosen[:, 0].astype(np.int64).tolist(),
        {name: told(chosen[:, place]) for name, place in zip(wanted, places, strict=True)},
        count,
        int(latest[-1, 0]) if len(latest) else None,
    )


def _thinned(rows: Rows, begin: int, end: int, places: list[int], points: int) -> Numbers:
    """The first and last row, and of each stretch the rows where one of the columns is lowest or highest."""
    stretches = max(1, (points - 2) // (2 * max(len(places), 1)))
    stretch = -(-(end - begin) // stretches)
    found = [rows.read(begin, begin + 1)]
    for block in rows.blocks(begin, end, max(1, BLOCK // stretch) * stretch):
        whole = len(block) // stretch * stretch
        # The last stretch may be shorter than the others.
        for part, length in ((block[:whole], stretch), (block[whole:], len(block) - whole)):
            if length and len(part):
                found.append(part[_extremes(part, places, length)])
    found.append(rows.read(end - 1, end))
    every = np.concatenate(found)
    # With many columns and few points even one stretch gives more than was asked for.
    return every[np.unique(every[:, 0], return_index=True)[1]][:points]


def _extremes(part: Numbers, places: list[int], length: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Rows, in order, that are lowest or highest of a column in their stretch; stretches without a number have none."""
    # A column after the other, as numpy is quick with.
    values = np.ascontiguousarray(part[:, places].T).reshape(len(places), -1, length)
    unknown = np.isnan(values)
    gaps = bool(unknown.any())
    low = (np.where(unknown, np.inf, values) if gaps else values).argmin(2)
    high = (np.where(unknown, -np.inf, values) if gaps else values).argmax(2)
    begins = length * np.arange(values.shape[1])
    found = [
        (rows + begins)[~np.isnan(part[rows + begins, place])]
        for each in (low, high)
        for rows, place in zip(each, places, strict=True)
    ]
    return np.unique(np.concatenate(found))


def told(values: Numbers) -> list[Any]:
    """As JSON can hold them, in lists."""
    shown = values.astype(object)
    shown[~np.isfinite(values)] = None
    found: list[Any] = shown.tolist()
    return found


def _columns(path: Path) -> list[str] | None:
    return list(read_json(_beside(path))["columns"]) if _beside(path).exists() else None


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")
