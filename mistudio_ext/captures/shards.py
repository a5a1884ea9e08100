"""Vectors on disk: HDF5 files that anything can read, each whole or not there.

A shard has one dataset a hook point (`layers.2.resid_post`: rows x width) and the group `index`, which says of each row the
sample, block, position, token, whether it is held out, and whether averages are taken over it. The datasets are contiguous,
so that their rows can be mapped into memory; bfloat16, which HDF5 does not know, is kept as its 16 bits with the attribute
`dtype`.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np

from ..workspace import atomic
from .schema import Dtype
from .sizes import INDEX, SHARD_BYTES, row_bytes

if TYPE_CHECKING:
    from torch import Tensor
    from typing_extensions import Self

STORED: dict[Dtype, str] = {"float32": "<f4", "float16": "<f2", "bfloat16": "<u2"}
# Bytes that are copied at once.
COPIED = 16 * 2**20
Numbers = np.ndarray[Any, np.dtype[Any]]


def rows_a_shard(widths: list[int], dtype: Dtype) -> int:
    return max(1, SHARD_BYTES // row_bytes(widths, dtype))


class ShardFile:
    """One shard while it is written: `rows` is how many it will have, `done` how many it has. It appears at `path` at the end
    of a `with` block that ends well."""

    def __init__(self, path: Path, hooks: dict[str, int], dtype: Dtype, rows: int):
        self.path, self.hooks, self.dtype, self.rows = path, hooks, dtype, rows
        self.done = 0
        self._temporary = atomic.beside(path)
        try:
            with atomic.disk_full_says_so(path):
                self._places = _make_file(self._temporary, hooks, dtype, rows)
                # The library takes longer to find a dataset than to write to it; where its bytes belong is known.
                self._file = os.open(self._temporary, os.O_RDWR)
        except BaseException:
            self._temporary.unlink(missing_ok=True)
            raise

    def add(self, vectors: dict[str, Tensor], index: dict[str, Numbers]) -> None:
        """Rows behind those that are there. Vectors are in the precision that is stored."""
        import torch

        count = len(index["sample"])
        if self.done + count > self.rows:
            raise ValueError(f"{self.done + count:,} rows in a shard of {self.rows:,}")
        with atomic.disk_full_says_so(self.path):
            for hook in self.hooks:
                self._write(hook, vectors[hook].contiguous().cpu().view(torch.uint8).numpy())
            for name, kind in INDEX.items():
                self._write(f"index/{name}", np.ascontiguousarray(index[name], kind))
        self.done += count

    def _write(self, name: str, numbers: Numbers) -> None:
        place = self._places[name]
        _write_all(self._file, numbers.data.cast("B"), place.offset + self.done * place.row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                if self.done < self.rows:
                    self._shorten()
                with atomic.disk_full_says_so(self.path):
                    os.fsync(self._file)
                    os.replace(self._temporary, self.path)
                    atomic.sync_folder(self.path.parent)
        finally:
            self._leave()

    def _leave(self) -> None:
        os.close(self._file)
        self._temporary.unlink(missing_ok=True)

    def _shorten(self) -> None:
        """Write it anew with the rows that it has."""
        short = ShardFile(self.path, self.hooks, self.dtype, self.done)
        try:
            with atomic.disk_full_says_so(self.path):
                for name, place in self._places.items():
                    for start in range(0, self.done * place.row, COPIED):
                        size = min(COPIED, self.done * place.row - start)
                        found = os.pread(self._file, size, place.offset + start)
                        _write_all(short._file, memoryview(found), short._places[name].offset + start)
        except BaseException:
            short._leave()
            raise
        self._leave()
        self._file, self._temporary, self._places, self.rows = short._file, short._temporary, short._places, self.done


class Place(NamedTuple):
    """Where a dataset's bytes begin in the file, and how many a row has."""

    offset: int
    row: int


def _make_file(path: Path, hooks: dict[str, int], dtype: Dtype, rows: int) -> dict[str, Place]:
    """A whole HDF5 file whose numbers are still to be written, so that they only need be put where they belong."""
    places = {}
    # "earliest" can be read by whatever reads HDF5.
    with h5py.File(path, "x", libver="earliest") as file:
        os.chmod(path, 0o600)
        file.create_group("index")
        for name, shape, kind in (
            *((hook, (rows, width), STORED[dtype]) for hook, width in hooks.items()),
            *((f"index/{name}", (rows,), kind) for name, kind in INDEX.items()),
        ):
            how = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            how.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
            how.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
            number = h5py.h5t.py_create(np.dtype(kind), logical=True)
            made = h5py.h5d.create(file.id, name.encode(), number, h5py.h5s.create_simple(shape), how)
            places[name] = Place(made.get_offset(), np.dtype(kind).itemsize * math.prod(shape[1:]))
        for hook in hooks:
            file[hook].attrs["dtype"] = dtype
    return places


def _write_all(file: int, content: memoryview, offset: int) -> None:
    while len(content):
        done = os.pwrite(file, content, offset)
        content, offset = content[done:], offset + done
