"""Reading captured vectors: rows as they are asked for, straight from the files, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from ..contract.errors import NotFound, Unreadable
from ..workspace.workspace import read_json
from .measure import Sums
from .schema import Dtype
from .sizes import INDEX

if TYPE_CHECKING:
    from torch import Tensor

Numbers = np.ndarray[Any, np.dtype[Any]]
# Rows of the index that are looked at together.
AT_ONCE = 2**22


class Mapped:
    """One dataset of all shards as one array: `[row]`, `[first:last]`, `[rows]`. Numbers as they are stored."""

    def __init__(self, files: list[tuple[Path, int]], name: str):
        self.name = name
        self._files = files
        self._edges = np.cumsum([0, *(rows for _, rows in files)])
        self._maps: list[Numbers | None] = [None] * len(files)

    def __len__(self) -> int:
        return int(self._edges[-1])

    def __getitem__(self, rows: Any) -> Any:
        return self.read(np.array([int(rows)]))[0] if _is_one(rows) else self.read(rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Numbers:
        whole: Numbers = self[:]
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def __getstate__(self) -> dict[str, Any]:
        # A mapping would be pickled as all of its numbers.
        return self.__dict__ | {"_maps": [None] * len(self._files)}

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} rows>"

    def read(self, rows: Numbers | slice) -> Numbers:
        """These rows, in the order asked for."""
        if isinstance(rows, slice):
            return self._range(*rows.indices(len(self)))
        rows = np.asarray(rows)
        if rows.dtype == np.bool_:
            if rows.shape != (len(self),):
                raise IndexError(f"{self.name} has {len(self):,} rows, the mask has the shape {rows.shape}")
            rows = np.flatnonzero(rows)
        rows = rows.astype(np.int64)
        if rows.ndim != 1:
            raise IndexError("rows are a number, a slice or a list of numbers")
        if len(rows) and not -len(self) <= int(rows.min()) <= int(rows.max()) < len(self):
            raise IndexError(f"{self.name} has {len(self):,} rows")
        rows = np.where(rows < 0, rows + len(self), rows)
        shards = np.searchsorted(self._edges, rows, "right") - 1
        here, counts = np.unique(shards, return_counts=True)
        if len(here) == 0:
            return self._map(0)[:0].copy()
        if len(here) == 1:
            near: Numbers = self._map(int(here[0]))[rows - self._edges[here[0]]]
            return near
        kind = self._map(int(here[0]))
        found = np.empty((len(rows), *kind.shape[1:]), kind.dtype)
        for shard, mine in zip(here, np.split(np.argsort(shards, kind="stable"), np.cumsum(counts)[:-1]), strict=True):
            found[mine] = self._map(int(shard))[rows[mine] - self._edges[shard]]
        return found

    def _range(self, start: int, stop: int, step: int) -> Numbers:
        if step != 1:
            return self.read(np.arange(start, stop, step))
        parts = []
        for shard, first in enumerate(self._edges[:-1]):
            low, high = max(start, int(first)), min(stop, int(self._edges[shard + 1]))
            if low < high:
                parts.append(self._map(shard)[low - first : high - first])
        if len(parts) == 1:
            return np.array(parts[0])
        return np.concatenate(parts) if parts else self._map(0)[:0].copy()

    def _map(self, shard: int) -> Numbers:
        found = self._maps[shard]
        if found is None:
            found = self._maps[shard] = _mapped(*self._files[shard], self.name)
        return found


def _mapped(path: Path, rows: int, name: str) -> Numbers:
    """Its bytes in the file, as an array: h5py's own reading of single rows is a hundred times slower."""
    try:
        with h5py.File(path, "r") as file:
            dataset = file[name]
            shape, dtype, offset = dataset.shape, dataset.dtype, dataset.id.get_offset()
        if shape[0] != rows or offset is None:
            raise OSError("it has other rows than its manifest says")
        # As a plain array: every look at a mapping makes another mapping, which takes time.
        return np.memmap(path, dtype, "r", offset, shape).view(np.ndarray)
    except (OSError, KeyError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {error}.", "Capture anew, or restore the file.") from None


class Vectors(Mapped):
    """The vectors of one hook point, stored as `dtype`: `read` and `tensor` give them so, `[...]` in float32."""

    def __init__(self, files: list[tuple[Path, int]], name: str, width: int, dtype: Dtype):
        super().__init__(files, name)
        self.width, self.dtype = width, dtype

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), self.width

    def __getitem__(self, rows: Any) -> Numbers:
        one = _is_one(rows)
        numbers = self._float32(self.read(np.array([int(rows)]) if one else rows))
        result: Numbers = numbers[0] if one else numbers
        return result

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self):,} x {self.width:,}, {self.dtype}>"

    def tensor(self, rows: Any) -> Tensor:
        """These rows in the precision in which they are stored."""
        import torch

        raw = self.read(rows)
        if self.dtype == "bfloat16":
            return torch.from_numpy(raw).view(torch.bfloat16)
        return torch.from_numpy(raw)

    def batches(self, size: int, seed: int | None = None) -> Iterator[Numbers]:
        """All rows once, in float32; shuffled where a seed is given."""
        order = np.random.default_rng(seed).permutation(len(self)) if seed is not None else None
        for start in range(0, len(self), size):
            yield self[start : start + size] if order is None else self[order[start : start + size]]

    def _float32(self, raw: Numbers) -> Numbers:
        if self.dtype == "bfloat16":
            return (raw.astype(np.uint32) << 16).view(np.float32)
        return raw.astype(np.float32, copy=False)


def _is_one(rows: Any) -> bool:
    return isinstance(rows, int | np.integer)


class Stored:
    """A capture's folder: its hook points, and which token each row is of."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.manifest = read_json(folder / "manifest.json")
        try:
            self.files = [(folder / each["file"], each["rows"]) for each in self.manifest["shards"]]
            self.hooks: dict[str, int] = self.manifest["hooks"]
            self.dtype: Dtype = self.manifest["dtype"]
        except (KeyError, TypeError):
            what = f"{folder / 'manifest.json'} does not hold what it should."
            raise Unreadable(what, "Capture anew, or restore the file.") from None

    def __len__(self) -> int:
        return sum(rows for _, rows in self.files)

    def __getitem__(self, hook: str) -> Vectors:
        if hook not in self.hooks:
            raise NotFound(f"{hook[:60]} was not captured.", f"There is: {_listed(list(self.hooks))}.", field="hook")
        return Vectors(self.files, hook, self.hooks[hook], self.dtype)

    @cached_property
    def index(self) -> dict[str, Mapped]:
        """For each row: sample, block, position, token, held_out, counted."""
        return {name: Mapped(self.files, f"index/{name}") for name in INDEX}

    def rows_of(self, sample: int) -> Numbers:
        """Rows of one sample of the dataset, in order."""
        found = [start + np.flatnonzero(part == sample) for start, part in self.parts("sample")]
        return np.concatenate([np.empty(0, np.int64), *found])

    def parts(self, name: str) -> Iterator[tuple[int, Numbers]]:
        """A column of the index, part by part, each with the number of its first row."""
        for start in range(0, len(self), AT_ONCE):
            yield start, self.index[name].read(slice(start, start + AT_ONCE))

    def count(self, name: str) -> int:
        """In how many rows this column of the index says yes."""
        return sum(int(part.sum()) for _, part in self.parts(name))

    def count_samples(self) -> int:
        there = np.empty(0, np.int64)
        for _, part in self.parts("sample"):
            there = np.union1d(there, part)
        return len(there)

    def sums(self, hook: str) -> Sums:
        """What averages are made from: counted tokens alone."""
        self[hook]
        return Sums.restore(self.manifest["state"]["sums"][hook])


def _listed(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
